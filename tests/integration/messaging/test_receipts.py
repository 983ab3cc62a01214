"""Counting the events of a receipt: each one once, whatever becomes of it, and none of those without."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.clock import now
from shared.events.directory import PersonMoved
from shared.messaging.batch import Batch
from shared.messaging.receipts import KEPT, passed
from shared.messaging.sequence import Received
from shared.mongo import Database
from shared.settings import Settings
from tests.support.events import history, moved, outgoing
from tests.support.station import Station, arrived

RECEIPT = "0192f0c1-2222-7000-8000-000000000001"


@pytest.fixture
async def station(mongo_url: str, store: Database) -> Station:
    """No broker is needed here."""
    station = Station(Settings(mongo_url=mongo_url), store)
    await station.prepare()
    return station


@pytest.fixture
async def batch(station: Station) -> Batch:
    return await station.batch(PersonMoved)


def marked(person: str, count: int, *, age: timedelta = timedelta()) -> list[Received]:
    events = [replace(one, receipt=RECEIPT, recorded_at=now() - age) for one in history([moved(person)] * count, 1)]
    return [arrived(event) for event in events]


async def counted(station: Station) -> int:
    return (await passed(station.database, "station", [RECEIPT])).get(RECEIPT, 0)


async def test_each_event_is_counted_once_and_only_when_its_position_is_passed(station: Station, batch: Batch) -> None:
    one, two, three = marked("a", 3)
    await batch.process([one, three])
    assert await counted(station) == 1
    for again in ([one, two], [one, two, three]):
        await batch.process(again)
        assert await counted(station) == 3
    await batch.process([arrived(outgoing(moved("b")))])
    assert await station.database.receipts.count_documents({}) == 1


async def test_an_event_that_is_not_handled_counts_and_a_parked_one_does_not(station: Station, batch: Batch) -> None:
    station.effects.refuse = {"a:2"}
    await batch.process([*marked("a", 3), *[replace(one, envelope=None, poison="broken") for one in marked("b", 1)]])
    assert await counted(station) == 1
    foreign = [replace(one, envelope=replace(one.envelope, event=None)) for one in marked("c", 2) if one.envelope]
    await batch.process(foreign)
    assert await counted(station) == 3


async def test_history_is_not_counted(station: Station, batch: Batch) -> None:
    await batch.process(marked("a", 2, age=KEPT))
    assert station.effects.order == ["a:1", "a:2"]
    assert await station.database.receipts.count_documents({}) == 0
