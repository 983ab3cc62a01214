"""What one nomination has come to, folded from its events. Pure: no clock, ids, I/O or totals.

A fold refuses what cannot be true: then either an event is wrong or this code is, and both must be looked at. What a
later release may add (states, ranks) is neither: it is kept as it is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from shared.events.directory import InPost, TrainingClass
from shared.events.envelope import Envelope
from shared.events.offers import OfferDeclined, OfferExpired, SeatOffered
from shared.events.seats import (
    NominationApproved,
    NominationEscalated,
    NominationExpired,
    NominationFact,
    NominationKept,
    NominationMoved,
    NominationRejected,
    NominationState,
    NominationSubmitted,
    NominationTransferred,
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
EXPIRED = NominationState.EXPIRED
TRANSFERRED: Final = "TRANSFERRED"  # it counts in the other run
OFFERED = NominationState.OFFERED
State = NominationState | str  # a plain text: a state that this release does not know

# Which fact may follow in which state (None: no event of it yet), and where it leads. Nothing else can happen.
STEPS: Mapping[tuple[type[NominationFact], State | None], State] = {
    (NominationSubmitted, None): SUBMITTED,
    (SeatConfirmed, None): CONFIRMED,
    (SeatConfirmed, SUBMITTED): CONFIRMED,
    (SeatConfirmed, WAITLISTED): CONFIRMED,
    (NominationWaitlisted, None): WAITLISTED,
    (NominationWaitlisted, SUBMITTED): WAITLISTED,
    (NominationApproved, SUBMITTED): SUBMITTED,
    (NominationEscalated, SUBMITTED): SUBMITTED,
    (NominationExpired, SUBMITTED): EXPIRED,
    (NominationRejected, SUBMITTED): REJECTED,
    (NominationWithdrawn, SUBMITTED): WITHDRAWN,
    (NominationWithdrawn, CONFIRMED): WITHDRAWN,
    (NominationWithdrawn, WAITLISTED): WITHDRAWN,
    (NominationTransferred, SUBMITTED): TRANSFERRED,
    (NominationTransferred, CONFIRMED): TRANSFERRED,
    (NominationTransferred, WAITLISTED): TRANSFERRED,
    (SeatOffered, WAITLISTED): OFFERED,
    (SeatConfirmed, OFFERED): CONFIRMED,
    (OfferDeclined, OFFERED): OFFERED,
    (OfferExpired, OFFERED): OFFERED,
    (NominationWaitlisted, OFFERED): WAITLISTED,
    (NominationWithdrawn, OFFERED): WITHDRAWN,
}
_LEADS_TO: Mapping[type[NominationFact], State] = {fact: after for (fact, _), after in STEPS.items()}
_STAYING: Final = (NominationMoved, NominationKept)  # its person is of another office: it counts where it was made
_CARRIES_BEFORE = (SeatConfirmed, NominationWaitlisted, NominationWithdrawn, NominationTransferred)


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
    """One nomination. Rank, place, `training_class` and `ex_officio` (as what somebody comes for a post) are those
    of its first event; `since` is the business time of its state."""

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
    ex_officio: InPost | str | None = None
    training_class: TrainingClass | str | None = None


def row_key(event: NominationFact) -> str:
    """The row of a nomination. In every run that it has gone to it has one of its own, so that the events of two
    buckets need no order: all of a bucket say how often it had moved by then."""
    return event.nomination if not event.transfers else f"{event.nomination}~{event.transfers}"


def fold(row: NominationRow | None, event: NominationFact, envelope: Envelope) -> NominationRow:
    """The nomination after one more of its events. Raises Impossible."""
    if isinstance(event, _STAYING):
        return _standing(row, event, envelope)
    state = _state_after(row.state if row is not None else None, event)
    if row is not None:
        _standing(row, event, envelope)
    return NominationRow(
        row_key(event),
        envelope.subject,
        event.run,
        event.target,
        event.bucket_unit,
        event.person,
        event.rank if row is None else row.rank,
        Place.of(event.place) if row is None else row.place,
        state,
        envelope.occurred_at,
        event.ex_officio if row is None else row.ex_officio,
        event.training_class if row is None else row.training_class,
    )


def _standing(row: NominationRow | None, event: NominationFact, envelope: Envelope) -> NominationRow:
    """As it is, if it is the one that the event is about. Raises Impossible."""
    if row is None:
        raise Impossible(f"{event.type} cannot follow nothing")
    if row.bucket != envelope.subject or row.person != event.person:
        raise Impossible(f"nomination {row.nomination} belongs to another bucket or person")
    return row


def _state_after(before: State | None, event: NominationFact) -> State:
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
