"""A bucket gets more seats in steps: each is a state it might have been given, and at the end nothing is different."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.seats.domain.growth import resize, seated_by, shares
from services.enrolment.seats.domain.nominations import Growing, Nomination, change_seats, close_bucket
from services.enrolment.seats.domain.refusals import SeatsBelowConfirmed
from shared.events.seats import BucketSeatsChanged, SeatConfirmed
from tests.unit.enrolment.seats.builders import W, bucket, nomination


def queue(count: int) -> list[Nomination]:
    return [nomination(f"w{n}", W, f"of-w{n}", queue=n + 1) for n in range(count)]


def to(seats: int) -> Growing:
    return Growing(seats, "officer")


@given(
    confirmed=st.integers(0, 4),
    free=st.integers(0, 3),
    waiting=st.integers(0, 12),
    more=st.integers(0, 15),
    most=st.integers(1, 5),
)
def test_in_steps_it_comes_to_what_one_step_would_make(
    confirmed: int, free: int, waiting: int, more: int, most: int
) -> None:
    """`free` seats beside a waiting list: those who wait are reserves then."""
    start = bucket(seats=confirmed + free, free=free, waiting=waiting, seq=20)
    goal, people = start.seats + more, queue(waiting)
    whole = resize(start, to(goal), people) if more == 0 else change_seats(start, goal, people)
    now, steps = replace(start, growing=to(goal)), 0
    seated: list[str] = []
    while now.growing is not None:
        count = min(most, seated_by(now, goal))
        step = resize(now, now.growing, people[len(seated) : len(seated) + count])
        confirmed_now = [event.nomination for event in step.events if isinstance(event, SeatConfirmed)]
        assert len(confirmed_now) <= most
        seated += confirmed_now
        assert step.bucket.free == free or step.bucket.growing is None, "no free seat while there is a list to seat"
        assert step.bucket.seq == now.seq + len(step.events)
        now, steps = step.bucket, steps + 1
    assert seated == [event.nomination for event in whole.events if isinstance(event, SeatConfirmed)]
    assert replace(now, seq=0) == replace(whole.bucket, seq=0)
    assert steps == max(1, -(-min(more, waiting) // most))


def test_without_a_place_in_this_transaction_it_only_notes_what_is_to_come() -> None:
    start = bucket(seats=2, free=0, waiting=3)
    outcome = resize(start, to(5), ())
    assert (outcome.bucket, outcome.events) == (replace(start, growing=to(5)), ())


def test_a_bucket_that_grows_may_be_given_fewer_seats() -> None:
    grown = bucket(seats=4, free=0, waiting=3, growing=to(9))
    kept = resize(grown, to(4), ())
    assert (kept.bucket, kept.events) == (replace(grown, growing=None), ())
    with pytest.raises(SeatsBelowConfirmed):
        resize(grown, to(3), ())
    cut = resize(replace(grown, free=2), to(3), ())
    assert (cut.bucket.seats, cut.bucket.free, cut.bucket.growing) == (3, 1, None)
    assert [type(event) for event in cut.events] == [BucketSeatsChanged]


def test_a_closed_bucket_grows_no_more() -> None:
    assert close_bucket(bucket(free=0, waiting=1, growing=to(9))).bucket.growing is None


def test_one_transaction_seats_a_bounded_number_over_all_buckets() -> None:
    buckets = [
        bucket(unit, seats=1, free=0, waiting=waiting)
        for unit, waiting in (("PO-50", 4), ("PO-51", 0), ("PO-52", 9), ("PO-53", 5))
    ]
    seats = {one.id: 6 for one in buckets}
    prefix = "run:PROV_HR:"
    assert shares(buckets, seats, 7) == {f"{prefix}PO-50": 4, f"{prefix}PO-52": 3}
    assert shares(buckets, seats, 100) == {f"{prefix}PO-50": 4, f"{prefix}PO-52": 5, f"{prefix}PO-53": 5}
