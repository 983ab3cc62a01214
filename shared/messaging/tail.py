"""Notices that the broker has lost the tail of its log, also when new records have taken its offsets since, and has
what was lost sent again.

Rows say at which offset they stand. The end of the log is compared with the highest mark; the last row that was found
right is looked up again; and no two rows may have been marked at one offset since. Each of these is a few reads by an
index. Only where one of them fails, rows and log are compared, from the first offset that differs.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from aiokafka.errors import KafkaError

from shared.messaging.log_reader import LogReader, OpenLog
from shared.messaging.outbox import BY_ID, REPUBLISH, Place, rows_of
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.mongo import CollectionSpec, Database, Document, StoreError, majority, translated_calls

CHECKED = CollectionSpec("outbox_checked")  # by place, the last row that was found right: its offset and id
EVERY_SECONDS = 60.0
WINDOW = 1_000  # offsets that are compared at a time
COUNTED = 50_000  # offsets whose marks are counted at a time
INTERRUPTIONS = (KafkaError, StoreError, OSError, TimeoutError)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """A row and where it stands."""

    offset: int
    id: str


class Tail:
    """Of one service's outbox."""

    def __init__(self, database: Database, reader: LogReader) -> None:
        self._outbox = majority(database[OUTBOX.name])
        self._writable = database[OUTBOX.name]
        self._checked = database[CHECKED.name]
        self._reader = reader

    async def check(self, places: Sequence[Place]) -> int:
        """Looks at these places, which have leaders; how many rows will be sent again. Marks are read before the ends:
        what another relay sends meanwhile would look lost."""
        with translated_calls():
            checked = {row["_id"]: Mark(row["offset"], row["id"]) async for row in self._checked.find({})}
        found = {place: await self._newest(place, checked.get(str(place))) for place in places}
        newest = {place: mark for place, mark in found.items() if mark is not None}
        taken = 0
        if newest:
            async with self._reader.open() as there:
                bounds = await there.bounds(newest)
                for place, mark in newest.items():
                    known = checked.get(str(place))
                    taken += await _Comparison(self, there, place, *bounds[place]).run(known, mark)
        return taken

    async def note(self, place: Place, right: Mark | None) -> None:
        """Up to here nothing is lost."""
        with translated_calls():
            if right is None:
                await self._checked.delete_one({"_id": str(place)})
            else:
                known = {"$set": {"offset": right.offset, "id": right.id}}
                await self._checked.update_one({"_id": str(place)}, known, upsert=True)

    async def marks(self, place: Place, low: int, high: int | None = None, most: int = 0) -> list[Mark]:
        """The rows that are marked from `low` up to and without `high`, in order; `most` 0: all."""
        offsets: Document = {"$gte": low} if high is None else {"$gte": low, "$lt": high}
        rows = self._outbox.find({"place": str(place), "offset": offsets}, {"offset": 1}).sort("offset", 1)
        with translated_calls():
            return [Mark(row["offset"], row["_id"]) async for row in rows.limit(most)]

    async def marked_twice(self, place: Place, low: int, high: int) -> bool:
        """Whether two rows are marked at one offset: the log had it twice, so it lost one of them."""
        for start in range(low, high, COUNTED):
            steps: list[Document] = [
                {"$match": {"place": str(place), "offset": {"$gte": start, "$lt": min(start + COUNTED, high)}}},
                {"$group": {"_id": "$offset", "rows": {"$sum": 1}}},
                {"$match": {"rows": {"$gt": 1}}},
                {"$limit": 1},
            ]
            with translated_calls():
                if [row async for row in self._outbox.aggregate(steps)]:
                    return True
        return False

    async def take_back(self, place: Place, lost: Sequence[Mark]) -> int:
        """They become unpublished. Of a state topic the current value of each aggregate does, and no older one: it
        would be the last on the log."""
        ids = [mark.id for mark in lost]
        if place.state:
            ids = [await self._current(aggregate) for aggregate in {key.rpartition(":")[0] for key in ids}]
        with translated_calls():
            done = await self._writable.update_many({"_id": {"$in": ids}, "pending": {"$ne": True}}, REPUBLISH)
        return int(done.modified_count)

    async def _newest(self, place: Place, known: Mark | None) -> Mark | None:
        """Looked for behind what is known: not every engine begins a range at its end."""
        query = {"place": str(place), "offset": {"$gte": 0 if known is None else known.offset}}
        rows = self._outbox.find(query, {"offset": 1}).sort("offset", -1)
        with translated_calls():
            found = [Mark(row["offset"], row["_id"]) async for row in rows.limit(1)]
        return found[0] if found else None

    async def _current(self, aggregate: str) -> str:
        last = 0
        with translated_calls():
            async for row in self._outbox.find(rows_of(aggregate), {"seq": 1}).hint(BY_ID):
                last = max(last, row["seq"])
        return f"{aggregate}:{last}"


class _Comparison:
    """Of one place, which has records from `first` up to and without `end`."""

    def __init__(self, tail: Tail, there: OpenLog, place: Place, first: int, end: int) -> None:
        self._tail = tail
        self._there = there
        self._place = place
        self._first = first
        self._end = end

    async def run(self, known: Mark | None, newest: Mark) -> int:
        """How many rows were lost."""
        known_is_right = known is None or await self._stands(known)
        behind = 0 if known is None else known.offset + 1
        if known_is_right and newest.offset < self._end:
            if newest.offset < behind:
                return 0
            twice = await self._tail.marked_twice(self._place, behind, newest.offset + 1)
            if not twice and await self._stands(newest):
                await self._tail.note(self._place, newest)
                return 0
        low = behind if known_is_right else await self._first_wrong(behind)
        return await self._compare(low, newest.offset + 1, known if known_is_right else None)

    async def _stands(self, mark: Mark) -> bool:
        """Whether the row is where it is marked. Where the log was compacted or cut at its head nobody can tell."""
        if mark.offset >= self._end:
            return False
        if mark.offset < self._first:
            return True
        ids = await self._there.ids(self._place, mark.offset, mark.offset + 1)
        return ids.get(mark.offset, mark.id) == mark.id

    async def _first_wrong(self, high: int) -> int:
        """Where the rows begin that do not stand where they are marked, by halving: a tail of those below `high`."""
        low = self._first
        while low < high:
            middle = (low + high) // 2
            marks = await self._tail.marks(self._place, middle, high, most=1)
            if not marks:
                high = middle
                continue
            there = await self._tail.marks(self._place, marks[0].offset, marks[0].offset + 1)
            if all([await self._stands(mark) for mark in there]):
                low = marks[0].offset + 1
            else:
                high = middle
        return low

    async def _compare(self, low: int, high: int, right: Mark | None) -> int:
        taken = 0
        for start in range(low, high, WINDOW):
            stop = min(start + WINDOW, high)
            marks = await self._tail.marks(self._place, start, stop)
            lost = await self._lost(marks, start, min(stop, self._end))
            right = next((mark for mark in reversed(marks) if mark not in lost), right)
            taken += await self._tail.take_back(self._place, sorted(lost, key=lambda mark: mark.offset))
        await self._tail.note(self._place, right)
        if taken:
            log.error("broker_lost_its_tail", partition=str(self._place), rows=taken)
        return taken

    async def _lost(self, marks: Sequence[Mark], start: int, stop: int) -> set[Mark]:
        ids = await self._there.ids(self._place, max(start, self._first), stop) if start < stop else {}
        gone = {mark for mark in marks if mark.offset >= self._end}
        return gone | {mark for mark in marks if ids.get(mark.offset, mark.id) != mark.id}


class TailWatch:
    """Checks the tail in the background: when it is told that the broker was away, and every minute."""

    def __init__(self, tail: Tail, wake: Callable[[], None]) -> None:
        self._tail = tail
        self._wake = wake
        self._due = float("-inf")
        self._checking: asyncio.Task[None] | None = None

    def soon(self) -> None:
        """The broker was away, or we were."""
        self._due = float("-inf")

    def begin_when_due(self, places: Callable[[], Sequence[Place]]) -> None:
        now = asyncio.get_running_loop().time()
        if self._checking is not None and self._checking.done():
            self._checking.result()
            self._checking = None
        if self._checking is None and now >= self._due:
            self._due = now + EVERY_SECONDS
            self._checking = asyncio.create_task(self._check(places()))

    async def end(self) -> None:
        """Gives up what is under way; it is done again."""
        checking, self._checking = self._checking, None
        if checking is not None:
            checking.cancel()
            await asyncio.wait([checking])

    async def _check(self, places: Sequence[Place]) -> None:
        try:
            if await self._tail.check(places):
                self._wake()
        except INTERRUPTIONS as error:
            log.info("tail_not_checked", error=f"{type(error).__name__}: {error}")
