"""What one nomination and one bucket have come to, folded from their events. Pure: no clock, ids, I/O or totals.

A fold refuses what cannot be true: then either an event is wrong or this code is, and both must be looked at.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from shared.events.enrolment import (
    BucketClosed,
    BucketOpened,
    BucketSeatsChanged,
    NominationFact,
    NominationRejected,
    NominationState,
    NominationSubmitted,
    NominationWaitlisted,
    NominationWithdrawn,
    Rank,
    SeatConfirmed,
)
from shared.events.enrolment import Place as EventPlace
from shared.events.envelope import Envelope

SUBMITTED = NominationState.SUBMITTED
CONFIRMED = NominationState.CONFIRMED
WAITLISTED = NominationState.WAITLISTED
REJECTED = NominationState.REJECTED
WITHDRAWN = NominationState.WITHDRAWN

# Which fact may follow in which state (None: never heard of before), and what it leads to. Nothing else can happen.
STEPS: Mapping[tuple[type[NominationFact], NominationState | None], NominationState] = {
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
_TELLS_BEFORE = (SeatConfirmed, NominationWaitlisted, NominationWithdrawn)


class Impossible(Exception):
    """The event contradicts what was folded before it."""


class Place(NamedTuple):
    """Where somebody belonged at nomination: the cell that the nomination counts in, from then on."""

    unit: str
    province: str | None
    group: str | None
    region: str

    @classmethod
    def of(cls, place: EventPlace) -> "Place":
        return cls(place.unit, place.province, place.group, place.region)


class Row(NamedTuple):
    """One nomination. Rank and place are those of its first event; `since` is the business time of its state."""

    nomination: str
    bucket: str
    run: str
    target: str
    unit: str
    person: str
    rank: Rank
    place: Place
    state: NominationState
    since: datetime


class Bucket(NamedTuple):
    """The seats of one unit in one target group of a run, and how many are taken."""

    target: str
    unit: str
    place: Place
    seats: int
    confirmed: int = 0
    open: bool = True

    @property
    def free(self) -> int:
        return self.seats - self.confirmed


def fold(row: Row | None, event: NominationFact, envelope: Envelope) -> Row:
    """The nomination after one more of its events. Raises Impossible."""
    before = row.state if row is not None else None
    after = STEPS.get((type(event), before))
    if after is None:
        raise Impossible(f"{event.type} cannot follow {before or 'nothing'}")
    if isinstance(event, _TELLS_BEFORE) and event.before is not before:
        raise Impossible(f"{event.type} says it was {event.before or 'nothing'} before, but it was {before}")
    if row is not None and (row.bucket != envelope.subject or row.person != event.person):
        raise Impossible(f"nomination {row.nomination} belongs to another bucket or person")
    return Row(
        event.nomination,
        envelope.subject,
        event.run,
        event.target,
        event.unit,
        event.person,
        event.rank if row is None else row.rank,
        Place.of(event.place) if row is None else row.place,
        after,
        envelope.occurred_at,
    )


def fold_bucket(bucket: Bucket | None, event: BucketOpened | BucketSeatsChanged | BucketClosed) -> Bucket:
    """The bucket after an event about its seats. Raises Impossible."""
    if isinstance(event, BucketOpened):
        if bucket is not None:
            raise Impossible("the bucket was opened before")
        return Bucket(event.target, event.unit, Place.of(event.place), event.seats)
    if bucket is None:
        raise Impossible("the bucket was never opened")
    if isinstance(event, BucketSeatsChanged):
        if event.before != bucket.seats or event.seats < bucket.confirmed:
            raise Impossible(
                f"seats {event.before} to {event.seats}, but there are {bucket.seats}, {bucket.confirmed} taken"
            )
        return bucket._replace(seats=event.seats)
    return bucket._replace(open=False)


def seated(bucket: Bucket | None, before: Row | None, after: Row) -> Bucket:
    """The bucket after one of its nominations went from `before` to `after`. Raises Impossible beyond its seats."""
    if bucket is None:
        raise Impossible("the bucket was never opened")
    taken = (after.state is CONFIRMED) - (before is not None and before.state is CONFIRMED)
    if not taken:
        return bucket
    if bucket.confirmed + taken > bucket.seats:
        raise Impossible(f"a seat beyond the {bucket.seats} of the bucket")
    return bucket._replace(confirmed=bucket.confirmed + taken)
