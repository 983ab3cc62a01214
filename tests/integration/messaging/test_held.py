"""Held records, discards and retries however many there are: every look at them is bounded."""

from collections.abc import Sequence

import pytest
from aiokafka import TopicPartition

from shared.events.directory import PersonMoved
from shared.messaging.decoding import EventDecoder
from shared.messaging.held import Held
from shared.messaging.partition import Partition
from shared.messaging.sequence import Received
from shared.mongo import Database
from shared.settings import Settings
from tests.support.events import MOMENT, SOURCE, history, moved, outgoing, record_at, types, wire
from tests.support.station import Station, arrived
from tests.support.waiting import until

TOPIC = PersonMoved.topic


@pytest.fixture
def settings(mongo_url: str) -> Settings:
    """No broker is needed here."""
    return Settings(mongo_url=mongo_url)


def broken(person: str, seq: int = 1) -> Received:
    return arrived(outgoing(moved(person), seq), b"{ not an event")


async def order(station: Station, places: Sequence[tuple[str, int]]) -> None:
    """A retry of records that are said to come from these partitions."""
    for number, (topic, partition) in enumerate(places):
        row = {"consumer": "station", "topic": topic, "partition": partition, "retry": True, "wait": "PARKED"}
        await station.database.held.insert_one({"_id": f"station|s|{number}", **row})


async def test_orders_are_found_by_partition(station: Station) -> None:
    await order(station, [("b", 2), ("b", 0), *[("a", 5)] * 40, ("b", 2), ("a", 7)])
    await station.database.held.insert_one(
        {"_id": "o|s|1", "consumer": "o", "topic": "c", "partition": 1, "retry": True}
    )
    held = Held(station.database, "station")
    assert await held.ordered_places() == {("a", 5), ("a", 7), ("b", 0), ("b", 2)}
    assert await Held(station.database, "nobody").ordered_places() == set()
    assert await held.count() == {"GAP": 0, "BEHIND": 0, "PARKED": 44, "AHEAD": 0}


async def test_queues_that_move_at_once_share_one_portion(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.messaging.queues.PORTION", 10)
    batch = await station.batch(PersonMoved)
    people = [f"p{n}" for n in range(5)]
    for person in people:
        await batch.process([arrived(event) for event in history([moved(person)] * 8, first=2)])
    await batch.process([arrived(outgoing(moved(person))) for person in people])
    assert await station.effects.count() == 5 + 10
    while await batch.retry(TOPIC, 0):
        pass
    assert await station.effects.count() == 5 * 9
    assert await station.held() == {}


@pytest.mark.parametrize("remembered", [2, 100])
async def test_discards_are_honoured_however_many_there_are(
    station: Station, monkeypatch: pytest.MonkeyPatch, remembered: int
) -> None:
    monkeypatch.setattr("shared.messaging.held.MOST_REMEMBERED", remembered)
    people = [f"p{n}" for n in range(6)]
    rows = [{"source": SOURCE, "subject": person, "seq": 1, "who": "o", "why": "w", "at": MOMENT} for person in people]
    await station.database.discards.insert_many(rows)
    batch = await station.batch(PersonMoved)
    assert (batch._discards._known is None) is (remembered == 2)
    for person in people:
        await batch.process([broken(person), *map(arrived, history([moved(person)], first=2))])
    assert await station.effects.count() == 6
    assert await station.held() == {}
    assert all([await station.effects.seqs(person) == [2] for person in people])


async def test_a_discard_of_another_process_is_noticed(station: Station) -> None:
    batch = await station.batch(PersonMoved)
    row = {"source": SOURCE, "subject": "a", "seq": 1, "who": "o", "why": "w", "at": MOMENT}
    await station.database.discards.insert_one(row)
    await batch.look()
    await batch.process([broken("a"), *map(arrived, history([moved("a")], first=2))])
    assert await station.effects.seqs("a") == [2]


async def test_retries_and_new_records_take_turns(station: Station, store: Database) -> None:
    """However many retries were ordered, what comes in meanwhile waits for one of them."""
    batch = await station.batch(PersonMoved, park_limit=100)
    bad = [f"bad-{n}" for n in range(4)]
    station.effects.refuse = {f"{person}:1" for person in bad}
    await batch.process([arrived(outgoing(moved(person))) for person in bad])
    station.effects.refuse, station.effects.order = set(), []
    await station.retry()

    decoder = EventDecoder(types(PersonMoved), "")
    partition = Partition(TopicPartition(TOPIC, 0), batch, decoder, most=1, moved=lambda moved: None)
    partition.order_retry()
    for number, event in enumerate(history([moved("new")] * 4)):
        body, headers = wire(event)
        partition.add([record_at((TOPIC, 0, number), body, headers)])
    await until(lambda: not partition.busy)
    expected = [event for n in range(4) for event in (f"bad-{n}:1", f"new:{n + 1}")]
    assert station.effects.order == expected
    assert (partition.applied, partition.bytes) == (4, 0)
    assert await station.held() == {}
