"""Folds of one bucket: its seats, and how many are taken."""

import pytest

from services.reporting.projecting.domain.buckets import Bucket, SeatsFact, counted_at, fold_bucket, seated
from services.reporting.projecting.domain.nominations import Impossible, Place
from shared.events.seats import (
    BucketClosed,
    BucketOpened,
    BucketReopened,
    BucketRescheduled,
    BucketSeatsChanged,
    NominationState,
    Regrouping,
)
from tests.unit.reporting.histories import CHIANG_MAI
from tests.unit.reporting.rows import BUCKET, row

S = NominationState
OPENED = BucketOpened.model_construct(**BUCKET, seats=2, place=CHIANG_MAI)
CLOSED = BucketClosed.model_construct(**BUCKET)
REOPENED = BucketReopened.model_construct(**BUCKET)


def changed(before: int, seats: int) -> BucketSeatsChanged:
    return BucketSeatsChanged.model_construct(**BUCKET, before=before, seats=seats)


def moved(*regrouped: tuple[str, str, str]) -> BucketRescheduled:
    return BucketRescheduled.model_construct(
        **BUCKET,
        place=CHIANG_MAI.model_copy(update={"group": "NEW"}),
        regrouped=tuple(
            Regrouping(province=province, group=group, region=region) for province, group, region in regrouped
        ),
    )


def bucket(confirmed: int = 0) -> Bucket:
    return fold_bucket(None, OPENED)._replace(confirmed=confirmed)


def test_a_bucket_opens_changes_and_closes() -> None:
    after = fold_bucket(fold_bucket(bucket(confirmed=1), changed(2, 3)), CLOSED)
    assert (after.seats, after.confirmed, after.open) == (3, 1, False)


def test_closing_twice_says_nothing_new() -> None:
    once = fold_bucket(bucket(), CLOSED)
    assert fold_bucket(once, CLOSED) == once


def test_a_bucket_that_reopens_has_what_it_had() -> None:
    before = bucket(confirmed=1)
    assert fold_bucket(fold_bucket(before, CLOSED), REOPENED) == before


@pytest.mark.parametrize(
    ("known", "event"),
    [
        (bucket(), OPENED),
        (None, CLOSED),
        (None, REOPENED),
        (None, changed(2, 3)),
        (None, moved()),
        (bucket(), changed(5, 6)),
        (bucket(confirmed=2), changed(2, 1)),
    ],
    ids=[
        "opened twice",
        "closed unopened",
        "reopened unopened",
        "changed unopened",
        "moved unopened",
        "other seats before",
        "seats below the confirmed",
    ],
)
def test_what_cannot_happen_to_a_bucket(known: Bucket | None, event: SeatsFact) -> None:
    with pytest.raises(Impossible):
        fold_bucket(known, event)


def test_a_rescheduled_bucket_counts_in_the_groups_of_the_new_day() -> None:
    after = fold_bucket(bucket(confirmed=1), moved(("50", "NU2", "N"), ("95", "NB", "N")))
    assert (after.place.group, after.seats, after.confirmed, after.open) == ("NEW", 2, 1, True)
    chiang_mai, yala = Place("PO-50.HR", "50", "NU1", "N"), Place("PO-95", "95", "SB", "S")
    assert counted_at(after, chiang_mai) == Place("PO-50.HR", "50", "NU2", "N")
    again = fold_bucket(after, moved(("50", "NU3", "N")))
    assert counted_at(again, chiang_mai) == Place("PO-50.HR", "50", "NU3", "N")
    assert counted_at(again, yala) == Place("PO-95", "95", "NB", "N"), "as the move before said"
    for place in (Place("PO-51", "51", "NU1", "N"), Place("PERS", None, None, "CENTRAL")):
        assert counted_at(again, place) is place
    assert counted_at(None, yala) is yala


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
