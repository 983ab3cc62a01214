"""Sends of outbox rows that end in time and say honestly what became of every row."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    InvalidTopicError,
    KafkaConnectionError,
    KafkaError,
    LeaderNotAvailableError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)

from shared.broker import Broker
from shared.events.topics import TOPICS
from shared.messaging.kafka import partition_of
from shared.messaging.outbox import Place, all_places
from shared.mongo import Document

# A record that the broker refuses for what it is, however often it is sent.
_REFUSALS = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidTopicError)
_INTERRUPTIONS = (KafkaError, OSError, TimeoutError)
CONNECT_SECONDS = 10.0
STOP_SECONDS = 2.0
LAST_ANSWER_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that the broker will never take."""

    row: Document
    reason: str


@dataclass(slots=True)
class Outcome:
    """What became of a round: acknowledged rows with (partition, offset), refused ones, the places that do not take
    rows now, and `failure` when there is no broker at all.

    A row that is in none of the two lists was not sent, or nobody knows.
    """

    acknowledged: list[tuple[Document, tuple[int, int]]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    failed: dict[str, Exception] = field(default_factory=dict)
    failure: Exception | None = None
    unanswered: bool = False  # the producer may still send what counts as not sent

    def refuse(self, row: Document, error: BaseException) -> None:
        self.refused.append(Refusal(row, f"{type(error).__name__}: {error}"))

    def fail(self, row: Document, error: BaseException) -> None:
        """Its place does not take rows now, and the producer holds some of them."""
        self.failed.setdefault(row["place"], error if isinstance(error, Exception) else TimeoutError("cut off"))
        self.unanswered = True

    def blocked(self) -> set[str]:
        """Aggregates that must not go on."""
        return {refusal.row["aggregate"] for refusal in self.refused}


class Producer:
    """An idempotent producer. It is thrown away when it holds rows without an answer, and the next send makes a new
    one: sent later by the old one, they would follow rows that came after them. A place without a leader costs nothing:
    the producer is not even asked.
    """

    def __init__(self, broker: Broker, *, client_id: str, ack_seconds: float, topic_prefix: str = "") -> None:
        self._broker = broker
        self._client_id = client_id
        self._ack_seconds = ack_seconds
        self._prefix = topic_prefix
        self._partitions = {topic_prefix + topic.name: topic.partitions for topic in TOPICS.values()}
        self._producer: AIOKafkaProducer | None = None

    async def send(self, rows: Sequence[Document], sent: Callable[[], None] = lambda: None) -> Outcome:
        """Sends rows in order and waits for every acknowledgement, for `ack_seconds` at most in all.

        An idempotent send never gives up by itself; rows without an answer in time count as failed, and so does their
        place. Later rows of an aggregate are never acknowledged before an earlier one that was refused.
        """
        outcome = Outcome()
        try:
            async with asyncio.timeout(self._ack_seconds):
                rows = await self._deliverable(rows, outcome)
                doubtful = await self._together(rows, outcome, sent)
                if doubtful:
                    await self._one_by_one(_from_the_first(rows, doubtful), outcome)
        except _INTERRUPTIONS as error:
            if not outcome.failed:  # no place is to blame
                outcome.failure = error
        if outcome.unanswered or outcome.failure is not None:
            await self.discard()
        return outcome

    async def start(self) -> None:
        """Connects before the first send, which then has all its time for itself."""
        async with asyncio.timeout(CONNECT_SECONDS):
            await self._started()

    async def discard(self) -> None:
        """Throws the producer away without waiting for what it still holds."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(*_INTERRUPTIONS):
                async with asyncio.timeout(STOP_SECONDS):
                    await _throw_away(producer)

    def led(self) -> list[Place]:
        """The partitions of our topics that have a leader, as far as is known."""
        if self._producer is None:
            return []
        leader = self._producer.client.cluster.leader_for_partition
        places = all_places(self._prefix)
        return [place for place in places if leader(TopicPartition(place.topic, place.partition)) not in (None, -1)]

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            self._producer = AIOKafkaProducer(
                **self._broker.options(),
                client_id=self._client_id,
                acks="all",
                enable_idempotence=True,
                max_batch_size=256 * 1024,
                request_timeout_ms=10_000,
                retry_backoff_ms=50,
            )
            try:
                await self._producer.start()
                await _refresh(self._producer.client.set_topics(list(self._partitions)))
            except BaseException:
                await self.discard()
                raise
        return self._producer

    async def _deliverable(self, rows: Sequence[Document], outcome: Outcome) -> Sequence[Document]:
        """Those of places that have a leader. Nothing is asked unless one seems to have none."""
        producer = await self._started()
        places = {row["place"]: row for row in rows}
        if all(self._has_leader(producer, row) for row in places.values()):
            return rows
        await _refresh(producer.client.force_metadata_update())
        for place, row in places.items():
            if not self._has_leader(producer, row):
                outcome.failed[place] = LeaderNotAvailableError("no leader")
        return [row for row in rows if row["place"] not in outcome.failed]

    def _has_leader(self, producer: AIOKafkaProducer, row: Document) -> bool:
        partition = self._partition(row)
        if partition is None:
            return True  # none of our topics: found out by sending
        return producer.client.cluster.leader_for_partition(TopicPartition(row["topic"], partition)) not in (None, -1)

    def _partition(self, row: Document) -> int | None:
        topic = row["topic"]
        return partition_of(row["key"], self._partitions[topic]) if topic in self._partitions else None

    async def _together(self, rows: Sequence[Document], outcome: Outcome, sent: Callable[[], None]) -> list[Document]:
        """All rows at once; those of batches that were refused as a whole come back."""
        futures: list[tuple[Document, asyncio.Future[object]]] = []
        producer = await self._started()
        under_way: Document | None = None
        blocked: set[str] = set()
        try:
            for row in rows:
                if row["aggregate"] in blocked or row["place"] in outcome.failed:
                    continue
                under_way = row
                try:
                    futures.append((row, await self._enqueue(producer, row)))
                except _REFUSALS as error:
                    outcome.refuse(row, error)
                    blocked.add(row["aggregate"])
                except _INTERRUPTIONS as error:
                    outcome.fail(row, error)
                under_way = None
            sent()
            if futures:
                await asyncio.wait([future for _, future in futures])
        finally:
            if under_way is not None:  # its buffer is full and nothing is taken from it
                outcome.fail(under_way, TimeoutError("no acknowledgement in time"))
            doubtful = _sort(futures, outcome)
        return doubtful

    async def _enqueue(self, producer: AIOKafkaProducer, row: Document) -> "asyncio.Future[object]":
        body = None if row["body"] is None else row["body"].encode()
        headers = [(name, value.encode()) for name, value in row["headers"].items()]
        future: asyncio.Future[object] = await producer.send(
            row["topic"], body, key=row["key"].encode(), partition=self._partition(row), headers=headers
        )
        return future

    async def _one_by_one(self, rows: Sequence[Document], outcome: Outcome) -> None:
        """The broker refuses whole batches: only alone is it seen which row is to blame."""
        again = {row["_id"] for row in rows}
        outcome.acknowledged = [pair for pair in outcome.acknowledged if pair[0]["_id"] not in again]
        await self.discard()
        for row in rows:
            if row["aggregate"] in outcome.blocked() or row["place"] in outcome.failed:
                continue
            outcome.fail(row, TimeoutError("no acknowledgement in time"))  # until it is known better
            try:
                answer = await (await self._enqueue(await self._started(), row))
            except _REFUSALS as error:
                outcome.refuse(row, error)
                await self.discard()
            except _INTERRUPTIONS as error:
                outcome.failed[row["place"]] = error
                await self.discard()
                continue
            else:
                outcome.acknowledged.append((row, _place(answer)))
            del outcome.failed[row["place"]]
        outcome.unanswered = bool(outcome.failed)


async def _throw_away(producer: AIOKafkaProducer) -> None:
    """`stop` alone waits for an answer to all that was ever sent, and there is no public call that does not."""
    sender = producer._sender.sender_task
    if sender is not None:
        sender.cancel()
        await producer.client.close()  # ends the requests that are under way
        await asyncio.wait([sender], timeout=LAST_ANSWER_SECONDS)
        sender.cancel()
        await asyncio.wait([sender])
    accumulator = producer._message_accumulator
    pending = accumulator._pending_batches
    pending.update(chain.from_iterable(accumulator._batches.values()))
    for batch in list(pending):
        batch.done_noack()
    await producer.stop()


def _from_the_first(rows: Iterable[Document], doubtful: Iterable[Document]) -> list[Document]:
    """The doubtful rows and all later ones of their aggregates, which must not stay before them."""
    first: dict[str, int] = {}
    for row in doubtful:
        first.setdefault(row["aggregate"], row["seq"])
    return [row for row in rows if row["seq"] >= first.get(row["aggregate"], row["seq"] + 1)]


def _sort(futures: Sequence[tuple[Document, "asyncio.Future[object]"]], outcome: Outcome) -> list[Document]:
    """Fills the outcome from finished futures; gives back the rows of batches that were refused as a whole."""
    doubtful = []
    for row, future in futures:
        if not future.done():
            future.cancel()
            outcome.fail(row, TimeoutError("no acknowledgement in time"))
        elif future.cancelled():
            outcome.fail(row, TimeoutError("the send was cut off"))
        elif (error := future.exception()) is None:
            outcome.acknowledged.append((row, _place(future.result())))
        elif isinstance(error, _REFUSALS):
            doubtful.append(row)
        else:
            outcome.fail(row, error)
    return doubtful


async def _refresh(update: Awaitable[bool]) -> None:
    if not await update:
        raise KafkaConnectionError("no broker tells who leads the partitions")


def _place(metadata: object) -> tuple[int, int]:
    return metadata.partition, metadata.offset  # type: ignore[attr-defined]
