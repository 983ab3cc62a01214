"""The watchdog: it tells a dead client from a slow partition, and one partition from all of them."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.messaging import lag
from shared.messaging.lag import LagWatch, Stalled
from shared.messaging.partition import Partition
from shared.telemetry import Metrics
from tests.support.modules import changed

FIRST, SECOND, THIRD = (TopicPartition("t", number) for number in range(3))


class Broker:
    """What a Kafka client says of its partitions; a leader that is away makes every question about it wait."""

    def __init__(self) -> None:
        self.ends = {FIRST: 10, SECOND: 10, THIRD: 10}
        self.positions = {FIRST: 5, SECOND: 5, THIRD: 10}
        self.away: set[TopicPartition] = set()
        self.fetched_anew: list[tuple[TopicPartition, int]] = []

    def assignment(self) -> set[TopicPartition]:
        return set(self.ends)

    async def end_offsets(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        if self.away.intersection(places):
            raise KafkaError("no leader")
        return {place: self.ends[place] for place in places}

    async def position(self, place: TopicPartition) -> int:
        return self.positions[place]

    def seek(self, place: TopicPartition, offset: int) -> None:
        self.fetched_anew.append((place, offset))


class Watched:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.broker = Broker()
        self.metrics = Metrics()
        self.watch = LagWatch("c", self.metrics)
        self.partitions: dict[TopicPartition, Partition] = {}
        self.now = 0.0
        clock = SimpleNamespace(time=lambda: self.now)
        monkeypatch.setattr(lag, "asyncio", changed(asyncio, get_running_loop=lambda: clock))

    async def after(self, seconds: float) -> str | None:
        self.now += seconds
        await self.watch.measure(cast(AIOKafkaConsumer, self.broker), self.partitions)
        return self.watch.trouble

    def lag_of(self, place: TopicPartition) -> float | None:
        labels = {"consumer": "c", "topic": "t", "partition": str(place.partition)}
        return self.metrics.registry.get_sample_value("pattana_consumer_lag", labels)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


async def test_a_client_none_of_whose_partitions_gets_on_is_dead(watched: Watched) -> None:
    assert await watched.after(0) is None
    assert await watched.after(29) is None
    with pytest.raises(Stalled, match="t/0 stands for 31 s"):
        await watched.after(2)


async def test_one_that_stands_while_others_get_on_is_fetched_anew(watched: Watched) -> None:
    await watched.after(0)
    watched.broker.positions[SECOND] = 6
    assert await watched.after(31) == "t/0 stands still"
    assert watched.broker.fetched_anew == [(FIRST, 5)]
    for position in (7, 8, 9):
        watched.broker.positions[SECOND] = position
        await watched.after(25)
    with pytest.raises(Stalled):
        await watched.after(20)


async def test_one_that_moves_or_has_no_more_is_well(watched: Watched) -> None:
    for position in (5, 6, 7, 10, 10, 10):
        watched.broker.positions[FIRST] = watched.broker.positions[SECOND] = position
        assert await watched.after(25) is None


async def test_one_that_is_being_applied_is_slow_and_not_dead(watched: Watched) -> None:
    """It is bound to its own deadlines; what waits in memory counts as behind."""
    busy = cast(Any, SimpleNamespace(busy=True, applied=2))
    watched.partitions = {FIRST: busy, SECOND: busy}
    for _ in range(5):
        assert await watched.after(100) is None
    assert [watched.lag_of(place) for place in (FIRST, SECOND, THIRD)] == [8.0, 8.0, 0.0]


async def test_a_leader_that_is_away_is_named_and_keeps_no_other_from_being_measured(watched: Watched) -> None:
    watched.broker.away = {SECOND}
    assert await watched.after(0) == "t/1: its leader does not answer"
    assert [watched.lag_of(place) for place in (FIRST, SECOND, THIRD)] == [5.0, None, 0.0]
    watched.broker.away = {FIRST, SECOND, THIRD}
    with pytest.raises(TimeoutError):
        await watched.after(5)


async def test_what_another_replica_reads_now_is_forgotten(watched: Watched) -> None:
    await watched.after(0)
    del watched.broker.ends[FIRST]
    await watched.after(5)
    assert (watched.lag_of(FIRST), watched.lag_of(SECOND)) == (None, 5.0)
