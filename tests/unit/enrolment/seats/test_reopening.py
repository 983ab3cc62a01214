"""A bucket that takes nominations again."""

from dataclasses import replace

import pytest

from services.enrolment.seats.domain.buckets import close_bucket, open_later, reopen_bucket
from shared.events.seats import BucketOpened, BucketReopened
from tests.unit.enrolment.seats.test_domain import bucket


def test_a_bucket_reopens_with_what_it_had() -> None:
    before = bucket(free=1, waiting=2)
    closed = close_bucket(before).bucket
    outcome = reopen_bucket(closed)
    assert outcome.bucket == replace(before, seq=before.seq + 2)
    assert [type(event) for event in outcome.events] == [BucketReopened]


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("seats", [0, 3])
def test_a_bucket_of_a_run_that_was_opened_before_gets_its_seats_as_a_change(closed: bool, seats: int) -> None:
    outcome = open_later(replace(bucket(), seats=seats, free=seats, open=False, seq=0), closed=closed)
    after, happened = outcome.bucket, [type(event).__name__ for event in outcome.events]
    assert happened == ["BucketOpened", *["BucketClosed"] * closed, *["BucketSeatsChanged"] * bool(seats)]
    assert (after.seats, after.free, after.open, after.seq) == (seats, seats, not closed, len(happened))
    assert isinstance(outcome.events[0], BucketOpened)
    assert outcome.events[0].seats == 0
