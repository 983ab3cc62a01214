"""A nomination that goes with its person: where it goes, what it leaves behind, and what it comes to."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.enrolment.catalogue import OnMove, RunState
from services.enrolment.directory import Assignment
from services.enrolment.seats.domain.following import Way, follow, followed, places_for, way
from services.enrolment.seats.domain.model import Bucket
from services.enrolment.seats.domain.refusals import BucketClosed
from shared.events.seats import (
    NominationMoved,
    NominationState,
    NominationSubmitted,
    NominationWaitlisted,
    NominationWithdrawn,
    Rank,
    SeatConfirmed,
)
from tests.unit.enrolment.seats.builders import NOW, START, C, D, S, W, bucket, nomination, place, run

FOLLOW = run(on_move=OnMove.FOLLOW)
NEW = Assignment("PO-95.HR")


def one(state: NominationState = C, **more: Any) -> Any:
    return nomination("n", state, "p", nominated_by="officer", **more)


def there(*buckets: Bucket) -> dict[str, Bucket]:
    return {found.id: found for found in buckets}


HERE, THERE, POOL = bucket(), bucket("PO-95"), bucket("PO")


@pytest.mark.parametrize(
    ("buckets", "assignment", "of", "at", "expected"),
    [
        (there(HERE, THERE), NEW, FOLLOW, NOW, Way(THERE)),
        (there(HERE, THERE, POOL), NEW, FOLLOW, NOW, Way(THERE)),
        (there(HERE, POOL), NEW, FOLLOW, NOW, Way(POOL)),
        (there(HERE), NEW, FOLLOW, NOW, Way(asks=True)),
        (there(replace(THERE, open=False)), NEW, FOLLOW, NOW, Way(asks=True)),
        (there(THERE), Assignment("PO-95.STRAT"), FOLLOW, NOW, Way(asks=True)),
        (there(HERE), Assignment("PO-50.HR"), FOLLOW, NOW, Way()),
        (there(THERE), Assignment("PO-50.STRAT"), FOLLOW, NOW, Way()),
        (there(THERE), NEW, FOLLOW, START, Way(asks=True)),
        (there(THERE), NEW, replace(FOLLOW, state=RunState.CLOSED), NOW, Way(asks=True)),
        (there(THERE), NEW, replace(FOLLOW, targets=()), NOW, Way(asks=True)),
        (there(THERE), NEW, run(), NOW, Way()),
        (there(THERE), NEW, run(on_move=OnMove.ASK), NOW, Way(asks=True)),
    ],
)
def test_where_it_goes(buckets: Any, assignment: Assignment, of: Any, at: datetime, expected: Way) -> None:
    assert way(of, one(), assignment, buckets, at) == expected


def test_who_stays_in_the_pool_has_nowhere_to_go() -> None:
    pooled = one(unit="PERS")
    pooled = replace(pooled, bucket="run:CENTRAL_HR:OPS")
    pool = bucket("OPS", target="CENTRAL_HR")
    assert way(FOLLOW, pooled, Assignment("DRI"), there(pool), NOW) == Way()
    assert places_for(FOLLOW, pooled, "DRI.HR") == [f"run:CENTRAL_HR:{unit}" for unit in ("DRI.HR", "DRI", "OPS")]


@pytest.mark.parametrize(
    ("state", "rank", "free", "kind"),
    [
        (C, Rank.PRIMARY, 1, SeatConfirmed),
        (C, Rank.PRIMARY, 0, NominationWaitlisted),
        (W, Rank.PRIMARY, 1, SeatConfirmed),
        (W, Rank.PRIMARY, 0, NominationWaitlisted),
        (W, Rank.RESERVE, 1, NominationWaitlisted),
        (C, Rank.RESERVE, 1, NominationWaitlisted),
        (S, Rank.PRIMARY, 1, NominationSubmitted),
        (S, Rank.RESERVE, 0, NominationSubmitted),
    ],
)
def test_every_state_and_rank_in_a_bucket_with_and_without_a_seat(
    state: NominationState, rank: Rank, free: int, kind: type[Any]
) -> None:
    before = one(state, rank=rank, queue=3 if state is W else None)
    here = bucket(seats=1, free=0 if state is C else 1, waiting=2 if state is W else 1, seq=7)
    to = bucket("PO-95", seats=2, free=free, waiting=4, seq=20)
    waits = nomination("w", W, "wan", queue=5)
    new = followed(before, to, place("PO-95.HR"), "n2")
    left, came = follow(here, before, [waits], to, new, FOLLOW)
    told, gone, *next_one = left.events
    assert isinstance(told, NominationMoved)
    assert isinstance(gone, NominationWithdrawn)
    assert (told.to_unit, told.asked, gone.because, gone.replaced_by) == ("PO-95.HR", False, "FOLLOWED", None)
    assert (left.nominations[0].state, left.nominations[0].present_unit) == (D, "PO-95.HR")
    assert [event.nomination for event in next_one] == (["w"] if state is C else [])  # type: ignore[attr-defined]
    assert left.bucket.seq == 7 + len(left.events)
    assert left.bucket.confirmed == here.confirmed
    assert left.bucket.waiting == here.waiting - (state in (C, W))
    (event,) = came.events
    assert isinstance(event, kind)
    assert (event.nomination, event.person, event.rank, event.place.unit) == ("n2", "p", rank, "PO-95.HR")
    assert getattr(event, "by", "TRANSFER") == "TRANSFER"
    assert getattr(event, "before", None) is None
    (made,) = came.nominations
    assert (made.nominated_by, made.bucket, came.bucket.seq) == ("officer", to.id, 21)
    assert came.bucket.free == to.free - (kind is SeatConfirmed)
    assert made.queue == (21 if kind is NominationWaitlisted else None)


def test_no_bucket_that_closed_meanwhile_takes_it() -> None:
    to = bucket("PO-95", open=False)
    with pytest.raises(BucketClosed):
        follow(HERE, one(), [], to, followed(one(), to, place("PO-95.HR"), "n2"), FOLLOW)


def test_by_its_own_clock_a_run_has_begun() -> None:
    ahead = replace(FOLLOW, offset_seconds=round((START - NOW + timedelta(seconds=1)).total_seconds()))
    assert way(ahead, one(), NEW, there(THERE), NOW) == Way(asks=True)
