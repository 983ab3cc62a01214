"""What is due before and after a run, by the calendar of the government and the clock of the run. Pure.

The first call in a process reads the calendar (0.3 s): call it from a thread.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.reporting.projecting import CANCELLED, Run
from shared.clock import business
from shared.thai import due_after_days, fiscal_year, last_local_date, local_date, working_days_before

REMINDER_WORKING_DAYS: Final = 5
_OPENED: Final = frozenset({"OPEN", "CLOSED"})


@dataclass(frozen=True, slots=True)
class Deadlines:
    """`report_due`: when the close-out must be filed; its fiscal year may be the one after that of the programme."""

    reminder: date
    report_due: date
    report_due_fiscal_year: int
    report_filed_at: datetime | None
    report_overdue: bool


def deadlines_of(run: Run | None, now: datetime) -> Deadlines | None:
    """None for a run that is not known, or does not take place. `now` is system time."""
    if run is None or run.state == CANCELLED:
        return None
    due = due_after_days(last_local_date(run.ends_at), run.close_out_days)
    late = local_date(business(now, run.offset_seconds)) > due
    return Deadlines(
        reminder=working_days_before(local_date(run.starts_at), REMINDER_WORKING_DAYS),
        report_due=due,
        report_due_fiscal_year=fiscal_year(due),
        report_filed_at=run.close_out_filed_at,
        report_overdue=late and run.state in _OPENED and run.close_out_filed_at is None,
    )
