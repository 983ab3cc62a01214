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
    request.headers.setdefault("authorization", f"Bearer {token()}")
    return request


def token(claims: str | None = None, signature: str = "c2lnbmVk") -> str:
    """In the form of one."""
    return f"e30.{claims or new_id()}.{signature}"


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
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    assert answer.json()["correlationId"] == answer.headers["x-request-id"]


# In each of these the gateway and whoever is behind it would see two different paths.
TWOFOLD = [
    "/auth/realms/master/..%2fpattana/protocol/openid-connect/token",
    "/auth/realms/master/%2e%2e/pattana/protocol/openid-connect/token",
    "/auth/realms/master/..%5Cpattana/../pattana/x",
    "/auth/admin/../realms/pattana/account",
    "/auth/admin/./../realms/pattana/account",
    "/auth//realms/pattana/account",
    "//api/enrolment/units",
    "/api/enrolment/runs/one%2ftwo/buckets",
    "/api/enrolment/runs/one;two=three/buckets",
    "/api/enrolment/runs/one%3Btwo/buckets",
    "/api/enrolment/runs/one%252ftwo/buckets",
    "/api/enrolment/runs/one%0atwo/buckets",
    "/api/enrolment/runs/one%1Ftwo/buckets",
    "/api/enrolment/runs/..",
    "/api/enrolment/runs/.?limit=3",
    "/api/enrolment/runs\\..\\units",
]


@pytest.mark.parametrize("path", TWOFOLD)
async def test_a_path_that_can_be_read_in_two_ways_reaches_nobody(door: httpx.AsyncClient, path: str) -> None:
    reader, writer = await asyncio.open_connection(door.base_url.host, door.base_url.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())  # httpx would walk the dots
    answer = (await reader.read()).decode()
    writer.close()

    assert answer.startswith("HTTP/1.1 404 ")
    assert '"code":"not-found"' in answer


@pytest.mark.parametrize("query", ["q=a//b", "q=..%2f..", "q=%25;x", "after=x:1&after=y:2"])
async def test_a_query_may_hold_what_a_path_may_not(door: httpx.AsyncClient, query: str) -> None:
    told = (await door.get(f"/api/enrolment/units?{query}")).json()

    assert told["path"] == f"/api/enrolment/units?{query}"


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


async def test_lines_are_passed_on_as_they_come(door: httpx.AsyncClient) -> None:
    """Else an import would say nothing until its end."""
    path, accept = "/api/enrolment/imports/people", {"accept": "application/x-ndjson"}
    async with door.stream("POST", path, headers=accept) as answer:
        lines = answer.aiter_lines()
        assert await anext(lines) == "1"
        await door.get("/api/enrolment/units", headers={"x-heard": "yes"})
        assert await anext(lines) == "2"


async def test_a_caller_in_a_hurry_is_slowed_and_others_are_not(door: httpx.AsyncClient) -> None:
    def ask(claims: str) -> Awaitable[httpx.Response]:
        return door.get("/api/reporting/coverage", headers={"authorization": f"Bearer {token(claims)}"})

    hurried = await asyncio.gather(*(ask("a") for _ in range(400)))
    other = await ask("b")

    refused = [answer for answer in hurried if answer.status_code == 429]
    assert refused
    assert refused[0].json()["code"] == "too-many-requests"
    assert refused[0].headers.get_list("retry-after") == ["2"]
    assert other.status_code == 200


SPELLINGS = [
    ("Bearer {}", "c2lnbmVk"),
    ("bEaReR {}", "c2lnbmVk"),
    ("Bearer   {}", "c2lnbmVk"),
    ("Bearer \t{}", "c2lnbmVk"),
    ("bearer {}", "c2lnbmVl"),  # the last letter of a signature holds bits that nobody reads
]


@pytest.mark.parametrize(("spelling", "signature"), SPELLINGS[1:])
async def test_a_token_written_in_another_way_is_the_same_caller(
    door: httpx.AsyncClient, spelling: str, signature: str
) -> None:
    claims = new_id()

    def ask(number: int) -> Awaitable[httpx.Response]:
        form, signed = (SPELLINGS[0], (spelling, signature))[number % 2]
        return door.get("/api/reporting/units", headers={"authorization": form.format(token(claims, signed))})

    answers = await asyncio.gather(*(ask(number) for number in range(250)))

    # One caller has 120 at once and 30 a second; two would have 240 at once.
    assert sum(answer.status_code == 200 for answer in answers) < 200


@pytest.mark.parametrize("header", ["", "Bearer {0}", "Basic {0}", "{0}", "Bearer e30.{0}", "Bearer e30.{0}.ab!c"])
async def test_what_is_no_token_counts_for_the_address(door: httpx.AsyncClient, header: str) -> None:
    answers = await asyncio.gather(
        *(door.get("/api/reporting/units", headers={"authorization": header.format(new_id())}) for _ in range(250))
    )

    assert sum(answer.status_code == 200 for answer in answers) < 200


@pytest.mark.parametrize(
    "path", ["protocol/openid-connect/token", "protocol/openid-connect/tok%65n", "login-actions/x"]
)
async def test_whoever_tries_passwords_is_slowed_by_address(door: httpx.AsyncClient, path: str) -> None:
    answers = await asyncio.gather(*(door.post(f"/auth/realms/pattana/{path}") for _ in range(300)))
    page = await door.get("/auth/realms/pattana/protocol/openid-connect/auth")

    assert sum(answer.status_code == 200 for answer in answers) < 120
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("path", "headers", "size", "status"),
    [
        ("/api/enrolment/units", {}, 0, 200),
        ("/auth/realms/pattana/account", {}, 0, 200),
        ("/nowhere", {}, 0, 404),
        ("/api/enrolment/..%2f", {}, 0, 404),
        ("/api/enrolment/units", {}, 3 * 1024 * 1024, 413),
        ("/api/enrolment/units", {"x-long": "x" * 40_000}, 0, 400),
        ("/api/enrolment/" + "x" * 40_000, {}, 0, 414),
    ],
)
async def test_every_answer_says_that_only_tls_is_spoken_here(
    door: httpx.AsyncClient, path: str, headers: dict[str, str], size: int, status: int
) -> None:
    answer = await door.request("POST" if size else "GET", path, headers=headers, content=b"x" * size)

    assert answer.status_code == status
    assert answer.headers.get_list("strict-transport-security") == ["max-age=31536000"]
    assert answer.headers.get_list("retry-after") == []


async def test_also_one_that_was_too_much(door: httpx.AsyncClient) -> None:
    same = {"authorization": f"Bearer {token()}"}
    answers = await asyncio.gather(*(door.get("/api/reporting/units", headers=same) for _ in range(400)))

    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers.get_list("strict-transport-security") == ["max-age=31536000"]
    assert len(refused.headers.get_list("x-request-id")) == 1


async def test_of_one_caller_a_bounded_number_waits_at_once(door: httpx.AsyncClient) -> None:
    """Sixty; whoever else is not held up by them."""
    slow = {"authorization": f"Bearer {token()}", "x-wait": "1"}
    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(base_url=door.base_url, limits=limits) as client:
        waiting = [asyncio.create_task(client.get("/api/reporting/units", headers=slow)) for _ in range(100)]
        await until(lambda: sum(task.done() for task in waiting) == 40)
        other = await door.get("/api/reporting/units")
        await door.get("/api/reporting/units", headers={"x-go": "1"})
        answers = await asyncio.gather(*waiting)

    assert sorted(answer.status_code for answer in answers) == [200] * 60 + [429] * 40
    assert other.status_code == 200


def test_no_log_holds_what_was_typed(tmp_path: Path) -> None:
    """Neither a query nor a name in a path, whether the request was answered, was too much, or reached nobody."""
    upstreams = {name: [name] for name in (*SERVICES, "keycloak") if name != "enrolment"}
    with gateway(tmp_path, {**upstreams, "enrolment": []}) as url:
        transport = httpx.HTTPTransport(retries=20)
        with httpx.Client(transport=transport, headers={"authorization": f"Bearer {token()}"}) as client:
            paths = ("reporting/coverage", "enrolment/people", "enrolment/people/สมชาย")
            statuses = {client.get(f"{url}/api/{path}?name=somchai").status_code for path in paths for _ in range(80)}
    assert statuses == {200, 429, 502}
    access, errors = ((tmp_path / name).read_text() for name in ("access.log", "error.log"))
    assert "/api/reporting/coverage" in access
    assert "somchai" not in access + errors
    assert "สมชาย" not in access + errors
