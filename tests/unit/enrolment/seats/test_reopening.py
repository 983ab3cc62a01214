"""A bucket that takes nominations again."""

from dataclasses import replace

from services.enrolment.seats.domain.buckets import close_bucket, reopen_bucket
from shared.events.seats import BucketReopened
from tests.unit.enrolment.seats.test_domain import bucket


def test_a_bucket_reopens_with_what_it_had() -> None:
    before = bucket(free=1, waiting=2)
    closed = close_bucket(before).bucket
    outcome = reopen_bucket(closed)
    assert outcome.bucket == replace(before, seq=before.seq + 2)
    assert [type(event) for event in outcome.events] == [BucketReopened]
