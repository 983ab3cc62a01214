"""What the checks of a programme say about a plan: nothing, warnings, or a refusal. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from services.enrolment.catalogue.domain.calendar import days_off
from services.enrolment.catalogue.domain.check_refusals import NotAWorkingDay, OnAHoliday, PeopleClash, VenueTaken
from services.enrolment.catalogue.domain.checks import DEFAULTS, Check, Checks, Policy
from services.enrolment.catalogue.domain.notices import Notice
from services.enrolment.catalogue.domain.runs import Plan
from services.enrolment.catalogue.domain.venues import Neighbour, taken
from shared.errors import Refused

# The checks of a run, by the codes that each of them finds, in the order in which they are told.
RUN_CHECKS: Final[Mapping[Check, Callable[[Plan, Sequence[Neighbour]], list[Notice]]]] = {
    Check.CALENDAR: days_off,
    Check.VENUE: taken,
}
REFUSALS: Final[Mapping[str, tuple[Check, type[Refused]]]] = {
    "not-a-working-day": (Check.CALENDAR, NotAWorkingDay),
    "on-a-holiday": (Check.CALENDAR, OnAHoliday),
    "venue-taken": (Check.VENUE, VenueTaken),
    "people-clash": (Check.CLASH, PeopleClash),
}
CALENDAR_CODES: Final = frozenset(code for code, (check, _) in REFUSALS.items() if check is Check.CALENDAR)


def notices_of(
    plan: Plan, neighbours: Sequence[Neighbour], at: datetime | None = None, checks: Checks = DEFAULTS
) -> list[Notice]:
    """What checks that are on have found. `at` is business time, None for a run that was opened. The first call in a
    process reads the calendar (0.3 s): call it from a thread."""
    notices = []
    if at is not None and plan.starts_at <= at:
        notices.append(Notice("starts-in-past", {"cohort": plan.cohort}))
    for check, look in RUN_CHECKS.items():
        if checks.of(check) is not Policy.OFF:
            notices += look(plan, neighbours)
    return notices


def is_moved(before: Plan, after: Plan) -> bool:
    """Whether there is anything new to be judged: another time or place."""
    return (before.sessions, before.venue) != (after.sessions, after.venue)


def refuse(checks: Checks, notices: Sequence[Notice]) -> None:
    """Raises NotAWorkingDay, OnAHoliday, VenueTaken and PeopleClash for the first notice that is refused here."""
    for refusal in refused(checks, notices):
        raise refusal


def refused(checks: Checks, notices: Sequence[Notice]) -> list[Refused]:
    """The refusals of those that are refused here, in order."""
    refusals = []
    for notice in notices:
        check, refusal = REFUSALS.get(notice.code, (None, Refused))
        if check is not None and checks.of(check) is Policy.REFUSE:
            details = {name: value for name, value in notice.details.items() if value is not None}
            refusals.append(refusal(**details))
    return refusals
