"""A bucket gets more seats in steps: each is a state it might have been given, and at the end nothing is different."""

from dataclasses import replace

import pytest
from hypothesis import given as of
from hypothesis import strategies as st

from services.enrolment.seats.domain.allocation_refusals import SeatsBelowConfirmed
from services.enrolment.seats.domain.buckets import change_seats, close_bucket, reopen_bucket
from services.enrolment.seats.domain.growth import behind, catch_up, given, resize, seated_by, shares, stopped
from services.enrolment.seats.domain.model import Growing, Nomination
from services.enrolment.seats.domain.nominations import seat_or_wait
from services.enrolment.seats.storage.bucket_documents import bucket_document, bucket_of
from shared.events.seats import BucketSeatsChanged, ConfirmedBy, SeatConfirmed
from tests.unit.enrolment.seats.builders import S, W, bucket, nomination


def queue(count: int) -> list[Nomination]:
    return [nomination(f"w{n}", W, f"of-w{n}", queue=n + 1) for n in range(count)]


def to(seats: int) -> Growing:
    return Growing(seats, "officer")


@of(
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


def test_when_the_run_has_begun_seats_are_added_and_nobody_moves_up() -> None:
    start = bucket(seats=2, free=0, waiting=3, growing=to(9))
    for waiting in ((), queue(3)):
        outcome = resize(start, to(5), waiting, begun=True)
        assert (outcome.bucket.seats, outcome.bucket.free, outcome.bucket.waiting) == (5, 3, 3)
        assert (outcome.bucket.growing, [type(event) for event in outcome.events]) == (None, [BucketSeatsChanged])
    assert resize(start, to(2), (), begun=True).bucket == replace(start, growing=None)


def test_a_bucket_that_grows_may_be_given_fewer_seats() -> None:
    grown = bucket(seats=4, free=0, waiting=3, growing=to(9))
    kept = resize(grown, to(4), ())
    assert (kept.bucket, kept.events) == (replace(grown, growing=None), ())
    with pytest.raises(SeatsBelowConfirmed):
        resize(grown, to(3), ())
    cut = resize(replace(grown, free=2), to(3), ())
    assert (cut.bucket.seats, cut.bucket.free, cut.bucket.growing) == (3, 1, None)
    assert [type(event) for event in cut.events] == [BucketSeatsChanged]


def test_a_bucket_grows_on_when_it_is_closed_and_no_more_when_its_run_is_cancelled() -> None:
    """Else the seats that it was to have would be nobody's when it opens again."""
    before = bucket(seats=2, free=0, waiting=1, growing=to(9))
    closed = close_bucket(before).bucket
    assert given(reopen_bucket(closed).bucket) == given(closed) == 9
    grown = resize(closed, to(9), queue(1))
    assert (grown.bucket.seats, grown.bucket.free, grown.bucket.open) == (9, 6, False)
    dropped = stopped(closed)
    assert (dropped.bucket, dropped.events) == (replace(closed, growing=None), ())


def test_one_transaction_seats_a_bounded_number_over_all_buckets() -> None:
    buckets = [
        bucket(unit, seats=1, free=0, waiting=waiting)
        for unit, waiting in (("PO-50", 4), ("PO-51", 0), ("PO-52", 9), ("PO-53", 5))
    ]
    seats = {one.id: 6 for one in buckets}
    prefix = "run:PROV_HR:"
    assert shares(buckets, seats, 7) == {f"{prefix}PO-50": 4, f"{prefix}PO-52": 3}
    assert shares(buckets, seats, 100) == {f"{prefix}PO-50": 4, f"{prefix}PO-52": 5, f"{prefix}PO-53": 5}


# ---- seats that are free beside people who wait


@of(free=st.integers(1, 6), waiting=st.integers(1, 9), reserves=st.integers(0, 3), most=st.integers(1, 4))
def test_who_waits_beside_free_seats_has_them_before_who_comes(
    free: int, waiting: int, reserves: int, most: int
) -> None:
    """Page by page and in order; reserves still wait."""
    start = bucket(seats=8, free=free, waiting=waiting + reserves, seq=20)
    now, people = behind(start, "officer"), queue(waiting)
    assert now.catches_up
    comes = seat_or_wait(now, nomination("late", S, "of-late"), before=None, by=ConfirmedBy.NOMINATION)
    assert comes.nominations[0].state is W
    now = comes.bucket
    while now.growing is not None:
        step = catch_up(now, people[:most], most)
        seated = [one.nomination for one in step.events if isinstance(one, SeatConfirmed)]
        assert seated == [one.id for one in people[: len(seated)]]
        assert len(seated) <= most
        now, people = step.bucket, people[len(seated) :]
    assert (now.free, len(people)) == (max(0, free - waiting), max(0, waiting - free))
    assert now.waiting == waiting + reserves + 1 - min(free, waiting)


def test_when_the_run_has_begun_again_or_nobody_waits_nothing_is_caught_up() -> None:
    start = bucket(seats=3, free=2, waiting=1)
    over = catch_up(behind(start, "officer"), queue(1), 5, begun=True)
    assert (over.bucket, over.events) == (start, ())
    full, alone = replace(start, free=0), replace(start, waiting=0)
    assert (behind(full, "officer"), behind(alone, "officer")) == (full, alone)


def test_seats_that_are_given_meanwhile_do_not_end_it() -> None:
    start = behind(bucket(seats=3, free=2, waiting=4), "officer")
    more = resize(start, to(5), queue(2))
    assert (more.bucket.seats, more.bucket.free, more.bucket.growing) == (5, 2, Growing(5, "officer", free=True))
    assert behind(replace(start, growing=to(9)), "x").growing == Growing(9, "x", free=True)
    assert bucket_of(bucket_document(start) | {"growing": {"seats": 3, "by": "officer", "free": True}}) == start
