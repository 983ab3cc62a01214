"""What every service answers to good and bad requests, through the whole application."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.http import MOST_POSITIONS
from shared.rights import Role
from shared.telemetry import Tracing
from tests.support.api import Issuer, client_of, make_issuer, reached_by, token_of
from tests.unit.shared.trial import create_trial

NOMINATE = "/api/trial/runs/r1/nominations"
APPROVE = "/api/trial/nominations/n1/approve"
GOOD = {"personId": "p1"}


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return make_issuer(tmp_path / "keys")


@pytest.fixture
async def client(issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    settings = issuer.settings(body_limit_bytes=1000, upload_limit_bytes=3000, trace_ratio=0)
    headers = issuer.bearer(Role.HR_OFFICER, "PERS") | {"accept-language": "en"}
    async with client_of(create_trial(settings), headers=headers) as client:
        yield client


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["correlationId"] == answer.headers["x-request-id"]
    assert body["type"] == f"urn:pattana:problem:{body['code']}"
    return answer.status_code, body["code"]


@pytest.mark.parametrize("path", [NOMINATE, APPROVE])
async def test_a_good_command(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.post(path, json=GOOD)

    assert answer.is_success, answer.text
    assert answer.json()["person"] == "p1"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"


async def test_positions_go_out_in_a_header(client: httpx.AsyncClient) -> None:
    answer = await client.post(NOMINATE, json=GOOD)

    assert (answer.status_code, reached_by(answer)) == (201, "b:1:3, c:4")


async def test_a_recorded_answer_goes_out_as_it_was_recorded(client: httpx.AsyncClient) -> None:
    moved = await client.post("/api/trial/commands/moved", json=GOOD)
    assert (moved.status_code, reached_by(moved)) == (201, "b:1:3")
    assert moved.headers["content-type"] == "application/json"
    assert moved.text.startswith('{"z": 1, "key": "')
    unmoved = await client.post("/api/trial/commands/unmoved", json=GOOD)
    assert "pattana-position" not in unmoved.headers


async def test_a_repeated_request_has_the_same_key_and_every_other_one_another(client: httpx.AsyncClient) -> None:
    async def key_of(id: str, **headers: str) -> str:
        answer = await client.post(f"/api/trial/commands/{id}", json=GOOD, headers=headers)
        return str(answer.json()["key"])

    key = {"idempotency-key": "k-1"}
    assert await key_of("a", **key) == await key_of("a", **key)
    keys = [await key_of("b", **key), await key_of("a", **{"idempotency-key": "k-2"}), await key_of("a")]
    assert len({await key_of("a", **key), *keys, await key_of("a")}) == 5


@pytest.mark.parametrize("path", [NOMINATE, APPROVE])
@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b"{", "application/json", (400, "malformed-json")),
        (b"\xff\xfe", "application/json", (400, "malformed-json")),
        (b'{"personId": {"$gt": ""}}', "application/json", (422, "operator-in-body")),
        (b'{"personId": "a", "admin": true}', "application/json", (422, "unknown-field")),
        (b'{"personId": 1}', "application/json; charset=utf-8", (422, "invalid-body")),
        (b"[]", "application/json", (422, "invalid-body")),
        (b"{}", "Application/JSON", (422, "invalid-body")),
        (b"", "application/json", (422, "invalid-body")),
        (b'{"personId": ' + b"[" * 40 + b"]" * 40 + b"}", "application/json", (400, "body-too-deep")),
        (b"[" * 900, "application/json", (400, "body-too-deep")),
        (b'{"personId": "' + b"x" * 1000 + b'"}', "application/json", (413, "body-too-large")),
        (b'{"personId": "a"}', "text/plain", (415, "unsupported-media-type")),
        (b'{"personId": "a"}', "application/jsonx", (415, "unsupported-media-type")),
        (b"personId=a", "application/x-www-form-urlencoded", (415, "unsupported-media-type")),
    ],
)
async def test_bad_bodies(
    client: httpx.AsyncClient, path: str, content: bytes, kind: str, expected: tuple[int, str]
) -> None:
    headers = {"content-type": kind}

    assert code(await client.post(path, content=content, headers=headers)) == expected
    if content:
        assert code(await client.post(path, content=pieces(content), headers=headers)) == expected


async def test_a_large_body_of_another_kind_is_not_even_read(client: httpx.AsyncClient) -> None:
    kind = {"content-type": "text/plain"}

    assert code(await client.post(NOMINATE, content=b"x" * 1001, headers=kind)) == (413, "body-too-large")
    assert code(await client.post(NOMINATE, content=pieces(b"x" * 1001), headers=kind)) == (
        415,
        "unsupported-media-type",
    )


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    """Sent without a Content-Length."""
    for at in range(0, len(content), 300):
        yield content[at : at + 300]


async def test_a_body_in_pieces_is_put_together(client: httpx.AsyncClient) -> None:
    content = json.dumps({"personId": "p" * 700}).encode()
    answer = await client.post(NOMINATE, content=pieces(content), headers={"content-type": "application/json"})

    assert answer.json()["person"] == "p" * 700


@pytest.mark.parametrize(("content", "expected"), [(b"{", 400), (b'{"a": 1}', 200), (b"[1]", 422), (b"[" * 40, 400)])
async def test_fastapi_s_own_bodies_are_limited_too(client: httpx.AsyncClient, content: bytes, expected: int) -> None:
    answer = await client.post(
        "/api/trial/plain-fastapi", content=content, headers={"content-type": "application/json"}
    )

    assert answer.status_code == expected
    other = await client.post("/api/trial/plain-fastapi", content=b"{}", headers={"content-type": "text/plain"})
    assert code(other) == (415, "unsupported-media-type")


async def test_uploads_have_a_limit_of_their_own(client: httpx.AsyncClient) -> None:
    fits = await client.post("/api/trial/upload", files={"file": b"x" * 2000})
    assert fits.json() == {"size": 2000}

    assert code(await client.post("/api/trial/upload", files={"file": b"x" * 4000})) == (413, "body-too-large")
    request = client.build_request("POST", "/api/trial/upload", files={"file": b"x" * 4000})
    kind = {"content-type": request.headers["content-type"]}
    unknown_length = await client.post("/api/trial/upload", content=pieces(request.read()), headers=kind)
    assert code(unknown_length) == (413, "body-too-large")
    assert code(await client.post("/api/trial/upload", files={"other": b"x"})) == (422, "invalid-body")


async def test_lines_are_told_one_after_the_other(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/trial/lines/all")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.text == '{"line":1}\n{"line":2}\n'


@pytest.mark.parametrize(
    ("how", "expected"),
    [("taken", (409, "seat-taken")), ("lost", (503, "busy")), ("broken", (500, "internal-error"))],
)
async def test_what_breaks_off_lines_is_the_last_one_and_before_them_an_ordinary_refusal(
    client: httpx.AsyncClient, how: str, expected: tuple[int, str]
) -> None:
    begun = await client.get(f"/api/trial/lines/{how}")
    first, last = begun.text.splitlines()
    problem = json.loads(last)["problem"]
    assert (begun.status_code, first) == (200, '{"line":1}')
    assert (problem["status"], problem["code"]) == expected
    assert problem["correlationId"] == begun.headers["x-request-id"]
    assert "somchai" not in begun.text
    assert code(await client.get(f"/api/trial/lines/{how}", params={"begun": "false"})) == expected


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/nowhere", (404, "not-found")),
        ("GET", "/api/trial/list/", (404, "not-found")),
        ("GET", NOMINATE, (405, "method-not-allowed")),
        ("DELETE", APPROVE, (405, "method-not-allowed")),
        ("GET", "/api/trial/years/x", (404, "not-found")),
        ("GET", "/api/trial/list?limit=0", (422, "invalid-parameter")),
        ("GET", "/api/trial/list?year=x", (422, "invalid-parameter")),
        ("GET", "/api/trial/list?cursor=x", (422, "invalid-cursor")),
        ("GET", "/api/trial/list?after=x", (400, "invalid-position")),
        ("GET", "/api/trial/list?after=a:1", (400, "invalid-position")),
        ("GET", "/api/trial/list?after=" + "x" * 10_000, (400, "invalid-position")),
        ("GET", "/api/trial/list?" + "after=x&" * (MOST_POSITIONS + 1), (400, "too-many-positions")),
        ("POST", "/api/trial/fail/taken", (409, "seat-taken")),
        ("POST", "/api/trial/fail/away", (503, "busy")),
        ("POST", "/api/trial/fail/lost", (503, "busy")),
        ("POST", "/api/trial/fail/broken", (500, "internal-error")),
    ],
)
async def test_other_refusals(client: httpx.AsyncClient, method: str, path: str, expected: tuple[int, str]) -> None:
    answer = await client.request(method, path)

    assert code(answer) == expected
    assert not {"secret", "somchai", "Traceback"} & set(answer.text.replace(":", " ").replace("@", " ").split())
    assert ("retry-after" in answer.headers) == (answer.status_code == 503)


async def test_sentences_follow_the_reader(client: httpx.AsyncClient) -> None:
    english = await client.post("/api/trial/fail/taken")
    thai = await client.post("/api/trial/fail/taken", headers={"accept-language": "th"})

    assert (english.json()["detail"], thai.json()["detail"]) == ("No seat is free for PO-50.", "ไม่มีที่นั่งว่างของ PO-50")
    assert (english.headers["content-language"], thai.headers["content-language"]) == ("en", "th")


async def test_lists_positions_and_keys(client: httpx.AsyncClient) -> None:
    path = "/api/trial/list?limit=7&cursor=WyJhIiwzXQ&" + f"after={token_of('r:t:PO-50:12')}&after={token_of('run:1')}"
    answer = await client.get(path, headers={"idempotency-key": "k-1", "x-request-id": "my-id.1"})

    assert answer.json() == {
        "limit": 7,
        "cursor": ["a", 3],
        "positions": ["r:t:PO-50:12", "run:1"],
        "key": "k-1",
        "for": "HR_OFFICER@PERS",
        "correlation": "my-id.1",
    }
    assert answer.headers["x-request-id"] == "my-id.1"


@pytest.mark.parametrize("key", ["", "a b", "ก".encode(), "x" * 201])
async def test_odd_idempotency_keys(client: httpx.AsyncClient, key: Any) -> None:
    answer = await client.get("/api/trial/list", headers={"idempotency-key": key})

    assert code(answer) == (422, "invalid-idempotency-key")


@pytest.mark.parametrize("sent", ["", "a b", "x" * 129, "a\tb", "<script>"])
async def test_odd_request_ids_are_replaced(client: httpx.AsyncClient, sent: str) -> None:
    answer = await client.get("/api/trial/list", headers={"x-request-id": sent})

    assert len(answer.headers["x-request-id"]) == 36


async def test_who_may(client: httpx.AsyncClient, issuer: Issuer) -> None:
    async def post(path: str, headers: dict[str, str]) -> httpx.Response:
        client.headers.pop("authorization", None)
        return await client.post(path, json=GOOD, headers=headers)

    for path in (NOMINATE, APPROVE):
        nobody = await post(path, {})
        assert code(nobody) == (401, "unauthenticated")
        assert nobody.headers["www-authenticate"] == "Bearer"
        assert code(await post(path, {"authorization": "Basic abc"})) == (401, "unauthenticated")
        assert code(await post(path, {"authorization": "Bearer abc"})) == (401, "token-malformed")
        expired = issuer.bearer(Role.HR_OFFICER, issued_at=1)
        assert code(await post(path, expired)) == (401, "token-expired")
        assert code(await post(path, issuer.bearer(Role.OCSC_OBSERVER))) == (403, "forbidden")
    other = await post(NOMINATE, issuer.bearer(Role.PROVINCIAL_HR, "PO-51"))
    assert code(other) == (403, "unit-out-of-scope")
    assert other.json()["detail"] == "The unit PO-50 is outside your responsibility, so nothing was done."


async def test_metrics_know_routes_and_not_paths(client: httpx.AsyncClient) -> None:
    await client.post(NOMINATE, json=GOOD)
    await client.get("/api/trial/years/2569")
    await client.get("/no/such/path")
    await client.request("BREW", "/api/trial/list")

    text = (await client.get("/metrics")).text
    assert 'method="POST",route="/api/trial/runs/{run}/nominations",status="201"} 1.0' in text
    assert 'route="/api/trial/years/{year}",status="200"} 1.0' in text
    assert 'method="GET",route="unmatched",status="404"} 1.0' in text
    assert 'method="OTHER"' in text
    assert "2569" not in text
    assert "BREW" not in text


async def test_a_traced_command(issuer: Issuer) -> None:
    exporter = InMemorySpanExporter()
    settings = issuer.settings(trace_ratio=1)
    headers = issuer.bearer(Role.PROVINCIAL_HR, "PO-50")
    async with client_of(create_trial(settings, Tracing("trial", settings, exporter)), headers=headers) as client:
        sent = (await client.post(NOMINATE, json=GOOD)).json()["trace"]
        (span,) = exporter.get_finished_spans()

    assert span.name == "POST /api/trial/runs/{run}/nominations"
    assert span.attributes == {"http.response.status_code": 201}
    assert span.context is not None
    assert sent == f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-01"


def test_nobody_serves_without_the_name_of_an_edition(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="PATTANA_EDITION"):
        create_trial(make_issuer(tmp_path).settings(edition=""))
