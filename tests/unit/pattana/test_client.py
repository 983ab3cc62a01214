"""The command line's HTTP client: patience, problems as sentences, positions, and the journal."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pattana.audit.accepted import Once
from pattana.audit.journal import Journal, read
from pattana.client import BrokenOff, Caller, Client, NoKey, Rejected, Tokens, Unreachable, language
from shared.rights import Role
from shared.signing import create_key
from tests.support.api import token_of

TOKEN = token_of("a:1", "b:2")
OFFICER = Caller(Role.HR_OFFICER, "PERS")
Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """A client whose server is a function."""
    tokens = Tokens(create_key(tmp_path / "keys"))
    made: list[Client] = []

    def build(handler: Handler, patience: float = 5) -> Client:
        client = Client("http://test", tokens, patience=patience, transport=httpx.MockTransport(handler))
        made.append(client)
        return client

    yield build
    for client in made:
        client.close()


def test_a_busy_service_is_retried_with_the_same_key(connect: Callable[..., Client]) -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["idempotency-key"])
        busy = httpx.Response(503, json={"code": "busy"})
        return busy if len(seen) < 3 else httpx.Response(201, json={"id": "n1"}, headers={"Pattana-Position": TOKEN})

    answer = connect(handler).send("POST", "/api/x", OFFICER, {}, "key-1")
    assert (answer.status, answer.body, answer.position) == (201, {"id": "n1"}, TOKEN)
    assert seen == ["key-1"] * 3


def test_an_upload_is_waited_for_as_long_as_the_gateway_does(
    connect: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would be repeated beside the first, which is refused: one import at a time."""
    seen: list[tuple[bytes, Any]] = []
    paused: list[float] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append((request.content, request.extensions["timeout"]["read"]))
        running = httpx.Response(503, json={"code": "import-running"})
        return running if len(seen) < 3 else httpx.Response(200, json={"rows": 1})

    monkeypatch.setattr("pattana.client.sleep", paused.append)
    assert connect(handler).upload("/api/x", OFFICER, b"a,b").body == {"rows": 1}
    assert seen == [(b"a,b", 300)] * 3
    assert paused == [2.0, 2.0]


def test_a_file_goes_out_as_it_is_and_each_line_is_told(
    connect: Callable[..., Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the bytes are cut: a text may hold signs that end a line elsewhere."""
    file = tmp_path / "people.csv"
    file.write_bytes(b"a,b\r\n\xff")
    seen: list[tuple[bytes, str, str]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append((request.read(), request.headers["accept"], request.headers["content-length"]))
        if len(seen) == 1:
            return httpx.Response(503, json={"code": "import-running"})
        whole = '{"read":0}\n{"text":"ก\u2028ข"}\n'.encode()
        return httpx.Response(200, content=iter([whole[:14], whole[14:18], whole[18:]]))

    monkeypatch.setattr("pattana.client.sleep", lambda seconds: None)
    assert list(connect(handler).lines("/api/x", OFFICER, file)) == [{"read": 0}, {"text": "ก\u2028ข"}]
    assert seen == [(b"a,b\r\n\xff", "application/x-ndjson", "6")] * 2


def test_the_limits_of_a_file_are_the_services_to_say(connect: Callable[..., Client], tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.touch()
    problem = {"code": "body-too-large", "detail": "ข้อมูลที่ส่งมามีขนาดใหญ่เกินกำหนด"}
    client = connect(lambda request: httpx.Response(413, json=problem))
    with pytest.raises(Rejected, match="413 body-too-large: ข้อมูล"):
        list(client.lines("/api/x", OFFICER, file))


@pytest.mark.parametrize("trouble", [httpx.ReadError("reset"), httpx.ReadTimeout("silent")])
def test_a_connection_that_ends_within_an_answer_is_not_the_end_of_what_it_told(
    connect: Callable[..., Client], tmp_path: Path, trouble: Exception
) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"read":1}\n{"re'
        raise trouble

    file = tmp_path / "people.csv"
    file.write_bytes(b"a,b")
    lines = connect(lambda request: httpx.Response(200, content=pieces())).lines("/api/x", OFFICER, file)
    assert next(lines) == {"read": 1}
    with pytest.raises(BrokenOff, match="http://test was lost"):
        next(lines)


def test_an_unreachable_service_is_a_sentence(connect: Callable[..., Client]) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(Unreachable, match="http://test does not answer GET /api/x"):
        connect(handler, patience=0).get("/api/x", OFFICER)


def test_a_problem_is_a_sentence_with_its_code(connect: Callable[..., Client]) -> None:
    problem = {"code": "already-nominated", "detail": "This person is nominated already."}
    client = connect(lambda request: httpx.Response(409, json=problem))
    with pytest.raises(Rejected, match="409 already-nominated: This person") as caught:
        client.send("POST", "/api/x", OFFICER)
    assert (caught.value.status, caught.value.code) == (409, "already-nominated")


def test_an_error_without_a_problem_body_is_reported_as_it_is(connect: Callable[..., Client]) -> None:
    client = connect(lambda request: httpx.Response(404, text="nothing here"))
    with pytest.raises(Rejected, match="404 no-code: nothing here"):
        client.get("/api/x", OFFICER)


def test_many_positions_are_waited_for_in_parts(connect: Callable[..., Client]) -> None:
    asked: list[list[str]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params.get_list("after"))
        return httpx.Response(200, json={"q": request.url.params["run"]})

    after = [f"r1:HR:PO-{number}:1" for number in range(45)]
    assert connect(handler).get("/api/x", OFFICER, {"run": "r1", "none": None}, after) == {"q": "r1"}
    assert [len(part) for part in asked] == [20, 20, 5]
    assert [position for part in asked for position in part] == after


def test_pages_follow_the_cursor(connect: Callable[..., Client]) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        last = request.url.params.get("cursor") == "2"
        return httpx.Response(200, json={"items": [3] if last else [1, 2], "next": None if last else "2"})

    assert list(connect(handler).pages("/api/x", OFFICER)) == [1, 2, 3]


def test_commands_are_journalled_and_reads_are_not(connect: Callable[..., Client], tmp_path: Path) -> None:
    client = connect(
        lambda request: httpx.Response(201, json={"id": "n1"}, headers={"pattana-position": token_of("a:1")})
    )
    with Journal(tmp_path / "journal.jsonl") as client.journal:
        client.send("POST", "/api/x", OFFICER, {}, "key-1")
        client.get("/api/x", OFFICER)
    (entry,) = read(tmp_path / "journal.jsonl")
    assert (entry.path, entry.positions, entry.idempotency_key, entry.id) == ("/api/x", ("a:1",), "key-1", "n1")


def test_each_row_of_a_list_is_journalled_with_a_key_of_its_own(connect: Callable[..., Client], tmp_path: Path) -> None:
    done: list[dict[str, Any]] = [
        {"status": 200, "position": token_of(f"a:{seq}"), "nomination": {"id": f"n{seq}"}} for seq in (1, 2)
    ]
    answers = iter([[done[0], {"status": 503, "problem": {"code": "busy"}}], done])

    def handler(request: httpx.Request) -> httpx.Response:
        rows = next(answers)
        last = [row["position"] for row in rows if "position" in row][-1]
        return httpx.Response(200, json={"results": rows}, headers={"pattana-position": last})

    client, once = connect(handler), Once()
    with Journal(tmp_path / "journal.jsonl") as client.journal:
        for _ in range(2):
            client.send("POST", "/api/x", OFFICER, {}, "key")
    entries = list(read(tmp_path / "journal.jsonl"))
    assert [(entry.status, entry.positions, entry.idempotency_key, entry.id) for entry in entries] == [
        (200, ("a:1",), "key#0", "n1"),
        (503, (), "key#1", None),
        (200, ("a:1",), "key#0", "n1"),
        (200, ("a:2",), "key#1", "n2"),
    ]
    assert [once.differs(entry) for entry in entries if entry.status < 300] == [None] * 3


def test_a_row_of_which_nothing_was_to_be_done_is_no_answer(connect: Callable[..., Client], tmp_path: Path) -> None:
    rows = [{"status": 200}, {"status": 409, "problem": {"code": "run-started"}}]
    client = connect(lambda _: httpx.Response(200, json={"results": rows}))
    with Journal(tmp_path / "journal.jsonl") as client.journal:
        client.send("POST", "/api/x", OFFICER, {}, "key")
    assert [entry.status for entry in read(tmp_path / "journal.jsonl")] == [409]


def test_a_problem_names_the_fields_that_are_wrong(connect: Callable[..., Client]) -> None:
    problem = {"code": "unknown-field", "errors": [{"field": "forms", "reason": "extra_forbidden", "limits": {}}]}
    headers = {"content-type": "application/problem+json"}
    client = connect(lambda _: httpx.Response(422, content=json.dumps(problem), headers=headers))
    with pytest.raises(Rejected) as refused:
        client.send("POST", "/api/x", OFFICER, {})
    assert refused.value.fields == [("forms", "extra_forbidden")]


def test_somebody_s_own_request_has_a_token_of_his_own(tmp_path: Path) -> None:
    create_key(tmp_path)
    tokens = Tokens.of_folder(tmp_path / "signing.json")
    assert tokens.of(Caller(Role.LEARNER, "PERS", "p1")) != tokens.of(Caller(Role.LEARNER, "PERS", "p2"))


def test_a_token_is_used_again_for_the_same_caller(tmp_path: Path) -> None:
    create_key(tmp_path)
    tokens = Tokens.of_folder(tmp_path / "signing.json")
    assert tokens.of(OFFICER) == tokens.of(OFFICER) != tokens.of(Caller(Role.EXECUTIVE))


def test_without_a_key_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoKey, match="no signing key"):
        Tokens.of_folder(tmp_path)


def test_the_language_of_the_terminal_is_requested(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert language() == "en"
    monkeypatch.setenv("LANG", "th_TH.UTF-8")
    assert language() == "th"
