"""How far a consumer is behind, and whether a partition stands still though it should not."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from shared.broker import Broker
from shared.messaging.partition import Partition
from shared.telemetry import Metrics

STALL_SECONDS = 30.0
HOPELESS_SECONDS = 120.0
ONE_SECONDS = 1.0
ALL_SECONDS = 2.0
UNKNOWN = -1


class Stalled(TimeoutError):
    """Positions stand still though their partitions have more: the client is dead inside."""


class LagWatch:
    """The lag of one consumer's partitions, by the broker's own word where they end."""

    def __init__(self, consumer: str, metrics: Metrics) -> None:
        self._consumer = consumer
        self._metrics = metrics
        self._moved: dict[TopicPartition, tuple[int, float]] = {}
        self.trouble: str | None = None

    def forget(self) -> None:
        """A new client begins."""
        for place in list(self._moved):
            self._drop(place)
        self.trouble = None

    async def measure(self, client: AIOKafkaConsumer, partitions: Mapping[TopicPartition, Partition]) -> None:
        """`partitions` are those with work of their own. Raises Stalled; TimeoutError when no leader answers."""
        places = list(client.assignment())
        for place in set(self._moved).difference(places):
            self._drop(place)
        ends = await _ends(client, places)
        fetched = dict(zip(ends, await asyncio.gather(*(_position(client, place) for place in ends)), strict=True))
        now = asyncio.get_running_loop().time()
        behind, still = 0, dict[TopicPartition, float]()
        for place, end in ends.items():
            partition = partitions.get(place)
            self._report(place, end - _done(partition, fetched[place]))
            level = fetched[place] >= end or (partition is not None and partition.busy)  # what is busy has deadlines
            behind += not level
            seconds = self._stands(place, fetched[place], now, level=level)
            if seconds > STALL_SECONDS:
                still[place] = seconds
        silent = [place for place in places if place not in ends]
        texts = [f"{_name(p)} stands still" for p in still] + [
            f"{_name(p)}: its leader does not answer" for p in silent
        ]
        self.trouble = "; ".join(texts) or None
        self._judge(client, still, behind)

    def _report(self, place: TopicPartition, lag: int) -> None:
        self._metrics.consumer_lag.labels(self._consumer, place.topic, str(place.partition)).set(max(0, lag))

    def _stands(self, place: TopicPartition, position: int, now: float, *, level: bool) -> float:
        """For how many seconds the position has been where it is, though there is more."""
        before, since = self._moved.get(place, (None, now))
        if position != before or level:
            self._moved[place] = (position, now)
            return 0.0
        return now - since

    def _judge(self, client: AIOKafkaConsumer, still: Mapping[TopicPartition, float], behind: int) -> None:
        """When others get on the client is alive, and one partition is no reason to give up all: it is fetched anew."""
        if not still:
            return
        if len(still) == behind or max(still.values()) > HOPELESS_SECONDS:
            raise Stalled(", ".join(f"{_name(place)} stands for {seconds:.0f} s" for place, seconds in still.items()))
        for place in still:
            if self._moved[place][0] != UNKNOWN:
                client.seek(place, self._moved[place][0])

    def _drop(self, place: TopicPartition) -> None:
        """Somebody else reads it now: a stale number of ours would look like lag."""
        del self._moved[place]
        self._metrics.consumer_lag.remove(self._consumer, place.topic, str(place.partition))


def _name(place: TopicPartition) -> str:
    return f"{place.topic}/{place.partition}"


def _done(partition: Partition | None, fetched: int) -> int:
    """What waits in memory is still behind."""
    return fetched if partition is None or partition.applied is None else partition.applied


async def _ends(client: AIOKafkaConsumer, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
    """Where the partitions end whose leaders answer. Asked together; by themselves when one of them keeps silent."""
    if not places:
        return {}
    with contextlib.suppress(KafkaError, TimeoutError):
        async with asyncio.timeout(ALL_SECONDS):
            together: dict[TopicPartition, int] = await client.end_offsets(places)
            return together
    answers = await asyncio.gather(*(_end(client, place) for place in places))
    ends = {place: end for place, end in zip(places, answers, strict=True) if end is not None}
    if not ends:
        raise TimeoutError("no leader of a partition answers")
    return ends


async def _end(client: AIOKafkaConsumer, place: TopicPartition) -> int | None:
    with contextlib.suppress(KafkaError, TimeoutError):
        async with asyncio.timeout(ONE_SECONDS):
            ends: dict[TopicPartition, int] = await client.end_offsets([place])
            return ends[place]
    return None


async def _position(client: AIOKafkaConsumer, place: TopicPartition) -> int:
    """The offset of the next record to fetch; UNKNOWN as long as the group has not said where to begin."""
    with contextlib.suppress(KafkaError, TimeoutError):
        async with asyncio.timeout(ONE_SECONDS):
            position: int = await client.position(place)
            return position
    return UNKNOWN


async def broker_answers(broker: Broker) -> bool:
    """Whether a client that is new gets an answer: then an old one that gets none is broken."""
    client = AIOKafkaClient(**broker.options(), request_timeout_ms=2_000)
    try:
        await client.bootstrap()
    except (KafkaError, OSError):
        return False
    finally:
        await client.close()
    return True
