"""A person of whom every text is marked is erased: then the marks are in no store of any kind. What stays is named."""

import asyncio
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from click.testing import CliRunner

from pattana.cli import app
from pattana.operate.traces import BEYOND
from shared.clock import now
from shared.events.directory import contact_aggregate
from shared.mongo import Collection, Database, Document
from shared.sealing import KeyRing
from tests.conftest import SECRETS
from tests.integration.erasure.conftest import MARKS, OFFICIAL, Marked
from tests.integration.erasure.features import ANONYMOUS, OF_GROUP
from tests.integration.erasure.stores import Reader, collections, mails, records
from tests.integration.rights.world import HR
from tests.support.edition import Edition
from tests.support.waiting import until

DOCUMENT: Final = Path(__file__).parents[3] / "docs" / "personal-data.md"
# Where a person's texts are before: what an erasure has to reach.
BEFORE: Final = {
    "enrolment.people",
    "enrolment.nominations",
    "enrolment.attendance_changes",
    "enrolment.attendance_walk_ins",
    "enrolment.certificates",
    "enrolment.evaluation_answers",
    "enrolment.evaluation_drafts",
    "enrolment.follow_up_texts",
    "enrolment.development_plan_texts",
    "enrolment.outbox",
    "log.enrolment.contacts",
    "notification.contacts",
    "notification.held",
    "mails",
}
# Who acts in public stays, by name: what a programme says of its chair, reporter and speakers, and what tells of it.
OFFICIALS: Final = {
    "enrolment.programmes",
    "enrolment.runs",
    "enrolment.outbox",
    "enrolment.commands",
    "log.enrolment.catalogue",
    "notification.runs",
    "notification.messages",
    "mails",
}


# What nobody can say whose it is: the answer to the command about an idea has the idea, for two days.
KEPT: Final = {ANONYMOUS: {"enrolment.evaluation_texts"}, OF_GROUP: {"enrolment.ideas", "enrolment.commands"}}
REACHED: Final = {"reporting": "/api/reporting/runs/{whole-run}", "notification": "/api/notification/messages/counts"}
EARLIER: Final = now() - timedelta(days=8)


async def found(place: Edition, databases: dict[str, Database], person: str, marks: Iterable[str]) -> dict[str, str]:
    """The stores in which one of these words is, each with a place to look at."""
    reader = Reader(KeyRing.parse(SECRETS["contact_keys"]), [contact_aggregate(person)])
    everything = [one async for one in collections(databases)]
    everything += [one async for one in records(place.where.broker.bootstrap, place.where.topic_prefix)]
    everything += mails(place.folder / "mail")
    assert {store.partition(".")[0] for store, _ in everything} >= {"enrolment", "notification", "reporting", "log"}
    texts = [(store, reader.text(value)) for store, value in everything]
    return {store: text[:300] for store, text in texts if any(mark in text for mark in marks)}


def told(place: Edition, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments, env=place.environment())
    return result.exit_code, result.output


async def nothing_in_the_log(*_: object) -> int:
    return 0


async def gone(place: Edition, databases: dict[str, Database], person: str) -> bool:
    enrolment, notification = databases["/pattana/enrolment"], databases["/pattana/notification"]
    sent = not await enrolment["outbox"].count_documents({"pending": True})
    heard = await notification["contacts_g1"].count_documents({"_id": person, "sealed": ""})
    return sent and bool(heard) and not await found(place, databases, person, MARKS)


async def test_of_an_erased_person_nothing_is_left_in_any_store(
    place: Edition, databases: dict[str, Database], marked: Marked
) -> None:
    person = marked.people["marked"]
    before = await found(place, databases, person, MARKS)
    assert set(before) == BEFORE, before
    exit_code, output = await looks(place, person)
    assert (exit_code, "has not been erased" in output) == (2, True), output
    assert not any(mark in output for mark in MARKS)

    erase: dict[str, Any] = {"person": person, "of": marked.person("marked")}
    listed = {row["nomination"]: row["name"] for row in (await marked.device_list())["items"]}
    erased = await marked.ask("DELETE", "/api/enrolment/people/{person}/contact", HR, **erase)
    assert erased.is_success, erased.text

    try:
        await until(lambda: gone(place, databases, person), 30, every=0.3, what="it is gone from every store")
    except AssertionError:
        pytest.fail(f"still there: {await found(place, databases, person, MARKS)}")
    await stays_so(place, databases, marked, erased, listed)
    exit_code, output = await looks(place, person)
    assert exit_code == 0, output
    assert all(one.store in output for one in BEYOND)
    # The broker compacts the log when it has begun a new file: within two days (tests/integration/messaging).
    assert [line.split()[0] for line in output.splitlines() if " going " in line] == ["log"], output
    other = marked.people["other"]
    assert await databases["/pattana/enrolment"]["people"].count_documents({"_id": other, "last_name": "ใจเย็น"}) == 1


async def stays_so(
    place: Edition, databases: dict[str, Database], marked: Marked, erased: httpx.Response, listed: dict[str, str]
) -> None:
    """What nobody can find stays; of her nothing comes back, whoever writes; and who waits for it does not wait in
    vain."""
    person = marked.people["marked"]
    for mark, where in KEPT.items():
        assert set(await found(place, databases, person, [mark])) == where
    assert {"status": "REVOKED", "name": None, "nameErased": True}.items() <= (await marked.checked()).items()
    stays = await found(place, databases, person, [OFFICIAL])
    assert set(stays) == OFFICIALS, stays

    after: dict[str, Any] = {"params": {"after": erased.headers["pattana-position"]}}
    for service in ("reporting", "notification"):  # which follow contacts, or not: nobody waits in vain
        reached = await marked.ask("GET", REACHED[service], HR, **after)
        assert reached.is_success, reached.text
    assert await marked.refused_afterwards() == [(409, "person-erased")] * 3
    await marked.come_late()
    assert await found(place, databases, person, MARKS) == {}
    now_listed = {row["nomination"]: row["name"] for row in (await marked.device_list())["items"]}
    assert now_listed == listed | {marked.attendees["marked"]: None}
    assert listed[marked.attendees["marked"]]


async def looks(place: Edition, person: str) -> tuple[int, str]:
    return await asyncio.to_thread(told, place, "erasure", person)


async def test_what_is_left_over_is_reported(
    place: Edition, databases: dict[str, Database], marked: Marked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time in which everything is gone. (One defect for each store, and taken out again.)"""
    enrolment, notification = databases["/pattana/enrolment"], databases["/pattana/notification"]
    person = marked.people["marked"]
    await enrolment["people"].update_one({"_id": person}, {"$set": {"erased_at": EARLIER}})
    monkeypatch.setattr("pattana.operate.contact_log._count", nothing_in_the_log)
    assert (await looks(place, person))[0] == 0

    contact = contact_aggregate(person)
    plants: dict[str, tuple[Collection, Document, Document]] = {
        "enrolment.people": (enrolment["people"], {"_id": person}, {"position": "ผู้อำนวยการ"}),
        "enrolment.nominations": (enrolment["nominations"], {"person": person}, {"note": "ลาป่วย"}),
        "enrolment.attendance_changes": (enrolment["attendance_changes"], {"person": person}, {"reason": "ลาป่วย"}),
        "enrolment.attendance_walk_ins": (enrolment["attendance_walk_ins"], {"person": person}, {"name": "ก"}),
        "enrolment.certificates": (enrolment["certificates"], {"person": person}, {"name": "ก"}),
        "enrolment.outbox": (enrolment["outbox"], {"_id": f"{contact}:1"}, {"body": "{}"}),
        "notification.contacts": (notification["contacts_g1"], {"_id": person}, {"sealed": "x"}),
    }
    for store, (collection, query, change) in plants.items():
        row = await collection.find_one(query)
        assert row is not None, store
        await collection.update_one({"_id": row["_id"]}, {"$set": change})
        exit_code, output = await looks(place, person)
        await collection.replace_one({"_id": row["_id"]}, row)
        assert (exit_code, f"NOT GONE: {store}" in output) == (1, True), output


async def test_a_held_contact_and_one_in_the_log_are_reported(
    place: Edition, databases: dict[str, Database], marked: Marked
) -> None:
    """The log has had no time to be compacted, but is said to have had it."""
    person, held = marked.people["marked"], databases["/pattana/notification"]["held"]
    subject = {"source": "/pattana/enrolment", "subject": contact_aggregate(person)}
    await held.insert_one({"_id": "planted", **subject, "seq": 9, "consumer": "x"})
    exit_code, output = await looks(place, person)
    await held.delete_one({"_id": "planted"})
    log = f"log {place.where.topic_prefix}enrolment.contacts"
    assert (exit_code, f"NOT GONE: {log}, held records" in output) == (1, True), output


async def test_nobody_has_an_unknown_id(place: Edition) -> None:
    result = CliRunner()
    output = await asyncio.to_thread(lambda: result.invoke(app, ["erasure", "nobody"], env=place.environment()))
    assert "nobody has the id" in str(output.exception)


async def test_every_collection_stands_in_the_inventory(databases: dict[str, Database], marked: Marked) -> None:
    """docs/personal-data.md says of each what it has of people, and what becomes of it."""
    cells = re.findall(r"^\| (`[^|]+`) \|", DOCUMENT.read_text(), re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`([a-z_.*]+)`", cell)}
    there = {
        re.sub(r"_g\d+$", "", f"{source.rpartition('/')[2]}.{name}")
        for source, database in databases.items()
        for name in await database.list_collection_names()
        if not name.startswith("capability_")
    }
    everywhere = {f"*.{name.partition('.')[2]}" for name in there}
    assert {name for name in there if not {name, f"*.{name.partition('.')[2]}"} & named} == set()
    assert {name for name in named if name not in there | everywhere} == set()
