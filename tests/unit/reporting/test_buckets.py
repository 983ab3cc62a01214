"""Folds of one bucket: its seats, and how many are taken."""

import pytest

from services.reporting.projecting.domain.buckets import Bucket, fold_bucket, seated
from services.reporting.projecting.domain.nominations import Impossible
from shared.events.seats import BucketClosed, BucketOpened, BucketSeatsChanged, NominationState
from tests.unit.reporting.histories import CHIANG_MAI
from tests.unit.reporting.rows import BUCKET, row

S = NominationState
OPENED = BucketOpened.model_construct(**BUCKET, seats=2, place=CHIANG_MAI)
CLOSED = BucketClosed.model_construct(**BUCKET)


def changed(before: int, seats: int) -> BucketSeatsChanged:
    return BucketSeatsChanged.model_construct(**BUCKET, before=before, seats=seats)


def bucket(confirmed: int = 0) -> Bucket:
    return fold_bucket(None, OPENED)._replace(confirmed=confirmed)


def test_a_bucket_opens_changes_and_closes() -> None:
    after = fold_bucket(fold_bucket(bucket(confirmed=1), changed(2, 3)), CLOSED)
    assert (after.seats, after.confirmed, after.open) == (3, 1, False)


def test_closing_twice_says_nothing_new() -> None:
    once = fold_bucket(bucket(), CLOSED)
    assert fold_bucket(once, CLOSED) == once


@pytest.mark.parametrize(
    ("known", "event"),
    [
        (bucket(), OPENED),
        (None, CLOSED),
        (None, changed(2, 3)),
        (bucket(), changed(5, 6)),
        (bucket(confirmed=2), changed(2, 1)),
    ],
    ids=["opened twice", "closed unopened", "changed unopened", "other seats before", "seats below the confirmed"],
)
def test_what_cannot_happen_to_a_bucket(
    known: Bucket | None, event: BucketOpened | BucketSeatsChanged | BucketClosed
) -> None:
    with pytest.raises(Impossible):
        fold_bucket(known, event)


def test_seats_are_counted_up_and_down() -> None:
    confirmed, withdrawn = row(S.CONFIRMED), row(S.WITHDRAWN)
    taken = seated(bucket(), row(S.SUBMITTED), confirmed)
    assert taken.confirmed == 1
    assert seated(taken, confirmed, withdrawn).confirmed == 0
    assert seated(taken, row(S.SUBMITTED), withdrawn) == taken


def test_a_state_of_a_later_release_takes_no_seat() -> None:
    held = row(S.SUBMITTED)._replace(state="HELD")
    assert seated(bucket(), None, held) == bucket()
    assert seated(bucket(), held, row(S.CONFIRMED)).confirmed == 1
    assert seated(bucket(confirmed=1), row(S.CONFIRMED), held).confirmed == 0


def test_a_seat_beyond_the_seats_is_impossible() -> None:
    confirmed = row(S.CONFIRMED)
    with pytest.raises(Impossible, match="beyond"):
        seated(bucket(confirmed=2), None, confirmed)
    with pytest.raises(Impossible, match="never opened"):
        seated(None, None, confirmed)
