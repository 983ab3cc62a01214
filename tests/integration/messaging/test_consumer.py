"""The consumer on a real broker: events are applied once, over pauses, drains, rebalances and dead clients."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

from aiokafka import AIOKafkaConsumer, TopicPartition
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.clock import now
from shared.events.directory import ContactChanged, ContactErased, PersonMoved, PersonRegistered
from shared.events.envelope import Envelope, Event, Position
from shared.events.topics import DIRECTORY
from shared.messaging.consumer import Consumer, topics_of
from shared.messaging.replay import Replay, Selection
from shared.mongo import Database, Session
from shared.position_tokens import Reached
from shared.settings import Settings
from shared.telemetry import Tracing
from tests.support.events import contact_changed, contact_erased, history, moved, outgoing
from tests.support.station import Effects, Station, running
from tests.support.waiting import DEADLINE, until

NewAggregate = Callable[[], str]


async def seen(station: Station, subject: str, count: int) -> bool:
    return len(await station.effects.seqs(subject)) == count


async def committed(station: Station, name: str = "station") -> int:
    """The sum of the group's offsets, as the broker has them."""
    settings = station.settings
    reader = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap, group_id=settings.group_prefix + name)
    await reader.start()
    try:
        places = [TopicPartition(settings.topic_prefix + DIRECTORY.name, n) for n in range(DIRECTORY.partitions)]
        reader.assign(places)
        return sum([await reader.committed(place) or 0 for place in places])
    finally:
        await reader.stop()


@asynccontextmanager
async def listening(station: Station, *consumers: Consumer) -> AsyncIterator[asyncio.Event]:
    async with running(station.publisher.relay.run, *(consumer.run for consumer in consumers)) as stopping:
        await until(lambda: all(consumer.trouble is None for consumer in consumers), what="consumers have joined")
        yield stopping


async def test_what_is_published_is_applied_once(station: Station, aggregate: NewAggregate) -> None:
    consumer = station.consumer(PersonMoved)
    people = [aggregate() for _ in range(6)]
    async with listening(station, consumer):
        for person in people:
            await station.publish(history([moved(person)] * 5))
        for person in people:
            await until(partial(seen, station, person, 5))
        await Replay(station.database, station.settings.topic_prefix).mark(Selection(), lambda _: None)
        await station.publish(history([moved(people[0])], first=6))
        await until(lambda: seen(station, people[0], 6))
        await until(station.all_published)
    for person in people[1:]:
        assert await station.effects.seqs(person) == [1, 2, 3, 4, 5]
    assert await station.held() == {}


async def test_the_consumer_continues_where_it_stopped(station: Station, aggregate: NewAggregate) -> None:
    person = aggregate()
    async with listening(station, station.consumer(PersonMoved)):
        await station.publish(history([moved(person)] * 3))
        await until(lambda: seen(station, person, 3))
    before = await committed(station)
    assert before >= 3
    station.effects.order.clear()
    async with listening(station, station.consumer(PersonMoved)):
        await station.publish(history([moved(person)], first=4))
        await until(lambda: seen(station, person, 4))
    assert [event_id for event_id in station.effects.order if event_id.startswith(person)] == [f"{person}:4"]
    assert await committed(station) == before + 1


async def test_a_drain_completes_the_current_batch(station: Station, aggregate: NewAggregate) -> None:
    person = aggregate()
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def hold_up(envelopes: Sequence[Envelope]) -> None:
        if envelopes[0].subject == person:
            inside.set()
            await go_on.wait()

    station.effects.before = hold_up
    async with listening(station, station.consumer(PersonMoved)) as stopping:
        await station.publish(history([moved(person)]))
        await asyncio.wait_for(inside.wait(), DEADLINE)
        stopping.set()
        go_on.set()
    assert await station.effects.seqs(person) == [1]
    assert await committed(station) >= 1


async def test_a_state_topic_keeps_the_newest_and_forgets_the_erased(station: Station, aggregate: NewAggregate) -> None:
    person = aggregate()
    contacts: dict[str, str] = {}

    async def apply(envelopes: Sequence[Envelope], session: Session) -> None:
        for envelope in envelopes:
            if isinstance(envelope.event, ContactChanged):
                contacts[envelope.event.person] = envelope.event.sealed
            elif isinstance(envelope.event, ContactErased):
                contacts.pop(envelope.event.person, None)

    station.effects.apply = apply  # type: ignore[method-assign]
    consumer = station.consumer(ContactChanged, ContactErased)
    async with listening(station, consumer):
        await station.publish(history([contact_changed(person, "one"), contact_changed(person, "two")]))
        await until(lambda: contacts.get(person) == "two")
        # compaction removed the third value: no gap is waited for
        await station.publish([outgoing(contact_changed(person, "four"), 4)])
        await until(lambda: contacts.get(person) == "four")
        await station.publish([outgoing(contact_erased(person), 5)])
        await until(lambda: person not in contacts)
        # The handler sees an event before its transaction is committed.
        reached = Reached((Position(f"contact:{person}", 5),))
        await consumer.positions.wait(reached, source="/pattana/enrolment")
    assert await station.held() == {}


async def test_two_replicas_share_the_partitions_and_apply_once(station: Station, aggregate: NewAggregate) -> None:
    first, second = station.consumer(PersonMoved), station.consumer(PersonMoved, instance="b")
    people = [aggregate() for _ in range(30)]
    async with listening(station, first) as stopping:
        for person in people:
            await station.publish(history([moved(person)] * 4))
        async with running(second.run):
            await until(lambda: second.trouble is None)
            for person in people:
                await station.publish(history([moved(person)] * 4, first=5))
            await until(lambda: effects_of(station, people, 8))
        for person in people:
            await station.publish(history([moved(person)] * 2, first=9))
        await until(lambda: effects_of(station, people, 10))
        stopping.set()
    assert await station.held() == {}


async def effects_of(station: Station, people: Sequence[str], each: int) -> bool:
    count = await station.database.effects.count_documents({"subject": {"$in": list(people)}})
    return bool(count == len(people) * each)


async def test_a_client_whose_coordinator_died_is_replaced(station: Station, aggregate: NewAggregate) -> None:
    """Such a client raises the same error at every call."""
    consumer = station.consumer(PersonMoved)
    person = aggregate()
    async with listening(station, consumer):
        await station.publish(history([moved(person)]))
        await until(lambda: seen(station, person, 1))
        first = consumer._assignment
        assert first is not None
        first.client._coordinator._coordination_task.cancel()
        await until(lambda: consumer._assignment not in (None, first))
        await station.publish(history([moved(person)], first=2))
        await until(lambda: seen(station, person, 2))


async def test_lag_is_reported_and_removed(station: Station) -> None:
    consumer = station.consumer(PersonMoved)
    async with listening(station, consumer):
        assignment = consumer._assignment
        assert assignment is not None
        await consumer._lag.measure(assignment.client, assignment.partitions)
        text = station.metrics.text().decode()
        assert text.count('pattana_consumer_lag{consumer="station"') == DIRECTORY.partitions
        consumer._lag.forget()
        assert 'pattana_consumer_lag{consumer="station"' not in station.metrics.text().decode()


async def test_one_trace_goes_from_a_command_to_every_consumer(
    settings: Settings, store: Database, aggregate: NewAggregate
) -> None:
    spans = InMemorySpanExporter()
    station = Station(settings.model_copy(update={"trace_ratio": 1.0}), store)
    station.tracing = Tracing("station", station.settings, spans)
    station.publisher = station.another_publisher()
    await station.prepare()
    other = Effects(store.client[f"{store.name}_other"])
    consumers = [station.consumer(PersonMoved), station.consumer(PersonMoved, name="other", effects=other)]
    person = aggregate()
    async with listening(station, *consumers):
        with station.tracing.begin("POST /api/enrolment/people") as root:
            assert root is not None
            recorder = station.publisher.recorder(now())
            recorder.record([moved(person)], after=0)
            await station.publish(recorder.events)
        await until(lambda: seen(station, person, 1))
        await until(lambda: other.seqs(person))
    steps = [span for span in spans.get_finished_spans() if (span.attributes or {}).get("id") == f"{person}:1"]
    assert sorted(span.name for span in steps) == [f"apply {PersonMoved.type}"] * 2 + [f"publish {PersonMoved.type}"]
    assert {span.context.trace_id for span in steps if span.context} == {root.get_span_context().trace_id}


def test_topics_follow_from_the_handlers() -> None:
    handlers: dict[type[Event], object] = dict.fromkeys((PersonMoved, ContactChanged, PersonRegistered), object())
    assert topics_of(handlers) == ["enrolment.contacts", "enrolment.directory"]
