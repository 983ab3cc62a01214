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
_INSTANT = timedelta(microseconds=1)

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

DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−－﹣", "-"))
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


def last_local_date(end: datetime) -> date:
    """The last day at Bangkok of what ends then: what ends at midnight does not touch the next one."""
    return local_date(end - _INSTANT)


def buddhist_year(moment: date | datetime) -> int:
    return local_date(moment).year + BUDDHIST_OFFSET


def fiscal_year(moment: date | datetime) -> int:
    """The Buddhist year in which the fiscal year (1 October to 30 September, at Bangkok) ends."""
    day = local_date(moment)
    return day.year + BUDDHIST_OFFSET + (day.month >= 10)


def fiscal_quarter(moment: date | datetime) -> int:
    """1 is October to December, 4 is July to September."""
    return (local_date(moment).month + 2) // 3 % 4 + 1


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


def _in_digits(text: str, digits: Digits) -> str:
    return text.translate(THAI_DIGITS) if digits == "thai" else text
