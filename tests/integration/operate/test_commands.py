"""The commands of operators on a running edition: effect, exit code and output."""

import getpass
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from pattana.audit.audit import databases_of
from pattana.audit.verdict import CHECKS
from shared.clock import now
from shared.messaging.held import document
from shared.messaging.sequence import Hold, Origin, Received, Wait
from shared.rights import Role
from shared.security_log.storage import log_of
from tests.integration.operate.conftest import Command
from tests.support.edition import Edition
from tests.support.events import history, seat_confirmed, wire
from tests.support.waiting import until

ENROLMENT, NOTIFICATION, REPORTING = "/pattana/enrolment", "/pattana/notification", "/pattana/reporting"
Stores = dict[str, Any]


@pytest.fixture
async def stores(running: Edition) -> AsyncIterator[Stores]:
    async with databases_of(running.where, "tests") as databases:
        yield databases


async def test_audit_is_green_and_prints_a_line_per_promise_and_check(running: Edition, pattana: Command) -> None:
    await running.audit()
    result = await pattana("audit")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    promises = [line[:9] for line in lines if not line.startswith(" ")]
    assert promises == ["P1 kept  ", "P2 kept  ", "P3 kept  ", "P7 kept  ", "P8 kept  ", "P5 kept  "]
    assert [line.split()[0] for line in lines if line.startswith(" ")] == list(CHECKS)


async def test_audit_prints_counter_examples_and_exits_with_one(pattana: Command, stores: Stores) -> None:
    buckets = stores[ENROLMENT]["buckets"]
    bucket = await buckets.find_one({})
    await buckets.update_one({"_id": bucket["_id"]}, {"$set": {"open": False}})
    try:
        result = await pattana("audit")
    finally:
        await buckets.replace_one({"_id": bucket["_id"]}, bucket)
    assert result.exit_code == 1, result.output
    assert "P2 BROKEN " in result.output
    assert f"      bucket {bucket['_id']}: open is False, its events say True\n" in result.output


async def test_audit_reports_a_journalled_answer_that_is_missing(
    pattana: Command, tmp_path: Path, stores: Stores
) -> None:
    row = await stores[ENROLMENT]["outbox"].find_one({})
    journal = tmp_path / "journal.jsonl"
    line = '{"method": "POST", "path": "/x", "status": 201, "positions": ["%s"]}\n'
    journal.write_text(line % row["_id"])
    assert (await pattana("audit", "--journal", journal)).exit_code == 0
    journal.write_text(line % row["_id"] + line % "run-of-nobody:HR:PO-50:1")
    result = await pattana("audit", "--journal", journal)
    assert result.exit_code == 1
    assert "was answered with run-of-nobody:HR:PO-50:1" in result.output


async def test_audit_is_green_after_a_person_was_erased(running: Edition, stores: Stores) -> None:
    person = (await stores[ENROLMENT]["people"].find_one({"erased": {"$ne": True}}))["_id"]
    headers = running.issuer.bearer(Role.HR_OFFICER, "PERS")
    async with httpx.AsyncClient(base_url=running.url, headers=headers) as client:
        (await client.delete(f"/api/enrolment/people/{person}/contact")).raise_for_status()
    verdict = await running.audit()
    assert verdict.kept, [promise.examples for promise in verdict.promises]


async def test_replay_sends_everything_again_and_changes_nothing(
    running: Edition, pattana: Command, stores: Stores
) -> None:
    others = {"topic": {"$not": {"$regex": "contacts$"}}}
    rows = sum([await stores[name]["outbox"].count_documents(others) for name in (ENROLMENT, NOTIFICATION)])
    rows += len(await contacts_of(stores))
    result = await pattana("replay")
    assert result.exit_code == 0, result.output
    assert result.output == f"{rows:,} events published again\n"
    verdict = await running.audit()
    assert verdict.kept, [promise.line() for promise in verdict.promises]
    assert verdict.p3.counts["duplicates"] >= rows


async def test_replay_of_one_aggregate_and_of_nothing(pattana: Command, stores: Stores) -> None:
    bucket = await stores[ENROLMENT]["buckets"].find_one({})
    some = await pattana("replay", "--aggregate", bucket["_id"])
    assert some.output == f"{bucket['seq']} events published again\n"
    none = await pattana("replay", "--topic", "enrolment.seats", "--since", "2999-01-01")
    assert none.output == "0 events published again\n"
    wrong = await pattana("replay", "--topic", "enrolment.nothing")
    assert wrong.exit_code == 2


async def test_replay_of_contacts_sends_only_the_current_state(pattana: Command, stores: Stores) -> None:
    result = await pattana("replay", "--topic", "enrolment.contacts")
    assert result.output == f"{len(await contacts_of(stores))} events published again\n"


async def contacts_of(stores: Stores) -> list[str]:
    contacts: list[str] = await stores[ENROLMENT]["outbox"].distinct("aggregate", {"topic": {"$regex": "contacts$"}})
    return contacts


async def test_rebuild_ends_with_a_new_generation_that_answers(
    running: Edition, pattana: Command, stores: Stores
) -> None:
    before = (await stores[REPORTING]["generations"].find_one({}))["active"]
    result = await pattana("rebuild", *running.reach())
    assert result.exit_code == 0, result.output
    assert f"generation {before + 1} answers" in result.output
    assert (await running.audit()).kept


async def test_a_rebuild_in_which_more_waits_ends_with_one_and_can_be_given_up(
    running: Edition, pattana: Command, stores: Stores
) -> None:
    state = await stores[REPORTING]["generations"].find_one({})
    filling = state["highest"] + 1
    record = Received((ENROLMENT, "run:t:PO-50"), 1, Origin("enrolment.seats", 0, 0), b"?", {}, None, "planted")
    parked = document(f"reporting.g{filling}", Hold(record, Wait.PARKED, "planted"), now())
    await stores[REPORTING]["held"].insert_one(parked)
    try:
        blocked = await pattana("rebuild", *running.reach())
        given_up = await pattana("rebuild", "--abandon", *running.reach())
        again = await pattana("rebuild", "--abandon", *running.reach())
    finally:
        await stores[REPORTING]["held"].delete_one({"_id": parked["_id"]})
    assert blocked.exit_code == 1
    assert given_up.exit_code == 0, given_up.output
    assert f"generation {filling} is given up; generation {state['active']} answers" in given_up.output
    assert "no rebuild is under way" in again.output


async def test_import_lists_refused_rows_and_stores_the_others(
    running: Edition, pattana: Command, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    good = "IMP-1,สมชาย,ใจดี,PO-50.HR,1/10/2563"
    rows = ["externalId,firstName,lastName,unit,startDate", good, "IMP-2,สมหญิง,ดีใจ,PO-50.HR,31/8/3106"]
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(rows).encode())
    result = await pattana("import", "people", file, *running.reach())
    assert result.exit_code == 1
    assert "2 rows: 1 registered, 0 moved, 0 changed, 0 unchanged, 1 refused" in result.output
    assert "3" in result.output.splitlines()[-1]
    file.write_text("\n".join(rows[:2]), encoding="utf-8")
    again = await pattana("import", "people", file, *running.reach())
    assert again.exit_code == 0
    assert "1 unchanged, 0 refused" in again.output


async def test_import_previews_asks_and_takes_an_answer(
    running: Edition, pattana: Command, stores: Stores, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    header, row = "externalId,fullName,unit", "{},นายศูนย์ นำหน้า,PO-50.HR"
    file.write_text("\n".join([header, row.format("0071")]), encoding="utf-8")
    assert (await pattana("import", "people", file, *running.reach())).exit_code == 0
    before = await stores[ENROLMENT]["people"].count_documents({})
    file.write_text("\n".join([header, row.format("71")]), encoding="utf-8")
    asked = await pattana("import", "people", file, *running.reach())
    assert asked.exit_code == 1
    assert "0 refused, 1 to be asked about" in asked.output
    assert "identity-zeros-lost" in asked.output
    assert "0071" in asked.output
    preview = await pattana("import", "people", file, "--confirm", "2", "--dry-run", *running.reach())
    assert preview.exit_code == 0, preview.output
    assert "1 rows: 1 registered" in preview.output
    assert "a preview: nothing was stored" in preview.output
    assert await stores[ENROLMENT]["people"].count_documents({}) == before
    done = await pattana("import", "people", file, "--confirm", "2", *running.reach())
    assert done.exit_code == 0, done.output
    assert await stores[ENROLMENT]["people"].count_documents({}) == before + 1


async def poison(running: Edition, subject: str) -> None:
    """An unreadable event, with one behind it."""
    first, second = history([seat_confirmed(subject, "n1"), seat_confirmed(subject, "n2")])
    producer = AIOKafkaProducer(**running.where.broker.options(), acks="all")
    await producer.start()
    try:
        for event, broken in ((first, True), (second, False)):
            value, headers = wire(event)
            sent = [(name, raw) for name, raw in headers.items() if raw is not None]
            topic = f"{running.where.topic_prefix}enrolment.seats"
            await producer.send_and_wait(topic, b"{broken" if broken else value, key=b"poison", headers=sent)
    finally:
        await producer.stop()


async def test_a_dead_letter_is_listed_shown_retried_and_discarded(
    running: Edition, pattana: Command, stores: Stores
) -> None:
    assert (await pattana("dead-letters", "list")).output == "no event waits\n"
    await poison(running, "poisoned:HR:PO-50")
    held = [stores[name]["held"] for name in (NOTIFICATION, REPORTING)]
    for store in held:
        await until(partial(_count, store, 2), what="both events are held")
    listed = await pattana("dead-letters", "list")
    assert listed.exit_code == 1
    lines = [line.split() for line in listed.output.splitlines()[1:]]
    assert [line[2] for line in lines] == ["poisoned:HR:PO-50:1"] * 2
    assert [line[4] for line in lines] == ["1", "1"]
    details = await pattana("dead-letters", "show", lines[0][0])
    assert "{broken" in details.output
    again = await pattana("dead-letters", "retry", lines[0][0])
    assert (again.exit_code, again.output) == (1, f"parked again: {lines[0][0]}\n")
    for line in lines:
        left_out = await pattana("dead-letters", "discard", line[0], "--reason", "ทดสอบ", "--who", "tester")
        assert left_out.exit_code == 0, left_out.output
    notification = stores[NOTIFICATION]
    await until(lambda: _count(notification["held"], 0), what="what waited behind it went on")
    event = {"object": "poisoned:HR:PO-50:1"}
    noted = [row for name in stores for row in await log_of(stores[name]).find(event).to_list(None)]
    assert Counter(row["action"] for row in noted) == {"retry": 1, "discard": 2}
    assert {row["subject"] for row in noted} == {f"os:{getpass.getuser()}"}
    kept = await notification["discards"].find_one({})
    assert (kept["subject"], kept["seq"], kept["who"], kept["why"]) == ("poisoned:HR:PO-50", 1, "tester", "ทดสอบ")
    assert (await pattana("dead-letters", "show", lines[0][0])).exit_code == 1


async def _count(store: Any, number: int) -> bool:
    return bool(await store.count_documents({}) == number)


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit",),
        ("demo",),
        ("replay",),
        ("rebuild",),
        ("dead-letters",),
        ("dead-letters", "list"),
        ("dead-letters", "show"),
        ("dead-letters", "retry"),
        ("dead-letters", "discard"),
        ("security-log",),
        ("import",),
        ("import", "people"),
    ],
)
async def test_every_command_has_help(pattana: Command, arguments: tuple[str, ...]) -> None:
    result = await pattana(*arguments, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.output
