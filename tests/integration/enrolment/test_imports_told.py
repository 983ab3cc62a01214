"""An import that is told line by line: what a line counts is stored, whoever goes away can go on, nobody starves."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Any

import httpx
import pytest
import uvicorn

from services.enrolment.app import create_app
from services.enrolment.settings import EnrolmentSettings
from shared.mongo import Document, connect, database
from shared.rights import Role
from tests.integration.enrolment.conftest import BASE, Office
from tests.integration.enrolment.crowd import HEADER, SOMCHAI, staff
from tests.integration.enrolment.nominating import opened
from tests.support.api import Issuer
from tests.support.waiting import until

LINES = {"accept": "application/x-ndjson", "accept-language": "en", "content-type": "text/plain"}
COUNTS = ("registered", "moved", "changed", "unchanged")
CROWD = 400


def sheet(name: str, count: int) -> bytes:
    rows = (f"{name}-{n},,คนที่{n} ทดสอบ,PO-50.HR,K2,,{name}{n}@moi.go.th," for n in range(count))
    return "\r\n".join([HEADER, *rows]).encode()


async def told(office: Office, content: bytes, **params: str) -> list[Any]:
    answer = await office.ask("POST", "/imports/people", Role.HR_OFFICER, content=content, headers=LINES, params=params)
    assert answer.headers["content-type"].startswith("application/x-ndjson"), answer.text
    return [json.loads(line) for line in answer.content.splitlines()]


async def test_progress_is_told_after_each_transaction_and_the_report_at_the_end(standing: Office) -> None:
    broken = "E9,,คนเสีย ทดสอบ,PO-99.HR,K2,,,".encode()
    *progress, last = await told(standing, sheet("told", 120) + b"\r\n" + broken)
    assert progress[0]["progress"] == {**dict.fromkeys(COUNTS, 0), "rows": 121, "read": 0, "badRows": 0, "askedRows": 0}
    assert progress[-1]["progress"] == {**progress[0]["progress"], "registered": 120, "read": 121, "badRows": 1}
    read = [line["progress"]["read"] for line in progress]
    assert read == sorted(set(read))
    people = [row for line in progress for row in line["people"]]
    assert [row["line"] for row in people] == list(range(2, 122))
    assert last["report"]["registered"] == 120
    assert [problem["code"] for problem in last["report"]["problems"]] == ["unknown-unit"]
    assert "people" not in last["report"]
    assert last["position"]

    *progress, last = await told(standing, sheet("told", 120), detail="compact")
    assert not [line for line in progress if "people" in line]
    assert (last["report"]["unchanged"], last["position"]) == (120, None)


async def test_a_file_that_is_refused_is_refused_as_ever(standing: Office) -> None:
    answer = await standing.ask("POST", "/imports/people", Role.HR_OFFICER, content=b"a,b\r\n1,2", headers=LINES)
    assert (answer.status_code, answer.json()["code"]) == (422, "columns-missing")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_a_file_is_called_changes_no_limit(standing: Office) -> None:
    """More than a command may have, and no JSON."""
    content = f"{HEADER},remark\r\n{SOMCHAI},{'[' * 250}\r\n".encode() + b",,,,,,,,\r\n" * 130_000
    kinds = ("application/octet-stream", "application/json", "text/csv", "application/x-www-form-urlencoded")
    answers = [
        await standing.ask("POST", "/imports/people", Role.HR_OFFICER, content=content, headers={"content-type": kind})
        for kind in kinds
    ]
    assert [(answer.status_code, answer.json()["rows"]) for answer in answers] == [(200, 1)] * len(kinds)


@pytest.fixture
async def door(
    enrolment_settings: EnrolmentSettings, issuer: Issuer, bundled_units: list[Document]
) -> AsyncIterator[Office]:
    """The service behind a socket: a connection that is closed is noticed there."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(enrolment_settings), log_level="error", lifespan="on"))
    server.capture_signals = nullcontext  # type: ignore[method-assign, assignment]
    serving = asyncio.create_task(server.serve([listener]))
    await until(lambda: server.started or serving.done())
    client = connect(enrolment_settings.mongo_url, app_name="tests")
    db = database(client, f"{enrolment_settings.mongo_prefix}_enrolment")
    await db["units"].insert_many(bundled_units)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        yield Office(http, issuer, db)
    server.should_exit = True
    await serving
    client.close()


async def leave_after(office: Office, content: bytes, read: int) -> Any:
    """The last progress that is taken before the caller goes away: of so many rows, or more."""
    headers = office.issuer.bearer(Role.HR_OFFICER) | LINES
    async with office.http.stream("POST", f"{BASE}/imports/people", content=content, headers=headers) as answer:
        async for line in answer.aiter_lines():
            progress = json.loads(line)["progress"]
            if progress["read"] >= read:
                return progress
    raise AssertionError("it ended before")


async def test_whoever_goes_away_finds_whole_rows_and_can_go_on(door: Office) -> None:
    content = sheet("left", CROWD)
    progress = await leave_after(door, content, 30)

    async def free() -> bool:
        answer = await door.ask("POST", "/imports/people", Role.HR_OFFICER, content=b"x")
        return bool(answer.json()["code"] == "columns-missing")

    await until(free)
    stored = await door.db["people"].count_documents({})
    assert progress["registered"] <= stored < CROWD
    for kind in ("person-registered", "contact-changed"):
        assert await door.db["outbox"].count_documents({"type": {"$regex": kind}}) == stored

    *_, last = await told(door, content, detail="compact")
    assert {name: last["report"][name] for name in ("rows", "unchanged", "registered", "badRows")} == {
        **{"rows": CROWD, "unchanged": stored, "registered": CROWD - stored, "badRows": 0}
    }
    assert await door.db["people"].count_documents({}) == CROWD
    assert len(await door.db["people"].distinct("external_id")) == CROWD


async def test_nominations_beside_an_import_are_all_carried_out(standing: Office) -> None:
    people = await staff(standing, "PO-51.HR", 60)
    driver = await opened(standing, {"PO-51": 60})
    importing = asyncio.create_task(told(standing, sheet("beside", CROWD), detail="compact"))
    nominated = 0
    for person in people:
        await driver.nominate(person)
        nominated += not importing.done()
    assert (await importing)[-1]["report"]["registered"] == CROWD
    assert nominated > 1


async def test_known_people_are_found_by_index(standing: Office) -> None:
    """On every engine: else each chunk would read everybody."""
    for field in ("citizen_hash", "external_id", "external_hash"):
        find = {"find": "people", "filter": {field: {"$in": ["a", "b"]}}}
        plan = await standing.db.command({"explain": find, "verbosity": "queryPlanner"})
        assert "IXSCAN" in repr(plan["queryPlanner"]["winningPlan"]), field
