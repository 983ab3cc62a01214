"""Days as people write them in lists: in words or numbers, in both eras, with a weekday, a time or a note beside."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from shared.thai.dates import (
    ARABIC_DIGITS,
    BUDDHIST_OFFSET,
    DASHES,
    FIRST_YEAR,
    LAST_YEAR,
    MONTHS,
    SHORT_CENTURY,
    SHORT_MONTHS,
    ThaiDateError,
)

_ENGLISH_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SPOKEN_MONTHS: Final = tuple(re.sub("(คม|ยน|พันธ์)$", "", name) for name in MONTHS)
_MISSPELT_MONTHS: Final = {
    "กรกฏาคม": 7,
    "กรกฏา": 7,
    "กรกดาคม": 7,
    "กุมภาพัน": 2,
    "กุมภาพันธ": 2,
    "กุมภาพันธุ์": 2,
    "กุมพาพันธ์": 2,
    "พฤศภาคม": 5,
    "พฤกษภาคม": 5,
    "พฤษจิกายน": 11,
    "พฤศจิกายนต์": 11,
    "พฤศจิการยน": 11,
    "sept": 9,
}
_MONTH_NUMBERS: Final[Mapping[str, int]] = _MISSPELT_MONTHS | {
    name.replace(".", ""): number
    for names in (MONTHS, SHORT_MONTHS, _SPOKEN_MONTHS, _ENGLISH_MONTHS, [name[:3] for name in _ENGLISH_MONTHS])
    for number, name in enumerate(names, start=1)
}
_WEEKDAY_NAMES: Final = (
    ("จันทร์", "จ", "monday", "mon"),
    ("อังคาร", "อ", "tuesday", "tue", "tues"),
    ("พุธ", "พ", "wednesday", "wed"),
    ("พฤหัสบดี", "พฤหัส", "พฤหัสฯ", "พฤ", "thursday", "thu", "thur", "thurs"),
    ("ศุกร์", "ศ", "friday", "fri"),
    ("เสาร์", "ส", "saturday", "sat"),
    ("อาทิตย์", "อา", "sunday", "sun"),
)
_WEEKDAYS: Final = {name: number for number, names in enumerate(_WEEKDAY_NAMES) for name in names}


def _one_of(names: list[str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_THAI_NAMES: Final = _one_of([name for name in _WEEKDAYS if len(name) > 2 and not name.isascii()])
_LETTERS: Final = _one_of([name for name in _WEEKDAYS if len(name) <= 2])
_ENGLISH_NAMES: Final = _one_of([name for name in _WEEKDAYS if name.isascii()])
# In front of a day, or of the name of an English month.
_IN_FRONT: Final = re.compile(
    rf"(?:ณ ?|(?:ตรงกับ|เมื่อ|ตั้งแต่|ถึง) ?(?=วัน))?(?:(?:วัน ?)?"
    rf"(?:(?P<name>{_THAI_NAMES}) ?(?:ที่)?,? ?|(?P<letters>{_LETTERS})(?:\.,? ?| )|ที่ ?)(?=[0-9])"
    rf"|(?P<english>{_ENGLISH_NAMES})[.,]* (?=[0-9a-z]))"
)
_BEHIND: Final = re.compile(rf"(?<=[0-9]),? ?(?:วัน)?(?P<name>{_THAI_NAMES})$")

_CLOCK: Final = r"[0-9]{1,2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?|\.[0-9]{2})"
_TIME_BEHIND: Final = re.compile(
    rf"(?:t| ?,? (?:เวลา ?)?){_CLOCK}(?: ?(?:-|ถึง) ?{_CLOCK})?(?: ?น\.?| ?[ap]\.?m\.?| ?(?:gmt|utc)?\+07:?00)?$"
)
_NOTE: Final = re.compile(r"(?<=[^ ]) ?\([^()]*\)$")
_SIGNS: Final = str.maketrans("０１２３４５６７８９⁄∕／\\’‘′`", "0123456789////''''", "\u200b\ufeff")
# Words that add nothing, one way of writing eras, and no gaps around what stands between numbers. In this order.
_TIDIED: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"^\(([^()]*)\)$"), r"\1"),
    (re.compile(r"(?<=[0-9]) ?[.,;]$"), ""),
    (re.compile(r"พุทธศักราช|(?<![a-z])b\.?e\.?(?![a-z])"), "พ.ศ."),
    (re.compile(r"คริสต์?ศักราช|(?<![a-z])(?:a\.?d\.?|c\.?e\.?)(?![a-z])"), "ค.ศ."),
    (re.compile(r"([0-9]{4}|[0-9]{2}) ?(พ\.?ศ\.?|ค\.?ศ\.?)$"), r"\2\1"),
    (re.compile(r" ?เดือน ?(?:ที่ ?)?([0-9]{1,2}) ?(?:ปี ?)?(?=[0-9พค])"), r"/\1/"),
    (re.compile(r"^ณ ?|(?<=[0-9][/-])[พค]\.?ศ\.? ?(?=[0-9])"), ""),
    (re.compile(r"เดือน ?|ปี ?(?=[0-9พค])|'(?=[0-9]{2}$)"), ""),
    (re.compile(r"(?<=[0-9])(?:st|nd|rd|th)(?![a-z])(?: of(?= ))?"), ""),
    (re.compile(r"(?<=[0-9]),(?= ?[ก-ฮ])|(?<=[ก-์.]),(?= ?[0-9])"), ""),
    (re.compile(r"^([0-9]{1,2}) ([0-9]{1,2}) (?=(?:[0-9]{2}|[0-9]{4})$)"), r"\1/\2/"),
    (re.compile(r"(?<=[0-9]) ?([/.-]) ?(?=[0-9])"), r"\1"),
)
_TIDY: Final = re.compile("[0-9]{1,4}[/-][0-9]{1,2}[/-][0-9]{1,4}")  # as most are
_ISO: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_NUMBERS: Final = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{2}|[0-9]{4})")
_WORDS: Final = re.compile(r"([0-9]{1,2})([ก-์.]+?|[a-z]{3,9}\.?,?)(พ\.?ศ\.?|ค\.?ศ\.?)?([0-9]{4}|[0-9]{2})")
_MONTH_FIRST: Final = re.compile(r"([a-z]{3,9})\.? ?([0-9]{1,2})(?:, ?| )([0-9]{4})")
_GAP_BY_A_WORD: Final = re.compile("[-/ ](?![0-9])|(?<![0-9])[-/ ]")
_SERIAL: Final = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_FIRST_SERIAL: Final = date(1899, 12, 30)  # of a spreadsheet; right from 1 March 1900 on
_EIGHT_DIGITS: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def parse_thai_date(text: str) -> date:
    """The day that a person wrote; raises ThaiDateError.

    "31 ส.ค. 63", "31-ส.ค.-2563", "1 สิงหา 63", "31/8/2563", "31.8.63" and "31082563" are Buddhist, in Arabic or Thai
    digits; a year of two digits always is: 25xx. ISO ("2020-08-31", "20200831"), the day number of a spreadsheet
    ("44074") and a year from 1900 to 2099 are Common era. A weekday in front or behind must be right; a time or a note
    in brackets behind is not read. What can be taken in two ways is refused: "31-Aug-20", and "3/4/2020", where the
    month may have been written first.
    """
    plain = " ".join(text.translate(ARABIC_DIGITS).translate(DASHES).translate(_SIGNS).split()).lower()
    plain = _TIME_BEHIND.sub("", _NOTE.sub("", plain))
    weekdays = []
    for pattern in (_IN_FRONT, _BEHIND):
        if found := (pattern.match if pattern is _IN_FRONT else pattern.search)(plain):
            weekdays += [_WEEKDAYS[name] for name in found.groupdict().values() if name]
            plain = plain[: found.start()] + plain[found.end() :]
    for pattern, meant in () if _TIDY.fullmatch(plain) else _TIDIED:
        plain = pattern.sub(meant, plain.strip())
    day = _day(text, plain)
    if any(weekday != day.weekday() for weekday in weekdays):
        raise ThaiDateError("date-impossible", text=text, day=day.day, month=day.month)
    return day


def _day(text: str, plain: str) -> date:
    if match := _ISO.fullmatch(plain):
        return _iso_day(text, int(match[1]), int(match[3]), int(match[4]))
    if (match := _SERIAL.fullmatch(plain)) and (day := _FIRST_SERIAL + timedelta(int(match[1]))).year <= LAST_YEAR:
        return day
    if match := _EIGHT_DIGITS.fullmatch(plain):
        return _eight_digits(text, plain, *map(int, match.groups()))
    if match := _NUMBERS.fullmatch(plain):
        return _numbers(text, int(match[1]), int(match[3]), _written_year(match[4]))
    plain = _MONTH_FIRST.sub(r"\2 \1 \3", plain)
    match = _WORDS.fullmatch(_GAP_BY_A_WORD.sub("", plain))
    named = _MONTH_NUMBERS.get(match[2].replace(".", "").rstrip(",")) if match else None
    if match is None or named is None:
        raise ThaiDateError("date-unreadable", text=text)
    common_era = match[3].startswith("ค") if match[3] else None
    if len(match[4]) == 2 and (common_era or (common_era is None and match[2].isascii())):
        raise ThaiDateError("date-ambiguous", text=text, year=int(match[4]))
    return _checked_date(text, _common_year(text, _written_year(match[4]), common_era), named, int(match[1]))


def _numbers(text: str, number: int, month: int, year: int) -> date:
    if FIRST_YEAR <= year <= LAST_YEAR and number <= 12 and number != month:
        raise ThaiDateError("date-ambiguous", text=text, year=year)
    return _checked_date(text, _common_year(text, year, None), month, number)


def _iso_day(text: str, year: int, month: int, day: int) -> date:
    if _is_buddhist(year):
        meant = _checked_date(text, year - BUDDHIST_OFFSET, month, day)
        raise ThaiDateError("date-buddhist-iso", text=text, meant=meant.isoformat())
    return _checked_date(text, year, month, day)


def _eight_digits(text: str, digits: str, year: int, month: int, day: int) -> date:
    """The year first, else the day. None can be both: no month is as large as the beginning of a year."""
    if 1 <= month <= 12 and (FIRST_YEAR <= year <= LAST_YEAR or _is_buddhist(year)):
        return _iso_day(text, year, month, day)
    last = int(digits[4:])
    if not (_is_buddhist(last) or FIRST_YEAR <= last <= LAST_YEAR):
        raise ThaiDateError("date-unreadable", text=text)
    return _numbers(text, int(digits[:2]), int(digits[2:4]), last)


def _is_buddhist(year: int) -> bool:
    return FIRST_YEAR <= year - BUDDHIST_OFFSET <= LAST_YEAR


def _written_year(digits: str) -> int:
    return SHORT_CENTURY + int(digits) if len(digits) == 2 else int(digits)


def _common_year(text: str, year: int, common_era: bool | None) -> int:
    """Of a year as written: no year is plausible in both eras."""
    if common_era or (common_era is None and FIRST_YEAR <= year <= LAST_YEAR):
        return year
    if not _is_buddhist(year):
        raise ThaiDateError("date-year-out-of-range", text=text, year=year)
    return year - BUDDHIST_OFFSET


def _checked_date(text: str, year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ThaiDateError("date-year-out-of-range", text=text, year=year)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ThaiDateError("date-impossible", text=text, day=day, month=month) from error
