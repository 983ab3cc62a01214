"""Telephone numbers as offices write them. Pure.

Kept as national numbers: "0812345678", "053112708 ต่อ 12", a line of the ministry's own exchange as "มท. 50231"; several
separated by a comma. A number of a fax, where another one stands beside it, is none to be called.
"""

import re
from typing import Final

from services.enrolment.directory.domain.cell_refusals import PhoneInvalid
from shared.thai.dates import ARABIC_DIGITS, DASHES

MOST: Final = 4
LONGEST_SHOWN: Final = 40
_SIGNS: Final = ARABIC_DIGITS | DASHES | str.maketrans("０１２３４５６７８９＋", "0123456789+")
_FAX = "โทรสาร|แฟกซ์|แฟ็กซ์|fax"
# +66 (0) 81, what a program makes of a number, and a fax beside it
_NOTE = re.compile(rf"\([^()0-9]*\)|\(0\)|(?<=[0-9])\.0+$|\((?:{_FAX})[^()]*\)", re.IGNORECASE)
_ALSO_FAX = re.compile(rf"(?:โทร(?:ศัพท์)?|tel)[ .]*[/,&][ ]*(?:{_FAX})[ .:]*", re.IGNORECASE)  # one for both
_IN_A_LIST = re.compile(r"(?:^|(?<= ))[1-9][.)] *(?=[0+])")
_LABEL = re.compile(
    r"^(?:(?:หมายเลข|เบอร์|โทรศัพท์|โทร(?!ภายใน)|มือถือ|ติดต่อ|ที่ทำงาน|สำนักงาน|บ้าน|ส่วนตัว|สื่อสาร"
    r"|telephone|tel|phone|mobile|mob|no|[tm](?=[.:])"
    r"|ม(?=[. ]))ฯ?[ .:]*)+",
    re.IGNORECASE,
)
_AT_A_LABEL = re.compile(rf"(?<=[0-9]) *(?={_FAX}|โทร(?!ภายใน)|มือถือ|มท|tel|mobile)", re.IGNORECASE)
_BETWEEN = re.compile(r"[,/;&|]|หรือ|และ|กับ|\bor\b", re.IGNORECASE)
_GAPS = re.compile(r"[\s().·-]")
_INSIDE = "ต่อ(?:เบอร์|ภายใน)?|(?:เบอร์|โทร)?ภายใน|กด|extension|ext|x|#"
_EXTENSION = re.compile(
    rf"^(?P<number>.*[0-9)]) *\(?(?:{_INSIDE})[ .:]*(?P<first>[0-9]{{1,6}}(?: ?- ?[0-9]{{1,2}})?)\)?$",
    re.IGNORECASE,
)
_MINISTRY = re.compile(r"(?:(?:สป\.?)?มท[ .]*)?(?P<number>[0-9]{5}(?:-[0-9]{1,2})?)")
_RANGE = re.compile(r"(?P<first>.*[0-9]) ?(?:-|~|ถึง|to) ?(?P<last>[0-9]{1,2})")


def parse_phone(text: str) -> str:
    """Raises PhoneInvalid when any part of it is not understood."""
    plain = text.translate(_SIGNS)
    if (number := _national(_GAPS.sub("", plain))) is not None:  # as most are
        return number
    plain = _NOTE.sub("", plain).strip()
    plain = _AT_A_LABEL.sub(", ", _IN_A_LIST.sub(", ", _ALSO_FAX.sub("", plain)))
    parts = [part.strip() for part in _BETWEEN.split(plain) if part.strip()]
    found: list[str] = []
    for part in parts:
        if re.match(_FAX, part, re.IGNORECASE):
            continue
        number = _LABEL.sub("", part).strip()
        if number or not found:  # "0812345678 มือถือ"
            found += _continued(found, part) or _numbers(number, text)
    found = list(dict.fromkeys(found))
    if not 1 <= len(found) <= MOST:
        raise PhoneInvalid(text=text[:LONGEST_SHOWN])
    return ", ".join(found)


def _continued(found: list[str], part: str) -> list[str]:
    """The end of another number after a comma or a slash (0-5311-2708, 9), or another extension (ต่อ 12, 13)."""
    if not found or not part.isascii() or not part.isdigit():
        return []
    number, _, extension = found[-1].partition(" ต่อ ")
    if extension and len(part) < 6:
        return [f"{number} ต่อ {part if len(part) > 2 else extension[: -len(part)] + part}"]
    return [number[: -len(part)] + part] if len(part) <= 2 and not extension else []


def _numbers(part: str, text: str) -> list[str]:
    """One, or the two ends of a range such as 0 5311 2708-9; each with what is to be dialled behind."""
    if match := _EXTENSION.match(part):
        extensions = _ends(match["first"].replace(" ", ""))
        return [f"{number} ต่อ {extension}" for number in _numbers(match["number"], text) for extension in extensions]
    number = _national(_GAPS.sub("", part))
    if number is not None:
        return [number]
    if (match := _RANGE.fullmatch(part)) and (first := _national(_GAPS.sub("", match["first"]))) is not None:
        return [first, first[: -len(match["last"])] + match["last"]]
    if ministry := _MINISTRY.fullmatch(_GAPS.sub("", part) if "-" not in part else part):
        return [f"มท. {number}" for number in _ends(ministry["number"])]
    if two := _two(part.split()):
        return two
    raise PhoneInvalid(text=text[:LONGEST_SHOWN])


def _ends(text: str) -> list[str]:
    """Of 50231-2 both: 50231 and 50232. Digits and hyphens only."""
    first, _, last = text.partition("-")
    return [first, first[: -len(last)] + last] if last.isdigit() and len(last) < len(first) else [_GAPS.sub("", text)]


def _two(words: list[str]) -> list[str]:
    """Numbers with nothing but a space between them, if they can be told apart in one way only."""
    found = []
    for at in range(1, len(words)):
        pair = [_national(_GAPS.sub("", "".join(part))) for part in (words[:at], words[at:])]
        if all(words[first].startswith(("0", "+")) for first in (0, at)) and None not in pair:
            found.append([number for number in pair if number is not None])
    return found[0] if len(found) == 1 else []


def _national(digits: str) -> str | None:
    """With the leading zero that spreadsheets drop: 9 digits of a fixed line, 10 of a mobile; abroad as written."""
    if not re.fullmatch(r"\+?[0-9]+", digits):
        return None
    digits = re.sub("^00(?=[1-9])", "+", digits)
    if digits.startswith("+") and not digits.startswith("+66"):
        return digits if 9 <= len(digits) <= 16 and digits[1] != "0" else None
    plain = digits.removeprefix("+")
    if plain.startswith("66") and len(plain) - plain.startswith("660") in (10, 11):
        plain = plain[2:]
    plain = plain if plain.startswith("0") else f"0{plain}"
    fixed, mobile = plain[1:2] in tuple("23457"), plain[1:2] in tuple("689")
    return plain if (fixed and len(plain) == 9) or (mobile and len(plain) == 10) else None
