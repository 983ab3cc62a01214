"""Folds of one nomination: every fact in every state, and states of a later release."""

import itertools
from typing import Any

import pytest

from services.reporting.projecting.domain.nominations import Impossible, Place, fold
from shared.events.offers import OfferDeclined, OfferExpired, SeatOffered
from shared.events.seats import (
    ConfirmedBy,
    NominationApproved,
    NominationEscalated,
    NominationExpired,
    NominationFact,
    NominationRejected,
    NominationState,
    NominationSubmitted,
    NominationWaitlisted,
    NominationWithdrawn,
    Rank,
    SeatConfirmed,
)
from tests.unit.reporting.histories import CHIANG_MAI, envelope
from tests.unit.reporting.rows import BUCKET, SUBJECT, row

S = NominationState
STATES: list[NominationState | None] = [None, *NominationState]
FACTS: list[type[NominationFact]] = [
    NominationSubmitted,
    SeatConfirmed,
    NominationWaitlisted,
    NominationRejected,
    NominationWithdrawn,
    NominationApproved,
    NominationEscalated,
    NominationExpired,
]
# Rows: facts; columns: STATES in order (nothing, submitted, confirmed, waitlisted, rejected, withdrawn, expired).
EXPECTED: dict[type[NominationFact], list[NominationState | None]] = {
    NominationSubmitted: [S.SUBMITTED, None, None, None, None, None, None, None],
    SeatConfirmed: [S.CONFIRMED, S.CONFIRMED, None, S.CONFIRMED, None, None, None, S.CONFIRMED],
    NominationWaitlisted: [S.WAITLISTED, S.WAITLISTED, None, None, None, None, None, S.WAITLISTED],
    NominationRejected: [None, S.REJECTED, None, None, None, None, None, None],
    NominationWithdrawn: [None, S.WITHDRAWN, S.WITHDRAWN, S.WITHDRAWN, None, None, None, S.WITHDRAWN],
    NominationApproved: [None, S.SUBMITTED, None, None, None, None, None, None],
    NominationEscalated: [None, S.SUBMITTED, None, None, None, None, None, None],
    NominationExpired: [None, S.EXPIRED, None, None, None, None, None, None],
    SeatOffered: [None, None, None, S.OFFERED, None, None, None, None],
    OfferDeclined: [*[None] * 7, S.OFFERED],
    OfferExpired: [*[None] * 7, S.OFFERED],
}


def fact(kind: type[NominationFact], before: NominationState | None, **changes: Any) -> NominationFact:
    more: dict[str, Any] = {"before": before} if "before" in kind.model_fields else {}
    if kind is SeatConfirmed:
        more["by"] = ConfirmedBy.APPROVAL
    names: dict[str, Any] = {"nomination": "n1", "person": "a", "rank": Rank.PRIMARY, "place": CHIANG_MAI}
    return kind.model_construct(**BUCKET, **names | more | changes)


@pytest.mark.parametrize(("kind", "before"), list(itertools.product(FACTS, STATES)))
def test_every_fact_in_every_state(kind: type[NominationFact], before: NominationState | None) -> None:
    event = fact(kind, before)
    expected = EXPECTED[kind][STATES.index(before)]
    received = envelope(event, SUBJECT, 7)
    if expected is None:
        with pytest.raises(Impossible):
            fold(row(before), event, received)
    else:
        after = fold(row(before), event, received)
        assert (after.state, after.since, after.place) == (expected, received.occurred_at, Place.of(CHIANG_MAI))


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


LEADS_TO = {kind: next(after for after in states if after is not None) for kind, states in EXPECTED.items()}
CARRYING_BEFORE = [SeatConfirmed, NominationWaitlisted, NominationWithdrawn]


@pytest.mark.parametrize(("kind", "state"), list(itertools.product(CARRYING_BEFORE, STATES)))
def test_a_state_before_that_is_unknown_contradicts_nothing(
    kind: type[NominationFact], state: NominationState | None
) -> None:
    """A later release knows steps that this one has not seen: the fact alone says where it leads."""
    event = decoded(kind, before="INVITED")
    after = fold(row(state), event, envelope(event, SUBJECT, 2))
    assert after.state is LEADS_TO[kind]


@pytest.mark.parametrize("kind", FACTS)
def test_a_row_in_an_unknown_state_takes_every_fact(kind: type[NominationFact]) -> None:
    event = fact(kind, S.SUBMITTED)
    stored = row(S.SUBMITTED)._replace(state="INVITED")
    assert fold(stored, event, envelope(event, SUBJECT, 2)).state is LEADS_TO[kind]


def test_an_unknown_rank_is_kept() -> None:
    event = decoded(NominationSubmitted, rank="OBSERVER")
    submitted = fold(None, event, envelope(event, SUBJECT, 1))
    assert submitted.rank == "OBSERVER"
    confirmed = decoded(SeatConfirmed, before="SUBMITTED", by="LOTTERY")
    assert fold(submitted, confirmed, envelope(confirmed, SUBJECT, 2)).rank == "OBSERVER"


def decoded(kind: type[NominationFact], **changes: Any) -> NominationFact:
    """The fact as it is read from a topic."""
    event = fact(kind, None)
    return kind.model_validate(event.model_dump(by_alias=True) | changes)
