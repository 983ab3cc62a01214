"""A bucket opens, closes, and gets more or fewer seats. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from services.enrolment.seats.domain.allocation_refusals import SeatsBelowConfirmed
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome, bucket_event
from services.enrolment.seats.domain.nominations import filled
from shared.events import seats as events


def open_bucket(bucket: Bucket) -> Outcome:
    """The first event of every bucket: from here on it takes nominations."""
    opened = replace(bucket, open=True, seq=bucket.seq + 1)
    return Outcome(opened, (), (bucket_event(events.BucketOpened, bucket, seats=bucket.seats, place=bucket.place),))


def open_later(bucket: Bucket, *, closed: bool) -> Outcome:
    """A new bucket of a run that was opened before, which takes nominations as that run does. Its seats come behind
    it, as a change: units are asked to nominate at the opening of the run, and of what they get later they hear so."""
    begun = open_bucket(replace(bucket, seats=0, free=0))
    if closed:
        begun = _then(begun, close_bucket(begun.bucket))
    return _then(begun, change_seats(begun.bucket, bucket.seats, ())) if bucket.seats else begun


def _then(before: Outcome, after: Outcome) -> Outcome:
    return Outcome(after.bucket, (), (*before.events, *after.events))


def close_bucket(bucket: Bucket) -> Outcome:
    """The bucket takes no more nominations. Seats that it was to have come all the same: until the run begins people
    move up."""
    closed = replace(bucket, open=False, seq=bucket.seq + 1)
    return Outcome(closed, (), (bucket_event(events.BucketClosed, bucket),))


def reopen_bucket(bucket: Bucket) -> Outcome:
    """The bucket takes nominations again."""
    reopened = replace(bucket, open=True, seq=bucket.seq + 1)
    return Outcome(reopened, (), (bucket_event(events.BucketReopened, bucket),))


def _seats(bucket: Bucket, seats: int) -> dict[str, int]:
    return {"seats": seats, "before": bucket.seats, "released": bucket.released, "received": bucket.received}


def change_seats(bucket: Bucket, seats: int, waiting: Sequence[Nomination]) -> Outcome:
    """New seats go to the waiting list (`waiting`, in order); taken ones cannot be cut, and neither can
    those that the pool has lent.

    Everyone on it has been approved already, so this bypasses no approval.
    """
    if seats < bucket.taken:
        raise SeatsBelowConfirmed(
            unit=bucket.bucket_unit,
            target=bucket.target,
            confirmed=bucket.taken - bucket.borrowed,
            seats=seats - bucket.borrowed,
        )
    changed = replace(bucket, seats=seats, free=bucket.free + seats - bucket.seats, seq=bucket.seq + 1)
    event = bucket_event(events.BucketSeatsChanged, bucket, **_seats(bucket, seats))
    return filled(Outcome(changed, (), (event,)), waiting[: max(0, seats - bucket.seats)])
