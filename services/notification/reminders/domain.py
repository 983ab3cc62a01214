"""Which waves of reminders are due, by the run's business time, and what waits for whose approval. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.notification.domain import (
    Delegation,
    Run,
    RunState,
    covering,
    days_of,
    deadline_reason,
    due_at,
    office_of,
    release_due_at,
    release_reason,
    silence_due_at,
)
from shared.clock import business
from shared.events.catalogue import MOST_REMINDER_DAYS
from shared.events.seats import Approver
from shared.thai import local_date

HORIZON: Final = timedelta(days=MOST_REMINDER_DAYS + 1)
CLOSING_HORIZON: Final = timedelta(days=21)  # three working days, with all holidays of a New Year between


RELEASE_HORIZON: Final = timedelta(days=28)  # five working days, the same


@dataclass(frozen=True, slots=True)
class WaveResult:
    """What became of a wave in one call. `due` is business time; None: not due, and nothing was made. `complete`:
    everybody was looked at; otherwise the service goes on by itself."""

    name: str
    due: datetime | None = None
    created: int = 0
    existing: int = 0
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Awaited:
    """What of a run waits for somebody's approval: how many, and the first deadline (business time)."""

    count: int = 0
    due_at: datetime | None = None

    def and_also(self, other: "Awaited") -> "Awaited":
        dues = [at for at in (self.due_at, other.due_at) if at is not None]
        return Awaited(self.count + other.count, min(dues, default=None))


# By the unit of who is nominated, and who approves now.
Steps = Mapping[tuple[str, str | None], Awaited]


def steps_awaited(waiting: Iterable[tuple[str, str | None, datetime | None]]) -> Steps:
    """From the unit of who is nominated, who approves now, and until when: of one run."""
    found: dict[tuple[str, str | None], Awaited] = {}
    for unit, approver, due in waiting:
        found[unit, approver] = found.get((unit, approver), Awaited()).and_also(Awaited(1, due))
    return found


def by_office(run: Run, steps: Steps) -> dict[str, Awaited]:
    """What waits for each office."""
    found: dict[str, Awaited] = {}
    for (unit, approver), waits in steps.items():
        office = office_of(_decided_in(run, unit, approver))
        found[office] = found.get(office, Awaited()).and_also(waits)
    return found


def by_delegate(
    run: Run, steps: Steps, delegations: Mapping[str, Sequence[Delegation]]
) -> dict[tuple[str, str], Awaited]:
    """What waits for whoever decides in somebody's place, and in which office; once where two have left it to the same
    one. `delegations` are those in force, by their units."""
    found: dict[tuple[str, str], Awaited] = {}
    for (unit, approver), waits in steps.items():
        of = [one for above in covering(_decided_in(run, unit, approver)) for one in delegations.get(above, ())]
        for key in {(one.delegate, office_of(one.unit)) for one in of if approver in one.steps}:
            found[key] = found.get(key, Awaited()).and_also(waits)
    return found


def _decided_in(run: Run, unit: str, approver: str | None) -> str:
    """The organiser approves for all units; where it is not known, the office of the person is asked to see to it."""
    return run.organiser if approver == Approver.ORGANISER and run.organiser is not None else unit


def last_day(due_at: datetime) -> date:
    """A deadline is over at midnight: this is the last day on which there is time."""
    return local_date(due_at - timedelta(seconds=1))


def silence_reason(run: Run, now: datetime) -> str | None:
    """By which the organiser is told who has not nominated, once it is time for that; None before, and where a run was
    opened later than that."""
    if run.organiser is None:
        return None
    business_now, due = business(now, run.offset_seconds), silence_due_at(run.nominations_end)
    if not run.takes_nominations(business_now) or not (run.opened_at or due) <= due <= business_now:
        return None
    return deadline_reason(run.id, run.nominations_end)


def release_due(run: Run, now: datetime) -> str | None:
    """By which its units are told that unclaimed seats are released soon, once it is time for that; None before, and
    after it."""
    if run.release_at is None:
        return None
    business_now = business(now, run.offset_seconds)
    if not release_due_at(run.release_at) <= business_now < run.release_at:
        return None
    return release_reason(run.id, run.release_at)


def waves_due(run: Run, now: datetime) -> dict[str, datetime]:
    """The waves that are due at the system time `now`, with the business time at which they were. None for a run that
    has started, and none that would have been due before the run was moved to its day."""
    business_now = business(now, run.offset_seconds)
    if run.state is RunState.CANCELLED or business_now >= run.starts_at:
        return {}
    days = {wave: days for wave in run.reminders if (days := days_of(wave)) is not None}
    dues = {wave: due_at(run.starts_at, before) for wave, before in days.items()}
    return {wave: due for wave, due in dues.items() if (run.moved_at or due) <= due <= business_now}
