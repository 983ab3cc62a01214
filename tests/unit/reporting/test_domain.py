"""Folds of one nomination and one bucket: every fact in every state."""

import itertools
from typing import Any

import pytest

from services.reporting.domain import Bucket, Impossible, Place, Row, fold, fold_bucket, seated
from shared.events.enrolment import (
    BucketClosed,
    BucketOpened,
    BucketSeatsChanged,
    ConfirmedBy,
    NominationFact,
    NominationRejected,
    NominationState,
    NominationSubmitted,
    NominationWaitlisted,
    NominationWithdrawn,
    Rank,
    SeatConfirmed,
)
from tests.unit.reporting.histories import CHIANG_MAI, RUN_STARTS, envelope

S = NominationState
STATES: list[NominationState | None] = [None, *NominationState]
FACTS: list[type[NominationFact]] = [
    NominationSubmitted,
    SeatConfirmed,
    NominationWaitlisted,
    NominationRejected,
    NominationWithdrawn,
]
# Rows: facts; columns: STATES in order (nothing, submitted, confirmed, waitlisted, rejected, withdrawn).
EXPECTED: dict[type[NominationFact], list[NominationState | None]] = {
    NominationSubmitted: [S.SUBMITTED, None, None, None, None, None],
    SeatConfirmed: [S.CONFIRMED, S.CONFIRMED, None, S.CONFIRMED, None, None],
    NominationWaitlisted: [S.WAITLISTED, S.WAITLISTED, None, None, None, None],
    NominationRejected: [None, S.REJECTED, None, None, None, None],
    NominationWithdrawn: [None, S.WITHDRAWN, S.WITHDRAWN, S.WITHDRAWN, None, None],
}
BUCKET: dict[str, Any] = {
    "programme": "p1",
    "run": "r1",
    "target": "HR",
    "unit": "PO-50",
    "fiscal_year": 2563,
    "run_starts_at": RUN_STARTS,
}
SUBJECT = "r1:HR:PO-50"


def fact(kind: type[NominationFact], before: NominationState | None, **changes: Any) -> NominationFact:
    more: dict[str, Any] = {"before": before} if "before" in kind.model_fields else {}
    if kind is SeatConfirmed:
        more["by"] = ConfirmedBy.APPROVAL
    names: dict[str, Any] = {"nomination": "n1", "person": "a", "rank": Rank.PRIMARY, "place": CHIANG_MAI}
    return kind.model_construct(**BUCKET, **names | more | changes)


def row(state: NominationState | None) -> Row | None:
    if state is None:
        return None
    start = envelope(fact(NominationSubmitted, None), SUBJECT, 1)
    return Row("n1", SUBJECT, "r1", "HR", "PO-50", "a", Rank.PRIMARY, Place.of(CHIANG_MAI), state, start.occurred_at)


@pytest.mark.parametrize(("kind", "before"), list(itertools.product(FACTS, STATES)))
def test_every_fact_in_every_state(kind: type[NominationFact], before: NominationState | None) -> None:
    event = fact(kind, before)
    wanted = EXPECTED[kind][STATES.index(before)]
    told = envelope(event, SUBJECT, 7)
    if wanted is None:
        with pytest.raises(Impossible):
            fold(row(before), event, told)
    else:
        after = fold(row(before), event, told)
        assert (after.state, after.since, after.place) == (wanted, told.occurred_at, Place.of(CHIANG_MAI))


@pytest.mark.parametrize("kind", [SeatConfirmed, NominationWaitlisted])
def test_a_fact_that_remembers_another_past_is_impossible(kind: type[NominationFact]) -> None:
    event = fact(kind, None)
    with pytest.raises(Impossible, match="before"):
        fold(row(S.SUBMITTED), event, envelope(event, SUBJECT, 2))


@pytest.mark.parametrize(("changes", "subject"), [({"person": "b"}, SUBJECT), ({}, "r1:HR:PO-51")])
def test_a_nomination_keeps_its_bucket_and_person(changes: dict[str, Any], subject: str) -> None:
    event = fact(NominationRejected, None, **changes)
    with pytest.raises(Impossible, match="another"):
        fold(row(S.SUBMITTED), event, envelope(event, subject, 2))


def test_rank_and_place_stay_those_of_the_first_event() -> None:
    elsewhere = CHIANG_MAI.model_copy(update={"group": "NU2"})
    event = fact(NominationRejected, None, rank=Rank.RESERVE, place=elsewhere)
    after = fold(row(S.SUBMITTED), event, envelope(event, SUBJECT, 2))
    assert (after.rank, after.place.group) == (Rank.PRIMARY, "NU1")


OPENED = BucketOpened.model_construct(**BUCKET, seats=2, place=CHIANG_MAI)
CLOSED = BucketClosed.model_construct(**BUCKET)


def changed(before: int, seats: int) -> BucketSeatsChanged:
    return BucketSeatsChanged.model_construct(**BUCKET, before=before, seats=seats)


def bucket(confirmed: int = 0) -> Bucket:
    return fold_bucket(None, OPENED)._replace(confirmed=confirmed)


def test_a_bucket_opens_changes_and_closes() -> None:
    after = fold_bucket(fold_bucket(bucket(confirmed=1), changed(2, 3)), CLOSED)
    assert (after.seats, after.confirmed, after.free, after.open) == (3, 1, 2, False)


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
    assert confirmed is not None
    assert withdrawn is not None
    taken = seated(bucket(), row(S.SUBMITTED), confirmed)
    assert taken.confirmed == 1
    assert seated(taken, confirmed, withdrawn).confirmed == 0
    assert seated(taken, row(S.SUBMITTED), withdrawn) == taken


def test_a_seat_beyond_the_seats_is_impossible() -> None:
    confirmed = row(S.CONFIRMED)
    assert confirmed is not None
    with pytest.raises(Impossible, match="beyond"):
        seated(bucket(confirmed=2), None, confirmed)
    with pytest.raises(Impossible, match="never opened"):
        seated(None, None, confirmed)
