"""The consumer: every event of a topic applied once, in order per aggregate, effects and position in one transaction.

What a handler must not assume: that it runs once (a lost transaction runs again), or that two aggregates come in an
order. Infrastructure errors back off and block the partition; poison is parked with its subject and nothing else.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared.errors import Unavailable
from shared.events.envelope import Event
from shared.faults import CrashPoint
from shared.messaging.batch import Batch, Reaction
from shared.messaging.decoding import EventDecoder
from shared.messaging.held import DISCARDS, HELD
from shared.messaging.lag import LagWatch, Stalled, broker_answers
from shared.messaging.pause import PAUSES
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.messaging.positions import Positions
from shared.messaging.sequence import Subject
from shared.mongo import CollectionSpec, Database, StoreError
from shared.runtime import Runtime
from shared.waiting import first_of

COMMIT_SECONDS = 0.25
RETRY_LOOK_SECONDS = 2.0
LAG_LOOK_SECONDS = 5.0
MOST_UNANSWERED = 2
ANSWER_SECONDS = 5.0
FETCH_WAIT_MS = 1_000  # the broker answers sooner when there is something
IDLE_SECONDS = 0.5
log = structlog.get_logger(__name__)

Records = Sequence["ConsumerRecord[bytes, bytes]"]


class ClientBroken(Exception):
    """The Kafka client failed inside; it is replaced by a new one."""


INTERRUPTIONS = (ClientBroken, KafkaError, StoreError, Unavailable, OSError, TimeoutError)


class Consumer:
    """One consumer of a service. `name` is its name in positions and, with the prefix for tests, its group."""

    collections: tuple[CollectionSpec, ...] = (POSITIONS, HELD, DISCARDS, PAUSES)

    def __init__(
        self,
        name: str,
        runtime: Runtime,
        database: Database,
        *,
        handled: Collection[type[Event]],
        apply: Reaction,
        committed: Callable[[], None] = lambda: None,
        batch: int | None = None,
    ) -> None:
        """`handled` are the types of a table of handlers: what to subscribe follows from it. `batch`: most records in
        one transaction, where it is not `consumer_batch`."""
        settings = self._settings = runtime.settings
        self.name = name
        self.positions = Positions(database, name)
        self._topics = [settings.topic_prefix + topic for topic in topics_of(handled)]
        self._crash = runtime.crash
        self._committed = committed
        self._batch_size = batch or settings.consumer_batch
        self._decoder = EventDecoder({event.type: event for event in handled}, settings.topic_prefix)
        self._batch = Batch(name, runtime, database, self._decoder, apply, self._announce)
        self._lag = LagWatch(name, runtime.metrics)
        self._offsets: dict[TopicPartition, int] = {}
        self._unanswered = 0
        self._attempt = 0
        self.trouble: str | None = "the consumer has not started"

    def attach(self, runtime: Runtime) -> None:
        """Gives the runtime its loop and its check."""
        runtime.add_loop(f"consumer {self.name}", self.run)
        runtime.add_check(f"consumer {self.name}", self.check)

    async def check(self) -> str | None:
        """For /readyz: what keeps this consumer from going on."""
        return self._batch.pause.reason or self.trouble

    async def run(self, stopping: asyncio.Event) -> None:
        """Consumes until `stopping`; after any trouble with a new client. While paused it leaves the group."""
        while not stopping.is_set():
            try:
                await self._batch.prepare()
                if self._batch.pause.reason is not None:
                    await first_of(RETRY_LOOK_SECONDS, stopping)
                    continue
                async with self._client() as client:
                    await self._consume(client, stopping)
            except INTERRUPTIONS as error:
                self._attempt += 1
                self.trouble = f"{type(error).__name__}: {error}"
                log.warning("consumer_interrupted", consumer=self.name, error=self.trouble)
                await first_of(random.uniform(0.5, 1) * min(0.2 * 2**self._attempt, 2), stopping)

    @contextlib.asynccontextmanager
    async def _client(self) -> AsyncIterator[AIOKafkaConsumer]:
        client = self._new_client()
        self._offsets.clear()
        self._unanswered = 0
        self._lag.forget()
        try:
            with _client_calls():
                async with asyncio.timeout(30):
                    await client.start()
            # A fetch that leaves out what we still work on would make the next one wait: it is not sent.
            client._fetcher._prefetch_backoff = FETCH_WAIT_MS / 1_000
            yield client
        finally:
            # A dead coordinator can hang here for ever; the group notices our absence by itself.
            with contextlib.suppress(ClientBroken, KafkaError, OSError, TimeoutError), _client_calls():
                async with asyncio.timeout(5):
                    await client.stop()

    def _new_client(self) -> AIOKafkaConsumer:
        session_ms = round(self._settings.consumer_session_seconds * 1000)
        return AIOKafkaConsumer(
            *self._topics,
            bootstrap_servers=self._settings.kafka_bootstrap,
            client_id=f"{self.name}@{self._settings.instance}",
            group_id=self._settings.group_prefix + self.name,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=session_ms // 5,
            rebalance_timeout_ms=60_000,
            max_poll_interval_ms=300_000,
            max_partition_fetch_bytes=4 * 1024 * 1024,
            fetch_max_bytes=32 * 1024 * 1024,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            metadata_max_age_ms=30_000,
            retry_backoff_ms=100,
        )

    async def _consume(self, client: AIOKafkaConsumer, stopping: asyncio.Event) -> None:
        clock = asyncio.get_running_loop().time
        committed, looked, measured = clock(), float("-inf"), clock()
        while not stopping.is_set() and self._batch.pause.reason is None:
            with _client_calls():
                fetched = await client.getmany(timeout_ms=self._patience_ms(), max_records=self._batch_size * 4)
            if fetched:
                await self._partitions(fetched)
            if clock() - committed >= COMMIT_SECONDS:
                await self._answered(self._commit(client))
                committed = clock()
            if clock() - looked >= RETRY_LOOK_SECONDS:
                await self._retry(client)
                looked = clock()
            if clock() - measured >= LAG_LOOK_SECONDS:
                await self._answered(self._lag.measure(client))
                measured = clock()
            if not self._unanswered:
                self.trouble = None
            self._attempt = 0
        await self._answered(self._commit(client))

    def _patience_ms(self) -> int:
        """For how long nothing but new records is looked at."""
        return round(1_000 * (COMMIT_SECONDS if self._offsets else IDLE_SECONDS))

    async def _answered(self, call: Coroutine[Any, Any, None]) -> None:
        """A call that is not worth a new client while the broker is away: a new one waits until the group forgets us.

        Raises ClientBroken when others do get answers.
        """
        try:
            with _client_calls():
                async with asyncio.timeout(ANSWER_SECONDS):
                    await call
            self._unanswered = 0
        except (CommitFailedError, IllegalStateError) as error:
            log.info("group_rebalances", consumer=self.name, error=str(error))
        except Stalled:
            raise
        except (KafkaError, OSError, TimeoutError) as error:
            self.trouble = f"{type(error).__name__}: {error}"
            self._unanswered = self._unanswered + 1 if await broker_answers(self._settings.kafka_bootstrap) else 1
            if self._unanswered > MOST_UNANSWERED:
                raise ClientBroken(f"the broker answers others, but not this client: {self.trouble}") from error

    async def _partitions(self, found: Mapping[TopicPartition, Records]) -> None:
        """All partitions of a fetch beside each other. What fails is raised when all have come to an end."""
        jobs = [self._partition(place, records) for place, records in found.items()]
        failures = [result for result in await asyncio.gather(*jobs, return_exceptions=True) if result is not None]
        if failures:
            raise failures[0]

    async def _partition(self, place: TopicPartition, records: Records) -> None:
        """Applies the records of one partition in batches, up to a pause."""
        for start in range(0, len(records), self._batch_size):
            chunk = records[start : start + self._batch_size]
            stopped_at = await self._batch.process([self._decoder.record(record) for record in chunk])
            if stopped_at is not None:
                self._offsets[place] = chunk[stopped_at].offset
                return
            self._offsets[place] = chunk[-1].offset + 1

    def _announce(self, last: Mapping[Subject, int]) -> None:
        self.positions.announce(last)
        self._committed()

    async def _commit(self, client: AIOKafkaConsumer) -> None:
        """The offsets of what was applied. They only save reading again: positions tell what was applied."""
        owned = {place: offset for place, offset in self._offsets.items() if place in client.assignment()}
        if owned:
            self._crash.reach(CrashPoint.AFTER_APPLY)
            await client.commit(owned)
        self._offsets.clear()

    async def _retry(self, client: AIOKafkaConsumer) -> None:
        await self._batch.retry({(place.topic, place.partition) for place in client.assignment()})


@contextlib.contextmanager
def _client_calls() -> Iterator[None]:
    """A task inside the client that died throws whatever it died of, at every later call."""
    try:
        yield
    except (KafkaError, OSError, TimeoutError):
        raise
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise ClientBroken("a task inside the client was cancelled") from error
    except Exception as error:
        raise ClientBroken(f"{type(error).__name__}: {error}") from error


def topics_of(handled: Collection[type[Event]]) -> list[str]:
    """The topics that these events are published on."""
    return sorted({event.topic for event in handled})
