"""Marks published outbox rows with their place, and knows which sent rows are not marked yet.

A mark may be lost, together with those after it: then the rows are sent again, which consumers skip.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime

from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.mongo import Database, Document, Session, UpdateOne, transaction
from shared.waiting import first_of

REMEMBERED_AGGREGATES = 50_000
DEADLINE_SECONDS = 10.0
GATHER_SECONDS = 0.02
PAGE_ROWS = 1_000
MOST_WAITING = 2_000

Acknowledged = Sequence[tuple[Document, tuple[int, int]]]


class Marks:
    """The marks of one relay. One transaction is under way at a time, beside the next send."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._outbox = database[OUTBOX.name]
        self._waiting: list[tuple[Document, tuple[int, int]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._sent: set[str] = set()
        self._written: set[str] = set()
        self._last: OrderedDict[str, int] = OrderedDict()  # by aggregate, the longest unused first

    def begin_reading(self) -> None:
        """Before a read of unpublished rows: it will see the marks that are written by now, and perhaps no others.

        Raises what became of marks that could not be written: also where nothing more is sent they are made again.
        """
        if self._writing is not None and self._writing.done():
            writing, self._writing = self._writing, None
            writing.result()
        self._sent -= self._written
        self._written.clear()

    def is_sent(self, row: Document) -> bool:
        """Whether this row was sent, though the last read may show it as unpublished."""
        return row["_id"] in self._sent

    def last_sent(self, aggregate: str) -> int:
        """The sequence of the last row of this aggregate that we sent; 0 when we do not remember."""
        return self._last.get(aggregate, 0)

    async def add(self, acknowledged: Acknowledged) -> None:
        """Marks these rows soon. Raises what became of earlier ones that could not be marked."""
        self._remember(acknowledged)
        if self._writing is not None and (self._writing.done() or len(self._waiting) > MOST_WAITING):
            await self.settle()
        if acknowledged and self._writing is None:
            self._hurry.clear()
            self._writing = asyncio.create_task(self._write_all())

    async def settle(self) -> None:
        """Waits until all marks are written, also those of a write that failed. Raises what became of them."""
        self._hurry.set()
        writing, self._writing = self._writing, None
        if writing is not None:
            await writing
        if self._waiting:
            await self._write_all()

    def forget(self) -> None:
        """After trouble only the database knows what was published."""
        writing, self._writing = self._writing, None
        if writing is not None and not writing.cancel() and not writing.cancelled():
            writing.exception()  # known by now, or found out by the next call
        self._waiting.clear()
        self._sent.clear()
        self._written.clear()
        self._last.clear()

    async def _write_all(self) -> None:
        """Not at once: the same cores are busy with bringing the event to its readers, and more rows come together."""
        await first_of(GATHER_SECONDS, self._hurry)
        while self._waiting:
            some, self._waiting = self._waiting[:PAGE_ROWS], self._waiting[PAGE_ROWS:]
            try:
                await self._write(some)
            except BaseException:
                self._waiting = [*some, *self._waiting]  # for `settle`
                raise

    async def _write(self, acknowledged: Acknowledged) -> None:
        now = datetime.now(UTC)
        marks = [
            UpdateOne(
                {"_id": row["_id"]},
                {"$set": {"published_at": now, "partition": partition, "offset": offset}, "$unset": {"pending": ""}},
            )
            for row, (partition, offset) in acknowledged
        ]

        async def work(session: Session) -> None:
            await self._outbox.bulk_write(marks, ordered=False, session=session)

        await transaction(self._database.client, work, deadline=DEADLINE_SECONDS)
        self._written.update(row["_id"] for row, _ in acknowledged)

    def _remember(self, acknowledged: Acknowledged) -> None:
        self._waiting += acknowledged
        for row, _ in acknowledged:
            self._sent.add(row["_id"])
            self._last[row["aggregate"]] = row["seq"]
            self._last.move_to_end(row["aggregate"])
        while len(self._last) > REMEMBERED_AGGREGATES:
            self._last.popitem(last=False)
