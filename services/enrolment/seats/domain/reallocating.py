"""Seats that go from one bucket of a run to another, and the seats of one run for another. Pure."""

from collections.abc import Iterable, Sequence

from services.enrolment.seats.domain.allocation import Seating
from services.enrolment.seats.domain.allocation_refusals import BucketTwice, TooFewSeats, UnknownBucket
from services.enrolment.seats.domain.growth import given
from services.enrolment.seats.domain.model import Bucket

Where = tuple[str, str]  # target group and unit


def seatings_of(buckets: Iterable[Bucket]) -> list[Seating]:
    """The seats that these buckets have, or are to have soon."""
    return [Seating(bucket.target, bucket.bucket_unit, given(bucket)) for bucket in buckets]


def transferred(buckets: Sequence[Bucket], source: Where, to: Where, seats: int) -> list[Seating]:
    """All buckets with so many seats less there and more here: the sum stays. A bucket that was opened stays without
    seats; one that is new is made. Raises UnknownBucket, TooFewSeats and BucketTwice."""
    if source == to:
        raise BucketTwice(target=to[0], unit=to[1])
    now = {(one.target, one.unit): one.seats for one in seatings_of(buckets)}
    if source not in now:
        raise UnknownBucket(target=source[0], unit=source[1])
    if now[source] < seats:
        raise TooFewSeats(target=source[0], unit=source[1], seats=now[source])
    now[source] -= seats
    now[to] = now.get(to, 0) + seats
    opened = {(one.target, one.bucket_unit) for one in buckets if one.seq > 0}
    return [Seating(*where, count) for where, count in now.items() if count or where in opened]
