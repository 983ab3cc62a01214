"""The close-out of a run: when it is due, whether it is overdue, and its filing. Pure.

When it is due follows from the plan and from the calendar of the government, so neither that nor being overdue is ever
stored. The first call in a process reads the calendar (0.3 s): call it from a thread.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from services.enrolment.catalogue.domain.closing_refusals import CloseOutFiled, RunCancelled, RunNotEnded
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.runs import Filed, Run, RunState, run_event
from shared.clock import BANGKOK, business
from shared.events import catalogue as events
from shared.events.envelope import Event
from shared.thai import due_after_days, fiscal_year, last_local_date, local_date


class Due(NamedTuple):
    """The fiscal year is that of the day, and may be the one after that of the programme."""

    on: date
    fiscal_year: int


def due_of(run: Run, description: Description) -> Due | None:
    """None for a run that does not take place."""
    if run.state is RunState.CANCELLED:
        return None
    day = due_after_days(last_local_date(run.plan.ends_at), description.close_out_days)
    return Due(day, fiscal_year(day))


def is_overdue(run: Run, description: Description, at: datetime) -> bool:
    """`at` is system time; the clock of the run counts, to the end of the day."""
    due = due_of(run, description)
    if due is None or run.filed is not None or not run.opened:
        return False
    return local_date(business(at, run.offset_seconds)) > due.on


def file(run: Run, description: Description, by: str, at: datetime) -> tuple[Run, list[Event]]:
    """Once, when the run has ended. `at` is system time. Raises RunCancelled, CloseOutFiled and RunNotEnded."""
    if run.state is RunState.CANCELLED:
        raise RunCancelled()
    if run.filed is not None:
        raise CloseOutFiled(filedAt=run.filed.at.astimezone(BANGKOK).isoformat())
    if not run.over(at):
        raise RunNotEnded()
    filed = Filed(by, business(at, run.offset_seconds).replace(microsecond=0))
    return run_event(replace(run, filed=filed), description, events.RunCloseOutFiled, filed_at=filed.at)
