"""Batches on a real database: an event takes effect once, in order, and poison stops no other subject."""

import asyncio

import pytest

from shared.events.directory import PersonMoved, PersonRegistered, UnitRegistered
from shared.messaging.batch import Batch
from shared.messaging.dead_letters import DeadLetters, NotParked
from shared.messaging.decoding import EventDecoder
from shared.messaging.held import PORTION, Held
from shared.messaging.sequence import Received
from shared.mongo import Database, StoreUnavailable
from shared.settings import Settings
from tests.support.events import MOMENT, SOURCE, history, moved, outgoing, record_at, types, wire
from tests.support.station import Station, arrived

HERE = (PersonMoved.topic, 0)
BROKEN = b"{ not an event"


@pytest.fixture
async def station(settings: Settings, store: Database) -> Station:
    station = Station(settings, store)
    await station.prepare()
    return station


@pytest.fixture
def settings(mongo_url: str) -> Settings:
    """No broker is needed here."""
    return Settings(mongo_url=mongo_url)


@pytest.fixture
async def batch(station: Station) -> Batch:
    return await station.batch(PersonMoved)


def events(person: str, count: int, first: int = 1) -> list[Received]:
    return [arrived(event) for event in history([moved(person)] * count, first)]


def broken(person: str, seq: int) -> Received:
    return arrived(outgoing(moved(person), seq), BROKEN)


def unhandled(person: str, first: int, count: int) -> list[Received]:
    return [arrived(event, handled=types(PersonRegistered)) for event in history([moved(person)] * count, first)]


def unknown(person: str, seq: int) -> Received:
    """Of a type that a later release has."""
    body, headers = wire(outgoing(moved(person), seq))
    name = b"enrolment.person-promoted.v1"
    changed = (body or b"").replace(PersonMoved.type.encode(), name)
    record = record_at((PersonMoved.topic, 0, 9_000 + seq), changed, {**headers, "ce_type": name})
    return EventDecoder(types(PersonRegistered), "").record(record)


async def retried(batch: Batch, place: tuple[str, int] = HERE) -> bool:
    """Tries everything again that was ordered in a partition; whether there was anything."""
    found = False
    while await batch.retry(*place):
        found = True
    return found


async def position(station: Station, person: str, consumer: str = "station") -> int:
    row = await station.database.positions.find_one({"_id": f"{consumer}|{SOURCE}|{person}"})
    return 0 if row is None else int(row["seq"])


async def test_redelivered_records_change_nothing(station: Station, batch: Batch) -> None:
    records = [*events("a", 3), *events("b", 2)]
    for again in (records, records[1:4], [*records, *records]):
        assert await batch.process(again) is None
    assert await station.effects.seqs("a") == [1, 2, 3]
    assert station.effects.order == ["a:1", "a:2", "a:3", "b:1", "b:2"]


async def test_a_gap_waits_and_is_released_in_order(station: Station, batch: Batch) -> None:
    one, two, three, four = events("a", 4)
    await batch.process([one, four, three])
    assert station.effects.order == ["a:1"]
    assert await station.held() == {"a:3": "GAP", "a:4": "GAP"}
    await batch.process([two])
    assert station.effects.order == ["a:1", "a:2", "a:3", "a:4"]
    assert await station.held() == {}
    assert await position(station, "a") == 4


async def test_a_gap_filled_by_the_same_batch_leaves_nothing_behind(station: Station, batch: Batch) -> None:
    one, two, three = events("a", 3)
    await batch.process([three, one, two])
    assert station.effects.order == ["a:1", "a:2", "a:3"]
    assert await station.held() == {}


async def test_poison_holds_back_only_its_own_subject(station: Station, batch: Batch) -> None:
    one, _, three = events("a", 3)
    await batch.process([one, broken("a", 2), three, *events("b", 2)])
    await batch.process(events("a", 1, first=4))
    assert station.effects.order == ["a:1", "b:1", "b:2"]
    assert await station.held() == {"a:2": "PARKED", "a:3": "BEHIND", "a:4": "BEHIND"}
    assert await Held(station.database, "station").count() == {"GAP": 0, "BEHIND": 2, "PARKED": 1, "AHEAD": 0}


async def test_an_event_refused_by_a_handler_is_parked_with_its_reason(station: Station, batch: Batch) -> None:
    station.effects.refuse = {"a:2"}
    await batch.process([*events("a", 3), *events("b", 1)])
    assert await station.held() == {"a:2": "PARKED", "a:3": "BEHIND"}
    assert await station.effects.seqs("b") == [1]
    (row,) = await station.parked()
    assert row["reason"] == "refused"


async def test_an_unforeseen_error_parks_the_event_that_caused_it(station: Station, batch: Batch) -> None:
    station.effects.fail = {"p7:1": ZeroDivisionError("boom"), "p30:1": KeyError("x")}
    await batch.process([record for n in range(40) for record in events(f"p{n}", 1)])
    assert await station.held() == {"p7:1": "PARKED", "p30:1": "PARKED"}
    assert await station.effects.count() == 38
    assert "ZeroDivisionError: boom" in [row["reason"] for row in await station.parked()]


async def test_a_released_event_that_fails_is_parked_not_the_one_that_released_it(
    station: Station, batch: Batch
) -> None:
    one, two, three, four = events("a", 4)
    await batch.process([one, three, four])
    station.effects.fail = {"a:4": ZeroDivisionError("boom")}
    await batch.process([two])
    assert await station.effects.seqs("a") == [1, 2, 3]
    assert await station.held() == {"a:4": "PARKED"}


async def test_a_retry_releases_everything_behind_it_in_order(station: Station, batch: Batch) -> None:
    station.effects.refuse = {"a:2"}
    await batch.process(events("a", 5))
    assert await retried(batch) is False
    station.effects.refuse, station.effects.order = set(), []
    assert await station.retry() == 1
    assert await retried(batch, ("other", 0)) is False
    assert await retried(batch) is True
    assert station.effects.order == ["a:2", "a:3", "a:4", "a:5"]
    assert await station.held() == {}


async def test_a_retry_that_fails_again_is_parked_again(station: Station, batch: Batch) -> None:
    station.effects.refuse = {"a:2"}
    await batch.process(events("a", 3))
    assert await station.retry() == 1
    assert await retried(batch) is True
    assert await retried(batch) is False
    assert await station.held() == {"a:2": "PARKED", "a:3": "BEHIND"}


async def test_events_that_arrive_during_a_retry_keep_the_order(station: Station, batch: Batch) -> None:
    station.effects.refuse = {"a:2"}
    await batch.process(events("a", 3))
    station.effects.refuse, station.effects.order = set(), []
    await station.retry()
    await batch.process(events("a", 1, first=4))
    assert station.effects.order == []
    await retried(batch)
    assert station.effects.order == ["a:2", "a:3", "a:4"]


@pytest.mark.parametrize("how", ["refused", "undecodable"])
async def test_a_discard_is_recorded_and_applies_to_a_rebuild(station: Station, batch: Batch, how: str) -> None:
    one, two, three = events("a", 3)
    if how == "refused":
        station.effects.refuse = {"a:2"}
    else:
        two = broken("a", 2)
    await batch.process([one, two, three])
    await station.discard()
    await retried(batch)
    assert await station.effects.seqs("a") == [1, 3]
    assert await station.held() == {}
    (kept,) = await station.database.discards.find({}).to_list(None)
    assert (kept["source"], kept["subject"], kept["seq"], kept["who"], kept["why"]) == (
        SOURCE,
        "a",
        2,
        "op-1",
        "typed twice",
    )

    station.effects.refuse = set()
    await station.database.effects.delete_many({})
    again = await station.batch(PersonMoved, name="station.g2")
    await again.process([one, two, three])
    assert await station.effects.seqs("a") == [1, 3]
    assert await position(station, "a", "station.g2") == 3


async def test_a_discard_concerns_every_consumer_that_holds_the_event(station: Station, batch: Batch) -> None:
    next_generation = await station.batch(PersonMoved, name="station.g2")
    for consumer in (batch, next_generation):
        await consumer.process([broken("a", 1), *events("a", 1, first=2)])
    await station.discard()
    await retried(next_generation)
    assert await station.effects.seqs("a") == [2]
    assert await station.held("station.g2") == {}
    assert await station.held() != {}


async def test_only_parked_events_can_be_retried_or_discarded(station: Station, batch: Batch) -> None:
    await batch.process(events("a", 1, first=2))
    (gap,) = [row async for row in DeadLetters(station.database).rows()]
    with pytest.raises(NotParked):
        await DeadLetters(station.database).retry(gap)
    with pytest.raises(NotParked):
        await DeadLetters(station.database).discard(gap, who="o", why="w", at=MOMENT)


async def test_a_readable_copy_replaces_a_broken_record(station: Station, batch: Batch) -> None:
    one, two, three = events("a", 3)
    await batch.process([one, broken("a", 2), broken("a", 3)])
    await batch.process([two, three])
    assert await station.effects.seqs("a") == [1, 2, 3]
    assert await station.held() == {}


async def test_garbage_does_not_replace_a_held_record(station: Station, batch: Batch) -> None:
    one, two, three = events("a", 3)
    await batch.process([one, three])
    await batch.process([broken("a", 3)])
    await batch.process([two])
    assert await station.effects.seqs("a") == [1, 2, 3]


async def test_a_long_queue_is_released_in_portions(station: Station, batch: Batch) -> None:
    count = 2 * PORTION + 50
    records = events("a", count)
    station.effects.refuse = {"a:1"}
    for start in range(0, count, 300):
        await batch.process(records[start : start + 300])
    await batch.process([*events("a", 1, first=count + 1), *events("b", 1)])
    assert await station.effects.seqs("b") == [1]
    station.effects.refuse, station.effects.order = set(), []
    await station.retry()
    await retried(batch)
    assert station.effects.order == [f"a:{seq}" for seq in range(1, count + 2)]
    assert await station.held() == {}


async def test_an_unhandled_type_advances_the_position(station: Station) -> None:
    batch = await station.batch(PersonRegistered)
    await batch.process(unhandled("a", 1, 3))
    assert station.effects.order == []
    assert await position(station, "a") == 3


async def test_aggregates_that_nobody_follows_leave_no_position(station: Station) -> None:
    """Of half a million people a consumer that handles no event of theirs keeps nothing."""
    batch, handled = await station.batch(UnitRegistered), types(UnitRegistered)
    people = [arrived(event, handled=handled) for n in range(20) for event in history([moved(f"p{n}")] * 3)]
    await batch.process([*people, arrived(outgoing(moved("p0"), 4), BROKEN, handled=handled)])
    assert await station.database.positions.count_documents({}) == 0
    assert await station.held() == {}


async def test_a_type_of_a_later_release_advances_what_is_followed(station: Station) -> None:
    """Whether it is the first of its aggregate or comes later; elsewhere it is passed over."""
    batch = await station.batch(PersonRegistered)
    await batch.process([*(unknown("a", seq) for seq in (1, 2)), *unhandled("a", 3, 1), unknown("b", 2)])
    await batch.process([unknown("a", 4)])
    assert (await position(station, "a"), await position(station, "b")) == (4, 0)
    assert await station.held() == {}


async def test_records_without_an_event_block_nothing(station: Station, batch: Batch) -> None:
    headers: dict[str, bytes | None] = {"$where": b"1", "a.b": b"\xff", "": None}
    decoder = EventDecoder(types(PersonMoved), "")
    strange = [decoder.record(record_at((PersonMoved.topic, 0, 7_000 + n), b"\x00", headers)) for n in range(2)]
    await batch.process([*strange, *events("a", 1)])
    assert sorted((await station.held()).values()) == ["PARKED", "PARKED"]
    assert await station.effects.seqs("a") == [1]
    subjects = [f"{PersonMoved.topic}/0/{7_000 + n}" for n in range(2)]
    assert [row["subject"] for row in await station.parked()] == subjects
    await station.discard()
    await retried(batch)
    assert await station.held() == {}


async def test_a_duplicate_key_in_a_handler_parks_its_event(station: Station, batch: Batch) -> None:
    await station.database.effects.insert_one({"_id": "a:2"})
    await batch.process([*events("a", 3), *events("b", 1)])
    assert await station.held() == {"a:2": "PARKED", "a:3": "BEHIND"}
    assert await station.effects.seqs("b") == [1]


async def test_two_consumers_with_the_same_partition_apply_once(station: Station) -> None:
    """As for a moment after a partition was reassigned."""
    here, there = await station.batch(PersonMoved), await station.batch(PersonMoved)
    records = [record for n in range(10) for record in events(f"p{n}", 10)]
    chunks = [records[start : start + 20] for start in range(0, 100, 20)]

    async def all_of(batch: Batch) -> None:
        for chunk in chunks:
            await batch.process(chunk)

    await asyncio.gather(all_of(here), all_of(there))
    assert await station.effects.count() == 100
    assert await station.held() == {}


async def test_unavailable_infrastructure_parks_nothing(station: Station, batch: Batch) -> None:
    station.effects.fail = {"a:1": StoreUnavailable("no answer")}
    with pytest.raises(StoreUnavailable):
        await batch.process(events("a", 1))
    assert await station.held() == {}
    assert await position(station, "a") == 0
