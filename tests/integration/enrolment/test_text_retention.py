"""Notes and reasons go some time after the end of their run, by its own clock, page by page; the nominations stay."""

from datetime import timedelta
from typing import Any

import pytest

from services.enrolment.settings import EnrolmentSettings
from shared.clock import now
from shared.rights import Role
from tests.integration.enrolment.conftest import Office, serving
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.support.api import Issuer
from tests.support.waiting import until

KEPT = timedelta(days=730)


async def noted(office: Office, count: int) -> RunDriver:
    """A run in which each nomination has a note, and one a reason."""
    driver = await opened(office, {"PO-50": count})
    made = [await driver.nominate(one, note="เคยอบรมแล้ว") for one in await staff(office, "PO-50.HR", count)]
    await driver.act("withdraw", made[0], reason="ลาป่วย")
    return driver


async def texts(office: Office, run: str) -> list[Any]:
    rows = await office.db["nominations"].find({"run": run}).to_list(None)
    return [text for row in rows for text in (row.get("note"), row.get("reason")) if text]


async def end(office: Office, run: str, ago: timedelta) -> None:
    await office.db["runs"].update_one({"_id": run}, {"$set": {"ends_at_system_time": now() - ago}})


async def test_texts_of_a_run_that_ended_long_ago_go_and_no_others(
    directory: Office, enrolment_settings: EnrolmentSettings, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.enrolment.seats.storage.texts.AT_ONCE", 2)
    old, recent = await noted(directory, 5), await noted(directory, 2)
    await end(directory, old.run, KEPT + timedelta(hours=1))
    await end(directory, recent.run, KEPT - timedelta(hours=1))
    before = await old.states()
    runs = directory.db["runs"]
    async with serving(enrolment_settings.model_copy(update={"instance": "next"}), issuer):
        await until(lambda: runs.find_one({"_id": old.run, "texts": {"$exists": False}}), what="the texts are gone")
    assert (await texts(directory, old.run), len(await texts(directory, recent.run))) == ([], 3)
    assert await old.states() == before
    assert await runs.count_documents({"_id": recent.run, "texts": True}) == 1


async def test_a_run_ends_by_its_own_clock(directory: Office, enrolment_settings: EnrolmentSettings) -> None:
    """A programme of the past that is entered today keeps its texts as long as any other."""
    driver = await opened(directory, {"PO-50": 1})
    then = {"businessNow": (now() - timedelta(days=2000)).isoformat()}
    await directory.done("PUT", f"/runs/{driver.run}/clock", Role.OPERATOR, json=then)
    row = await directory.db["runs"].find_one({"_id": driver.run}) or {}
    assert row["ends_at"] - row["ends_at_system_time"] == timedelta(seconds=row["offset_seconds"])
    assert row["ends_at_system_time"] > row["ends_at"] + timedelta(days=1990)
