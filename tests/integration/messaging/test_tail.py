"""What the broker lost is sent again, also when new records have taken its offsets and nobody noticed at the time."""

import uuid
from collections.abc import AsyncIterator, Callable, Sequence

import pytest
from aiokafka import AIOKafkaProducer

from shared.events.envelope import OutgoingEvent
from shared.events.topics import CONTACTS, DIRECTORY, TOPICS, Topic
from shared.messaging.kafka import partition_of
from shared.messaging.outbox import place_of
from shared.mongo import Database
from shared.settings import Settings
from tests.support.brokers import delete_topics, make_topics, topics_are
from tests.support.events import contact_changed, history, moved, wire
from tests.support.station import Station, ids_of, running
from tests.support.waiting import until

NewAggregate = Callable[[], str]


@pytest.fixture
async def station(settings: Settings, store: Database) -> AsyncIterator[Station]:
    """With topics of its own, which the test loses."""
    prefix = f"m{uuid.uuid4().hex[:8]}."
    station = Station(settings.model_copy(update={"topic_prefix": prefix}), store)
    await station.prepare()
    await make_topics(settings.kafka_bootstrap, prefix)
    yield station
    await delete_topics(settings.kafka_bootstrap, prefix)


async def lose_everything(station: Station) -> None:
    """As a broker that comes back without its disk."""
    bootstrap, prefix = station.settings.kafka_bootstrap, station.settings.topic_prefix
    await delete_topics(bootstrap, prefix)
    await until(lambda: topics_are(bootstrap, prefix, 0))
    await make_topics(bootstrap, prefix)
    await until(lambda: topics_are(bootstrap, prefix, len(TOPICS)))


async def log_has(station: Station, topic: Topic, *ids: str) -> bool:
    return sorted(ids_of(await station.log(topic))) == sorted(ids)


async def checked(station: Station, count: int) -> bool:
    return bool(await station.database.outbox_checked.count_documents({}) == count)


def same_partition(aggregate: NewAggregate, topic: Topic, other: str) -> str:
    """A new id that goes to the partition of the other one."""
    while partition_of(found := aggregate(), topic.partitions) != partition_of(other, topic.partitions):
        pass
    return found


async def test_a_lost_tail_is_sent_again_although_its_offsets_are_taken(
    station: Station, aggregate: NewAggregate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the relay runs: what it checked last no longer stands there."""
    monkeypatch.setattr("shared.messaging.tail.EVERY_SECONDS", 0.3)
    first = aggregate()
    second = same_partition(aggregate, DIRECTORY, first)
    await station.publish(history([moved(first)] * 3), wake=False)
    async with running(station.publisher.relay.run):
        await until(lambda: checked(station, 1))
        await lose_everything(station)
        await station.publish(history([moved(second)] * 5))
        wanted = [f"{first}:{seq}" for seq in (1, 2, 3)] + [f"{second}:{seq}" for seq in range(1, 6)]
        await until(lambda: log_has(station, DIRECTORY, *wanted))
        await until(station.all_published)


async def sent_by_hand(station: Station, events: Sequence[OutgoingEvent], partition: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=station.settings.kafka_bootstrap, acks="all")
    await producer.start()
    for event in events:
        value, headers = wire(event)
        sent = [(name, raw) for name, raw in headers.items() if raw is not None]
        topic = station.settings.topic_prefix + event.event.topic
        await producer.send_and_wait(topic, value, key=b"k", partition=partition, headers=sent)
    await producer.stop()


async def test_rows_marked_at_one_offset_tell_of_a_lost_tail(
    station: Station, aggregate: NewAggregate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tail was lost and taken between two checks, so that all that is looked up stands where it should."""
    first = aggregate()
    second = same_partition(aggregate, DIRECTORY, first)
    events = history([moved(first)] * 5)
    await station.publish(events, wake=False)
    async with running(station.publisher.relay.run):
        await until(station.all_published)
    row = (await station.rows())[f"{first}:2"]
    await lose_everything(station)
    await sent_by_hand(station, events[:2], row["partition"])
    known = {"_id": place_of(row["topic"], row["partition"]), "offset": row["offset"], "id": row["_id"]}
    await station.database.outbox_checked.delete_many({})
    await station.database.outbox_checked.insert_one(known)
    await station.publish(history([moved(second)] * 8), wake=False)
    with monkeypatch.context() as without:
        without.setattr("shared.messaging.relay.FIRST_LANE", -1)  # somebody else's: this one does not look
        async with running(station.another_publisher().relay.run):
            await until(station.all_published)
    async with running(station.another_publisher().relay.run):
        wanted = [f"{first}:{seq}" for seq in range(1, 6)] + [f"{second}:{seq}" for seq in range(1, 9)]
        await until(lambda: log_has(station, DIRECTORY, *wanted))
        await until(station.all_published)


async def test_of_a_state_topic_the_current_value_is_sent_again_alone(
    station: Station, aggregate: NewAggregate
) -> None:
    person, other = aggregate(), aggregate()
    await station.publish(history([contact_changed(person, text) for text in "abc"]), wake=False)
    await station.publish(history([contact_changed(other, "a")]), wake=False)
    async with running(station.publisher.relay.run):
        await until(station.all_published)
    await lose_everything(station)
    async with running(station.another_publisher().relay.run):
        await until(lambda: log_has(station, CONTACTS, f"contact:{person}:3", f"contact:{other}:1"))
        await until(station.all_published)


async def test_a_log_that_is_whole_is_left_as_it_is(
    station: Station, aggregate: NewAggregate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.messaging.tail.EVERY_SECONDS", 0.1)
    people = [aggregate() for _ in range(12)]
    async with running(station.publisher.relay.run):
        for seq in (1, 2, 3):
            for person in people:
                await station.publish(history([moved(person)], first=seq))
            await until(station.all_published)
        last = {row["place"]: row["offset"] for _, row in sorted((await station.rows()).items(), key=by_offset)}

        async def all_checked() -> bool:
            rows = await station.database.outbox_checked.find({}).to_list(None)
            return {row["_id"]: row["offset"] for row in rows} == last

        await until(all_checked)
    ids = ids_of(await station.log(DIRECTORY))
    assert sorted(ids) == sorted(f"{person}:{seq}" for person in people for seq in (1, 2, 3))


def by_offset(item: tuple[str, dict[str, int]]) -> int:
    return item[1]["offset"]
