"""The audit is worth nothing if it cannot fail: each planted defect breaks the promise that it belongs to."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pattana.audit.verdict import Promise, Verdict
from shared.rights import Role
from tests.faults.conftest import StartLoad, StartSystem, audited, explain
from tests.support.seeding import seed
from tests.support.waiting import until

pytestmark = pytest.mark.needs("processes")
Stores = Mapping[str, Any]


async def row_out_of_the_outbox(stores: Stores) -> Callable[[], Awaitable[None]]:
    outbox = stores["enrolment"]["outbox"]
    row = await outbox.find_one({"type": "enrolment.seat-confirmed.v1"})
    await outbox.delete_one({"_id": row["_id"]})

    async def undo() -> None:
        await outbox.insert_one(row)

    return undo


async def one_seat_more(stores: Stores) -> Callable[[], Awaitable[None]]:
    buckets = stores["enrolment"]["buckets"]
    bucket = await buckets.find_one({"$expr": {"$lt": ["$free", "$seats"]}})
    await buckets.update_one({"_id": bucket["_id"]}, {"$inc": {"free": 1}})

    async def undo() -> None:
        await buckets.update_one({"_id": bucket["_id"]}, {"$inc": {"free": -1}})

    return undo


async def message_sent_twice(stores: Stores) -> Callable[[], Awaitable[None]]:
    messages = stores["notification"]["messages"]
    message = await messages.find_one({"state": "SENT", "attempts.0": {"$exists": True}})
    sent = next(attempt for attempt in message["attempts"] if attempt["outcome"] == "ACCEPTED")
    await messages.update_one({"_id": message["_id"]}, {"$push": {"attempts": sent}})

    async def undo() -> None:
        await messages.update_one({"_id": message["_id"]}, {"$set": {"attempts": message["attempts"]}})

    return undo


PLANTS: list[tuple[Callable[[Stores], Awaitable[Callable[[], Awaitable[None]]]], str]] = [
    (row_out_of_the_outbox, "p2"),
    (one_seat_more, "p2"),
    (message_sent_twice, "p3"),
]


async def test_each_planted_defect_is_found(start_system: StartSystem, load_of: StartLoad, journal: Path) -> None:
    system = await start_system()
    seeded = await seed(system, people=40, seats=8)
    async with (
        system.client("enrolment", Role.HR_OFFICER, "PERS") as officer,
        load_of(seeded, officer, workers=4) as load,
    ):
        await load.more(30)
    green = await audited(system, journal)
    assert green.kept, explain(green)
    async with system.stores() as stores:
        sent = {"state": "SENT", "attempts.0": {"$exists": True}}
        await until(lambda: stores["notification"]["messages"].find_one(sent), what="a message is sent")
        for plant, promise in PLANTS:
            undo = await plant(stores)
            assert not _promise(await audited(system, journal), promise).kept, plant.__name__
            await undo()
    again = await audited(system, journal)
    assert again.kept, explain(again)


def _promise(verdict: Verdict, name: str) -> Promise:
    promise: Promise = getattr(verdict, name)
    return promise
