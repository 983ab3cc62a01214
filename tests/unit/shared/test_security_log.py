"""What goes into the security log of what is asked over HTTP, what does not, and how much of it waits at most."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from starlette.responses import Response

from shared.errors import Forbidden, NotFound, Refused, UnitOutOfScope
from shared.http import answer
from shared.ids import new_id
from shared.rights import Permission, Principal, Role
from shared.security import requires
from shared.security_log.accesses import Accesses
from shared.security_log.entries import Access, Entry, Outcome, client_of, known_form, object_of
from shared.security_log.storage import Wanted, document, entry, first_id, query_of
from shared.telemetry import Metrics
from tests.support.api import Issuer, make_issuer
from tests.support.api import client_of as asking
from tests.unit.shared.trial import create_trial

NOW = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)
PERSON = "01992f6e-8c00-7000-8000-000000000003"
THAI = re.compile(r"[\u0e00-\u0e7f]")


def people_routes() -> APIRouter:
    router = APIRouter()

    @router.get("/api/trial/people/{person}")
    async def read(person: str, principal: Annotated[Principal, Depends(requires(Permission.PERSON_READ))]) -> Response:
        if person == "somebody-else":
            raise NotFound()
        return answer({"name": "นายสมชาย ใจดี"})

    return router


def created(issuer: Issuer, **settings: Any) -> FastAPI:
    app = create_trial(issuer.settings(trace_ratio=0, **settings))
    app.include_router(people_routes())
    return app


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return make_issuer(tmp_path / "keys")


@pytest.fixture
def app(issuer: Issuer) -> FastAPI:
    return created(issuer)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(app) as client:
        yield client


def noted(app: FastAPI) -> list[Entry]:
    accesses: Accesses = app.state.accesses
    return accesses.take(100)


# ---- requests


async def test_who_is_not_known_is_noted_without_a_subject(app: FastAPI, client: httpx.AsyncClient) -> None:
    sent = await client.get(f"/api/trial/people/{PERSON}", headers={"x-request-id": "r1"})
    (one,) = noted(app)
    assert sent.status_code == 401
    assert (one.subject, one.roles, one.permission, one.outcome) == (None, (), "person.read", "unauthenticated")
    assert (one.action, one.kind, one.object) == ("GET /api/trial/people/{person}", "person", PERSON)
    assert one.correlation == "r1"


async def test_a_role_without_the_right_is_noted(app: FastAPI, client: httpx.AsyncClient, issuer: Issuer) -> None:
    await client.get(f"/api/trial/people/{PERSON}", headers=issuer.bearer(Role.OPERATOR, person="op-1"))
    (one,) = noted(app)
    assert (one.subject, one.roles, one.unit, one.outcome) == ("op-1", ("OPERATOR",), None, "forbidden")


async def test_a_command_outside_the_scope_is_noted(app: FastAPI, client: httpx.AsyncClient, issuer: Issuer) -> None:
    headers = issuer.bearer(Role.PROVINCIAL_HR, "PO-51", "p-51")
    await client.post(f"/api/trial/runs/{PERSON}/nominations", json={"personId": "p1"}, headers=headers)
    (one,) = noted(app)
    assert (one.subject, one.unit, one.permission) == ("p-51", "PO-51", "nomination.write")
    assert (one.kind, one.object, one.outcome) == ("run", PERSON, "unit-out-of-scope")


async def test_reads_of_people_are_noted_and_what_is_typed_is_not(
    app: FastAPI, client: httpx.AsyncClient, issuer: Issuer
) -> None:
    headers = issuer.bearer(Role.HR_OFFICER, "PERS", "hr-1")
    for typed in (PERSON, "สมชาย", "somchai.jaidee", "somebody-else"):
        await client.get(f"/api/trial/people/{typed}?name=สมชาย", headers=headers)
    read, typed_read, refused = noted(app)
    assert (read.outcome, read.object, read.count) == (Outcome.READ, PERSON, 1)
    assert (typed_read.outcome, typed_read.object, typed_read.count) == (Outcome.READ, None, 2)
    assert (refused.outcome, refused.object) == ("not-found", None)
    kept = repr([read, typed_read, refused])
    assert (THAI.search(kept), "somchai" in kept) == (None, False)


async def test_who_reads_only_what_is_theirs_is_not_noted(
    app: FastAPI, client: httpx.AsyncClient, issuer: Issuer
) -> None:
    await client.get(f"/api/trial/people/{PERSON}", headers=issuer.bearer(Role.LEARNER, person=PERSON))
    assert noted(app) == []


async def test_other_answers_are_not_noted(app: FastAPI, client: httpx.AsyncClient, issuer: Issuer) -> None:
    headers = issuer.bearer(Role.HR_OFFICER, "PERS")
    assert (await client.post("/api/trial/fail/taken", headers=headers)).status_code == 409
    assert (await client.post("/api/trial/fail/away", headers=headers)).status_code == 503
    assert (await client.get("/api/trial/list", headers=headers)).status_code == 200
    assert (await client.get("/api/trial/nothing")).status_code == 404
    assert noted(app) == []


@pytest.mark.parametrize(
    ("trusted", "header", "expected"),
    [
        (True, "203.0.113.7", "203.0.113.7"),
        (True, "2001:DB8::7", "2001:db8::7"),
        (True, "นายสมชาย", None),
        (True, "203.0.113.7, 198.51.100.1", None),
        (False, "203.0.113.7", None),
    ],
)
async def test_the_client_is_what_the_gateway_says_and_nobody_else(
    issuer: Issuer, trusted: bool, header: str, expected: str | None
) -> None:
    app = created(issuer, trust_forwarded=trusted)
    async with asking(app) as client:
        await client.get(f"/api/trial/people/{PERSON}", headers=[(b"x-forwarded-for", header.encode())])
    assert [one.client for one in noted(app)] == [expected]


# ---- refusals


class OtherUnit(Refused, code="other-unit", status=409, th="ไม่ได้", en="No.", guards=True):
    pass


class Taken(Refused, code="taken", status=409, th="ไม่ว่าง", en="Taken."):
    pass


def test_what_is_about_who_asks_guards() -> None:
    assert [kind.guards for kind in (Forbidden, NotFound, UnitOutOfScope, OtherUnit, Taken)] == [True] * 4 + [False]


def test_refused_rows_of_a_list_are_noted_one_by_one() -> None:
    accesses = Accesses(lambda: NOW, Metrics())
    access = Access(Permission.NOMINATION_APPROVE, principal=Principal("p", frozenset({Role.SUPERVISOR}), "PO-50"))
    accesses.row_refused(access, "approve", ("nomination", PERSON), OtherUnit())
    accesses.row_refused(access, "approve", ("nomination", "typed by somebody"), NotFound())
    accesses.row_refused(access, "approve", ("nomination", PERSON), Taken())
    assert [(one.action, one.object, one.outcome) for one in accesses.take(9)] == [
        ("approve", PERSON, "other-unit"),
        ("approve", None, "not-found"),
    ]
    assert access.refused is None


# ---- bounds


def flooded(most: int, different: int) -> Accesses:
    accesses = Accesses(lambda: NOW, Metrics(), most=most)
    for number in range(different):
        for _ in range(3):
            access = Access(Permission.PERSON_READ, client=f"198.51.100.{number}", refused=Forbidden())
            accesses.answered(access, {"method": "GET", "path_params": {}}, "/people", 403)
    return accesses


def test_a_flood_of_refusals_takes_bounded_memory_and_its_rest_is_counted() -> None:
    accesses = flooded(most=5, different=8)
    lost, *kept = accesses.take(100)
    assert [(one.client, one.count) for one in kept] == [(f"198.51.100.{number}", 3) for number in range(5)]
    assert (lost.outcome, lost.count, lost.subject) == (Outcome.LOST, 9, None)
    assert accesses.take(100) == []
    assert not accesses.noted.is_set()


def test_what_waits_is_taken_a_bulk_at_a_time_the_oldest_first() -> None:
    accesses = flooded(most=10, different=5)
    assert [len(accesses.take(2)), accesses.noted.is_set(), len(accesses.take(2))] == [2, True, 2]
    assert [one.client for one in accesses.take(2)] == ["198.51.100.4"]
    assert not accesses.noted.is_set()


# ---- forms


@pytest.mark.parametrize("id", [PERSON, "PO-50", "PO-50.HR", "PERS", "OPS"])
def test_ids_are_kept(id: str) -> None:
    assert known_form(id) == id


@pytest.mark.parametrize("id", ["somchai", "สมชาย", f"{PERSON} ", "PO-50/สมชาย", "", "SOMCHAIJAIDEE", "a" * 36])
def test_what_is_no_id_is_not_kept(id: str) -> None:
    assert known_form(id) is None


def test_the_object_is_what_the_path_names_last() -> None:
    run = {"run": PERSON}
    assert object_of(Permission.NOMINATION_READ, {}) == ("nomination", None)
    assert object_of(Permission.NOMINATION_READ, run) == ("run", PERSON)
    assert object_of(Permission.NOMINATION_APPROVE, {**run, "id": PERSON}) == ("nomination", PERSON)
    assert object_of(Permission.UNIT_READ, {"key": "PO-50"}) == ("unit", "PO-50")


def test_a_long_header_is_no_address() -> None:
    assert client_of(b"1" * 10_000) is None


def test_an_entry_comes_back_from_its_document() -> None:
    one = Entry(new_id(), NOW, "erase", "person", PERSON, "done", "hr-1", ("HR_OFFICER",), "PERS", "person.erase")
    stored = document(one, NOW + timedelta(days=365))
    assert stored["expires_at"] == NOW + timedelta(days=365)
    assert entry(stored) == one


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_a_period_may_begin_at_any_moment(moment: datetime) -> None:
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}", first_id(moment))


def test_a_period_is_a_range_of_ids() -> None:
    before, one, after = datetime.now(UTC) - timedelta(seconds=1), new_id(), datetime.now(UTC) + timedelta(seconds=1)
    assert first_id(before) < one < first_id(after)
    assert query_of(Wanted(), None) == {"_id": {"$gte": ""}}
    assert query_of(Wanted(subject="s", object="o", until=after), one) == {
        "_id": {"$gte": "", "$lt": one},
        "subject": "s",
        "object": "o",
    }
