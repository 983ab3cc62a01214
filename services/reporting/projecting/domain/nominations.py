"""What one nomination has come to, folded from its events. Pure: no clock, ids, I/O or totals.

A fold refuses what cannot be true: then either an event is wrong or this code is, and both must be looked at. What a
later release may add (states, ranks) is neither: it is kept as it is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from shared.events.envelope import Envelope
from shared.events.seats import (
    NominationFact,
    NominationRejected,
    NominationState,
    NominationSubmitted,
    NominationWaitlisted,
    NominationWithdrawn,
    Rank,
    SeatConfirmed,
)
from shared.events.seats import Place as EventPlace

SUBMITTED = NominationState.SUBMITTED
CONFIRMED = NominationState.CONFIRMED
WAITLISTED = NominationState.WAITLISTED
REJECTED = NominationState.REJECTED
WITHDRAWN = NominationState.WITHDRAWN
State = NominationState | str  # a plain text: a state that this release does not know

# Which fact may follow in which state (None: no event of it yet), and where it leads. Nothing else can happen.
STEPS: Mapping[tuple[type[NominationFact], State | None], NominationState] = {
    (NominationSubmitted, None): SUBMITTED,
    (SeatConfirmed, None): CONFIRMED,
    (SeatConfirmed, SUBMITTED): CONFIRMED,
    (SeatConfirmed, WAITLISTED): CONFIRMED,
    (NominationWaitlisted, None): WAITLISTED,
    (NominationWaitlisted, SUBMITTED): WAITLISTED,
    (NominationRejected, SUBMITTED): REJECTED,
    (NominationWithdrawn, SUBMITTED): WITHDRAWN,
    (NominationWithdrawn, CONFIRMED): WITHDRAWN,
    (NominationWithdrawn, WAITLISTED): WITHDRAWN,
}
_LEADS_TO: Mapping[type[NominationFact], NominationState] = {fact: after for (fact, _), after in STEPS.items()}
_CARRIES_BEFORE = (SeatConfirmed, NominationWaitlisted, NominationWithdrawn)


class Impossible(Exception):
    """The event contradicts what was folded before it."""


class Place(NamedTuple):
    """Where a person belonged at nomination: the cell in which the nomination counts from then on."""

    unit: str
    province: str | None
    group: str | None
    region: str

    @classmethod
    def of(cls, place: EventPlace) -> "Place":
        return cls(place.unit, place.province, place.group, place.region)


class NominationRow(NamedTuple):
    """One nomination. Rank and place are those of its first event; `since` is the business time of its state."""

    nomination: str
    bucket: str
    run: str
    target: str
    bucket_unit: str
    person: str
    rank: Rank | str
    place: Place
    state: State
    since: datetime


def fold(row: NominationRow | None, event: NominationFact, envelope: Envelope) -> NominationRow:
    """The nomination after one more of its events. Raises Impossible."""
    state = _state_after(row.state if row is not None else None, event)
    if row is not None and (row.bucket != envelope.subject or row.person != event.person):
        raise Impossible(f"nomination {row.nomination} belongs to another bucket or person")
    return NominationRow(
        event.nomination,
        envelope.subject,
        event.run,
        event.target,
        event.bucket_unit,
        event.person,
        event.rank if row is None else row.rank,
        Place.of(event.place) if row is None else row.place,
        state,
        envelope.occurred_at,
    )


def _state_after(before: State | None, event: NominationFact) -> NominationState:
    """Where a state that this release does not know is involved, a step unknown to it came before this one: nothing
    can be compared then, and the fact alone says where it leads."""
    carried = event.before if isinstance(event, _CARRIES_BEFORE) else before
    if not (_is_known(before) and _is_known(carried)):
        return _LEADS_TO[type(event)]
    after = STEPS.get((type(event), before))
    if after is None:
        raise Impossible(f"{event.type} cannot follow {before or 'nothing'}")
    if carried is not before:
        raise Impossible(f"{event.type} gives {carried or 'nothing'} as the state before, but it was {before}")
    return after


def _is_known(state: State | None) -> bool:
    return state is None or isinstance(state, NominationState)
