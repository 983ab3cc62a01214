"""The security log of the enrolment service: with what was done in one transaction, and beside refusals and reads."""

import re
from datetime import timedelta
from typing import Any

import pytest

from shared.mongo import Document, connect
from shared.rights import Role
from shared.security_log.storage import log_of, prepare_log
from tests.integration.enrolment.conftest import Counted, Office
from tests.integration.enrolment.crowd import HEADER, staff
from tests.integration.enrolment.nominating import SECOND_OFFICER, RunDriver, opened
from tests.integration.enrolment.programmes import created, run_body, step
from tests.support.commands import Commands
from tests.support.waiting import until

OFFICER = "01992f6e-8c00-7000-8000-0000000000f1"
THAI = re.compile(r"[\u0e00-\u0e7f]")
FORBIDDEN: Document = {"action": "nothing at all"}  # a validator that no entry passes


async def entries(office: Office, **query: Any) -> list[Document]:
    """In order."""
    rows: list[Document] = await log_of(office.db).find(query).sort("_id", 1).to_list(None)
    return rows


async def about(office: Office, id: str) -> list[tuple[str, str]]:
    """Actions and outcomes, without reads."""
    return [(row["action"], row["outcome"]) for row in await entries(office, object=id) if row["outcome"] != "read"]


@pytest.fixture
async def people(standing: Office) -> list[str]:
    return await staff(standing, "PO-50.HR", 6)


# ---- what was done


async def test_decisions_are_noted_with_who_and_by_which_right(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 4}, approval=["SUPERVISOR"])
    made = [await driver.nominate(person) for person in people[:3]]
    own: Any = {"role": Role.SUPERVISOR, "unit": "PO-50", "person": SECOND_OFFICER, "headers": {"x-request-id": "r-7"}}
    await driver.done("POST", f"/nominations/{made[0]['id']}/approve", json={}, **own)
    await driver.done("POST", f"/nominations/{made[1]['id']}/reject", json={"reason": "ยังไม่พ้นทดลองงาน"}, **own)
    await driver.act("withdraw", made[2], reason="ลาออก")
    (approved,) = await entries(standing, object=made[0]["id"])
    assert approved["expires_at"] - approved["at"] == timedelta(days=365)
    assert {name: approved[name] for name in approved if name not in ("_id", "at", "expires_at")} == {
        "action": "approve",
        "kind": "nomination",
        "object": made[0]["id"],
        "outcome": "done",
        "subject": SECOND_OFFICER,
        "roles": ["SUPERVISOR"],
        "unit": "PO-50",
        "permission": "nomination.approve",
        "client": None,
        "correlation": "r-7",
        "count": 1,
    }
    assert await about(standing, made[1]["id"]) == [("reject", "done")]
    assert await about(standing, made[2]["id"]) == [("withdraw", "done")]


async def test_nominations_and_what_people_do_for_themselves_are_not(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 4}, approval=True)
    applied = await driver.done("POST", "/applications", Role.LEARNER, person=people[0], json={})
    path = f"/nominations/{applied['id']}/withdraw"
    await driver.done("POST", path, Role.LEARNER, person=people[0], json={})
    assert await about(standing, applied["id"]) == []


async def test_a_repeated_command_is_noted_once(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 4}, approval=True)
    made = await driver.nominate(people[0])
    for _ in range(2):
        key = {"idempotency-key": made["id"]}
        await driver.done("POST", f"/nominations/{made['id']}/approve", json={}, headers=key)
    assert await about(standing, made["id"]) == [("approve", "done")]


async def test_without_its_entry_nothing_is_done(directory: Office) -> None:
    """The database refuses the entry: the decision, its events and its record are not there either."""
    people = await staff(directory, "PO-50.HR", 1)
    driver = await opened(directory, {"PO-50": 4}, approval=True)
    made = await driver.nominate(people[0])
    await log_of(directory.db).database.command({"collMod": "security_log", "validator": FORBIDDEN})
    before = await directory.fingerprint()
    answer = await driver.ask("POST", f"/nominations/{made['id']}/approve", json={})
    assert answer.status_code >= 500
    assert await directory.fingerprint() == before
    await log_of(directory.db).database.command({"collMod": "security_log", "validator": {}})
    assert (await driver.act("approve", made))["state"] == "CONFIRMED"
    assert await about(directory, made["id"]) == [("approve", "done")]


async def test_what_was_not_done_has_no_entry(directory: Office) -> None:
    """The database refuses the event, which is stored after the entry."""
    people = await staff(directory, "PO-50.HR", 1)
    driver = await opened(directory, {"PO-50": 4}, approval=True)
    made = await driver.nominate(people[0])
    await directory.db.command({"collMod": "outbox", "validator": {"type": {"$ne": "enrolment.seat-confirmed.v1"}}})
    assert (await driver.ask("POST", f"/nominations/{made['id']}/approve", json={})).status_code >= 500
    assert await about(directory, made["id"]) == []


async def test_a_batch_costs_one_write_more(counted: Counted) -> None:
    office, sent = counted.office, counted.sent
    driver = await opened(office, {"PO-50": 6}, approval=True)
    rows = [{"person": person} for person in await staff(office, "PO-50.HR", 6)]
    sent.sent.clear()
    listed = await driver.done("POST", "/nominations", json={"nominations": rows})
    assert sent.counted("security_log") == {}
    ids = [row["nomination"]["id"] for row in listed["results"]]
    await driver.done("POST", "/nominations/approve", json={"ids": ids})
    assert sent.counted("security_log") == {"insert": sent.counted("buckets")["update"] - 1} == {"insert": 1}
    assert len(await entries(office, action="approve", kind="nomination")) == 6


async def test_a_log_that_is_there_is_left_as_it_is(mongo_url: str, mongo_prefix: str) -> None:
    """The service's user in the compose edition could not make one."""
    sent = Commands()
    client = connect(mongo_url, app_name="tests", listeners=[sent])
    await prepare_log(client[f"{mongo_prefix}_enrolment"])
    sent.sent.clear()
    await prepare_log(client[f"{mongo_prefix}_enrolment"])
    client.close()
    assert {command.name for command in sent.sent} == {"listIndexes"}


async def test_the_life_of_a_programme_imports_and_erasures_are_noted(standing: Office) -> None:
    programme, run = await created(standing, code="NOTED", runs=[run_body()])
    await step(standing, programme, "submit", "approve")
    await standing.done("PUT", f"/runs/{run}/clock", Role.OPERATOR, json={"offsetSeconds": 60})
    await standing.done("POST", f"/programmes/{programme}/cancel", json={"reason": "เลื่อนไปปีหน้า"})
    assert await about(standing, programme) == [("submit", "done"), ("approve", "done"), ("cancel", "done")]
    assert await about(standing, run) == [("set-clock", "done")]
    report = await standing.import_people([HEADER, "ERASED,,นางสาวลับ ที่สุด,PO-50.HR,K2,,secret@moi.go.th,"])
    (imported,) = await entries(standing, action="import-people", count=1, subject={"$regex": "^HR_OFFICER"})
    assert (imported["permission"], imported["kind"]) == ("person.import", "import")
    person = report["people"][0]["id"]
    await standing.done("DELETE", f"/people/{person}/contact", person=OFFICER)
    assert await about(standing, person) == [("erase", "done")]


# ---- what was refused, and what was read


async def test_refusals_are_noted_also_row_by_row(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 4}, approval=True)
    made = [(await driver.done("POST", "/nominations", person=OFFICER, json={"person": p}))["id"] for p in people[:2]]
    await driver.ask("POST", f"/nominations/{made[0]}/approve", person=OFFICER, json={})
    await driver.ask("POST", "/nominations/approve", person=OFFICER, json={"ids": made[1:]})
    path = "POST /api/enrolment/runs/{run}/nominations/{id}/approve"
    await until(lambda: _has(standing, made[0], (path, "own-nomination")))
    await until(lambda: _has(standing, made[1], ("approve", "own-nomination")))


async def test_reads_of_people_are_noted(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 4})
    await standing.done("GET", f"/people/{people[0]}", person=OFFICER)
    await standing.done("GET", "/people", person=OFFICER, params={"name": "ทดสอบ"})
    await driver.done("GET", "/nominations", person=OFFICER)
    by_officer = {"subject": OFFICER, "outcome": "read"}

    async def kinds() -> bool:
        seen = {(row["kind"], row["object"]) for row in await entries(standing, **by_officer)}
        return seen >= {("person", people[0]), ("person", None), ("run", driver.run)}

    await until(kinds)


async def _has(office: Office, id: str, expected: tuple[str, str]) -> bool:
    return expected in await about(office, id)


# ---- reading it


async def read(office: Office, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await office.done("GET", "/security-log", Role.OPERATOR, params=params))["items"]
    return items


async def test_operators_read_it_filtered_and_paged(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 4}, approval=True)
    made = [await driver.nominate(person) for person in people[:3]]
    for nomination in made:
        await driver.act("approve", nomination)
    (only,) = await read(standing, object=made[1]["id"])
    assert (only["action"], only["subject"], only["outcome"]) == ("approve", SECOND_OFFICER, "done")
    newest = await read(standing, subject=SECOND_OFFICER, limit="2")
    assert [row["object"] for row in newest] == [made[2]["id"], made[1]["id"]]
    page = await standing.done(
        "GET", "/security-log", Role.OPERATOR, params={"subject": SECOND_OFFICER, "limit": "2", "since": only["at"]}
    )
    assert len(page["items"]) == 2
    before = await read(standing, subject=SECOND_OFFICER, until=only["at"], limit="500")
    assert not {made[1]["id"], made[2]["id"]} & {row["object"] for row in before}
    following = (await standing.done("GET", "/security-log", Role.OPERATOR, params={"limit": "1"}))["next"]
    assert following is not None


async def test_it_holds_no_names_and_no_free_text(standing: Office, people: list[str]) -> None:
    driver: RunDriver = await opened(standing, {"PO-50": 4}, approval=True)
    made = await driver.nominate(people[0], note="ผู้มีศักยภาพสูง")
    await driver.act("reject", made, reason="ลาป่วยระยะยาว")
    await standing.ask("GET", "/people/สมชาย", Role.HR_OFFICER, params={"name": "สมชาย ใจดี"})
    rows = repr(await read(standing, limit="500"))
    assert made["id"] in rows
    assert THAI.search(rows) is None


async def test_the_database_forgets_it_by_itself(standing: Office) -> None:
    indexes = await log_of(standing.db).index_information()
    assert indexes["expires_at"]["expireAfterSeconds"] == 0
