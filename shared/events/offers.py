"""Offers of seats from the pool of a target group, to people who wait for one of their own unit. Each is an event of
the bucket that the person waits in: the seat has gone over to it (see BucketSeatsChanged) and is held there."""

from datetime import datetime
from typing import ClassVar

from shared.events.seats import NominationFact


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
