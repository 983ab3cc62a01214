"""The check for courses that are taken twice: who has a seat in another run of the same course. Pure.

Runs to come count like those that were: a course is not taken twice by being nominated for the earlier run last.
"""

from datetime import datetime

from services.enrolment.catalogue import OfferedRun
from shared.events.seats import NominationState


def window(run: OfferedRun) -> tuple[datetime, datetime]:
    """Other runs repeat this one if they begin between these; so many years before or after is long enough."""
    return years_on(run.starts_at, -run.repeated_years), years_on(run.starts_at, run.repeated_years)


def repeats(state: NominationState) -> bool:
    """Who was not let in has not taken the course."""
    return state is NominationState.CONFIRMED


def years_on(moment: datetime, years: int) -> datetime:
    """The same day of another year; the last of February where that has no 29th."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)
