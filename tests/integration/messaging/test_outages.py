"""Broker and database fail under load and return: every committed event arrives, in order, and takes effect once."""

from collections.abc import Callable, Sequence

import pytest

from shared.events.directory import PersonMoved
from shared.events.topics import DIRECTORY
from shared.mongo import Database, connect, database
from shared.settings import Settings
from tests.engines import Engines
from tests.support.brokers import make_topics
from tests.support.events import history, moved
from tests.support.station import Station, ids_of, running
from tests.support.waiting import until

NewAggregate = Callable[[], str]


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Short timeouts for engines that do not answer."""
    return settings.model_copy(update={"relay_lease_seconds": 4.0})


async def all_applied(station: Station, people: Sequence[str], each: int) -> bool:
    count: int = await station.database.effects.count_documents({"subject": {"$in": list(people)}})
    return count == len(people) * each


async def publish_two(station: Station, people: Sequence[str], first: int) -> None:
    for person in people:
        await station.publish(history([moved(person)] * 2, first=first))


async def test_a_broker_that_is_killed_or_frozen(
    killable: Engines, quick: Settings, store: Database, aggregate: NewAggregate, unique: str
) -> None:
    kafka, prefix = killable.kafka, f"{unique}."
    await make_topics(kafka.bootstrap, prefix)
    station = Station(quick.model_copy(update={"kafka_bootstrap": kafka.bootstrap, "topic_prefix": prefix}), store)
    await station.prepare()
    relay, consumer = station.publisher.relay, station.consumer(PersonMoved)
    people = [aggregate() for _ in range(10)]
    async with running(relay.run, consumer.run):
        await publish_two(station, people, 1)
        await until(lambda: all_applied(station, people, 2))

        await kafka.kill()
        await publish_two(station, people, 3)
        await until(lambda: relay.trouble)
        assert len(await station.pending()) == 20
        await kafka.start()
        await until(lambda: all_applied(station, people, 4))

        kafka.pause()
        await publish_two(station, people, 5)
        await until(lambda: relay.trouble)
        kafka.resume()
        await until(lambda: all_applied(station, people, 6))
        await until(station.all_published)
        await until(lambda: relay.trouble is None and consumer.trouble is None)
    await sent_and_applied_in_order(station, people)


async def sent_and_applied_in_order(station: Station, people: Sequence[str]) -> None:
    """All six events of every person took effect once, and nothing is pending."""
    firsts = list(dict.fromkeys(ids_of(await station.log(DIRECTORY))))
    for person in people:
        assert [event_id for event_id in firsts if event_id.startswith(person)] == [
            f"{person}:{seq}" for seq in range(1, 7)
        ]
        assert await station.effects.seqs(person) == [1, 2, 3, 4, 5, 6]
    assert await station.held() == {}


async def test_a_database_that_is_killed(
    killable: Engines, quick: Settings, aggregate: NewAggregate, unique: str
) -> None:
    client = connect(killable.database.url, app_name="tests", patience=1)
    station = Station(quick, database(client, f"{unique}_station"))
    await station.prepare()
    relay, consumer = station.publisher.relay, station.consumer(PersonMoved)
    person = aggregate()
    async with running(relay.run, consumer.run):
        await station.publish(history([moved(person)] * 5))
        await until(lambda: all_applied(station, [person], 5))
        await killable.database.kill()
        await until(lambda: relay.trouble and consumer.trouble)
        await killable.database.start()
        await until(lambda: relay.trouble is None and consumer.trouble is None)
        await station.publish(history([moved(person)] * 5, first=6))
        await until(lambda: all_applied(station, [person], 10))
    assert await station.held() == {}
    assert await station.pending() == []
    client.close()
