"""Kafka's clients as the relay and the consumer need them: topics made at start, sends that end, honest outcomes."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAlreadyExistsError,
    for_code,
)

from shared.events.topics import TOPICS
from shared.mongo import Document

# A record that the broker refuses for what it is, however often it is sent.
_REFUSALS = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidTopicError)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that the broker will never take."""

    row: Document
    reason: str


@dataclass(slots=True)
class Outcome:
    """What became of a round: acknowledged rows with (partition, offset), refused ones, and the first other error."""

    acknowledged: list[tuple[Document, tuple[int, int]]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    failure: Exception | None = None


async def ensure_topics(bootstrap: str, *, replication: int, prefix: str = "") -> None:
    """Creates the topics that are missing. Existing ones are left as they are."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        present = set(await admin.list_topics())
        missing = [
            NewTopic(prefix + t.name, t.partitions, replication, topic_configs=t.settings)
            for t in TOPICS.values()
            if prefix + t.name not in present
        ]
        if missing:
            answer = await admin.create_topics(missing)
            _raise_unless_made(answer.topic_errors)
    finally:
        await admin.close()


def _raise_unless_made(errors: Iterable[Sequence[object]]) -> None:
    for error in errors:
        kind = for_code(error[1])
        if error[1] and kind is not TopicAlreadyExistsError:
            raise kind(f"topic {error[0]}: {error[2] if len(error) > 2 else ''}")


class Producer:
    """An idempotent producer that is thrown away after any error: the next send makes a new one."""

    def __init__(self, bootstrap: str, *, client_id: str, ack_seconds: float, topic_prefix: str = "") -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._ack_seconds = ack_seconds
        self._prefix = topic_prefix
        self._producer: AIOKafkaProducer | None = None

    async def send(self, rows: Sequence[Document], sent: Callable[[], None] = lambda: None) -> Outcome:
        """Sends rows in order and waits for every acknowledgement, for `ack_seconds` at most.

        An idempotent send never gives up by itself; rows without an answer in time count as failed.
        """
        outcome = Outcome()
        futures: list[tuple[Document, asyncio.Future[object]]] = []
        try:
            async with asyncio.timeout(self._ack_seconds):
                producer = await self._started()
                for row in rows:
                    await self._enqueue(producer, row, futures, outcome)
                sent()
                await asyncio.wait([future for _, future in futures]) if futures else None
        except (KafkaError, OSError, TimeoutError) as error:
            outcome.failure = error
        doubtful = _sort(futures, outcome)
        if doubtful and outcome.failure is None:
            await self._one_by_one(doubtful, outcome)
        return outcome

    async def discard(self) -> None:
        """Throws the producer away without waiting for what it still holds."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(KafkaError, OSError, TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(producer.stop(), 1)
            with contextlib.suppress(KafkaError, OSError, asyncio.CancelledError):
                await producer._sender.close()
                await producer.client.close()

    async def end_offsets(self) -> dict[tuple[str, int], int]:
        """Where each partition of our topics ends now."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, client_id=self._client_id)
        async with asyncio.timeout(self._ack_seconds):
            await consumer.start()
        try:
            async with asyncio.timeout(self._ack_seconds):
                places = [
                    TopicPartition(self._prefix + topic.name, partition)
                    for topic in TOPICS.values()
                    for partition in range(topic.partitions)
                ]
                ends = await consumer.end_offsets(places)
                return {(place.topic, place.partition): end for place, end in ends.items()}
        finally:
            await consumer.stop()

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
                client_id=self._client_id,
                acks="all",
                enable_idempotence=True,
                max_batch_size=128 * 1024,
                request_timeout_ms=10_000,
                retry_backoff_ms=50,
            )
            try:
                await producer.start()
            except BaseException:
                await producer.stop()
                raise
            self._producer = producer
        return self._producer

    async def _enqueue(
        self,
        producer: AIOKafkaProducer,
        row: Document,
        futures: list[tuple[Document, "asyncio.Future[object]"]],
        outcome: Outcome,
    ) -> None:
        headers = [(name, value.encode()) for name, value in row["headers"].items()]
        body = None if row["body"] is None else row["body"].encode()
        try:
            future = await producer.send(row["topic"], body, key=row["key"].encode(), headers=headers)
        except _REFUSALS as error:
            outcome.refused.append(Refusal(row, f"{type(error).__name__}: {error}"))
        else:
            futures.append((row, future))

    async def _one_by_one(self, rows: Sequence[Document], outcome: Outcome) -> None:
        """The broker refuses whole batches: only alone is it seen which row is to blame."""
        for row in rows:
            if any(refusal.row["aggregate"] == row["aggregate"] for refusal in outcome.refused):
                continue
            await self.discard()
            alone = await self._alone(row)
            if isinstance(alone, Refusal):
                outcome.refused.append(alone)
            else:
                outcome.acknowledged.append((row, alone))

    async def _alone(self, row: Document) -> tuple[int, int] | Refusal:
        async with asyncio.timeout(self._ack_seconds):
            producer = await self._started()
            futures: list[tuple[Document, asyncio.Future[object]]] = []
            outcome = Outcome()
            await self._enqueue(producer, row, futures, outcome)
            if outcome.refused:
                return outcome.refused[0]
            try:
                told = await futures[0][1]
            except _REFUSALS as error:
                return Refusal(row, f"{type(error).__name__}: {error}")
            return _place(told)


def _sort(futures: Sequence[tuple[Document, "asyncio.Future[object]"]], outcome: Outcome) -> list[Document]:
    """Fills the outcome from finished futures; gives back the rows of batches that were refused as a whole."""
    doubtful = []
    for row, future in futures:
        if not future.done():
            future.cancel()
            outcome.failure = outcome.failure or TimeoutError("no acknowledgement in time")
            continue
        error = None if future.cancelled() else future.exception()
        if future.cancelled():
            outcome.failure = outcome.failure or TimeoutError("the send was cut off")
        elif error is None:
            outcome.acknowledged.append((row, _place(future.result())))
        elif isinstance(error, _REFUSALS):
            doubtful.append(row)
        else:
            outcome.failure = outcome.failure or (error if isinstance(error, Exception) else KafkaError(str(error)))
    return doubtful


def _place(metadata: object) -> tuple[int, int]:
    return metadata.partition, metadata.offset  # type: ignore[attr-defined]
