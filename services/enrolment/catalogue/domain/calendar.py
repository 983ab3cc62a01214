"""The check of the calendar: sessions on a Saturday, a Sunday or a holiday of the government. Pure.

Labour Day is not a government holiday, the Ploughing Ceremony is; in the border provinces offices have days of their
own, and the venue says where a run takes place.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from services.enrolment.catalogue.domain.notices import Notice
from services.enrolment.catalogue.domain.runs import Plan
from services.enrolment.catalogue.domain.venues import Neighbour
from shared.thai import holidays_in, is_government_working_day, local_date

MOST_DAYS: Final = 400  # of a session that are looked at
MOST_NAMED: Final = 31
_INSTANT: Final = timedelta(microseconds=1)


def days_off(plan: Plan, _: Sequence[Neighbour] = ()) -> list[Notice]:
    """The first of them. The first call in a process reads the calendar (0.3 s): call it from a thread."""
    province, notices = plan.venue.province_code, []
    for day in sorted(set(_days(plan))):
        holidays = holidays_in(day.year, province)
        if is_government_working_day(day) and day not in holidays:
            continue
        holiday = holidays.get(day)
        details = {"date": day.isoformat(), "cohort": plan.cohort, "holiday": holiday}
        notices.append(Notice("not-a-working-day" if holiday is None else "on-a-holiday", details))
        if len(notices) == MOST_NAMED:
            break
    return notices


def _days(plan: Plan) -> Iterator[date]:
    """Every day that a session touches; what ends at midnight does not touch the next one."""
    for session in plan.sessions:
        day, last = local_date(session.starts_at), local_date(session.ends_at - _INSTANT)
        for _ in range(min((last - day).days + 1, MOST_DAYS)):
            yield day
            day += timedelta(days=1)
