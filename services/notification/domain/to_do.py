"""What is left to do after a run, and when whoever has it is reminded. Pure. Counts working days: the first call of a
year reads the calendar.

Reminders are due at 08:30 in Bangkok by the clock of the run: 30, 60 and 90 days after its end, rolled to a working
day; and, where something is overdue, on the first working day after the one on which it was due, to the office.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from services.notification.domain.kinds import Addressee, Kind
from services.notification.domain.message import Message, message_id
from services.notification.domain.read_model import Run, RunState
from services.notification.domain.units import office_of
from shared.clock import BANGKOK, business
from shared.thai import last_local_date, next_working_day

REMIND_AFTER: Final = (30, 60, 90)
STALE_AFTER: Final = timedelta(days=7)  # what was not told by then is not told: a clock may have been set far ahead
_TIME_OF_DAY: Final = time(8, 30)


@dataclass(slots=True)
class ToDo:
    """What a person or an office has left to do in a run: how much of it is due by which day. In a batch: how that
    changes."""

    run: str
    whom: str
    unit: str
    person: bool
    open: dict[str, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.run}|{self.whom}"

    @property
    def office(self) -> str:
        return office_of(self.unit)

    def add(self, due: str, count: int) -> None:
        self.open[due] = self.open.get(due, 0) + count


class Wave(NamedTuple):
    """`overdue`: of what was due by that day, to offices; None: of all that is left, to whoever has it."""

    name: str
    at: datetime
    overdue: str | None = None

    def about(self, to_do: ToDo) -> bool:
        if self.overdue is not None:
            return to_do.open.get(self.overdue, 0) > 0
        return sum(to_do.open.values()) > 0

    def message(self, to_do: ToDo, run: Run, now: datetime) -> Message:
        """With the same id whoever makes it and whenever."""
        escalated = self.overdue is not None
        kind = Kind.FOLLOW_UPS_OVERDUE if escalated else Kind.FOLLOW_UPS_OPEN
        whom = to_do.office if escalated else to_do.whom
        reason = f"{run.id}|{self.name}|{whom}|{self.at.date().isoformat()}"
        return Message(
            id=message_id(reason, whom, kind),
            kind=kind,
            recipient=whom,
            addressee=Addressee.PERSON if to_do.person and not escalated else Addressee.UNIT,
            unit=to_do.office if escalated else to_do.unit,
            run=run.id,
            reason=reason,
            created_at=now,
            due_at=now,
            revision=run.revision,
        )


def waves_of(run: Run, dues: Iterable[str]) -> list[Wave]:
    """All there are, in order of their times (business time)."""
    end = last_local_date(run.ends_at)
    waves = [Wave(f"F+{days}", _morning(next_working_day(end + timedelta(days=days)))) for days in REMIND_AFTER]
    for due in dues:
        due_on = next_working_day(date.fromisoformat(due))
        waves.append(Wave(f"overdue {due}", _morning(next_working_day(due_on + timedelta(days=1))), due))
    return sorted(waves, key=lambda wave: wave.at)


def looked_at(run: Run, dues: Iterable[str], now: datetime) -> tuple[list[Wave], datetime | None]:
    """The waves that are told at the system time `now`, and the system time at which there is the next one."""
    if run.state is RunState.CANCELLED:
        return [], None
    business_now = business(now, run.offset_seconds)
    waves = waves_of(run, dues)
    told = [wave for wave in waves if wave.at <= business_now < wave.at + STALE_AFTER]
    ahead = [wave.at for wave in waves if wave.at > business_now]
    return told, run.system_time(min(ahead)) if ahead else None


def _morning(day: date) -> datetime:
    return datetime.combine(day, _TIME_OF_DAY, BANGKOK)
