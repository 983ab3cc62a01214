"""Erasing a person: in bounded transactions, resumed where it was cut off, and answered although a commit's answer was
lost."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.enrolment.directory.domain.erasing import TURNS
from services.enrolment.settings import EnrolmentSettings
from shared.messaging.outbox import rows_of
from shared.mongo import Client, Collection, Document, Session, StoreUnavailable, transaction
from shared.position_tokens import unverified
from shared.rights import Role
from tests.integration.enrolment.conftest import Office, serving
from tests.integration.enrolment.crowd import HEADER, SOMCHAI, known
from tests.support.api import Issuer, reached_by
from tests.support.events import MOMENT
from tests.support.waiting import until

LONG = 8  # rows of one contact, where a transaction erases two


@pytest.fixture
def lost_answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called: the next commit takes effect, but its answer is lost."""
    lost: list[StoreUnavailable] = []

    async def commit(client: Client, work: Callable[[Session], Awaitable[Any]], **limits: Any) -> Any:
        result = await transaction(client, work, **limits)
        if lost:
            raise lost.pop()
        return result

    monkeypatch.setattr("shared.write.transaction", commit)
    return lambda: lost.append(StoreUnavailable("no answer to the commit"))


@pytest.fixture
async def person(directory: Office, monkeypatch: pytest.MonkeyPatch) -> str:
    """With a long history of contacts."""
    monkeypatch.setattr("services.enrolment.directory.service.erasures.ROWS_AT_ONCE", 2)
    person = (await known(directory, SOMCHAI))["E1"]
    for number in range(1, LONG):
        lines = ["externalId,fullName,unit,email", f"E1,นายสมชาย ใจดี,PO-50.HR,n{number}@example.go.th"]
        await directory.import_people(lines)
    return person


async def sealed(office: Office, person: str) -> list[int]:
    rows = await office.db["outbox"].find({"aggregate": f"contact:{person}", "body": {"$ne": None}}).to_list(None)
    return sorted(row["seq"] for row in rows)


async def is_erased(office: Office, person: str) -> bool:
    """All of the first turn is done; the next is due later."""
    row = await office.db["people"].find_one({"_id": person}) or {}
    return row["erased"] is True and row["erasing"]["turn"] == 1


async def test_a_long_history_is_erased_behind_the_command_in_small_transactions(
    directory: Office, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(await sealed(directory, person)) == LONG
    sizes: list[int] = []

    async def counting(client: Client, work: Callable[[Session], Awaitable[Any]], **limits: Any) -> Any:
        before = len(await sealed(directory, person))
        result = await transaction(client, work, **limits)
        sizes.append(before - len(await sealed(directory, person)))
        return result

    monkeypatch.setattr("shared.write.transaction", counting)
    await directory.done("DELETE", f"/people/{person}/contact")
    await until(lambda: is_erased(directory, person))
    assert await sealed(directory, person) == []
    assert (max(sizes), sum(sizes)) == (2, LONG)
    rows = await directory.db["outbox"].find({"aggregate": f"contact:{person}"}).to_list(None)
    assert len(rows) == LONG + 1
    assert {row["type"] for row in rows} == {"enrolment.contact-erased.v1"}
    assert all("pattana-key-id" not in row["headers"] for row in rows)


async def test_an_erasure_that_was_cut_off_is_finished_by_the_next_process(
    directory: Office, person: str, enrolment_settings: EnrolmentSettings, issuer: Issuer
) -> None:
    outbox = directory.db["outbox"]
    rows = await outbox.find({"aggregate": f"contact:{person}"}).sort("_id", 1).to_list(None)
    await directory.done("DELETE", f"/people/{person}/contact")
    await until(lambda: is_erased(directory, person))
    for row in rows[2:]:  # as it stands after the first transaction
        await outbox.replace_one({"_id": row["_id"]}, row)
    left = {
        "erasing.turn": 0,
        "erasing.due": MOMENT,
        "erasing.rows": rows[1]["_id"],
        "erasing.texts": None,
        "erasing.seats": None,
    }
    await directory.db["people"].update_one({"_id": person}, {"$set": left})
    async with serving(enrolment_settings.model_copy(update={"instance": "next"}), issuer):
        await until(lambda: is_erased(directory, person))
    assert await sealed(directory, person) == []


async def sent_behind(outbox: Collection, row: str, offset: int) -> Document:
    """The row when it stands in the log, behind this place."""
    found = await until(lambda: outbox.find_one({"_id": row, "offset": {"$gt": offset}}))
    assert found is not None
    return found


async def test_the_last_turn_sends_the_tombstone_again_and_ends_the_erasure(
    directory: Office, enrolment_settings: EnrolmentSettings, issuer: Issuer
) -> None:
    """Only what is written later makes the broker end the file of the log that has the contact in it."""
    person = (await known(directory, SOMCHAI))["E1"]
    await directory.done("DELETE", f"/people/{person}/contact")
    await until(lambda: is_erased(directory, person))
    tombstone, outbox = f"contact:{person}:2", directory.db["outbox"]
    first = await sent_behind(outbox, tombstone, -1)
    last = {"erasing.turn": len(TURNS) - 1, "erasing.due": MOMENT}
    await directory.db["people"].update_one({"_id": person}, {"$set": last})
    async with serving(enrolment_settings.model_copy(update={"instance": "next"}), issuer):
        again = await sent_behind(outbox, tombstone, first["offset"])
        await until(lambda: directory.db["people"].find_one({"_id": person, "erasing": {"$exists": False}}))
    assert again["partition"] == first["partition"]


async def test_what_was_written_while_the_erasure_went_by_is_found_by_the_second_turn(
    directory: Office, enrolment_settings: EnrolmentSettings, issuer: Issuer
) -> None:
    """A nomination that was decided on before, and stored after."""
    person = (await known(directory, SOMCHAI))["E1"]
    await directory.done("DELETE", f"/people/{person}/contact")
    await until(lambda: is_erased(directory, person))
    nominations = directory.db["nominations"]
    await nominations.insert_one({"_id": "late", "person": person, "note": "รู้จักกับผู้อำนวยการ"})
    await directory.db["people"].update_one({"_id": person}, {"$set": {"erasing.due": MOMENT}})
    async with serving(enrolment_settings.model_copy(update={"instance": "next"}), issuer):
        await until(lambda: nominations.find_one({"_id": "late", "erased": True, "note": {"$exists": False}}))


async def test_an_erasure_whose_commit_was_not_answered_is_not_refused_as_done(
    directory: Office, lost_answer: Callable[[], None]
) -> None:
    person = (await known(directory, SOMCHAI))["E1"]
    lost_answer()
    answer = await directory.ask("DELETE", f"/people/{person}/contact", Role.HR_OFFICER)
    assert (answer.status_code, answer.json()) == (200, {"id": person, "erased": True})
    assert reached_by(answer) == f"contact:{person}:2"
    assert await directory.db["outbox"].count_documents({"aggregate": f"contact:{person}"}) == 2


async def test_a_repeated_erasure_gets_its_first_answer_and_another_one_is_refused(directory: Office) -> None:
    person = (await known(directory, SOMCHAI))["E1"]
    key = {"idempotency-key": "erase-1"}
    first = await directory.done("DELETE", f"/people/{person}/contact", headers=key)
    await until(lambda: is_erased(directory, person))
    assert await directory.done("DELETE", f"/people/{person}/contact", headers=key) == first
    assert await directory.refused("DELETE", f"/people/{person}/contact") == (409, "person-erased")


async def test_an_import_whose_commit_was_not_answered_reports_what_it_registered(
    directory: Office, lost_answer: Callable[[], None]
) -> None:
    lost_answer()
    report = await directory.import_people([HEADER, SOMCHAI])
    assert (report["registered"], report["unchanged"], report["problems"]) == (1, 0, [])
    (row,) = report["people"]
    assert str(*unverified(row["position"]).positions) == f"contact:{row['id']}:1"
    assert await directory.db["people"].count_documents({}) == 1


async def test_the_rows_of_an_aggregate_are_a_range_of_ids(directory: Office) -> None:
    outbox = directory.db["outbox"]
    ids = ["r:1", "r:10", "r:9", "r:2nd:PO-50:1", "r:HR:PO-50:1", "r1:1", "q:1", "r::1"]
    await outbox.insert_many([{"_id": key, "aggregate": key.rpartition(":")[0], "body": None} for key in ids])
    found = await outbox.find(rows_of("r")).sort("_id", 1).to_list(None)
    assert [row["_id"] for row in found] == ["r:1", "r:10", "r:9"]
    assert await outbox.count_documents(rows_of("r", "r:10")) == 1
