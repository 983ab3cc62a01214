"""Offers of seats from the pool of a target group, to people who wait for one of their own unit. Each is an event of
the bucket that the person waits in: the seat has gone over to it (see BucketSeatsChanged) and is held there. And what
becomes of seats that were lent so when a run is split or merged."""

from datetime import datetime
from typing import ClassVar

from shared.events.seats import BucketFact, NominationFact


class SeatOffered(NominationFact):
    """A seat is held for the person until `expires_at` (business time). `pool` is the unit of the pool it is of."""

    type: ClassVar[str] = "enrolment.seat-offered.v1"

    pool: str
    expires_at: datetime


class OfferDeclined(NominationFact):
    """The seat goes on to the next. What becomes of the nomination says the event that follows at once: it waits again,
    as the last, or is withdrawn."""

    type: ClassVar[str] = "enrolment.offer-declined.v1"


class OfferExpired(NominationFact):
    """Nobody has answered in time; else as OfferDeclined."""

    type: ClassVar[str] = "enrolment.offer-expired.v1"


class BucketLoansSettled(BucketFact):
    """The run is split, or merged with another one: so many seats that the pool has lent are the bucket's own from here
    on. At the pool `settled` is below zero: so many that it has lent are its no more. Nobody has more seats, or fewer,
    because of it; over a target group they add up to nothing."""

    type: ClassVar[str] = "enrolment.bucket-loans-settled.v1"

    settled: int
