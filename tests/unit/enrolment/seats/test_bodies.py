"""What the routes of seats take, and how buckets, nominations and answers look when they go out or are stored."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.enrolment.catalogue.eligibility import target_document
from services.enrolment.seats import bodies
from services.enrolment.seats.api import nominate_command
from services.enrolment.seats.batch import run_of
from services.enrolment.seats.buckets import view
from services.enrolment.seats.bulk import recorded_response
from services.enrolment.seats.domain import Nomination
from services.enrolment.seats.responses import nomination_view
from services.enrolment.seats.storage import bucket_document, bucket_of, changed_nomination, new_nomination
from services.enrolment.seats.storage import nomination_of as read_nomination
from shared.bodies import Body, InvalidBody, OperatorInBody, UnknownField, refusal_of
from shared.errors import Refused
from shared.events.enrolment import NominationState, Rank
from shared.events.envelope import Position
from shared.idempotency import Recorded
from tests.unit.enrolment.seats.builders import NOW, START, C, bucket, nomination, run

LONG = "x" * 65
PEOPLE = [{"person": f"p{n}"} for n in range(501)]


def read(model: type[Body], sent: Any) -> Any:
    return model.model_validate_json(orjson.dumps(sent))


def test_one_person_or_a_list() -> None:
    one = read(bodies.NominateBody, {"person": "p1", "rank": "RESERVE", "target": "T", "note": "  ดี  "})
    assert one.only() == bodies.NominationRow(person="p1", rank=Rank.RESERVE, target="T", note="ดี")
    rows = read(bodies.NominateBody, {"nominations": PEOPLE[:500]}).nominations
    assert [row.person for row in rows] == [f"p{n}" for n in range(500)]
    assert read(bodies.NominateBody, {"person": "p1"}).only() == bodies.NominationRow(person="p1")


def test_a_row_as_a_command_has_an_id_of_its_own() -> None:
    row = bodies.NominationRow(person="p1", rank=Rank.RESERVE, target="T", note="n")
    first, second = nominate_command("r", row), nominate_command("r", row)
    assert (first.run, first.person, first.rank, first.target, first.note) == ("r", "p1", Rank.RESERVE, "T", "n")
    assert replace(first, new_id="") == replace(second, new_id="")
    assert first.new_id != second.new_id


@pytest.mark.parametrize(
    ("model", "sent", "refusal"),
    [
        (bodies.NominateBody, {}, InvalidBody),
        (bodies.NominateBody, {"note": "n"}, InvalidBody),
        (bodies.NominateBody, {"person": ""}, InvalidBody),
        (bodies.NominateBody, {"person": LONG}, InvalidBody),
        (bodies.NominateBody, {"person": 7}, InvalidBody),
        (bodies.NominateBody, {"person": {"$gt": ""}}, OperatorInBody),
        (bodies.NominateBody, {"person": "p1", "rank": "FIRST"}, InvalidBody),
        (bodies.NominateBody, {"person": "p1", "note": "x" * 501}, InvalidBody),
        (bodies.NominateBody, {"person": "p1", "unit": "PO-50"}, UnknownField),
        (bodies.NominateBody, {"nominations": []}, InvalidBody),
        (bodies.NominateBody, {"nominations": PEOPLE}, InvalidBody),
        (bodies.NominateBody, {"nominations": PEOPLE[:1], "person": "p1"}, InvalidBody),
        (bodies.NominateBody, {"nominations": PEOPLE[:1], "rank": "PRIMARY"}, InvalidBody),
        (bodies.NominateBody, {"nominations": PEOPLE[:1], "target": "T"}, InvalidBody),
        (bodies.NominateBody, {"nominations": PEOPLE[:1], "note": ""}, InvalidBody),
        (bodies.NominateBody, {"nominations": [{"person": {"$ne": None}}]}, OperatorInBody),
        (bodies.ApplyBody, {"person": "p2"}, UnknownField),
        (bodies.ReasonBody, {"reason": ["x"]}, InvalidBody),
        (bodies.IdsBody, {}, InvalidBody),
        (bodies.IdsBody, {"ids": []}, InvalidBody),
        (bodies.IdsBody, {"ids": ["n"] * 501}, InvalidBody),
        (bodies.IdsBody, {"ids": [{"$gt": ""}]}, OperatorInBody),
        (bodies.SubstituteBody, {"reason": "r"}, InvalidBody),
        (bodies.SubstituteBody, {"person": None}, InvalidBody),
        (bodies.AllocationBody, {"buckets": []}, InvalidBody),
        *(
            (bodies.AllocationBody, {"buckets": [{"target": "T", "unit": "PO-50", "seats": seats}]}, InvalidBody)
            for seats in (-1, 1_000_001, 1.5, 1.0, "1", True, None)
        ),
    ],
)
def test_what_is_no_body(model: type[Body], sent: Any, refusal: type[Refused]) -> None:
    with pytest.raises(ValidationError) as invalid:
        read(model, sent)
    assert type(refusal_of(invalid.value.errors(include_url=False))) is refusal


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        (bodies.NominateBody, {"person": "x" * 64, "note": "x" * 500 + "  "}),
        (bodies.NominateBody, {"person": "p1", "nominations": None}),
        (bodies.ApplyBody, {}),
        (bodies.ReasonBody, {"reason": None}),
        (bodies.IdsBody, {"ids": ["n"] * 500, "reason": "ย้าย"}),
        (bodies.AllocationBody, {"buckets": [{"target": "T", "unit": "PO-50", "seats": 0}]}),
    ],
)
def test_what_is_a_body(model: type[Body], sent: Any) -> None:
    read(model, sent)


# ---- what is stored and shown

LATER = NOW + timedelta(days=1)
SEATED = nomination("n1", C, "p1", replaces="n0")


def test_a_nomination_comes_back_as_it_was_stored() -> None:
    for state in NominationState:
        one = replace(SEATED, state=state, queue=7)
        row = new_nomination(one, bucket(), "caller", "note", NOW)
        assert read_nomination(row) == one
        assert row.get("live") == (True if one.live else None), "the unique index looks at `live: true` alone"


def changes(one: Nomination, reason: str | None = None) -> Any:
    """The update document, which the driver's write hides."""
    return changed_nomination(one, "caller", reason, LATER)._doc


def test_a_nomination_that_ends_is_live_no_more() -> None:
    for state in NominationState:
        update = changes(replace(SEATED, state=state))
        ended = state in (NominationState.REJECTED, NominationState.WITHDRAWN)
        assert update.get("$unset") == ({"live": ""} if ended else None)
        assert update["$set"] == {"state": state.value, "queue": None, "changed_by": "caller", "changed_at": LATER}


def test_a_reason_is_kept_only_where_one_is_given() -> None:
    assert changes(SEATED, "ย้าย")["$set"]["reason"] == "ย้าย"


def test_how_lists_show_a_nomination() -> None:
    row = new_nomination(SEATED, bucket(), "caller", "note", NOW)
    shown = nomination_view({**row, "reason": "ย้าย"})
    assert shown == {
        "id": "n1",
        "run": "run",
        "target": "PROV_HR",
        "bucketUnit": "PO-50",
        "person": "p1",
        "unit": "PO-50.HR",
        "province": "50",
        "rank": "PRIMARY",
        "state": "CONFIRMED",
        "queue": None,
        "replaces": "n0",
        "note": "note",
        "reason": "ย้าย",
        "createdAt": NOW,
        "changedAt": NOW,
    }
    answered = {field.alias for field in bodies.NominationAnswer.model_fields.values()}
    assert answered <= shown.keys()


@settings(deadline=None)
@given(seats=st.integers(0, 9), data=st.data())
def test_a_bucket_comes_back_as_it_was_stored(seats: int, data: st.DataObject) -> None:
    free = data.draw(st.integers(0, seats))
    one = bucket(seats=seats, free=free, waiting=data.draw(st.integers(0, 5)), open=data.draw(st.booleans()), seq=9)
    assert bucket_of(bucket_document(one)) == one
    shown = view(one)
    assert (shown["free"] + shown["confirmed"], shown["waiting"]) == (seats, one.waiting)
    assert (shown["target"], shown["unit"], shown["open"]) == ("PROV_HR", "PO-50", one.open)


@pytest.mark.parametrize(
    ("state", "open", "ended"),
    [("PLANNED", False, False), ("OPEN", True, False), ("CLOSED", False, True), ("CANCELLED", False, True)],
)
def test_the_run_as_seats_see_it(state: str, open: bool, ended: bool) -> None:
    expected = run(open=open, ended=ended, closes_at=START, needs_approval=True, offset_seconds=-60)
    row = {
        "_id": "run",
        "state": state,
        "closes_at": START,
        "approval_route": True,
        "offset_seconds": -60,
        "target_groups": [target_document(target) for target in expected.targets],
    }
    assert run_of(row) == expected


def test_an_answer_goes_out_as_it_was_recorded() -> None:
    body = '{"id": "n1",  "note": "ดี"}'
    answer = recorded_response(Recorded(201, body, (Position("r:T:PO-50", 2), Position("x", 7))))
    assert (answer.status_code, answer.body) == (201, body.encode())
    assert answer.headers["pattana-position"] == "r:T:PO-50:2, x:7"
    assert answer.headers["content-type"] == "application/json"
