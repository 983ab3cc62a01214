"""Titles before a name: every spelling and abbreviation of one is seen as the same. Knows no person.

Abbreviations that stand for several titles are left as they are written: จ.ส.ต. (army, police), น.อ. (navy, air force).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from shared.thai.text import normalise

_ARMY: Final = {"พล": "พล", "พ": "พัน", "ร": "ร้อย"}
_GRADES: Final = {"อ": "เอก", "ท": "โท", "ต": "ตรี"}
_VOLUNTEERS: Final = {"กญ": "นายกองใหญ่", "มญ": "นายหมู่ใหญ่"}  # of the Volunteer Defense Corps, which is the ministry's
CIVIL: Final = frozenset({"นาย", "นาง", "นางสาว", "เด็กชาย", "เด็กหญิง", "Mr.", "Mrs.", "Miss", "Ms."})


def _ranks() -> Iterator[tuple[str, str]]:
    for short, long in _ARMY.items():
        for sign, grade in _GRADES.items():
            yield f"{short}{sign}", f"{long}{grade}"
            yield f"{short}ต{sign}", f"{long}ตำรวจ{grade}"
            yield f"{short}{grade}", f"{long}{grade}"
    for sign, grade in _GRADES.items():
        yield f"พลอ{sign}", f"พลอากาศ{grade}"
        yield f"พลร{sign}", f"พลเรือ{grade}"
        yield f"ส{sign}", f"สิบ{grade}"
        yield f"สต{sign}", f"สิบตำรวจ{grade}"
        yield f"พจ{sign}", f"พันจ่า{grade}"
        yield f"พอ{sign}", f"พันจ่าอากาศ{grade}"
        for short, long in (("ก", "นายกอง"), ("มว", "นายหมวด"), ("ม", "นายหมู่")):
            yield f"{short}{sign}", f"{long}{grade}"
        if sign != "ต":
            yield f"จส{sign}", f"จ่าสิบ{grade}"
    yield from _VOLUNTEERS.items()


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
    "ทพ": "ทันตแพทย์",
    "ทันตแพทย์": "ทันตแพทย์",
    "ทพญ": "ทันตแพทย์หญิง",
    "ทันตแพทย์หญิง": "ทันตแพทย์หญิง",
    "ภก": "เภสัชกร",
    "เภสัชกร": "เภสัชกร",
    "ภญ": "เภสัชกรหญิง",
    "เภสัชกรหญิง": "เภสัชกรหญิง",
    "นสพ": "นายสัตวแพทย์",
    "นายสัตวแพทย์": "นายสัตวแพทย์",
    "สพญ": "สัตวแพทย์หญิง",
    "สัตวแพทย์หญิง": "สัตวแพทย์หญิง",
    "prof": "ศาสตราจารย์",
    "assocprof": "รองศาสตราจารย์",
    "asstprof": "ผู้ช่วยศาสตราจารย์",
    "ว่าที่": "ว่าที่",
    "หญิง": "หญิง",
    "ญ": "หญิง",  # ร.ต.ญ.
    "พิเศษ": "พิเศษ",
}
_TITLES: Final = frozenset(TITLES.values())
_GLUED: Final = frozenset(title for title in TITLES.values() if not title.isascii() and not title.endswith("."))
_PARTS: Final = re.compile(r"(?:[^ .]+\. ?)+|[^ .]+")
_LAST_STOP: Final = re.compile(r"(?<![^ ])(?:[^ .]+\.)+(?:[ก-ฮ]{1,2}|เอก|โท|ตรี)(?![^ ])")
_WOMAN: Final = re.compile(r" ?\((?:หญิง|ญ)\.?\)")
_APART: Final = re.compile("(?<![^ ])นาง สาว(?![^ ])")
_TO_TIDY: Final = re.compile("[(). ]")  # hardly a first name has any of them, and each is looked at for titles
_WORDS: Final = re.compile("|".join(sorted(map(re.escape, TITLES), key=len, reverse=True)))


def titles(text: str) -> tuple[str, ...]:
    """The titles of a prefix, each once, in full; what is none stays as it is written."""
    found: list[str] = []
    for part in map(str.strip, _PARTS.findall(_tidied(normalise(text)))):
        found += _abbreviated(part) if part.endswith(".") else _whole(part.lower()) or [part]
    return tuple(dict.fromkeys(found))


def is_title(text: str) -> bool:
    """Whether it consists of titles alone."""
    found = titles(text)
    return bool(found) and _TITLES.issuperset(found)


def prefix_of(found: Iterable[str]) -> str:
    """Titles as they are printed before a first name: ว่าที่ร้อยตรีหญิง, ผู้ช่วยศาสตราจารย์ ดร."""
    text, before = "", ""
    for title in found:
        glued = title in _GLUED and before in _GLUED and not title.startswith("นาย")
        text += title if not text or glued else f" {title}"
        before = title
    return text


def is_abbreviated(text: str) -> bool:
    """Whether these signs, with or without full stops, are the short form of a title."""
    signs = text.replace(".", "").replace(" ", "")
    return signs in TITLES and TITLES[signs] != signs


def _tidied(text: str) -> str:
    """Without brackets, with the full stop that is missing at the end of น.ส or ร.ต, and with one นางสาว."""
    if not _TO_TIDY.search(text):
        return text
    text = _WOMAN.sub("หญิง", text).replace("(", " ").replace(")", " ").strip()
    text = _APART.sub("นางสาว", text)
    return _LAST_STOP.sub(lambda found: f"{found[0]}." if is_abbreviated(found[0]) else found[0], text)


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
