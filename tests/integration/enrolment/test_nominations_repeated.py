"""A command with an Idempotency-Key is carried out once, and every change is published once."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest

from services.enrolment.catalogue.storage import Catalogue
from services.enrolment.directory.service.officeholders import Officeholders
from services.enrolment.directory.service.places import Places
from services.enrolment.directory.storage import People, Posts, Units
from services.enrolment.seats.domain.commands import Caller, Nominate
from services.enrolment.seats.service.batch import Batches
from services.enrolment.seats.service.queue import Ticket
from services.enrolment.seats.storage import Seats
from services.enrolment.settings import EnrolmentSettings
from shared.clock import now
from shared.events.seats import Rank
from shared.idempotency import CommandRecords, Recorded, command_key
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import transaction
from shared.position_tokens import unverified
from shared.rights import Role, Scope
from tests.integration.enrolment.conftest import BASE, Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, checking, opened
from tests.support.api import reached_by

KEY = {"idempotency-key": "the-first-of-november"}


@pytest.fixture
async def people(standing: Office) -> list[str]:
    return await staff(standing, "PO-50.HR", 6)


def whole(answer: httpx.Response) -> tuple[int, bytes, str | None]:
    """Every part of an answer that a caller may rely on. A position is written anew each time and says the same."""
    content = re.sub(
        rb'"position":"([^"]*)"', lambda found: str(unverified(found[1].decode())).encode(), answer.content
    )
    return answer.status_code, content, reached_by(answer)


def without_position(row: dict[str, Any]) -> dict[str, Any]:
    """A token says when it was written, so it differs from second to second."""
    return {name: value for name, value in row.items() if name != "position"}


async def repeated(driver: RunDriver, path: str, body: Any, first: httpx.Response) -> None:
    """A repetition gives the same answer and changes nothing."""
    before = await driver.office.fingerprint()
    again = await driver.ask("POST", path, json=body, headers=KEY)
    assert whole(again) == whole(first)
    assert await driver.office.fingerprint() == before


# ---- the same key


async def test_the_first_answer_is_repeated_after_the_state_has_changed(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 1}, approval=True)
    body = {"person": people[0]}
    first = await driver.ask("POST", "/nominations", json=body, headers=KEY)
    assert (first.status_code, first.json()["state"]) == (201, "SUBMITTED")
    await repeated(driver, "/nominations", body, first)
    await driver.act("approve", first.json())
    await driver.act("withdraw", first.json())
    await repeated(driver, "/nominations", body, first)


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("approve", "already-approved"),
        ("reject", "already-rejected"),
        ("withdraw", "already-withdrawn"),
        ("substitute", "already-withdrawn"),
    ],
)
async def test_every_command_is_repeatable(standing: Office, people: list[str], action: str, code: str) -> None:
    driver = await opened(standing, {"PO-50": 1}, approval=action != "substitute")
    made = await driver.nominate(people[0])
    body = {"reason": "เหตุผล"} | ({"person": people[1]} if action == "substitute" else {})
    path = f"/nominations/{made['id']}/{action}"
    first = await driver.ask("POST", path, json=body, headers=KEY)
    assert first.status_code == 200
    await repeated(driver, path, body, first)
    assert await driver.refused(path, json=body, headers={"idempotency-key": "another"}) == (409, code)


async def test_an_application_is_repeatable(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 1})
    caller: Any = {"role": Role.LEARNER, "person": people[0], "json": {}, "headers": KEY}
    first, again = [await driver.ask("POST", "/applications", **caller) for _ in range(2)]
    assert first.status_code == 201
    assert whole(again) == whole(first)


async def test_a_key_with_another_body_is_refused(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 2})
    await driver.done("POST", "/nominations", json={"person": people[0]}, headers=KEY)
    for body in ({"person": people[1]}, {"person": people[0], "rank": "RESERVE"}):
        assert await driver.refused("/nominations", json=body, headers=KEY) == (422, "idempotency-key-reused")


async def test_a_key_belongs_to_its_caller(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 2})
    other = await opened(standing, {"PO-50": 2})
    await driver.done("POST", "/nominations", json={"person": people[0]}, headers=KEY)
    made = await driver.done(
        "POST", "/nominations", Role.PROVINCIAL_HR, unit="PO-50", json={"person": people[1]}, headers=KEY
    )
    assert made["person"] == people[1]
    elsewhere = await other.done("POST", "/nominations", json={"person": people[0]}, headers=KEY)
    assert elsewhere["run"] == other.run


async def test_a_refusal_is_not_recorded(standing: Office, people: list[str]) -> None:
    driver = await opened(
        standing, {"PO-50": 1}, opensAt="2048-08-01T00:00:00+07:00", closesAt="2048-08-11T00:00:00+07:00"
    )
    body = {"person": people[0]}
    assert await driver.refused("/nominations", json=body, headers=KEY) == (409, "nomination-not-open")
    await driver.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": "2048-08-05T09:00:00+07:00"})
    assert (await driver.done("POST", "/nominations", json=body, headers=KEY))["state"] == "CONFIRMED"


async def test_a_list_is_repeatable_row_by_row(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 2})
    rows = [{"person": person} for person in people[:3]]
    first = await driver.ask("POST", "/nominations", json={"nominations": rows}, headers=KEY)
    assert [row["status"] for row in first.json()["results"]] == [201, 201, 201]
    await driver.act("withdraw", first.json()["results"][0]["nomination"])
    await repeated(driver, "/nominations", {"nominations": rows}, first)
    changed = [rows[0], {"person": people[4]}, rows[2], {"person": people[5]}]
    again = (await driver.done("POST", "/nominations", json={"nominations": changed}, headers=KEY))["results"]
    assert [row["status"] for row in again] == [201, 422, 201, 201]
    assert again[1]["problem"]["code"] == "idempotency-key-reused"
    known = first.json()["results"]
    assert [without_position(again[n]) for n in (0, 2)] == [without_position(known[n]) for n in (0, 2)]


async def test_a_list_of_decisions_is_repeatable(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 1}, approval=True)
    made = [(await driver.nominate(person))["id"] for person in people[:3]]
    first = await driver.ask("POST", "/nominations/approve", json={"ids": made}, headers=KEY)
    assert [row["nomination"]["state"] for row in first.json()["results"]] == ["CONFIRMED", "WAITLISTED", "WAITLISTED"]
    await repeated(driver, "/nominations/approve", {"ids": made}, first)


@pytest.mark.parametrize("count", [1, 2], ids=["one instance", "two instances"])
async def test_twins_in_flight_get_the_same_answer(
    standing: Office, beside: Office, people: list[str], count: int
) -> None:
    driver = await opened(standing, {"PO-50": 3})
    offices = [standing, beside][:count]
    path = f"/runs/{driver.run}/nominations"
    asked = [
        offices[n % count].ask("POST", path, Role.HR_OFFICER, json={"person": people[0]}, headers=KEY) for n in range(6)
    ]
    answers = await asyncio.gather(*asked)
    assert len({whole(answer) for answer in answers}) == 1
    assert answers[0].status_code == 201
    assert await driver.history() == ["bucket-opened", "seat-confirmed"]
    assert await standing.db["nominations"].count_documents({"run": driver.run}) == 1


async def test_a_twin_carried_out_in_between_is_not_refused(
    standing: Office, standing_settings: EnrolmentSettings, people: list[str]
) -> None:
    """Records are read before the transaction: what is carried out after that is this caller's own success."""
    driver, db = await opened(standing, {"PO-50": 3}), standing.db
    records, posts = CommandRecords(db, kept=timedelta(hours=1)), Officeholders(Posts(db), People(db))
    batches = Batches(Seats(db), Catalogue(db), People(db), Places(Units(db)), posts, records, checking(db))
    path, officer = f"{BASE}/runs/{driver.run}/nominations", "HR_OFFICER@-"
    body = orjson.dumps({"person": people[0]})
    command = Nominate(driver.run, people[0], Rank.PRIMARY, None, None, new_id())
    key = command_key(officer, "POST", path, KEY["idempotency-key"], body)
    recorder = EventRecorder("/pattana/enrolment", now())
    ticket = Ticket(command, key, Caller(officer, Scope(all=True), counts=Scope(all=True)), recorder)
    snapshot = await batches.read(driver.run, [ticket], again=False, seconds=5)
    headers = KEY | {"content-type": "application/json"}
    first = await driver.ask("POST", "/nominations", content=body, headers=headers)
    (answer,) = await transaction(
        db.client, lambda session: batches.carry_out(snapshot, [ticket], session, EventRecorder("/x", now()))
    )
    assert isinstance(answer, Recorded), answer
    assert (answer.status, answer.body.encode()) == (201, first.content)
    assert await driver.history() == ["bucket-opened", "seat-confirmed"]


async def test_twins_in_flight_with_other_bodies_are_refused(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 3})
    asked = [driver.ask("POST", "/nominations", json={"person": person}, headers=KEY) for person in people[:3]]
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422]
    assert list((await driver.states()).values()) == ["CONFIRMED"]


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 201, "กุญแจ".encode(), "a\tb"])
async def test_an_invalid_key_is_refused(standing: Office, people: list[str], key: Any) -> None:
    driver = await opened(standing, {"PO-50": 1})
    headers = {"idempotency-key": key}
    for path, body in (("/nominations", {"person": people[0]}), ("/nominations/approve", {"ids": ["x"]})):
        assert await driver.refused(path, json=body, headers=headers) == (422, "invalid-idempotency-key")


# ---- published events


async def published(driver: RunDriver, path: str, body: Any) -> tuple[Any, list[str]]:
    """The answer, and the types of the events that the request added to the outbox, each checked."""
    last = await driver.office.db["outbox"].count_documents({"key": driver.run})
    answer = await driver.ask("POST", path, json=body, headers={"x-request-id": "r-4711"})
    rows = await driver.office.db["outbox"].find({"key": driver.run}).sort("seq", 1).to_list(None)
    bucket = f"{driver.run}:OFFICES:PO-50"
    for seq, row in enumerate(rows[last:], start=last + 1):
        assert (row["_id"], row["aggregate"], row["seq"]) == (f"{bucket}:{seq}", bucket, seq)
        envelope = orjson.loads(row["body"])
        assert (envelope["subject"], int(envelope["sequence"]), envelope["correlationid"]) == (bucket, seq, "r-4711")
        assert envelope["data"]["run"] == driver.run
    assert reached_by(answer) == f"{bucket}:{len(rows)}"
    return answer.json(), [row["type"].split(".")[1] for row in rows[last:]]


async def test_every_change_is_published_once(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 1}, approval=True)
    made = []
    for person in people[:4]:
        nomination, kinds = await published(driver, "/nominations", {"person": person})
        assert kinds == ["nomination-submitted"]
        made.append(f"/nominations/{nomination['id']}")
    for path, body, kinds in (
        (f"{made[0]}/approve", {}, ["seat-confirmed"]),
        (f"{made[1]}/approve", {}, ["nomination-waitlisted"]),
        (f"{made[2]}/approve", {}, ["nomination-waitlisted"]),
        (f"{made[3]}/reject", {"reason": "ลาศึกษาต่อ"}, ["nomination-rejected"]),
        (f"{made[0]}/substitute", {"person": people[4]}, ["nomination-withdrawn", "seat-confirmed"]),
        (f"{made[1]}/withdraw", {}, ["nomination-withdrawn"]),
    ):
        assert (await published(driver, path, body))[1] == kinds
    rows = (await driver.done("GET", "/nominations"))["items"]
    seated = next(row["id"] for row in rows if row["state"] == "CONFIRMED")
    assert (await published(driver, f"/nominations/{seated}/withdraw", {}))[1] == [
        "nomination-withdrawn",
        "seat-confirmed",
    ]
    assert await driver.bucket() == (1, 0, 0)


async def test_a_refused_row_is_not_published(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 3})
    rows = [{"person": person} for person in (people[0], "nobody", people[0], people[1])]
    _, kinds = await published(driver, "/nominations", {"nominations": rows})
    assert kinds == ["seat-confirmed", "seat-confirmed"]
