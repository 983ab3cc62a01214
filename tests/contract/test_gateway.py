"""The gateway as people meet it: each path at its service, unchanged; sizes, rates and request ids.

Collected only where nginx is installed (tests/contract/conftest.py).
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import httpx
import pytest

from services import SERVICES
from shared.ids import new_id
from tests.support.gateway import gateway
from tests.support.waiting import until

REPLICAS = ["enrolment-1", "enrolment-2", "enrolment-3"]


@pytest.fixture(scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    folder = tmp_path_factory.mktemp("gateway")
    upstreams = {
        "enrolment": REPLICAS,
        **{name: [name] for name in (*SERVICES, "keycloak") if name != "enrolment"},
    }
    with gateway(folder, upstreams) as url:
        async with httpx.AsyncClient(base_url=url, auth=somebody_else) as client:
            await until(lambda: _listens(client))
            yield client


def somebody_else(request: httpx.Request) -> httpx.Request:
    """Every request has a caller of its own, unless the test names one: rates are counted per caller."""
    request.headers.setdefault("authorization", f"Bearer {new_id()}")
    return request


async def _listens(client: httpx.AsyncClient) -> bool:
    try:
        await client.get("/")
    except httpx.ConnectError:
        return False
    return True


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/enrolment/units?limit=3", "enrolment"),
        ("/api/notification/inbox", "notification"),
        ("/api/reporting/runs/a%20b?after=x:1&after=y:2", "reporting"),
        ("/auth/realms/pattana/protocol/openid-connect/token", "keycloak"),
    ],
)
async def test_a_path_goes_unchanged_to_its_service(door: httpx.AsyncClient, path: str, name: str) -> None:
    told = (await door.get(path)).json()

    assert told["name"].startswith(name)
    assert told["path"] == path


@pytest.mark.parametrize("path", ["/", "/metrics", "/readyz", "/api/other/x", "/auth/admin/", "/auth/realms/master/"])
async def test_what_is_nobodys_business_is_not_found(door: httpx.AsyncClient, path: str) -> None:
    answer = await door.get(path, headers={"accept-language": "en"})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not-found"
    assert answer.json()["correlationId"] == answer.headers["x-request-id"]


async def test_one_replica_serves_a_run_and_all_serve_the_rest(door: httpx.AsyncClient) -> None:
    runs: dict[str, set[str]] = {}
    for number in range(40):
        for path in ("buckets", "nominations", f"nominations/{number}/approve"):
            told = (await door.post(f"/api/enrolment/runs/run-{number}/{path}")).json()
            runs.setdefault(f"run-{number}", set()).add(told["name"])

    assert all(len(names) == 1 for names in runs.values())
    assert {name for names in runs.values() for name in names} == set(REPLICAS)
    others = {(await door.get("/api/enrolment/units")).json()["name"] for _ in range(40)}
    assert others == set(REPLICAS)


async def test_a_good_request_id_is_kept_and_a_bad_one_replaced(door: httpx.AsyncClient) -> None:
    kept = await door.get("/api/reporting/coverage", headers={"x-request-id": "desk-7:42"})
    made = await door.get("/api/reporting/coverage", headers={"x-request-id": "a b;<script>"})

    assert kept.headers.get_list("x-request-id") == ["desk-7:42"]
    assert kept.json()["headers"]["x-request-id"] == "desk-7:42"
    assert re.fullmatch("[0-9a-f]{32}", made.headers["x-request-id"])
    assert made.json()["headers"]["x-request-id"] == made.headers["x-request-id"]


async def test_a_caller_cannot_say_where_a_request_came_from(door: httpx.AsyncClient) -> None:
    told = await door.get("/api/reporting/coverage", headers={"x-forwarded-for": "10.0.0.1", "forwarded": "for=x"})

    headers = told.json()["headers"]
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert "forwarded" not in headers


@pytest.mark.parametrize(("path", "size"), [("/api/enrolment/programmes", 3), ("/api/enrolment/imports/people", 18)])
async def test_beyond_the_size_413_in_the_readers_language(door: httpx.AsyncClient, path: str, size: int) -> None:
    content = b"x" * size * 1024 * 1024
    thai = await door.post(path, content=content)
    english = await door.post(path, content=content, headers={"accept-language": "en-GB"})

    assert (thai.status_code, thai.json()["code"]) == (413, "body-too-large")
    assert "ขนาดใหญ่" in thai.json()["detail"]
    assert "too large" in english.json()["detail"]


async def test_imports_may_be_larger(door: httpx.AsyncClient) -> None:
    told = await door.post("/api/enrolment/imports/people", content=b"x" * 16 * 1024 * 1024)

    assert told.json()["bytes"] == 16 * 1024 * 1024


async def test_a_caller_in_a_hurry_is_slowed_and_others_are_not(door: httpx.AsyncClient) -> None:
    def ask(token: str) -> Awaitable[httpx.Response]:
        return door.get("/api/reporting/coverage", headers={"authorization": f"Bearer {token}"})

    hurried = await asyncio.gather(*(ask("a") for _ in range(400)))
    other = await ask("b")

    refused = [answer for answer in hurried if answer.status_code == 429]
    assert refused
    assert refused[0].json()["code"] == "too-many-requests"
    assert refused[0].headers["retry-after"] == "2"
    assert other.status_code == 200


def test_no_log_holds_what_was_typed(tmp_path: Path) -> None:
    """Neither a query nor a name in a path, whether the request was answered, was too much, or reached nobody."""
    upstreams = {name: [name] for name in (*SERVICES, "keycloak") if name != "enrolment"}
    with gateway(tmp_path, {**upstreams, "enrolment": []}) as url:
        transport = httpx.HTTPTransport(retries=20)
        with httpx.Client(transport=transport, headers={"authorization": "Bearer x"}) as client:
            paths = ("reporting/coverage", "enrolment/people", "enrolment/people/สมชาย")
            statuses = {client.get(f"{url}/api/{path}?name=somchai").status_code for path in paths for _ in range(80)}
    assert statuses == {200, 429, 502}
    access, errors = ((tmp_path / name).read_text() for name in ("access.log", "error.log"))
    assert "/api/reporting/coverage" in access
    assert "somchai" not in access + errors
    assert "สมชาย" not in access + errors
