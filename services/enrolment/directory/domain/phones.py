"""Telephone numbers as offices write them. Pure.

Kept as national numbers: "0812345678", "053112708 ต่อ 12", a line of the ministry's own exchange as "มท. 50231"; several
separated by a comma.
"""

import re
from typing import Final

from services.enrolment.directory.domain.cell_refusals import PhoneInvalid
from shared.thai.dates import ARABIC_DIGITS, DASHES

MOST: Final = 4
LONGEST_SHOWN: Final = 40
_NOTE = re.compile(r"\([^()0-9]*\)")
_LABEL = re.compile(r"^(?:โทรศัพท์|โทรสาร|โทร|มือถือ|เบอร์|tel|phone|mobile)[.:]?", re.IGNORECASE)
_BETWEEN = re.compile(r"[,/;]|หรือ|และ")
_SIGNS = re.compile(r"[\s().-]")
_ONE = re.compile(r"(\+?[0-9]+)(?:(?:ต่อ|ext|x|#)([0-9]{1,6}))?", re.IGNORECASE)
_MINISTRY = re.compile(r"(?:มท)?([0-9]{5})")
_RANGE = re.compile(r"(?P<first>.*[0-9]) ?- ?(?P<last>[0-9]{1,2})")


def parse_phone(text: str) -> str:
    """Raises PhoneInvalid when any part of it is not understood."""
    plain = _NOTE.sub("", text.translate(ARABIC_DIGITS).translate(DASHES)).strip()
    found: list[str] = []
    for part in filter(str.strip, _BETWEEN.split(plain)):
        found += _numbers(_LABEL.sub("", part.strip()).strip(), text)
    if not 1 <= len(found) <= MOST:
        raise PhoneInvalid(text=text[:LONGEST_SHOWN])
    return ", ".join(dict.fromkeys(found))


def _numbers(part: str, text: str) -> list[str]:
    """One, or the two ends of a range such as 0 5311 2708-9."""
    if (match := _RANGE.fullmatch(part)) and (first := _national(_SIGNS.sub("", match["first"]))) is not None:
        return [first, first[: -len(match["last"])] + match["last"]]
    match = _ONE.fullmatch(_SIGNS.sub("", part))
    number = _national(match[1]) if match else None
    if match and number is not None:
        return [f"{number} ต่อ {match[2]}" if match[2] else number]
    if ministry := _MINISTRY.fullmatch(_SIGNS.sub("", part)):
        return [f"มท. {ministry[1]}"]
    raise PhoneInvalid(text=text[:LONGEST_SHOWN])


def _national(digits: str) -> str | None:
    """With the leading zero that spreadsheets drop: 9 digits of a fixed line, 10 of a mobile; abroad as written."""
    if digits.startswith("+") and not digits.startswith("+66"):
        return digits if 9 <= len(digits) <= 16 else None
    plain = digits.removeprefix("+")
    if plain.startswith("66") and len(plain) in (10, 11):
        plain = plain[2:]
    plain = plain if plain.startswith("0") else f"0{plain}"
    fixed, mobile = plain[1:2] in tuple("23457"), plain[1:2] in tuple("689")
    return plain if (fixed and len(plain) == 9) or (mobile and len(plain) == 10) else None
