"""Titles before a name: every spelling and abbreviation of one is seen as the same. Knows no person.

Abbreviations that stand for several titles are left as they are written: จ.ส.ต. (army, police), น.อ. (navy, air force).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from shared.thai.text import normalise

_ARMY: Final = {"พล": "พล", "พ": "พัน", "ร": "ร้อย"}
_GRADES: Final = {"อ": "เอก", "ท": "โท", "ต": "ตรี"}
CIVIL: Final = frozenset({"นาย", "นาง", "นางสาว", "เด็กชาย", "เด็กหญิง", "Mr.", "Mrs.", "Miss", "Ms."})


def _ranks() -> Iterator[tuple[str, str]]:
    for short, long in _ARMY.items():
        for sign, grade in _GRADES.items():
            yield f"{short}{sign}", f"{long}{grade}"
            yield f"{short}ต{sign}", f"{long}ตำรวจ{grade}"
    for sign, grade in _GRADES.items():
        yield f"พลอ{sign}", f"พลอากาศ{grade}"
        yield f"พลร{sign}", f"พลเรือ{grade}"
        yield f"ส{sign}", f"สิบ{grade}"
        yield f"สต{sign}", f"สิบตำรวจ{grade}"
        if sign != "ต":
            yield f"จส{sign}", f"จ่าสิบ{grade}"


# Without full stops, spaces and case, to the title as it is written in full.
TITLES: Final[Mapping[str, str]] = {
    **dict(_ranks()),
    **{long: long for _, long in _ranks()},
    **{title.rstrip(".").lower(): title for title in CIVIL},
    "นส": "นางสาว",
    "ดช": "เด็กชาย",
    "ดญ": "เด็กหญิง",
    "ดต": "ดาบตำรวจ",
    "ดาบตำรวจ": "ดาบตำรวจ",
    "มจ": "หม่อมเจ้า",
    "หม่อมเจ้า": "หม่อมเจ้า",
    "มรว": "หม่อมราชวงศ์",
    "หม่อมราชวงศ์": "หม่อมราชวงศ์",
    "มล": "หม่อมหลวง",
    "หม่อมหลวง": "หม่อมหลวง",
    "ศ": "ศาสตราจารย์",
    "ศาสตราจารย์": "ศาสตราจารย์",
    "รศ": "รองศาสตราจารย์",
    "รองศาสตราจารย์": "รองศาสตราจารย์",
    "ผศ": "ผู้ช่วยศาสตราจารย์",
    "ผู้ช่วยศาสตราจารย์": "ผู้ช่วยศาสตราจารย์",
    "ดร": "ดร.",
    "dr": "ดร.",
    "นพ": "นายแพทย์",
    "นายแพทย์": "นายแพทย์",
    "พญ": "แพทย์หญิง",
    "แพทย์หญิง": "แพทย์หญิง",
    "ว่าที่": "ว่าที่",
    "หญิง": "หญิง",
}
_GLUED: Final = frozenset(title for title in TITLES.values() if not title.isascii() and not title.endswith("."))
_PARTS: Final = re.compile(r"(?:[^ .]+\. ?)+|[^ .]+")
_WORDS: Final = re.compile("|".join(sorted(map(re.escape, TITLES), key=len, reverse=True)))


def titles(text: str) -> tuple[str, ...]:
    """The titles of a prefix, each once, in full; what is none stays as it is written."""
    found: list[str] = []
    for part in map(str.strip, _PARTS.findall(normalise(text))):
        found += _abbreviated(part) if part.endswith(".") else _whole(part.lower()) or [part]
    return tuple(dict.fromkeys(found))


def prefix_of(found: Iterable[str]) -> str:
    """Titles as they are printed before a first name: ว่าที่ร้อยตรีหญิง, ผู้ช่วยศาสตราจารย์ ดร."""
    text, before = "", ""
    for title in found:
        text += title if not text or (title in _GLUED and before in _GLUED) else f" {title}"
        before = title
    return text


def _abbreviated(run: str) -> list[str]:
    """Of "น.ส.", "ผศ.ดร.", "นายดร.", "MR.": the longest that fit, or all as it is written."""
    signs = run.replace(" ", "").lower().split(".")[:-1]
    found: list[str] = []
    while signs:
        count = next((n for n in range(len(signs), 0, -1) if "".join(signs[:n]) in TITLES), 0)
        if count:
            found.append(TITLES["".join(signs[:count])])
        elif match := _WORDS.match(signs[0]):  # glued in front: ว่าที่ร.ต.
            found.append(TITLES[match[0]])
            signs[0] = signs[0][match.end() :]
        else:
            return [run]
        signs = signs[count:]
    return found


def _whole(word: str) -> list[str]:
    """The titles that a word consists of, glued; none when something is left."""
    found, at = list[str](), 0
    while match := _WORDS.match(word, at):
        found.append(TITLES[match[0]])
        at = match.end()
    return found if at == len(word) else []
