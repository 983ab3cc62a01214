"""A partition that takes no events stops its own aggregates and nothing else, however many rows wait for it."""

import uuid
from collections.abc import AsyncIterator, Callable

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic

from shared.events.topics import CONTACTS, DIRECTORY
from shared.messaging.kafka import partition_of
from shared.mongo import Database
from shared.settings import Settings
from tests.support.brokers import delete_topics, make_topics
from tests.support.events import contact_changed, history, moved
from tests.support.station import Station, ids_of, running
from tests.support.waiting import until

NewAggregate = Callable[[], str]
LED = 3  # partitions of the topic of people that are there


@pytest.fixture
async def admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await client.start()
    yield client
    await client.close()


@pytest.fixture
async def station(settings: Settings, store: Database) -> AsyncIterator[Station]:
    """With topics of its own, which the test makes."""
    prefix = f"m{uuid.uuid4().hex[:8]}."
    station = Station(settings.model_copy(update={"topic_prefix": prefix, "relay_lease_seconds": 3.0}), store)
    await station.prepare()
    yield station
    await delete_topics(settings.kafka_bootstrap, prefix)


async def waits_for(station: Station, people: list[str]) -> bool:
    return {key.rpartition(":")[0].removeprefix("contact:") for key in await station.pending()} == set(people)


async def is_gone(admin: AIOKafkaAdminClient, name: str) -> bool:
    return name not in await admin.list_topics()


async def in_order_and_once(station: Station, people: list[str], count: int) -> None:
    ids = ids_of(await station.log(DIRECTORY))
    for person in people:
        assert [key for key in ids if key.startswith(person)] == [f"{person}:{seq}" for seq in range(1, count + 1)]


async def test_partitions_without_a_leader_neither_starve_nor_repeat_the_others(
    station: Station, admin: AIOKafkaAdminClient, aggregate: NewAggregate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.messaging.unpublished.PAGE_ROWS", 10)
    name = station.settings.topic_prefix + DIRECTORY.name
    await admin.create_topics([NewTopic(name, LED, 1)])
    relay = station.publisher.relay
    people = [aggregate() for _ in range(40)]
    stuck = [person for person in people if partition_of(person, DIRECTORY.partitions) >= LED]
    led = [person for person in people if person not in stuck]
    assert len(stuck) > 10
    for person in people:
        await station.publish(history([moved(person)] * 2), wake=False)
    async with running(relay.run):
        await until(lambda: waits_for(station, stuck), what="all others are sent")
        for seq in (3, 4):
            for person in led:
                await station.publish(history([moved(person)], first=seq))
            await until(lambda: waits_for(station, stuck), what="later ones are sent, too")
        assert "partitions take no events" in (await relay.check() or "")
        resting = relay._resting.places()
        assert resting == {f"{name}/{partition_of(person, DIRECTORY.partitions)}" for person in stuck}
        assert [row async for page in relay._unpublished.pages(None, resting) for row in page] == []

        await admin.create_partitions({name: NewPartitions(DIRECTORY.partitions)})
        for person in stuck:
            await station.publish(history([moved(person)] * 2, first=3))
        await until(station.all_published)
        assert await relay.check() is None
    await in_order_and_once(station, people, 4)


async def test_a_topic_that_is_lost_under_the_relay_makes_no_duplicates_elsewhere(
    station: Station, admin: AIOKafkaAdminClient, aggregate: NewAggregate
) -> None:
    """The producer believes that it is there, so its send hangs until its time is over."""
    bootstrap, prefix = station.settings.kafka_bootstrap, station.settings.topic_prefix
    await make_topics(bootstrap, prefix)
    people, stuck = [aggregate() for _ in range(30)], aggregate()
    relay = station.publisher.relay
    async with running(relay.run):
        await station.publish(history([contact_changed(stuck, "a")]))
        await until(station.all_published)
        await admin.delete_topics([prefix + CONTACTS.name])
        await until(lambda: is_gone(admin, prefix + CONTACTS.name))
        await station.publish(history([contact_changed(stuck, "b")], first=2), wake=False)
        for person in people:
            await station.publish(history([moved(person)] * 2), wake=False)
        await until(lambda: waits_for(station, [stuck]))
        for person in people:
            await station.publish(history([moved(person)] * 2, first=3), wake=False)
        await until(lambda: waits_for(station, [stuck]))
        await make_topics(bootstrap, prefix)
        await until(station.all_published)
    await in_order_and_once(station, people, 4)
    assert f"contact:{stuck}:2" in ids_of(await station.log(CONTACTS))
