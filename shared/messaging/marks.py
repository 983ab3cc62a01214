"""Marks published outbox rows, and remembers what was sent until everybody can see its mark.

A mark is not waited for and not journalled: one that is lost means a row that is sent twice, which consumers skip.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import structlog

from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.messaging.outbox import PUBLISHED
from shared.mongo import DESCENDING, Database, Document, UpdateOne, relaxed, translated_calls

REMEMBERED_AGGREGATES = 50_000
VISIBLE_AFTER_SECONDS = 3.0
log = structlog.get_logger(__name__)

Place = tuple[str, int]  # topic, partition
Acknowledged = Sequence[tuple[Document, tuple[int, int]]]


class Marks:
    """The marks of one relay. One bulk write is under way at a time, beside the next send."""

    def __init__(self, database: Database) -> None:
        self._outbox = relaxed(database[OUTBOX.name])
        self._writing: asyncio.Task[None] | None = None
        self._sent: OrderedDict[str, float] = OrderedDict()  # row ids, oldest first
        self._last: OrderedDict[str, int] = OrderedDict()  # by aggregate

    def is_sent(self, row: Document) -> bool:
        """Whether it was acknowledged so lately that a majority read may still show it as unpublished."""
        return asyncio.get_running_loop().time() < self._sent.get(row["_id"], 0) + VISIBLE_AFTER_SECONDS

    def last_sent(self, aggregate: str) -> int:
        """The sequence of the last row of this aggregate that we sent; 0 when we do not remember."""
        return self._last.get(aggregate, 0)

    async def add(self, acknowledged: Acknowledged) -> None:
        """Begins to mark these rows, when the marks before them are written. Raises what became of those."""
        self._remember(acknowledged)
        await self.settle()
        if acknowledged:
            self._writing = asyncio.create_task(self._write(acknowledged))

    async def settle(self) -> None:
        """Waits until all marks are written."""
        writing, self._writing = self._writing, None
        if writing is not None:
            await writing

    def forget(self) -> None:
        """After trouble only the database knows what was published."""
        writing, self._writing = self._writing, None
        if writing is not None and not writing.cancel() and not writing.cancelled():
            writing.exception()  # known by now, or found out by the next call
        self._sent.clear()
        self._last.clear()

    async def highest(self, places: Iterable[Place]) -> dict[Place, int]:
        """The highest marked offset of each partition that has one."""

        async def of(place: Place) -> tuple[Place, int] | None:
            query = {"topic": place[0], "partition": place[1], **PUBLISHED}
            row = await self._outbox.find_one(query, {"offset": 1}, sort=[("offset", DESCENDING)])
            return None if row is None else (place, row["offset"])

        with translated_calls():
            found = await asyncio.gather(*(of(place) for place in places))
        return dict(pair for pair in found if pair is not None)

    async def take_back_lost(self, highest: Mapping[Place, int], ends: Mapping[Place, int]) -> None:
        """What is marked beyond the broker's end was lost by the broker: it becomes unpublished again.

        `ends` must have been read after `highest`, else what another relay sends meanwhile looks lost.
        """
        for (topic, partition), most in highest.items():
            end = ends[topic, partition]
            if most < end:
                continue
            with translated_calls():
                lost = await self._outbox.update_many(
                    {"topic": topic, "partition": partition, "offset": {"$gte": end, "$lte": most}, **PUBLISHED},
                    {"$set": {"pending": True}, "$unset": {"published_at": "", "partition": "", "offset": ""}},
                )
            log.error("broker_lost_its_tail", topic=topic, partition=partition, rows=lost.modified_count)

    async def _write(self, acknowledged: Acknowledged) -> None:
        """In order: were only a part of them written, a later row would not be marked before an earlier one."""
        now = datetime.now(UTC)
        marks = [
            UpdateOne(
                {"_id": row["_id"]},
                {"$set": {"published_at": now, "partition": partition, "offset": offset}, "$unset": {"pending": ""}},
            )
            for row, (partition, offset) in acknowledged
        ]
        with translated_calls():
            await self._outbox.bulk_write(marks, ordered=True)

    def _remember(self, acknowledged: Acknowledged) -> None:
        now = asyncio.get_running_loop().time()
        for row, _ in acknowledged:
            self._sent[row["_id"]] = now
            self._last[row["aggregate"]] = row["seq"]
            self._last.move_to_end(row["aggregate"])
        while self._sent and next(iter(self._sent.values())) < now - VISIBLE_AFTER_SECONDS:
            self._sent.popitem(last=False)
        while len(self._last) > REMEMBERED_AGGREGATES:
            self._last.popitem(last=False)
