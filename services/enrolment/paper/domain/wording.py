"""How official papers put days, numbers and places: Thai digits, months in full, the Buddhist era. Pure."""

from datetime import date
from typing import Final

from services.enrolment.catalogue import RunOnPaper
from shared.events.catalogue import Venue
from shared.thai import MONTHS, buddhist_year, format_thai_date, last_local_date, local_date
from shared.venues import written

DOTS: Final = "." * 20  # what is left blank
TIGHT: Final = "\u00a0"  # a space at which no line breaks
_DIGITS: Final = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_SAYS_WHAT: Final = ("โครงการ", "หลักสูตร", "การ")


def thai(text: str) -> str:
    return text.translate(_DIGITS)


def number(count: int) -> str:
    return thai(f"{count:,}")


def people_of(count: int) -> str:
    """So many people, on one line."""
    return f"จำนวน{TIGHT}{number(count)}{TIGHT}คน"


def day(on: date) -> str:
    """On one line."""
    return format_thai_date(on, "full", "thai").replace(" ", TIGHT)


def day_or_blank(on: date | None) -> str:
    return DOTS if on is None else day(on)


def day_of_order(on: date | None) -> str:
    """With the era, as an order has it."""
    if on is None:
        return f"{DOTS} พ.ศ. {DOTS[:10]}"
    return thai(f"{on.day} {MONTHS[on.month - 1]} พ.ศ. {buddhist_year(on)}").replace(" ", TIGHT)


def lasts(run: RunOnPaper) -> str:
    """When it takes place."""
    first, last = local_date(run.starts_at), last_local_date(run.ends_at)
    if first >= last:
        return f"ในวันที่ {day(first)}"
    if (first.year, first.month) == (last.year, last.month):
        return f"ระหว่างวันที่ {thai(str(first.day))}{TIGHT}-{TIGHT}{day(last)}"
    return f"ระหว่างวันที่ {day(first)} ถึงวันที่ {day(last)}"


def place(venue: Venue) -> str:
    """What is known of it, after ณ; nothing where nothing is."""
    known = written(venue, "th")
    return f" ณ {thai(known)}" if known else ""


def activity(run: RunOnPaper) -> str:
    """What is held, as a sentence can go on with it."""
    title = thai(run.title)
    named = title if title.startswith(_SAYS_WHAT) else f"การฝึกอบรม เรื่อง {title}"
    return f"{named} รุ่นที่ {number(run.cohort)}"


def held(run: RunOnPaper) -> str:
    return f"{activity(run)} {lasts(run)}{place(run.venue)}"


def deadline(run: RunOnPaper) -> str:
    return f"ภายในวันที่ {day_or_blank(None if run.closes_at is None else local_date(run.closes_at))}"
