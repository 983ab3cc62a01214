"""Request bodies of the routes for seats, responses, and the documents of buckets and nominations."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.requests import Request

from services.enrolment.catalogue import ApprovalStep, OnDeadline, RunState
from services.enrolment.catalogue.storage import offered_run_of
from services.enrolment.catalogue.storage.routes import route_documents
from services.enrolment.catalogue.storage.targets import target_document
from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.model import Growing, Nomination
from services.enrolment.seats.http import bodies
from services.enrolment.seats.http.responses import bucket_response, nomination_details, nomination_response
from services.enrolment.seats.http.routes import nominate_command
from services.enrolment.seats.storage.bucket_documents import bucket_document, bucket_of
from services.enrolment.seats.storage.nomination_documents import (
    nomination_document,
    nomination_of,
    nomination_update,
    record_of,
)
from shared.bodies import Body, InvalidBody, OperatorInBody, UnknownField, refusal_of
from shared.errors import Refused
from shared.events.envelope import Position
from shared.events.seats import Approver, NominationState, Rank
from shared.http import recorded_response
from shared.idempotency import Recorded
from shared.position_tokens import PositionTokens
from shared.rights import Scope
from tests.unit.enrolment.seats.builders import ENDS, EVERYTHING, NOW, START, C, bucket, nomination, run

LONG = "x" * 65
ROUTE = (ApprovalStep(Approver.SUPERVISOR), ApprovalStep(Approver.ORGANISER, 5, OnDeadline.EXPIRE))
PEOPLE = [{"person": f"p{n}"} for n in range(501)]


def read(model: type[Body], sent: Any) -> Any:
    return model.model_validate_json(orjson.dumps(sent))


def test_one_person_or_a_list() -> None:
    one = read(bodies.NominateBody, {"person": "p1", "rank": "RESERVE", "target": "T", "note": "  ดี  "})
    assert (one.person, one.rank, one.target, one.note) == ("p1", Rank.RESERVE, "T", "ดี")
    rows = read(bodies.NominateBody, {"nominations": PEOPLE[:500]}).nominations
    assert [row.person for row in rows] == [f"p{n}" for n in range(500)]


@pytest.mark.parametrize("form", [bodies.NominationRow, bodies.NominateBody])
def test_one_person_is_a_primary_by_default(form: type[bodies.NominationRow | bodies.NominateBody]) -> None:
    command = nominate_command("r", read(form, {"person": "p1"}))
    assert (command.person, command.rank, command.target, command.note) == ("p1", Rank.PRIMARY, None, None)


@pytest.mark.parametrize("form", [bodies.NominationRow, bodies.NominateBody])
def test_each_row_becomes_a_command_with_its_own_id(form: type[bodies.NominationRow | bodies.NominateBody]) -> None:
    row = form(person="p1", rank=Rank.RESERVE, target="T", note="n")
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
        (bodies.NominateBody, {"person": "p1", "note": "\u200b"}, InvalidBody),
        (bodies.NominateBody, {"person": "p1\0"}, InvalidBody),
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
    ],
)
def test_an_invalid_body_is_refused(model: type[Body], sent: Any, refusal: type[Refused]) -> None:
    with pytest.raises(ValidationError) as invalid:
        read(model, sent)
    assert type(refusal_of(invalid.value.errors(include_url=False))) is refusal


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        (bodies.NominateBody, {"person": "x" * 64, "note": "x" * 498 + "  "}),
        (bodies.NominateBody, {"person": "p1", "nominations": None}),
        (bodies.ApplyBody, {}),
        (bodies.ReasonBody, {"reason": None}),
        (bodies.IdsBody, {"ids": ["n"] * 500, "reason": "ย้าย"}),
    ],
)
def test_a_valid_body_is_accepted(model: type[Body], sent: Any) -> None:
    read(model, sent)


# ---- documents and responses

LATER = NOW + timedelta(days=1)
SEATED = nomination("n1", C, "p1", replaces="n0")


def made(nomination: Nomination) -> dict[str, Any]:
    """The document of a new nomination."""
    return nomination_document(NominationChange(nomination, bucket(), new=True, by="caller", at=NOW, note="note"))


def changes(nomination: Nomination, reason: str | None = None) -> Any:
    """The update document, which the driver's write hides."""
    change = NominationChange(nomination, bucket(), new=False, by="caller", at=LATER, reason=reason)
    return nomination_update(change)._doc


def test_a_nomination_survives_storage() -> None:
    for state in NominationState:
        stored = replace(SEATED, state=state, queue=7)
        row = made(stored)
        assert nomination_of(row) == stored
        assert row.get("live") == (True if stored.live else None), "the unique index looks at `live: true` alone"


def test_an_ended_nomination_is_no_longer_live() -> None:
    for state in NominationState:
        update = changes(replace(SEATED, state=state))
        ended = state not in (NominationState.SUBMITTED, C, NominationState.WAITLISTED, NominationState.OFFERED)
        assert update.get("$unset") == ({"live": ""} if ended else None)
        assert update["$set"] == {"state": state.value, "queue": None, "changed_by": "caller", "changed_at": LATER}


def test_a_reason_is_stored_only_if_given() -> None:
    assert changes(SEATED, "ย้าย")["$set"]["reason"] == "ย้าย"


ANSWERED: dict[str, Any] = {
    "id": "n1",
    "run": "run",
    "target": "PROV_HR",
    "bucketUnit": "PO-50",
    "person": "p1",
    "unit": "PO-50.HR",
    "province": "50",
    "rank": "PRIMARY",
    "state": "CONFIRMED",
    "waitsFor": None,
    "replaces": "n0",
    "warnings": [],
    "exOfficio": None,
    "post": None,
}


def test_the_response_of_a_command() -> None:
    assert nomination_response(SEATED, EVERYTHING) == ANSWERED
    assert nomination_response(SEATED, Scope(person="p1")) == {**ANSWERED, "replaces": None}


def test_the_response_in_lists() -> None:
    words: dict[str, Any] = {"queue": None, "note": "note", "reason": "ย้าย", "erased": False, "moved": None}
    words |= {"dueAt": None, "offeredUntil": None, "decisions": [], "createdAt": NOW, "changedAt": NOW}
    assert nomination_details(record_of({**made(SEATED), "reason": "ย้าย"}), EVERYTHING, EVERYTHING) == {
        **ANSWERED,
        **words,
    }


@settings(deadline=None)
@given(seats=st.integers(0, 9), data=st.data())
def test_a_bucket_survives_storage(seats: int, data: st.DataObject) -> None:
    free = data.draw(st.integers(0, seats))
    stored = bucket(seats=seats, free=free, waiting=data.draw(st.integers(0, 5)), open=data.draw(st.booleans()), seq=9)
    assert bucket_of(bucket_document(stored)) == stored
    response = bucket_response(stored, Scope(unit="PO-50"))
    assert (response["free"] + response["confirmed"], response["waiting"]) == (seats, stored.waiting)
    assert (response["target"], response["bucketUnit"], response["open"]) == ("PROV_HR", "PO-50", stored.open)


def test_outside_the_scope_of_reports_a_bucket_tells_what_was_allocated_and_no_more() -> None:
    growing = bucket(seats=10, free=0, waiting=3, growing=Growing(12, "officer"))
    hidden = bucket_response(growing, Scope(unit="PO-95"))
    counts = {"free", "confirmed", "waiting", "offered", "fromPool", "growingTo"}
    assert {name for name, value in hidden.items() if value is None} == counts
    assert (hidden["seats"], hidden["suppressed"]) == (12, True)
    assert "suppressed" not in bucket_response(growing, Scope(unit="PO-50"))


@pytest.mark.parametrize(
    ("state", "open", "ended"),
    [("PLANNED", False, False), ("OPEN", True, False), ("CLOSED", False, True), ("CANCELLED", False, True)],
)
def test_an_offered_run_knows_whether_it_is_open_or_ended(state: str, open: bool, ended: bool) -> None:
    expected = replace(
        run(),
        state=RunState(state),
        opened=state in ("OPEN", "CLOSED"),
        closes_at=START,
        approval_route=ROUTE,
        offset_seconds=-60,
        sessions=((START, ENDS),),
        course="PERS-2563-001",
    )
    row: dict[str, Any] = {
        **{"_id": "run", "programme": "programme"},
        "capacity": 100,
        "fiscal_year": 2563,
        "starts_at": START,
        "ends_at": ENDS,
        "opens_at": None,
        "state": state,
        "closes_at": START,
        "approval_route": route_documents(ROUTE),
        "organiser": "PERS",
        "offset_seconds": -60,
        "code": "PERS-2563-001",
        "sessions": [{"starts_at": START, "ends_at": ENDS, "title": None}],
        "target_groups": [target_document(target) for target in expected.targets],
    }
    assert offered_run_of(row) == expected
    assert offered_run_of({**row, "opened": True}).opened
    assert (expected.open, expected.ended) == (open, ended)


def test_a_recorded_answer_is_sent_unchanged() -> None:
    body = '{"id": "n1",  "note": "ดี"}'
    tokens = PositionTokens({"p1": bytes(32)})
    request = Request({"type": "http", "app": SimpleNamespace(state=SimpleNamespace(position_tokens=tokens))})
    answer = recorded_response(request, Recorded(201, body, (Position("r:T:PO-50", 2), Position("x", 7))))
    assert (answer.status_code, answer.body) == (201, body.encode())
    assert tokens.read(answer.headers["pattana-position"]).positions == (Position("r:T:PO-50", 2), Position("x", 7))
    assert answer.headers["content-type"] == "application/json"
