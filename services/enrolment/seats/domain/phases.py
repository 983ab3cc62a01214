"""What may be done about the seats of a run, from its planning to its end: a literal table. Pure.

Closing the intake is not the end: until a run begins people withdraw, are substituted, move up and are decided on. From
then on somebody may only leave, or be let in by the organiser, with a reason, also on the seat of somebody who does not
come; what nobody has decided has expired. For some weeks after the end the organiser may still do so: who was written
down at a door is often sorted out later.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.enrolment.catalogue import OfferedRun, RunBeingMoved, RunCancelled, RunEnded, RunStarted, RunState
from services.enrolment.seats.domain.refusals import (
    BucketClosed,
    NominationNotOpen,
    RunNotStarted,
)
from services.enrolment.seats.domain.transitions import ANSWERS, LATE, OF_ORGANISER, Action
from shared.errors import Refused

SETTLES: Final = timedelta(days=30)  # after the end


class Phase(StrEnum):
    """OPEN and CLOSED are before the start, UNDER_WAY is from then to the end, SETTLING the time after it in which it
    is put right who was there."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    UNDER_WAY = "under-way"
    SETTLING = "settling"
    ENDED = "ended"
    CANCELLED = "cancelled"


_DECIDED: Final = (
    OF_ORGANISER
    | LATE
    | ANSWERS
    | {Action.APPROVE, Action.REJECT, Action.WITHDRAW, Action.SUBSTITUTE, Action.PROMOTE, Action.OFFER}
)
ALLOWED: Final[Mapping[Phase, frozenset[Action]]] = {
    Phase.PLANNED: frozenset(),
    Phase.OPEN: _DECIDED | {Action.NOMINATE},
    Phase.CLOSED: _DECIDED,
    Phase.UNDER_WAY: OF_ORGANISER | {Action.WITHDRAW, Action.ENTER_LATE, Action.EXPIRE, Action.LAPSE},
    Phase.SETTLING: frozenset({Action.ENTER_LATE, Action.EXPIRE, Action.LAPSE}),
    Phase.ENDED: frozenset({Action.EXPIRE, Action.LAPSE}),
    Phase.CANCELLED: frozenset(),
}
_REFUSALS: Final[Mapping[Phase, type[Refused]]] = {
    Phase.PLANNED: NominationNotOpen,
    Phase.OPEN: RunNotStarted,  # a late entry
    Phase.CLOSED: BucketClosed,
    Phase.UNDER_WAY: RunStarted,
    Phase.SETTLING: RunEnded,
    Phase.ENDED: RunEnded,
    Phase.CANCELLED: RunCancelled,
}


def phase_of(run: OfferedRun, now: datetime) -> Phase:
    """`now` is business time."""
    if run.state is RunState.CANCELLED:
        return Phase.CANCELLED
    if run.state is RunState.PLANNED:
        return Phase.PLANNED
    if now < run.starts_at:
        return Phase.OPEN if run.open else Phase.CLOSED
    if now < run.ends_at:
        return Phase.UNDER_WAY
    return Phase.SETTLING if now < run.ends_at + SETTLES else Phase.ENDED


def require_at_rest(run: OfferedRun) -> None:
    """Raises RunBeingMoved while people are carried from this run to another, or to it."""
    if run.moving:
        raise RunBeingMoved()


def require_phase(run: OfferedRun, action: Action, now: datetime) -> Phase:
    """Raises the refusal that says why the time for it is not now."""
    phase = phase_of(run, now)
    if action in ALLOWED[phase]:
        return phase
    late = action is Action.ENTER_LATE and phase is Phase.CLOSED
    raise RunNotStarted() if late else _REFUSALS[phase]()


def require_substitution(run: OfferedRun, now: datetime, *, late: bool) -> None:
    """`late`: the organiser gives a reason, and so may do it as long as somebody may be let in late."""
    if not (late and Action.ENTER_LATE in ALLOWED[phase_of(run, now)]):
        require_phase(run, Action.SUBSTITUTE, now)


def require_seats_open(run: OfferedRun, now: datetime) -> None:
    """Whether units may be given seats, or fewer: while people move up, and in a run that has begun with an open intake
    for those who come late. Raises RunCancelled, RunEnded and BucketClosed."""
    phase = phase_of(run, now)
    if phase in (Phase.CANCELLED, Phase.SETTLING, Phase.ENDED):
        raise _REFUSALS[phase]()
    if phase is Phase.UNDER_WAY and not run.open:
        raise BucketClosed()
