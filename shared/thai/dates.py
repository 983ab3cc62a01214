"""Thai dates and times: Buddhist years, fiscal years, what people write and what they read.

Stored dates are ISO in the Common era; the Buddhist era exists only here, at the edges. Knows no holidays.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Literal

from shared.clock import BANGKOK

BUDDHIST_OFFSET = 543
SHORT_CENTURY = 2500  # a year of two digits is 25xx: "63" is 2563
FIRST_YEAR, LAST_YEAR = 1900, 2099  # Common era; outside lies a slip, such as 3106 for 2563 converted twice

MONTHS = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
SHORT_MONTHS = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)

Style = Literal["short", "full"]
Digits = Literal["arabic", "thai"]

ARABIC_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")

_SPOKEN_MONTHS = tuple(re.sub("(คม|ยน|พันธ์)$", "", name) for name in MONTHS)
_ENGLISH_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH_NUMBERS = {
    name.replace(".", ""): number
    for names in (MONTHS, SHORT_MONTHS, _SPOKEN_MONTHS, _ENGLISH_MONTHS, [name[:3] for name in _ENGLISH_MONTHS])
    for number, name in enumerate(names, start=1)
}
_WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")
_WEEKDAY = re.compile(rf"(?:วัน)?({'|'.join(_WEEKDAYS)})(?:ที่)?,? ?(?=[0-9])")
_TIME_BEHIND = re.compile(
    r"(?:T| ,?(?:เวลา ?)?)[0-9]{1,2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?น\.?)?|\.[0-9]{2} ?น\.?)$"
)
_NOTE = re.compile(r" ?\([^()]*\)$")
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_ISO = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})")
_NUMBERS = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{2}|[0-9]{4})")
_WORDS = re.compile(r"([0-9]{1,2})([ก-์.]+?|[a-z]{3,9}\.?,?)(พ\.?ศ\.?|ค\.?ศ\.?)?([0-9]{4}|[0-9]{2})")
_GAP_BY_A_WORD = re.compile("[-/ ](?![0-9])|(?<![0-9])[-/ ]")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_FIRST_SERIAL = date(1899, 12, 30)  # of a spreadsheet; right from 1 March 1900 on
_TIME = re.compile(r"([0-9]{1,2})[.:]([0-9]{2})(?: ?น\.?)?")


class ThaiDateError(ValueError):
    """A date or time that cannot be taken as written.

    `code` is stable: date-unreadable, date-impossible (no such day, or on another weekday), date-year-out-of-range,
    date-ambiguous (day and month, or the century, can be taken in two ways), date-buddhist-iso (`meant` is the ISO date
    in the Common era), time-unreadable, time-impossible. `details` hold the text and the part that is wrong.
    """

    def __init__(self, code: str, **details: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def __str__(self) -> str:
        return f"{self.code}: {self.details}"


def local_date(moment: date | datetime) -> date:
    """The calendar day at Bangkok. A datetime must be aware: a naive one is nobody's time."""
    if not isinstance(moment, datetime):
        return moment
    return _local(moment).date()


def buddhist_year(moment: date | datetime) -> int:
    return local_date(moment).year + BUDDHIST_OFFSET


def fiscal_year(moment: date | datetime) -> int:
    """The Buddhist year in which the fiscal year (1 October to 30 September, at Bangkok) ends."""
    day = local_date(moment)
    return day.year + BUDDHIST_OFFSET + (day.month >= 10)


def fiscal_quarter(moment: date | datetime) -> int:
    """1 is October to December, 4 is July to September."""
    return (local_date(moment).month + 2) // 3 % 4 + 1


def parse_thai_date(text: str) -> date:
    """The day that a person wrote; raises ThaiDateError.

    "31 ส.ค. 63", "31-ส.ค.-2563", "1 สิงหา 63", "31/8/2563" and "31.8.63" are Buddhist, in Arabic or Thai digits; a year
    of two digits always is: 25xx. ISO ("2020-08-31"), the day number of a spreadsheet ("44074") and a year from 1900 to
    2099 are Common era. A weekday in front must be right; a time or a note in brackets behind is not read. What can be
    taken in two ways is refused: "31-Aug-20", and "3/4/2020", where the month may have been written first.
    """
    plain = _TIME_BEHIND.sub("", _NOTE.sub("", _plain(text).translate(DASHES)))
    weekday = _WEEKDAY.match(plain)
    plain = (plain[weekday.end() :] if weekday else plain.removeprefix("วันที่")).strip()
    day = _day(text, plain.lower())
    if weekday and _WEEKDAYS[day.weekday()] != weekday[1]:
        raise ThaiDateError("date-impossible", text=text, day=day.day, month=day.month)
    return day


def format_thai_date(moment: date | datetime, style: Style = "short", digits: Digits = "arabic") -> str:
    """ "31 ส.ค. 63" or "31 สิงหาคม 2563"; a short year outside 25xx keeps its four digits, so that it reads back."""
    day = local_date(moment)
    year = buddhist_year(day)
    if style == "full":
        text = f"{day.day} {MONTHS[day.month - 1]} {year}"
    else:
        shown = f"{year % 100:02d}" if year // 100 == SHORT_CENTURY // 100 else f"{year}"
        text = f"{day.day} {SHORT_MONTHS[day.month - 1]} {shown}"
    return _in_digits(text, digits)


def parse_thai_time(text: str) -> time:
    """ "13.00 น.", "13.00" or "13:00", in Arabic or Thai digits; raises ThaiDateError."""
    match = _TIME.fullmatch(_plain(text))
    if match is None:
        raise ThaiDateError("time-unreadable", text=text)
    try:
        return time(int(match[1]), int(match[2]))
    except ValueError as error:
        raise ThaiDateError("time-impossible", text=text) from error


def format_thai_time(moment: time | datetime, digits: Digits = "arabic") -> str:
    """ "13.00 น."; a datetime is shown at Bangkok."""
    shown = _local(moment) if isinstance(moment, datetime) else moment
    return _in_digits(f"{shown.hour:02d}.{shown.minute:02d} น.", digits)


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no place on a calendar")
    return moment.astimezone(BANGKOK)


def _plain(text: str) -> str:
    return " ".join(text.translate(ARABIC_DIGITS).replace("\u200b", "").replace("\ufeff", "").split())


def _day(text: str, plain: str) -> date:
    if match := _ISO.fullmatch(plain):
        return _iso_day(text, int(match[1]), int(match[3]), int(match[4]))
    if (match := _SERIAL.fullmatch(plain)) and (day := _FIRST_SERIAL + timedelta(int(match[1]))).year <= LAST_YEAR:
        return day
    if match := _NUMBERS.fullmatch(plain):
        number, month, year = int(match[1]), int(match[3]), _written_year(match[4])
        if FIRST_YEAR <= year <= LAST_YEAR and number <= 12 and number != month:
            raise ThaiDateError("date-ambiguous", text=text, year=year)
        return _checked_date(text, _common_year(text, year, None), month, number)
    match = _WORDS.fullmatch(_GAP_BY_A_WORD.sub("", plain))
    named = _MONTH_NUMBERS.get(match[2].replace(".", "").rstrip(",")) if match else None
    if match is None or named is None:
        raise ThaiDateError("date-unreadable", text=text)
    common_era = match[3].startswith("ค") if match[3] else None
    if len(match[4]) == 2 and (common_era or (common_era is None and match[2].isascii())):
        raise ThaiDateError("date-ambiguous", text=text, year=int(match[4]))
    return _checked_date(text, _common_year(text, _written_year(match[4]), common_era), named, int(match[1]))


def _iso_day(text: str, year: int, month: int, day: int) -> date:
    if FIRST_YEAR <= year - BUDDHIST_OFFSET <= LAST_YEAR:
        meant = _checked_date(text, year - BUDDHIST_OFFSET, month, day)
        raise ThaiDateError("date-buddhist-iso", text=text, meant=meant.isoformat())
    return _checked_date(text, year, month, day)


def _written_year(digits: str) -> int:
    return SHORT_CENTURY + int(digits) if len(digits) == 2 else int(digits)


def _common_year(text: str, year: int, common_era: bool | None) -> int:
    """Of a year as written: no year is plausible in both eras."""
    if common_era or (common_era is None and FIRST_YEAR <= year <= LAST_YEAR):
        return year
    if not FIRST_YEAR <= year - BUDDHIST_OFFSET <= LAST_YEAR:
        raise ThaiDateError("date-year-out-of-range", text=text, year=year)
    return year - BUDDHIST_OFFSET


def _checked_date(text: str, year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ThaiDateError("date-year-out-of-range", text=text, year=year)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ThaiDateError("date-impossible", text=text, day=day, month=month) from error


def _in_digits(text: str, digits: Digits) -> str:
    return text.translate(THAI_DIGITS) if digits == "thai" else text
