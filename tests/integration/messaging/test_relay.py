"""The relay on real engines: committed rows reach Kafka, in order per aggregate, and are marked with their offset."""

import uuid
from collections.abc import AsyncIterator, Callable
from typing import ClassVar

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.broker import Broker
from shared.events.directory import PersonMoved
from shared.events.topics import DIRECTORY, TOPICS
from shared.messaging.kafka import PartitionsChanged, ensure_topics, partition_of
from shared.messaging.outbox import EventTooLarge
from shared.messaging.replay import Replay, Selection
from shared.mongo import Database
from shared.settings import Settings
from tests.support.brokers import delete_topics, topics_are
from tests.support.events import history, moved
from tests.support.station import Station, ids_of, running
from tests.support.waiting import until, until_done

NewAggregate = Callable[[], str]


class KeyedByUnit(PersonMoved):
    """Of several aggregates with the same key, so that one partition shows the order of all."""

    key_field: ClassVar[str] = "unit"

    @property
    def aggregate(self) -> str:
        return self.person


def moved_with(person: str, level: str, key: str) -> KeyedByUnit:
    return KeyedByUnit(person=person, unit=key, level=level, post=None)


async def log_of(station: Station, *aggregates: str) -> list[str]:
    ids = ids_of(await station.log(DIRECTORY))
    return [event_id for event_id in ids if event_id.rpartition(":")[0] in aggregates]


async def test_rows_arrive_in_order_and_are_marked_with_their_offset(station: Station, aggregate: NewAggregate) -> None:
    people = [aggregate() for _ in range(7)]
    for person in people:
        await station.publish(history([moved(person)] * 3), wake=False)
    async with running(station.publisher.relay.run):
        await until(station.all_published)
        for person in people:
            await station.publish(history([moved(person)] * 2, first=4))
        await until(station.all_published)
    rows = await station.rows()
    records = {}
    for record in await station.log(DIRECTORY):
        (key,) = ids_of([record])
        if key in rows:
            records[key] = record
    assert set(records) == set(rows)
    for key, row in rows.items():
        assert (row["partition"], row["offset"]) == (records[key].partition, records[key].offset)
        assert row["published_at"] >= row["recorded_at"]
        assert records[key].value == row["body"].encode()
        assert records[key].partition == partition_of(row["key"], DIRECTORY.partitions)
    for person in people:
        assert await log_of(station, person) == [f"{person}:{seq}" for seq in range(1, 6)]


async def test_a_commit_wakes_the_relay(settings: Settings, store: Database, aggregate: NewAggregate) -> None:
    station = Station(settings.model_copy(update={"relay_poll_seconds": 600, "relay_lease_seconds": 600}), store)
    await station.prepare()
    relay = station.publisher.relay
    async with running(relay.run):
        await until(lambda: relay.trouble is None)
        for _ in range(3):
            await station.publish(history([moved(aggregate())]))
            await until(station.all_published)


async def test_rows_behind_a_gap_are_read_again_soon(
    settings: Settings, store: Database, aggregate: NewAggregate
) -> None:
    station = Station(settings.model_copy(update={"relay_poll_seconds": 60, "relay_lease_seconds": 240}), store)
    await station.prepare()
    relay, person = station.publisher.relay, aggregate()
    await station.publish(history([moved(person)]), wake=False)
    await station.publish(history([moved(person)], first=3), wake=False)
    async with running(relay.run):
        await until(lambda: relay.trouble is None)
        await station.publish(history([moved(person)], first=2), wake=False)
        await until(station.all_published)
    assert await log_of(station, person) == [f"{person}:{seq}" for seq in (1, 2, 3)]


async def test_at_shutdown_remaining_rows_are_sent_and_lanes_released(
    settings: Settings, aggregate: NewAggregate, store: Database
) -> None:
    station = Station(settings.model_copy(update={"relay_lease_seconds": 60}), store)
    await station.prepare()
    relay = station.publisher.relay
    async with running(relay.run) as stopping:
        await until(lambda: relay.trouble is None)
        await station.publish(history([moved(aggregate())] * 300), wake=False)
        stopping.set()
    assert await station.pending() == []
    assert await store.outbox_lanes.distinct("owner") == [None]
    assert await store.outbox_relays.count_documents({}) == 0


async def test_a_hot_aggregate_starves_no_other(settings: Settings, store: Database, aggregate: NewAggregate) -> None:
    station = Station(settings.model_copy(update={"relay_round": 5}), store)
    await station.prepare()
    hot, cold = aggregate(), [aggregate() for _ in range(20)]
    await station.publish(history([moved_with(hot, "K1", hot)] * 120), wake=False)
    for person in cold:
        await station.publish(history([moved_with(person, "K1", hot)]), wake=False)
    async with running(station.publisher.relay.run):
        await until_done(station.pending, what="everything is published")
    order = await log_of(station, hot, *cold)
    assert len(order) == 140
    assert [event_id for event_id in order if event_id.startswith(f"{hot}:")] == [
        f"{hot}:{seq}" for seq in range(1, 121)
    ]
    assert max(order.index(f"{person}:1") for person in cold) < 50


async def test_a_row_waits_for_the_one_before_it(station: Station, aggregate: NewAggregate) -> None:
    """A scan may miss a row that was committed just before one that it returns."""
    person = aggregate()
    await station.publish(history([moved(person)] * 5), wake=False)
    rows = [row for _, row in sorted((await station.rows()).items())]
    relay = station.publisher.relay
    assert await relay._unpublished.continuous([rows[0], rows[1], rows[3], rows[4]]) == rows[:2]
    assert await relay._unpublished.continuous([rows[3], rows[4]]) == []
    await station.database.outbox.update_one({"_id": rows[2]["_id"]}, {"$unset": {"pending": ""}})
    assert await relay._unpublished.continuous([rows[3], rows[4]]) == rows[3:]


async def test_a_relay_paused_beyond_its_lease_sends_nothing(
    settings: Settings, store: Database, aggregate: NewAggregate
) -> None:
    station = Station(settings.model_copy(update={"relay_lease_seconds": 0.5}), store)
    await station.prepare()
    relay, lanes = station.publisher.relay, station.publisher._lanes
    await lanes.prepare()
    await lanes.renew()
    await station.publish(history([moved(aggregate())] * 3), wake=False)
    rows = list((await station.rows()).values())
    await until(lambda: not lanes.held())
    assert await relay.sweep() == 0
    assert await relay._publish(rows) == 0
    assert len(await station.pending()) == 3
    other = station.another_publisher(instance="b", relay_lease_seconds=10)
    async with running(other.relay.run):
        await until(station.all_published)
        await lanes.renew()
        assert await relay.sweep() == 0


async def test_two_relays_share_the_work_and_send_nothing_twice(
    settings: Settings, store: Database, aggregate: NewAggregate
) -> None:
    station = Station(settings.model_copy(update={"relay_lease_seconds": 3.0, "relay_lanes": 8}), store)
    await station.prepare()
    first, second = station.publisher, station.another_publisher(instance="b", relay_lease_seconds=3.0, relay_lanes=8)
    people = [aggregate() for _ in range(20)]
    async with running(first.relay.run, second.relay.run):
        await until(lambda: len(first._lanes.held()) == len(second._lanes.held()) == 4)
        for seq in range(1, 6):
            for person in people:
                await station.publish(history([moved(person)], first=seq))
            second.wake()
        await until(station.all_published)
    order = await log_of(station, *people)
    assert len(order) == len(set(order)) == 100
    for person in people:
        assert [event_id for event_id in order if event_id.startswith(person)] == [
            f"{person}:{seq}" for seq in range(1, 6)
        ]


async def test_the_commit_of_one_replica_wakes_the_relay_of_another(
    settings: Settings, store: Database, aggregate: NewAggregate
) -> None:
    patient = {"relay_poll_seconds": 600, "relay_lease_seconds": 800, "relay_lanes": 1}
    station = Station(settings.model_copy(update=patient), store)
    await station.prepare()
    holder = station.another_publisher(instance="b")
    async with running(holder.relay.run, holder._wakeup.run):
        await until(lambda: holder._lanes.held())
        async with running(station.publisher.relay.run):
            await until(lambda: station.publisher.relay.trouble is None)
            await holder._lanes.renew()
            assert not station.publisher._lanes.held()
            await station.publish(history([moved(aggregate())]))
            await until(station.all_published)


async def test_records_lost_by_the_broker_are_sent_again(
    settings: Settings, store: Database, aggregate: NewAggregate
) -> None:
    prefix = f"m{uuid.uuid4().hex[:8]}."
    bootstrap = settings.kafka_bootstrap
    station = Station(settings.model_copy(update={"topic_prefix": prefix}), store)
    await station.prepare()
    await ensure_topics(Broker(bootstrap), replication=1, prefix=prefix)
    people = [aggregate() for _ in range(5)]
    for person in people:
        await station.publish(history([moved(person)] * 2), wake=False)
    async with running(station.publisher.relay.run):
        await until(station.all_published)
    await delete_topics(bootstrap, prefix)
    await until(lambda: topics_are(bootstrap, prefix, 0))
    await ensure_topics(Broker(bootstrap), replication=1, prefix=prefix)
    await until(lambda: topics_are(bootstrap, prefix, len(TOPICS)))
    async with running(station.another_publisher().relay.run):
        await until(lambda: log_has(station, 10))
        await until(station.all_published)
    await delete_topics(bootstrap, prefix)


async def log_has(station: Station, count: int) -> bool:
    return len(await station.log(DIRECTORY)) == count


async def test_a_replay_is_sent_although_it_was_sent_just_now(station: Station, aggregate: NewAggregate) -> None:
    person = aggregate()
    await station.publish(history([moved(person)] * 3), wake=False)
    async with running(station.publisher.relay.run):
        await until(station.all_published)
        assert await Replay(station.database, station.settings.topic_prefix).mark(Selection(), lambda _: None) == 3
        await until(station.all_published)
    assert await log_of(station, person) == [f"{person}:{seq}" for seq in (1, 2, 3, 1, 2, 3)]


@pytest.fixture
async def narrow(settings: Settings, store: Database) -> AsyncIterator[Station]:
    """A broker that takes no record above 3 kB on the topic of people."""
    prefix = f"m{uuid.uuid4().hex[:8]}."
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    limit = {"max.message.bytes": "3000"}
    await admin.create_topics([NewTopic(prefix + DIRECTORY.name, DIRECTORY.partitions, 1, topic_configs=limit)])
    await admin.close()
    await ensure_topics(settings.broker, replication=1, prefix=prefix)
    station = Station(settings.model_copy(update={"topic_prefix": prefix}), store)
    await station.prepare()
    yield station
    await delete_topics(settings.kafka_bootstrap, prefix)


async def test_a_row_that_the_broker_refuses_sets_its_aggregate_aside_and_no_other(
    narrow: Station, aggregate: NewAggregate
) -> None:
    good, bad, late = aggregate(), aggregate(), aggregate()
    key = "one-partition"
    relay = narrow.publisher.relay
    await narrow.publish(history([moved_with(good, "K1", key)] * 4), wake=False)
    levels = ["K1", "x" * 5_000, "K1", "K1"]
    await narrow.publish(history([moved_with(bad, level, key) for level in levels]), wake=False)
    await narrow.publish(history([moved_with(late, "K1", key)] * 4), wake=False)
    async with running(relay.run):
        await until(lambda: relay._set_aside == {bad})
        await until(lambda: pending_is(narrow, {f"{bad}:{seq}" for seq in (2, 3, 4)}))
        assert "1 aggregates are set aside" in (await relay.check() or "")
        order = await log_of(narrow, good, bad, late)
        assert [event_id for event_id in order if event_id.startswith(bad)] == [f"{bad}:1"]
        for person in (good, late):
            assert [event_id for event_id in order if event_id.startswith(person)] == [
                f"{person}:{seq}" for seq in range(1, 5)
            ]

        await widen(narrow)
        await narrow.database.outbox_aside.delete_many({})
        await until(narrow.all_published)
        assert await relay.check() is None
    order = await log_of(narrow, bad)
    assert order == [f"{bad}:{seq}" for seq in (1, 2, 3, 4)]


async def pending_is(station: Station, ids: set[str]) -> bool:
    return set(await station.pending()) == ids


async def widen(station: Station) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=station.settings.kafka_bootstrap)
    await admin.start()
    name = station.settings.topic_prefix + DIRECTORY.name
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {"max.message.bytes": "1048588"})])
    await admin.close()


async def test_a_row_that_the_client_refuses_stops_later_ones(station: Station, aggregate: NewAggregate) -> None:
    person, other = aggregate(), aggregate()
    await station.publish(history([moved(person)] * 4), wake=False)
    await station.publish(history([moved(other)] * 2), wake=False)
    await station.database.outbox.update_one({"_id": f"{person}:2"}, {"$set": {"body": "x" * 1_100_000}})
    async with running(station.publisher.relay.run):
        await until(lambda: pending_is(station, {f"{person}:{seq}" for seq in (2, 3, 4)}))
    assert await log_of(station, person, other) != []
    assert await log_of(station, person) == [f"{person}:1"]
    assert await log_of(station, other) == [f"{other}:1", f"{other}:2"]


async def test_an_event_too_large_for_a_record_is_refused_before_any_is_stored(station: Station) -> None:
    with pytest.raises(EventTooLarge):
        await station.publish(history([moved("p"), moved("p", level="ก" * 400_000)]))
    assert await station.rows() == {}


async def test_a_topic_with_another_partition_count_is_refused(kafka_bootstrap: str) -> None:
    prefix = f"m{uuid.uuid4().hex[:8]}."
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(prefix + DIRECTORY.name, 2, 1)])
    await admin.close()
    with pytest.raises(PartitionsChanged, match="has 2 partitions; it must have 6"):
        await ensure_topics(Broker(kafka_bootstrap), replication=1, prefix=prefix)
    await delete_topics(kafka_bootstrap, prefix)


@pytest.mark.parametrize("key", ["a", "PO-50", "โครงการ", "0197c1e0-5b1e-7a6e-9d5c-3f1b2a4c5d6e"])
async def test_keys_go_to_the_partition_that_kafka_would_choose(station: Station, key: str) -> None:
    """Integrating systems may look a partition up by its key."""
    producer = await station.publisher.relay._producer._started()
    try:
        name = station.settings.topic_prefix + DIRECTORY.name
        sent = await producer.send_and_wait(name, b"x", key=key.encode())
        assert sent.partition == partition_of(key, DIRECTORY.partitions)
    finally:
        await station.publisher.relay._producer.discard()
