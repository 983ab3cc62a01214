"""One partition's records on their way: what was fetched and waits here, and the task that applies it, batch by batch.

Its failures are its own. It backs off and tries again with half as many records, for ever; other partitions go on.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.errors import Unavailable
from shared.messaging.decoding import EventDecoder
from shared.mongo import StoreError
from shared.waiting import first_of

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

    from shared.messaging.batch import Batch

OUTAGES = (KafkaError, StoreError, Unavailable, OSError, TimeoutError)
RECORD_BYTES = 3_000  # what the headers and objects of a record take beside its value, about
GROWTH_STEPS = 16  # successes after which a batch that was halved has its full size again
MOST_DOUBLINGS = 4
log = structlog.get_logger(__name__)

Records = Sequence["ConsumerRecord[bytes, bytes]"]


def backoff_seconds(attempt: int) -> float:
    """0.2 s, doubled with every failure up to about 3 s, and jittered."""
    return random.uniform(0.5, 1) * 0.2 * 2.0 ** min(attempt, MOST_DOUBLINGS)


class Partition:
    """A partition while this replica has it. A new assignment makes a new one: what an old one knew is forgotten."""

    def __init__(
        self,
        place: TopicPartition,
        batch: "Batch",
        decoder: EventDecoder,
        *,
        most: int,
        moved: Callable[["Partition"], None],
    ) -> None:
        """`most` records in one batch. `moved` is called after every batch and every failure."""
        self.place = place
        self.name = f"{place.topic}/{place.partition}"
        self.bytes = 0  # of what waits here
        self.applied: int | None = None  # everything before this offset took effect; None: nothing did here yet
        self.committed: int | None = None
        self.attempts = 0  # that failed in a row
        self.trouble: str | None = None
        self._batch = batch
        self._decoder = decoder
        self._most = self._size = most
        self._moved = moved
        self._records: deque[ConsumerRecord[bytes, bytes]] = deque()
        self._retry = False
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether anything waits here, or is being applied."""
        return self._task is not None and not self._task.done()

    def add(self, records: Records) -> "asyncio.Task[None]":
        """What comes next. Returns the work that has begun with it, or goes on."""
        self._records.extend(records)
        self.bytes += sum(map(_bytes, records))
        return self._go_on()

    def order_retry(self) -> None:
        """There are held records of this partition to try again. They take turns with new ones."""
        self._retry = True
        self._go_on()

    async def stop(self, seconds: float) -> None:
        """Ends after the batch in hand, which is given up after `seconds`. What waits is forgotten."""
        self._stopping.set()
        if self._task is not None and not self._task.done():
            await asyncio.wait([self._task], timeout=seconds)
            self._task.cancel()
            await asyncio.wait([self._task], timeout=seconds)
        self._records.clear()
        self.bytes = 0

    def _go_on(self) -> "asyncio.Task[None]":
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name=self.name)
        return self._task

    async def _work(self) -> None:
        while not self._stopping.is_set() and self._batch.pause.reason is None:
            try:
                if not await self._step():
                    return
            except Exception as error:
                await self._back_off(error)
            else:
                self._recovered()

    async def _step(self) -> bool:
        """A portion of what is to be tried again, and a batch of records; whether there was anything."""
        retried = self._retry
        if retried:
            self._retry = False
            if await self._batch.retry(self.place.topic, self.place.partition):
                self._retry = True
        chunk = list(islice(self._records, self._size))
        if chunk:
            stopped_at = await self._batch.process([self._decoder.record(record) for record in chunk])
            self._forget(chunk if stopped_at is None else chunk[:stopped_at])
        return retried or bool(chunk)

    def _forget(self, done: Records) -> None:
        if done:
            self.applied = done[-1].offset + 1
        for record in done:
            self.bytes -= _bytes(record)
            self._records.popleft()

    def _recovered(self) -> None:
        self.attempts = 0
        self.trouble = None
        self._size = min(self._most, self._size + max(1, self._most // GROWTH_STEPS))
        self._moved(self)

    async def _back_off(self, error: Exception) -> None:
        """A batch may have been too much for its deadline; it is halved whatever the reason was. A single record that
        fails for no fault of its own is tried for ever: it must not be lost, and must not be parked."""
        self.attempts += 1
        self._size = max(1, self._size // 2)
        self.trouble = f"{self.name}: {type(error).__name__}: {error} (attempt {self.attempts})"
        ours = None if isinstance(error, OUTAGES) else error
        log.warning("partition_backs_off", partition=self.name, error=self.trouble, size=self._size, exc_info=ours)
        self._moved(self)
        await first_of(backoff_seconds(self.attempts), self._stopping)


def _bytes(record: "ConsumerRecord[bytes, bytes]") -> int:
    return RECORD_BYTES + len(record.value or b"")
