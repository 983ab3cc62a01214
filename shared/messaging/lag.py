"""How far a consumer is behind, and whether it stands still though it should not."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from shared.telemetry import Metrics

STALL_SECONDS = 30.0


class Stalled(TimeoutError):
    """A position stands still though the partition has more: the client is dead inside."""


class LagWatch:
    """The lag of one consumer's partitions, by the broker's own word where they end."""

    def __init__(self, consumer: str, metrics: Metrics) -> None:
        self._consumer = consumer
        self._metrics = metrics
        self._moved: dict[TopicPartition, tuple[int, float]] = {}

    def forget(self) -> None:
        """A new client begins."""
        for place in list(self._moved):
            self._drop(place)

    async def measure(self, client: AIOKafkaConsumer) -> None:
        """Raises Stalled."""
        places = list(client.assignment())
        for place in set(self._moved).difference(places):
            self._drop(place)
        ends = await client.end_offsets(places) if places else {}
        now = asyncio.get_running_loop().time()
        for place, end in ends.items():
            self._note(place, await client.position(place), end, now)

    def _note(self, place: TopicPartition, position: int, end: int, now: float) -> None:
        lag = max(0, end - position)
        self._metrics.consumer_lag.labels(self._consumer, place.topic, str(place.partition)).set(lag)
        before, since = self._moved.get(place, (-1, now))
        if position != before or lag == 0:
            self._moved[place] = (position, now)
        elif now - since > STALL_SECONDS:
            raise Stalled(f"{place.topic}/{place.partition} stands at {position}, {lag} behind")

    def _drop(self, place: TopicPartition) -> None:
        """Somebody else reads it now: a stale number of ours would look like lag."""
        del self._moved[place]
        self._metrics.consumer_lag.remove(self._consumer, place.topic, str(place.partition))


async def broker_answers(bootstrap: str) -> bool:
    """Whether a client that is new gets an answer: then an old one that gets none is broken."""
    client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=2_000)
    try:
        await client.bootstrap()
    except (KafkaError, OSError):
        return False
    finally:
        await client.close()
    return True
