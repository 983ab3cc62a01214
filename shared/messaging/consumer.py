"""The consumer: every event of a topic applied once, in order per aggregate, effects and position in one transaction.

What a handler must not assume: that it runs once (a lost transaction runs again), or that two aggregates come in an
order. Infrastructure errors back off and block the partition; poison is parked with its subject and nothing else.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from shared.errors import Unavailable
from shared.events.envelope import Event
from shared.faults import CrashPoint, CrashPoints
from shared.messaging.batch import Batch, Reaction
from shared.messaging.held import DISCARDS, HELD
from shared.messaging.inbound import Opener
from shared.messaging.pause import PAUSES
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.messaging.positions import Positions
from shared.mongo import CollectionSpec, Database, StoreError
from shared.runtime import Runtime
from shared.settings import Settings
from shared.telemetry import Metrics, Tracing

STALL_SECONDS = 30.0
RETRY_LOOK_SECONDS = 1.0
FETCH_WAIT_MS = 200
log = structlog.get_logger(__name__)

INTERRUPTIONS = (KafkaError, StoreError, Unavailable, OSError, TimeoutError)


class Stalled(TimeoutError):
    """A position stands still though the partition grows: the client is dead inside."""


class Consumer:
    """One consumer of a service. `name` is its name in positions and, with the prefix for tests, its group."""

    collections: tuple[CollectionSpec, ...] = (POSITIONS, HELD, DISCARDS, PAUSES)

    def __init__(
        self,
        name: str,
        settings: Settings,
        database: Database,
        *,
        handled: Mapping[str, type[Event]],
        topics: Sequence[str],
        apply: Reaction,
        metrics: Metrics,
        crash: CrashPoints,
        tracing: Tracing,
        committed: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.positions = Positions(database, name)
        self._settings = settings
        self._topics = [settings.topic_prefix + topic for topic in topics]
        self._metrics = metrics
        self._crash = crash
        self._committed = committed
        self._opener = Opener(handled, settings.topic_prefix)
        self._batch = Batch(name, database, self._opener, apply, metrics, crash, tracing, settings.park_limit)
        self._moved: dict[TopicPartition, tuple[int, float]] = {}
        self.trouble: str | None = "the consumer has not started"

    def attach(self, runtime: Runtime) -> None:
        """Gives the runtime its loop and its check."""
        runtime.add_loop(f"consumer {self.name}", self.run)
        runtime.add_check(f"consumer {self.name}", self.check)

    async def check(self) -> str | None:
        """For /readyz: what keeps this consumer from going on."""
        return self._batch.pause.reason or self.trouble

    async def run(self, stopping: asyncio.Event) -> None:
        """Consumes until `stopping`; after any trouble with a new client."""
        attempt = 0
        while not stopping.is_set():
            try:
                await self._batch.prepare()
                async with self._client() as client:
                    attempt = 0
                    await self._consume(client, stopping)
            except INTERRUPTIONS as error:
                attempt += 1
                self.trouble = f"{type(error).__name__}: {error}"
                log.warning("consumer_interrupted", consumer=self.name, error=self.trouble)
                await _either(stopping, random.uniform(0.5, 1) * min(0.2 * 2**attempt, 5))

    @contextlib.asynccontextmanager
    async def _client(self) -> AsyncIterator[AIOKafkaConsumer]:
        client = AIOKafkaConsumer(
            *self._topics,
            bootstrap_servers=self._settings.kafka_bootstrap,
            client_id=f"{self.name}@{self._settings.instance}",
            group_id=self._settings.group_prefix + self.name,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            rebalance_timeout_ms=60_000,
            max_poll_interval_ms=300_000,
            max_partition_fetch_bytes=4 * 1024 * 1024,
            fetch_max_bytes=32 * 1024 * 1024,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            metadata_max_age_ms=30_000,
            retry_backoff_ms=100,
        )
        self._moved.clear()
        try:
            async with asyncio.timeout(30):
                await client.start()
            yield client
        finally:
            # A dead coordinator can hang here for ever; the group notices our absence by itself.
            with contextlib.suppress(KafkaError, OSError, TimeoutError):
                async with asyncio.timeout(5):
                    await client.stop()

    async def _consume(self, client: AIOKafkaConsumer, stopping: asyncio.Event) -> None:
        looked = float("-inf")
        while not stopping.is_set():
            if self._batch.pause.reason is not None:
                await self._wait_paused(client, stopping)
                continue
            found = await client.getmany(timeout_ms=FETCH_WAIT_MS, max_records=self._settings.consumer_batch * 4)
            self.trouble = None
            if found:
                await self._partitions(client, found)
            now = asyncio.get_running_loop().time()
            if now - looked >= RETRY_LOOK_SECONDS:
                looked = now
                async with asyncio.timeout(10):
                    await self._housekeeping(client, now)

    async def _partitions(
        self, client: AIOKafkaConsumer, found: Mapping[TopicPartition, Sequence[ConsumerRecord[bytes, bytes]]]
    ) -> None:
        """All partitions of a fetch beside each other; then their offsets, in one request."""
        done = await asyncio.gather(*(self._partition(place, records) for place, records in found.items()))
        offsets = {place: offset for place, offset in zip(found, done, strict=True) if offset is not None}
        self._crash.reach(CrashPoint.AFTER_APPLY)
        for place, records in found.items():
            if offsets.get(place) != records[-1].offset + 1 and place in client.assignment():
                client.seek(place, offsets.get(place, records[0].offset))
        owned = {place: offset for place, offset in offsets.items() if place in client.assignment()}
        if owned:
            await client.commit(owned)

    async def _partition(self, place: TopicPartition, records: Sequence[ConsumerRecord[bytes, bytes]]) -> int | None:
        """Applies the records of one partition in batches; the offset to go on from, None when paused at once."""
        offset: int | None = None
        for start in range(0, len(records), self._settings.consumer_batch):
            chunk = records[start : start + self._settings.consumer_batch]
            opened = [self._opener.record(record) for record in chunk]
            stopped_at = await self._batch.process(opened)
            self._announce()
            if stopped_at is not None:
                return chunk[stopped_at].offset if stopped_at else offset
            offset = chunk[-1].offset + 1
        return offset

    def _announce(self) -> None:
        self.positions.announce()
        self._committed()

    async def _wait_paused(self, client: AIOKafkaConsumer, stopping: asyncio.Event) -> None:
        """Stays in the group, reads nothing, and looks whether somebody has ordered a retry or a discard."""
        client.pause(*client.assignment())
        await _either(stopping, RETRY_LOOK_SECONDS)
        await self._batch.pause.load()
        if self._batch.pause.reason is None:
            client.resume(*client.assignment())

    async def _housekeeping(self, client: AIOKafkaConsumer, now: float) -> None:
        await self._retry(client)
        for place in client.assignment():
            position, high = await client.position(place), client.highwater(place)
            lag = max(0, (high or position) - position)
            self._metrics.consumer_lag.labels(self.name, place.topic, str(place.partition)).set(lag)
            before, since = self._moved.get(place, (-1, now))
            if position != before or lag == 0:
                self._moved[place] = (position, now)
            elif now - since > STALL_SECONDS:
                raise Stalled(f"{place.topic}/{place.partition} stands at {position}, {lag} behind")

    async def _retry(self, client: AIOKafkaConsumer) -> None:
        places = [(place.topic, place.partition) for place in client.assignment()]
        if await self._batch.retry(places):
            self._announce()


async def _either(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def subscribed(handlers: Mapping[type[Event], object]) -> tuple[dict[str, type[Event]], list[str]]:
    """What follows from a table of handlers: the types by name, and the topics to subscribe."""
    return {event.type: event for event in handlers}, sorted({event.topic for event in handlers})
