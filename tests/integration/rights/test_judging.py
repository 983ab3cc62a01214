"""The walk itself sees what it is there for: each of these was once answered, or might be."""

from typing import Any, Final

import pytest

from shared.rights import Role
from tests.integration.rights.judging import mistakes
from tests.integration.rights.world import NOBODY, OBSERVER, OFFICE, Caller, Owner, Seen

BUCKETS: Final = "GET /api/enrolment/runs/{run}/buckets"
NOMINATION: Final = "GET /api/enrolment/runs/{run}/nominations/{id}"
REPORT: Final = "GET /api/reporting/runs/{run}"
LEARNER: Final = Caller(Role.LEARNER, None, "anan")
OWNERS: Final = {"ours": Owner("PO-50.HR", "anan"), "theirs": Owner("PO-95.HR", "yai"), "draft": Owner(draft=True)}
PLANTS: Final[list[tuple[str, str, Caller, Any, str]]] = [
    ("counts of a neighbour", BUCKETS, OFFICE, {"buckets": [{"bucketUnit": "PO-95", "waiting": 0}]}, "waiting"),
    ("counts to an observer", BUCKETS, OBSERVER, {"buckets": [{"bucketUnit": "PO-95", "free": 7}]}, "free"),
    ("counts to a learner", BUCKETS, LEARNER, {"buckets": [{"bucketUnit": "PO-50", "confirmed": 9}]}, "confirmed"),
    ("a small sum", REPORT, OBSERVER, {"confirmed": 4}, "confirmed"),
    ("a row of a unit", REPORT, OBSERVER, {"byUnit": [{"key": "PO-50", "nameTh": "ก", "confirmed": 9}]}, "byUnit"),
    ("a neighbour's row", REPORT, OFFICE, {"byUnit": [{"key": "PO-95", "nameTh": "ก", "confirmed": 9}]}, "byUnit"),
    ("a moment", REPORT, OBSERVER, {"asOf": {"event": "2027-01-01"}}, "asOf.event"),
    ("a draft", "GET /api/enrolment/programmes", OBSERVER, {"items": [{"id": "draft", "code": "X"}]}, "code"),
    (
        "a draft's seats",
        "GET /api/enrolment/programmes/{programme}",
        OFFICE,
        {"id": "draft", "state": "DRAFT"},
        "state",
    ),
    ("a neighbour's person", "GET /api/enrolment/people", OFFICE, {"items": [{"id": "theirs", "unit": "x"}]}, "unit"),
    ("somebody else", NOMINATION, LEARNER, {"id": "theirs", "note": "ดี"}, "note"),
    ("whose seat it was", NOMINATION, LEARNER, {"id": "ours", "replaces": "theirs"}, "replaces"),
    ("a number of a queue", NOMINATION, LEARNER, {"id": "ours", "bucketUnit": "PO-50", "queue": 7}, "queue"),
    (
        "a unit in a refusal",
        NOMINATION,
        OFFICE,
        {"type": "urn:pattana:problem:unknown-nomination", "unit": "x"},
        "unit",
    ),
    ("a new field", BUCKETS, OFFICE, {"reserved": 1}, "reserved"),
]


@pytest.mark.parametrize(("what", "route", "caller", "body", "field"), PLANTS, ids=[plant[0] for plant in PLANTS])
def test_what_is_not_theirs_is_seen(what: str, route: str, caller: Caller, body: Any, field: str) -> None:
    if "type" in body:
        body |= {"code": body["type"].rpartition(":")[2]}
    found = mistakes(Seen(route, caller, NOBODY, body), OWNERS)
    assert any(field in mistake for mistake in found), what


def test_what_is_theirs_is_no_mistake() -> None:
    for route, caller, body in (
        (BUCKETS, OFFICE, {"buckets": [{"bucketUnit": "PO-50", "waiting": 3}, {"bucketUnit": "PO-95", "seats": 3}]}),
        (REPORT, OBSERVER, {"confirmed": 5, "submitted": 0, "asOf": {"readAt": "2027-01-01", "event": None}}),
        (NOMINATION, OFFICE, {"id": "ours", "bucketUnit": "PO-50", "queue": 7, "replaces": "x"}),
        (NOMINATION, LEARNER, {"id": "ours", "note": "ดี", "queue": None}),
        ("GET /api/notification/messages/counts", OFFICE, {"run": "draft", "total": 0, "more": False}),
        ("GET /api/enrolment/programmes", Caller(Role.EXECUTIVE), {"items": [{"id": "draft", "code": "X"}]}),
    ):
        assert mistakes(Seen(route, caller, NOBODY, body), OWNERS) == []
