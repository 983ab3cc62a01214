"""A bucket that gets more seats while people wait: it grows as they are seated, in steps of a bounded size. Pure.

Every step is a change of seats that is filled at once, so nobody overtakes the waiting list and every state on the way
is one that the bucket might have been given. So it is where seats are free beside a list that may move up again.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.enrolment.seats.domain.buckets import change_seats
from services.enrolment.seats.domain.model import Bucket, Growing, Nomination, Outcome
from services.enrolment.seats.domain.nominations import filled

MOST_SEATED: Final = 256


def resize(bucket: Bucket, to: Growing, waiting: Sequence[Nomination], *, begun: bool = False) -> Outcome:
    """Towards that many seats, as far as `waiting` goes (see `seated_by`). When the run has begun nobody moves up: the
    seats are for those who enter late. Raises SeatsBelowConfirmed."""
    promotes = not begun and to.seats >= bucket.seats
    if not promotes:
        waiting = ()
    to = replace(to, free=to.free or bucket.catches_up)
    if not promotes or len(waiting) >= seated_by(bucket, to.seats):
        done = replace(bucket, growing=to if to.free else None)
        return Outcome(done, (), ()) if to.seats == bucket.seats else change_seats(done, to.seats, waiting)
    growing = replace(bucket, growing=to)
    return change_seats(growing, bucket.seats + len(waiting), waiting) if waiting else Outcome(growing, (), ())


def behind(bucket: Bucket, by: str) -> Bucket:
    """Where seats came free while nobody moved up: who waits for one is to have them first."""
    if not (bucket.free and bucket.waiting):
        return bucket
    seats = bucket.seats if bucket.growing is None else bucket.growing.seats
    return replace(bucket, growing=Growing(seats, by, free=True))


def catch_up(bucket: Bucket, waiting: Sequence[Nomination], most: int, *, begun: bool = False) -> Outcome:
    """The free seats go to these, who are the first `most` that wait and are no reserves. When the run has begun nobody
    moves up."""
    seated = () if begun else waiting[: bucket.free]
    after = filled(Outcome(bucket, (), ()), seated)
    if len(seated) == most and after.bucket.free:
        return after
    return replace(after, bucket=replace(after.bucket, growing=None))


def stopped(bucket: Bucket) -> Outcome:
    """Its run is cancelled: nobody gets what was still to come."""
    return Outcome(replace(bucket, growing=None), (), ())


def given(bucket: Bucket) -> int:
    """The seats that were given to it: it has them, or is to have them soon, but for those that are lent."""
    return (bucket.seats if bucket.growing is None else bucket.growing.seats) - bucket.borrowed


def seated_by(bucket: Bucket, seats: int) -> int:
    """How many of the waiting list get a seat when the bucket has that many."""
    return max(0, min(seats - bucket.seats, bucket.waiting))


def shares(buckets: Sequence[Bucket], seats: dict[str, int], most: int) -> dict[str, int]:
    """How many of each waiting list are seated in one transaction, `most` in all, bucket after bucket."""
    taken: dict[str, int] = {}
    for bucket in buckets:
        count = min(most, seated_by(bucket, seats[bucket.id]))
        if count:
            taken[bucket.id] = count
            most -= count
    return taken
