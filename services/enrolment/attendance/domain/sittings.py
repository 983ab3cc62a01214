"""The sessions of a run as attendance counts them: numbered in the order of their times, minutes, half days. Pure.

A session keeps the time that it had when somebody was first seen or missed in it: minutes that were counted stay what
they were, whatever becomes of the plan. Whoever is only excused has no minutes, and is so before the day: until then
the plan says when it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.enrolment.attendance.domain.refusals import CheckInAhead, OutsideSession, UnknownSession
from services.enrolment.catalogue import OfferedRun
from shared.clock import BANGKOK
from shared.events.attendance import Presence

GRACE: Final = timedelta(minutes=15)  # so long after the beginning nobody is late
DOORS: Final = timedelta(hours=4)  # so long before it people may be recorded
AHEAD: Final = timedelta(minutes=5)  # clocks differ: nobody is recorded later than that from now
NOON: Final = 12


class SittingState(StrEnum):
    PLANNED = "PLANNED"
    RECORDED = "RECORDED"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Sitting:
    """`counts` are people by what they have in it. `after` is how far its closing has come: the last nomination that
    was looked at; None when there is nothing to do."""

    number: int
    starts_at: datetime
    ends_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None
    after: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """Whether its time stays: it was closed, or somebody was recorded in it who was not only excused, also if that
        was corrected later."""
        return self.closed_at is not None or any(name != Presence.EXCUSED for name in self.counts)

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def state(self) -> SittingState:
        if self.closed_at is not None:
            return SittingState.CLOSED
        return SittingState.RECORDED if self.kept else SittingState.PLANNED

    @property
    def half_days(self) -> int:
        """Mornings and afternoons, in Bangkok, in which it takes place; at least one."""
        day, last = self.starts_at.astimezone(BANGKOK), self.ends_at.astimezone(BANGKOK)
        halves, midnight = 0, day.replace(hour=0, minute=0, second=0, microsecond=0)
        while midnight < last:
            noon, night = midnight.replace(hour=NOON), midnight + timedelta(days=1)
            # An hour at least, so that the lunch of a morning is no afternoon.
            halves += sum(min(end, last) - max(start, day) >= _HOUR for start, end in ((midnight, noon), (noon, night)))
            midnight = night
        return max(1, halves)

    def presence_at(self, at: datetime) -> tuple[Presence, int]:
        """What somebody has who came at that time (business time): whoever is late has the minutes that were left."""
        if at <= self.starts_at + GRACE:
            return Presence.PRESENT, self.minutes
        left = int((self.ends_at - at).total_seconds()) // 60
        return Presence.LATE, min(self.minutes, max(0, left))

    def require_during(self, at: datetime, now: datetime) -> None:
        """Both business time. Raises OutsideSession and CheckInAhead."""
        if not self.starts_at - DOORS <= at <= self.ends_at:
            raise OutsideSession(session=self.number)
        if at > now + AHEAD:
            raise CheckInAhead()


_HOUR: Final = timedelta(hours=1)


def sittings_of(run: OfferedRun, kept: Mapping[int, Sitting]) -> Sequence[Sitting]:
    """All of the run: those whose time is kept as they are, the others as they are planned, with who is excused."""
    spans = run.sessions or (run.lasts,)
    planned = {number: Sitting(number, *span) for number, span in enumerate(spans, start=1)}
    known = {number: sitting for number, sitting in kept.items() if sitting.kept}
    excused = {n: replace(planned[n], counts=kept[n].counts) for n in planned.keys() & kept.keys() - known.keys()}
    sittings = planned | excused | known
    return [sittings[number] for number in sorted(sittings)]


def sitting_of(run: OfferedRun, kept: Mapping[int, Sitting], number: int) -> Sitting:
    """Raises UnknownSession."""
    for sitting in sittings_of(run, kept):
        if sitting.number == number:
            return sitting
    raise UnknownSession(session=number)
