"""Nominations that go over to another run with their ids, and the confirmed with their seats: they leave one bucket and
come into one of the same target group and unit. Pure.

Every prefix of the events of both is one that a bucket may have: a seat is taken away only when nobody is on it any
more, and given before somebody comes. Seats of the two are as many as before.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome, advanced, bucket_event, nomination_event
from services.enrolment.seats.domain.transitions import CONFIRMED, SUBMITTED, WAITLISTED
from shared.events import seats as events
from shared.events.seats import BucketFact, ConfirmedBy, Place, bucket_id, bucket_parts

# The one that is kept where a person is in both runs: who has come furthest.
ORDER = (SUBMITTED, WAITLISTED, CONFIRMED)


def depart(bucket: Bucket, nominations: Sequence[Nomination], to_run: str) -> Outcome:
    """They leave; the seats of the confirmed go with them."""
    happened: list[BucketFact] = []
    for one in nominations:
        happened.append(nomination_event(events.NominationTransferred, bucket, one, before=one.state, to_run=to_run))
        waits, seated = one.state is WAITLISTED, one.state is CONFIRMED
        bucket = advanced(bucket, waiting=bucket.waiting - waits, free=bucket.free + seated)
    left = reseated(bucket, -sum(one.state is CONFIRMED for one in nominations))
    return Outcome(left.bucket, (), (*happened, *left.events))


def arrive(bucket: Bucket, nominations: Sequence[tuple[Nomination, Place]], from_run: str) -> Outcome:
    """They come, at the place that they have on the day of this run; who waits comes at the end, in order."""
    seats = reseated(bucket, sum(one.state is CONFIRMED for one, _ in nominations))
    bucket, happened, came = seats.bucket, list(seats.events), []
    for one, place in nominations:
        queue = bucket.seq + 1 if one.state is WAITLISTED else None
        pool, transfers = _pool_here(bucket, one.pool), one.transfers + 1
        here = replace(
            one, bucket=bucket.id, place=place, queue=queue, transfers=transfers, pool=pool, waits_since=None
        )
        happened.append(_arrival(bucket, here, from_run))
        waits, seated = one.state is WAITLISTED, one.state is CONFIRMED
        bucket = advanced(bucket, waiting=bucket.waiting + waits, free=bucket.free - seated)
        if here.present_unit is not None:
            happened.append(_away(bucket, here, here.present_unit, from_run))
            bucket = advanced(bucket)
        came.append(here)
    return Outcome(bucket, tuple(came), tuple(happened))


def _pool_here(bucket: Bucket, pool: str | None) -> str | None:
    """The same pool in the run of this bucket."""
    return None if pool is None else bucket_id(bucket.run, bucket.target, bucket_parts(pool)[2])


def reseated(bucket: Bucket, more: int) -> Outcome:
    """With so many seats more, or fewer, all of them free."""
    if not more:
        return Outcome(bucket, (), ())
    seats = bucket.seats + more
    event = bucket_event(events.BucketSeatsChanged, bucket, seats=seats, before=bucket.seats)
    return Outcome(advanced(bucket, seats=seats, free=bucket.free + more), (), (event,))


def outranks(one: Nomination, other: Nomination) -> bool:
    """Whether the first is kept of two nominations of a person; of two alike it is not."""
    return ORDER.index(one.state) > ORDER.index(other.state)


def _arrival(bucket: Bucket, here: Nomination, from_run: str) -> BucketFact:
    if here.state is CONFIRMED:
        return nomination_event(
            events.SeatConfirmed,
            bucket,
            here,
            before=None,
            by=ConfirmedBy.RUN_CHANGED,
            replaces=here.replaces,
            from_run=from_run,
        )
    if here.state is WAITLISTED:
        return nomination_event(events.NominationWaitlisted, bucket, here, before=None, from_run=from_run)
    return nomination_event(
        events.NominationSubmitted, bucket, here, step=here.approver, due_at=here.due_at, from_run=from_run
    )


def _away(bucket: Bucket, here: Nomination, unit: str, from_run: str) -> BucketFact:
    """That its person is of another office now is said again: this bucket has not heard of it."""
    return nomination_event(
        events.NominationMoved,
        bucket,
        here,
        from_unit=here.place.unit,
        to_unit=unit,
        asked=here.asked,
        from_run=from_run,
    )
