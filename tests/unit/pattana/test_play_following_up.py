"""assign, complete and close: who is asked for what, and by whom it is reported."""

from typing import Any

import pytest

from pattana.client import Answer
from pattana.demo.api import _goes_on
from pattana.demo.scene import Request, Unplannable
from pattana.demo.script import NoPlay
from pattana.demo.words.following_up import assign, close, complete, tasks
from shared.rights import Role
from tests.support.plays import Raw
from tests.unit.pattana.test_play_words import scene

PLAN = {"key": "PLAN", "per": "PROVINCE", "due": "2024-11-29"}
ROWS = [
    {"id": "t1", "deliverable": "PLAN", "unit": "PO-11", "person": None, "state": "DONE"},
    {"id": "t2", "deliverable": "PLAN", "unit": "PO-50", "person": None, "state": "OVERDUE"},
    {"id": "t3", "deliverable": "PLAN", "unit": "PO-95.HR", "person": "p3", "state": "PENDING"},
]


def planned(step: Raw) -> list[Request]:
    seen = scene(step).with_(answer={"items": ROWS})
    parsed: Any = seen.script.steps[-1]
    if step["do"] != "complete":
        return {"assign": assign, "close": close}[step["do"]](parsed, seen)
    assert tasks(parsed, seen).path == "/api/enrolment/runs/r/follow-ups/PLAN/tasks"
    return complete(parsed, seen)


def test_what_is_asked_stands_in_the_request_as_in_the_file() -> None:
    own = {**PLAN, "key": "OWN", "per": "PERSON", "fiscalYear": 2569, "title": "ใช้จริง"}
    asked, looked = planned({"do": "assign", "deliverables": [PLAN, own]})
    assert (asked.method, asked.path) == ("POST", "/api/enrolment/runs/r/follow-ups")
    assert asked.body == {"deliverables": [PLAN, own]}
    assert (looked.method, looked.path) == ("GET", asked.path)


@pytest.mark.parametrize(
    ("method", "items", "more"),
    [("GET", [True, False], True), ("GET", [False], False), ("POST", [True], False), ("GET", [], False)],
)
def test_it_is_looked_at_until_everybody_has_it(method: str, items: list[bool], more: bool) -> None:
    answer = Answer(200, {"items": [{"assigning": one} for one in items]}, None)
    assert _goes_on(Request("x", method, "/", scene({"do": "close"}).officer), answer) is more


def test_the_first_that_are_not_done_are_reported_by_whoever_has_them() -> None:
    both = planned({"do": "complete", "deliverable": "PLAN", "count": 2})
    assert [request.path.rpartition("/tasks/")[2] for request in both] == ["t2/complete", "t3/complete"]
    assert [(one.caller.role, one.caller.unit, one.caller.person) for one in both] == [
        (Role.PROVINCIAL_HR, "PO-50", None),
        (Role.LEARNER, None, "p3"),
    ]
    assert all(one.body["link"].startswith("https://") for one in both)
    assert planned({"do": "complete", "deliverable": "PLAN", "count": 0}) == []
    with pytest.raises(Unplannable, match="3 of PLAN are to be done, and 2 are not"):
        planned({"do": "complete", "deliverable": "PLAN", "count": 3})


@pytest.mark.parametrize(
    "step",
    [
        {"do": "assign"},
        {"do": "assign", "deliverables": []},
        {"do": "assign", "deliverables": [{**PLAN, "per": "REGION"}]},
        {"do": "assign", "deliverables": [{**PLAN, "due": "soon"}]},
        {"do": "assign", "deliverables": [{**PLAN, "until": "2024-11-29"}]},
        {"do": "complete", "deliverable": "PLAN"},
    ],
)
def test_words_that_are_none(step: Raw) -> None:
    with pytest.raises(NoPlay):
        scene(step)


def test_the_end() -> None:
    assert [request.path for request in planned({"do": "close"})] == [
        "/api/enrolment/programmes/p/close",
        "/api/enrolment/runs/r/close-out",
    ]
