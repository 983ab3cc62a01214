"""One partition in trouble is nobody else's: it backs off by itself, in bounded memory, and loses nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from shared.events.directory import PersonMoved
from shared.events.envelope import Envelope
from shared.events.topics import DIRECTORY
from shared.messaging.assignment import Assignment
from shared.messaging.consumer import Consumer
from shared.messaging.kafka import partition_of
from shared.messaging.partition import RECORD_BYTES, Partition, backoff_seconds
from shared.mongo import Database, StoreUnavailable
from shared.settings import Settings
from tests.support.events import history, moved
from tests.support.station import Station, running
from tests.support.waiting import until

NewAggregate = Callable[[], str]


@asynccontextmanager
async def listening(station: Station, *consumers: Consumer) -> AsyncIterator[asyncio.Event]:
    async with running(station.publisher.relay.run, *(consumer.run for consumer in consumers)) as stopping:
        await until(lambda: all(consumer.trouble is None for consumer in consumers), what="consumers have joined")
        yield stopping


def two_partitions(aggregate: NewAggregate) -> tuple[str, str]:
    """Two people who are not on the same partition."""
    first = aggregate()
    while number_of(second := aggregate()) == number_of(first):
        pass
    return first, second


def number_of(person: str) -> int:
    return partition_of(person, DIRECTORY.partitions)


def assignment_of(consumer: Consumer) -> Assignment:
    assert consumer._assignment is not None
    return consumer._assignment


def partition(consumer: Consumer, person: str) -> Partition:
    (found,) = [p for p in assignment_of(consumer).partitions.values() if p.place.partition == number_of(person)]
    return found


def paused_by(consumer: Consumer) -> set[int]:
    return {place.partition for place in assignment_of(consumer).client.paused()}


async def applied(station: Station, person: str, count: int) -> None:
    async def there() -> bool:
        return await station.effects.seqs(person) == list(range(1, count + 1))

    await until(there, what=f"{count} events of {person} are applied")


async def test_a_partition_that_fails_backs_off_alone(station: Station, aggregate: NewAggregate) -> None:
    bad, good = two_partitions(aggregate)
    station.effects.fail = {f"{bad}:1": StoreUnavailable("no answer")}
    consumer = station.consumer(PersonMoved)
    async with listening(station, consumer):
        before = assignment_of(consumer)
        await station.publish(history([moved(bad)] * 3))
        await until(lambda: "no answer" in (consumer.trouble or ""))
        for seq in range(1, 6):
            await station.publish(history([moved(good)], first=seq))
            await applied(station, good, seq)
        assert assignment_of(consumer) is before  # the same client
        assert f"{DIRECTORY.name}/{number_of(bad)}: StoreUnavailable" in (await consumer.check() or "")
        gauge = f'pattana_consumer_backoff{{consumer="station",partition="{number_of(bad)}"'
        assert gauge in station.metrics.text().decode()
        assert await station.effects.seqs(bad) == []
        assert await station.held() == {}  # infrastructure is never parked

        station.effects.fail = {}
        await applied(station, bad, 3)
        await until(lambda: consumer.trouble is None)
        assert "pattana_consumer_backoff{" not in station.metrics.text().decode()


async def test_a_handler_that_never_returns_is_noticed(
    station: Station, aggregate: NewAggregate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.messaging.batch.DEADLINE_SECONDS", 0.4)
    monkeypatch.setattr("shared.messaging.batch.ABORT_SECONDS", 0.1)
    bad, good = two_partitions(aggregate)
    heals = asyncio.Event()

    async def wait_for_ever(envelopes: Sequence[Envelope]) -> None:
        if envelopes[0].subject == bad:
            await heals.wait()

    station.effects.before = wait_for_ever
    consumer = station.consumer(PersonMoved)
    async with listening(station, consumer):
        await station.publish(history([moved(bad)]))
        await until(lambda: "TimeoutError" in (consumer.trouble or ""))
        await station.publish(history([moved(good)]))
        await applied(station, good, 1)
        heals.set()
        await applied(station, bad, 1)
    assert await station.held() == {}


async def test_a_slow_partition_keeps_no_other_waiting(station: Station, aggregate: NewAggregate) -> None:
    slow, quick = two_partitions(aggregate)
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def hold_up(envelopes: Sequence[Envelope]) -> None:
        if envelopes[0].subject == slow:
            inside.set()
            await go_on.wait()

    station.effects.before = hold_up
    consumer = station.consumer(PersonMoved)
    async with listening(station, consumer):
        await station.publish(history([moved(slow)]))
        await inside.wait()
        first = partition(consumer, slow)
        for seq in (1, 2, 3):
            await station.publish(history([moved(quick)], first=seq))
            await applied(station, quick, seq)
        assert await station.effects.seqs(slow) == []
        # It is in its first attempt, and of the first client: nobody waited for either to end.
        assert (partition(consumer, slow), first.attempts) == (first, 0)
        go_on.set()
        await applied(station, slow, 1)


async def test_a_batch_that_is_too_much_is_halved_and_grows_again(station: Station, aggregate: NewAggregate) -> None:
    sizes: list[int] = []

    async def be_slow(envelopes: Sequence[Envelope]) -> None:
        if len(envelopes) > 5 and sum(sizes) < 20:
            raise StoreUnavailable("past its deadline")
        sizes.append(len(envelopes))

    person = aggregate()
    await station.publish(history([moved(person)] * 60))
    async with running(station.publisher.relay.run):
        await until(station.all_published)
    station.effects.before = be_slow
    consumer = station.consumer(PersonMoved, name="alone", consumer_batch=32)
    async with running(consumer.run):
        await applied(station, person, 60)
    assert max(sizes[:3]) <= 5  # of 32, 16 and 8 nothing came
    assert max(sizes) > 5
    assert await station.held("alone") == {}


async def test_what_waits_in_memory_is_bounded(settings: Settings, store: Database, aggregate: NewAggregate) -> None:
    """A partition that stands is fetched no more once it has its share; the others are."""
    buffer = DIRECTORY.partitions * 10 * RECORD_BYTES
    station = Station(settings.model_copy(update={"consumer_buffer_bytes": buffer}), store)
    await station.prepare()
    bad, good = two_partitions(aggregate)
    station.effects.fail = {f"{bad}:1": StoreUnavailable("no answer")}
    consumer = station.consumer(PersonMoved)
    async with listening(station, consumer):
        await station.publish(history([moved(bad)] * 40))
        await until(lambda: paused_by(consumer) == {number_of(bad)}, what="its fetching is paused")
        await station.publish(history([moved(good)]))
        await applied(station, good, 1)  # and so what was on its way already is here
        before = partition(consumer, bad).bytes
        await station.publish(history([moved(bad)] * 40, first=41))
        await station.publish(history([moved(good)] * 3, first=2))
        await until(station.all_published)
        await applied(station, good, 4)
        # Less than before, when other tests' people, whose topic this is too, were still being applied.
        assert partition(consumer, bad).bytes <= before

        station.effects.fail = {}
        await applied(station, bad, 80)
        await until(lambda: not paused_by(consumer))
        assert partition(consumer, bad).bytes == 0
    assert await station.held() == {}


async def test_a_rebalance_while_a_partition_backs_off(station: Station, aggregate: NewAggregate) -> None:
    bad, good = two_partitions(aggregate)
    station.effects.fail = {f"{bad}:2": StoreUnavailable("no answer")}
    first, second = station.consumer(PersonMoved), station.consumer(PersonMoved, instance="b")
    async with listening(station, first):
        await station.publish(history([moved(bad)]))
        await applied(station, bad, 1)
        await station.publish(history([moved(bad)] * 4, first=2))
        await until(lambda: "no answer" in (first.trouble or ""))
        old = partition(first, bad)
        async with running(second.run):
            await until(lambda: second._assignment is not None and len(second._assignment.client.assignment()) == 3)
            await until(lambda: len(assignment_of(first).client.assignment()) == 3)
            assert old not in assignment_of(first).partitions.values()
            assert (old.bytes, old.busy) == (0, False)
            await until(lambda: "no answer" in f"{first.trouble} {second.trouble}")
            await station.publish(history([moved(good)] * 2))
            await applied(station, good, 2)
            client = assignment_of(first).client
            if old.place in client.assignment():
                assert (await client.committed(old.place) or 0) <= (old.applied or 0)
            station.effects.fail = {}
            await applied(station, bad, 5)
    assert await station.held() == {}


def test_the_backoff_is_bounded_however_often_it_failed() -> None:
    assert max(backoff_seconds(attempt) for attempt in (1, 3, 10, 1_025, 100_000)) <= 3.3
