"""What is sent and answered about the seats of units: strict bodies, and a sentence for every reason."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.enrolment.seats.domain.asks import Ask, Combination, Rule
from services.enrolment.seats.domain.proposals import Cell, Proposal, Reason, Why
from services.enrolment.seats.http import allocation_bodies as bodies
from services.enrolment.seats.http.proposal_responses import proposal_response
from services.enrolment.seats.http.reasons import REASONS
from services.enrolment.seats.service.proposals import Proposed
from shared.bodies import Body
from tests.unit.enrolment.seats.builders import run

ROW: dict[str, Any] = {"target": "T", "bucketUnit": "PO-50", "seats": 0}
PLACE = {"target": "T", "bucketUnit": "PO-50"}
DETAILS = {"each": 2, "people": 3, "of": 5, "holders": 1, "confirmed": 4}


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        (bodies.AllocationBody, {}),
        (bodies.AllocationBody, {"buckets": []}),
        (bodies.AllocationBody, {"buckets": [ROW], "from": "r"}),
        (bodies.AllocationBody, {"copiedFrom": "r"}),
        *(
            (bodies.AllocationBody, {"buckets": [ROW | {"seats": seats}]})
            for seats in (-1, 1_000_001, 1.5, 1.0, "1", True)
        ),
        (bodies.AllocationBody, {"buckets": [ROW | {"reason": {"code": "pool"}}]}),
        (bodies.AllocationBody, {"buckets": [ROW | {"why": "so"}]}),
        (bodies.ProposalBody, {}),
        (bodies.ProposalBody, {"rule": "POOL"}),
        (bodies.ProposalBody, {"rule": "OWN_NUMBERS", "targets": [{"target": "T", "rule": "POOL"}]}),
        (bodies.ProposalBody, {"targets": []}),
        (bodies.ProposalBody, {"targets": [{"target": "T", "rule": "OWN_NUMBERS"}]}),
        *(
            (bodies.ProposalBody, {"targets": [{"target": "T", "rule": "POOL", "seats": one}]})
            for one in (0, -1, 1.0, "1")
        ),
        (bodies.MoveBody, {"from": PLACE, "to": PLACE, "seats": 0}),
        (bodies.MoveBody, {"from": PLACE, "seats": 1}),
    ],
)
def test_an_invalid_body_is_refused(model: type[Body], sent: Any) -> None:
    with pytest.raises(ValidationError):
        model.model_validate(sent)


def test_rows_are_taken_as_a_proposal_answers_them() -> None:
    for code, (th, en) in REASONS.items():
        reason = {"code": code.value, "th": th.format_map(DETAILS), "en": en.format_map(DETAILS), **DETAILS}
        sent = bodies.AllocationBody.model_validate({"buckets": [ROW | {"reason": reason}]}, strict=False)
        assert [seating.unit for seating in sent.seatings()] == ["PO-50"]


def test_a_rule_for_all_groups_or_one_for_each() -> None:
    assert bodies.ProposalBody.model_validate_json('{"rule": "POSTS_THEN_POOL"}').asked() is Combination.POSTS_THEN_POOL
    text = '{"targets": [{"target": "T", "rule": "BY_LAST_YEAR", "from": "r", "units": ["PO-50"], "seats": 3}]}'
    asked = bodies.ProposalBody.model_validate_json(text).asked()
    assert asked == [Ask("T", Rule.BY_LAST_YEAR, seats=3, units=("PO-50",), like="r")]


def test_every_reason_has_a_sentence_and_is_answered_with_what_it_counts() -> None:
    assert set(REASONS) == set(Why)
    cells = tuple(Cell("T", "PO-50", 1, Reason(code, DETAILS)) for code in Why)
    proposed = Proposed(
        run(capacity=20), 7, [Ask("T", Rule.PER_UNIT)], Proposal(cells, (Cell("T", None, 2, cells[0].reason),))
    )
    answer = proposal_response(proposed)
    assert (answer["version"], answer["seats"], answer["free"]) == (7, len(Why), 20 - len(Why))
    assert answer["targets"] == [{"target": "T", "rule": "PER_UNIT", "seats": len(Why), "buckets": len(Why)}]
    assert {tuple(row["reason"]) for row in answer["buckets"]} == {("code", "th", "en", *DETAILS)}
    assert not any("{" in row["reason"]["th"] + row["reason"]["en"] for row in answer["buckets"])
    assert answer["leftOut"][0]["bucketUnit"] is None
