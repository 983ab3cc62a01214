"""The day on which seats that nobody has claimed go back, and the rule by which they are given then. Pure.

The first call in a process reads the calendar (0.3 s).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.enrolment.catalogue.domain.release_refusals import ReleaseTooLate
from shared.clock import midnight
from shared.thai import local_date, next_working_day

# A day, or how many days before the first day of the run.
ReleaseAt = date | int


class ReleaseRule(StrEnum):
    """Who gets what was released. WAITING_ORDER: of those who are first on a waiting list, the one nominated first.
    UNDER_SERVED_FIRST: of those, the one of the office with the fewest confirmed per seat in the fiscal year. BY_HAND:
    the seats stay in the pool, and officers move them."""

    WAITING_ORDER = "WAITING_ORDER"
    UNDER_SERVED_FIRST = "UNDER_SERVED_FIRST"
    BY_HAND = "BY_HAND"


@dataclass(frozen=True, slots=True)
class Release:
    """Of one run. `at` is business time: the beginning of the day."""

    at: datetime
    rule: ReleaseRule


def release_day(given: ReleaseAt, starts_at: datetime) -> date:
    """The working day of the government on which it is, or else the next one."""
    day = given if isinstance(given, date) else local_date(starts_at) - timedelta(days=given)
    return next_working_day(day)


def release_moment(given: ReleaseAt | None, starts_at: datetime) -> datetime | None:
    return None if given is None else midnight(release_day(given, starts_at))


def check_release(given: ReleaseAt | None, starts_at: datetime, cohort: int) -> None:
    """Nobody moves up on the day on which the run begins, or later. Raises ReleaseTooLate."""
    if given is not None and (day := release_day(given, starts_at)) >= local_date(starts_at):
        raise ReleaseTooLate(cohort=cohort, day=day.isoformat())
