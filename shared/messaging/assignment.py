"""The partitions that one replica has of its group, each with its own work, within one bound of memory.

A rebalance takes all of them away and gives some back: every assignment begins with nothing but the committed offsets.
"""

import asyncio
import contextlib
from collections.abc import Collection, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import IllegalStateError, KafkaError

from shared.faults import CrashPoint
from shared.messaging.batch import Batch
from shared.messaging.decoding import EventDecoder
from shared.messaging.group_client import ClientBroken, client_calls, wait_briefly
from shared.messaging.partition import Partition, Records
from shared.runtime import Runtime

REVOKED_SECONDS = 1.0  # for a batch in hand when its partition goes to another replica, which applies it again
COMMIT_SECONDS = 2.0
MOST_NAMED = 5


class Assignment(ConsumerRebalanceListener):  # type: ignore[misc]
    """Takes what was fetched, and tells how far each partition is."""

    def __init__(
        self, runtime: Runtime, client: AIOKafkaConsumer, batch: Batch, decoder: EventDecoder, most: int
    ) -> None:
        """`most` records in one batch."""
        self.client = client
        self.moved = asyncio.Event()  # something was applied that is not committed
        self.partitions: dict[TopicPartition, Partition] = {}
        self._most = most
        self._crash = runtime.crash
        self._gauge = runtime.metrics.consumer_backoff
        self._batch = batch
        self._decoder = decoder
        self._half = self._share = runtime.settings.consumer_buffer_bytes // 2
        self._full: set[TopicPartition] = set()
        self._troubled: set[Partition] = set()

    @property
    def trouble(self) -> str | None:
        """The partitions that back off, and why."""
        texts = [partition.trouble for partition in self._troubled if partition.trouble is not None]
        more = [f"and {len(texts) - MOST_NAMED} more"] if len(texts) > MOST_NAMED else []
        return "; ".join(texts[:MOST_NAMED] + more) or None

    @property
    def _bytes(self) -> int:
        """Of all records that wait."""
        return sum(partition.bytes for partition in self.partitions.values())

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """For the client. Nothing is known yet of any of them."""
        self._share = self._half // max(1, len(assigned))

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """For the client: all of them, before a new assignment."""
        await self.release(REVOKED_SECONDS)

    def take(self, fetched: Mapping[TopicPartition, Records]) -> "list[asyncio.Task[None]]":
        """Begins with what was fetched, beside what is being applied already; the work of those partitions that do not
        back off. Half of the memory goes to whoever has records first; the other half is shared out equally, so that
        one partition that stands leaves each of the others its share. What has more is fetched no more."""
        begun = []
        for place, records in fetched.items():
            partition = self._partition(place)
            task = partition.add(records)
            if not partition.attempts:
                begun.append(task)
            if partition.bytes >= self._share and self._bytes >= self._half:
                self._full.add(place)
                self.client.pause(place)
        wait_briefly(self.client, bool(self._full))
        return begun

    def order_retries(self, places: Collection[tuple[str, int]]) -> None:
        """Held records of these partitions are to be tried again; those of others are not ours."""
        for place in self.client.assignment():
            if (place.topic, place.partition) in places:
                self._partition(place).order_retry()

    async def commit(self) -> None:
        """The offsets of what was applied. They only save reading again: positions tell what was applied."""
        here = self.client.assignment()
        due = {
            partition: partition.applied
            for place, partition in self.partitions.items()
            if partition.applied is not None and partition.applied != partition.committed and place in here
        }
        if not due:
            return
        self._crash.reach(CrashPoint.AFTER_APPLY)
        await self.client.commit({partition.place: offset for partition, offset in due.items()})
        for partition, offset in due.items():
            partition.committed = offset

    async def release(self, seconds: float) -> None:
        """Ends all work after the batches in hand, at most `seconds` later, and commits what was applied."""
        partitions = list(self.partitions.values())
        await asyncio.gather(*(partition.stop(seconds) for partition in partitions))
        with contextlib.suppress(ClientBroken, KafkaError, IllegalStateError, OSError), client_calls():
            async with asyncio.timeout(COMMIT_SECONDS):
                await self.commit()
        self.partitions.clear()
        self._full.clear()
        for partition in list(self._troubled):
            self._settled(partition)

    def _partition(self, place: TopicPartition) -> Partition:
        partition = self.partitions.get(place)
        if partition is None:
            partition = Partition(place, self._batch, self._decoder, most=self._most, moved=self._progress)
            self.partitions[place] = partition
        return partition

    def _progress(self, partition: Partition) -> None:
        """A batch of it was applied, or failed."""
        if self.partitions.get(partition.place) is not partition:
            return
        if partition.attempts:
            self._troubled.add(partition)
            self._gauge.labels(*self._labels(partition)).set(partition.attempts)
        else:
            self.moved.set()
            self._settled(partition)
        if partition.place not in self._full:
            return
        if partition.bytes <= self._share // 2 or self._bytes <= self._half // 2:
            self._full.discard(partition.place)
            self.client.resume(partition.place)
            wait_briefly(self.client, bool(self._full))

    def _settled(self, partition: Partition) -> None:
        if partition in self._troubled:
            self._troubled.discard(partition)
            self._gauge.remove(*self._labels(partition))

    def _labels(self, partition: Partition) -> tuple[str, str, str]:
        return self._batch.consumer, partition.place.topic, str(partition.place.partition)
