"""How far a consumer is in the history of each aggregate, and waiting until it has seen something.

However many requests wait, one task looks for all of them: with two queries at a time at most, of bounded size, after a
pause that grows while nothing happens. What the consumer in this process commits needs no query.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from shared.errors import Refused
from shared.messaging.receipts import passed
from shared.messaging.sequence import Subject
from shared.mongo import Collection, CollectionSpec, Database, Document, Session, UpdateOne, translated_calls
from shared.position_tokens import Reached
from shared.waiting import first_of

COLLECTION = CollectionSpec("positions")
SHORTEST_PAUSE: Final = 0.02
LONGEST_PAUSE: Final = 0.5
PAUSE_GROWTH: Final = 1.5
MOST_ASKED: Final = 500
MOST_WAITING: Final = 500
MOST_WAITING_EACH: Final = 20
REMEMBERED_SUBJECTS = 10_000


class NotYetVisible(
    Refused,
    code="not-yet-visible",
    status=504,
    th="ระบบได้รับข้อมูลล่าสุดแล้ว แต่ยังประมวลผลไม่เสร็จ กรุณาลองใหม่อีกครั้งในอีกสักครู่",
    en="The latest data has been received but is not processed yet. Please try again in a moment.",
):
    """What the caller has seen elsewhere has not arrived here in time."""


class TooManyWaiting(
    Refused,
    code="too-many-waiting",
    status=503,
    th="ขณะนี้มีคำขอที่รอข้อมูลล่าสุดอยู่มากเกินไป กรุณาลองใหม่อีกครั้งในอีกสักครู่",
    en="Too many requests wait for the latest data at the moment. Please try again shortly.",
):
    """Of this process, or of this caller."""


def position_id(consumer: str, subject: Subject) -> str:
    """The id of a position; source and subject cannot contain the separator."""
    return "|".join((consumer, *subject))


def advance(consumer: str, last: Iterable[tuple[Subject, int, bool]]) -> list[UpdateOne]:
    """Writes for the batch's transaction: (subject, last sequence, whether records wait behind it)."""
    return [
        UpdateOne({"_id": position_id(consumer, subject)}, {"$set": {"seq": seq, "waiting": waiting}}, upsert=True)
        for subject, seq, waiting in last
    ]


async def read_positions(
    positions: Collection, consumer: str, subjects: Iterable[Subject], session: Session | None = None
) -> dict[Subject, int]:
    """How far a consumer is in each of these; without those that it has never seen. Raises StoreError."""
    ids = {position_id(consumer, subject): subject for subject in subjects}
    if not ids:
        return {}
    with translated_calls():
        rows: list[Document] = await positions.find({"_id": {"$in": list(ids)}}, session=session).to_list(None)
    return {ids[row["_id"]]: int(row["seq"]) for row in rows}


class _Waiter:
    """One request, and what it still misses."""

    def __init__(self, reached: Reached, source: str, unfollowed: tuple[str, ...]) -> None:
        self.positions: dict[Subject, int] = {}
        for position in reached.positions:
            if position.aggregate.startswith(unfollowed):
                continue
            subject = (source, position.aggregate)
            self.positions[subject] = max(position.seq, self.positions.get(subject, 0))
        self.receipts = {receipt.id: receipt.events for receipt in reached.receipts}
        self.seen: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def learn(self, positions: Mapping[Subject, int], receipts: Mapping[str, int]) -> None:
        """Takes note of how far the consumer is."""
        self.positions = {subject: seq for subject, seq in self.positions.items() if positions.get(subject, 0) < seq}
        self.receipts = {id: events for id, events in self.receipts.items() if receipts.get(id, 0) < events}
        if not self.positions and not self.receipts and not self.seen.done():
            self.seen.set_result(None)


class Positions:
    """Reads the positions of one consumer; the consumer in this process announces every commit. At most `most`
    requests wait at a time, of one caller `most_each`. `unfollowed` are beginnings of aggregates that never come here:
    nobody waits for them."""

    def __init__(
        self,
        database: Database,
        consumer: str,
        *,
        most: int = MOST_WAITING,
        most_each: int = MOST_WAITING_EACH,
        unfollowed: tuple[str, ...] = (),
    ) -> None:
        self._database = database
        self._collection = database[COLLECTION.name]
        self._consumer = consumer
        self._most = most
        self._most_each = most_each
        self._unfollowed = unfollowed
        self._lately: OrderedDict[Subject, int] = OrderedDict()
        self._waiters: OrderedDict[_Waiter, None] = OrderedDict()
        self._callers: Counter[str] = Counter()
        self._stirred = asyncio.Event()
        self._looker: asyncio.Task[None] | None = None

    def announce(self, last: Mapping[Subject, int] | None = None) -> None:
        """A batch was committed here: `last` is told to those who wait; those who need the database look again."""
        for subject, seq in (last or {}).items():
            self._lately[subject] = seq
            self._lately.move_to_end(subject)
        while len(self._lately) > REMEMBERED_SUBJECTS:
            self._lately.popitem(last=False)
        for waiter in self._waiters:
            if waiter.receipts or last is None:
                self._stirred.set()
            elif not waiter.positions.keys().isdisjoint(last):
                waiter.learn(last, {})

    async def last(self, source: str, subjects: Iterable[str]) -> dict[str, int]:
        """The last applied sequence of each subject; 0 for one that was never seen."""
        wanted = {(source, subject): subject for subject in subjects}
        seen = await self._read(wanted)
        return {name: seen.get(subject, 0) for subject, name in wanted.items()}

    async def wait(self, reached: Reached, *, source: str, caller: str = "", seconds: float = 5) -> None:
        """Returns when everything has been applied. Raises NotYetVisible after `seconds`, and TooManyWaiting at once:
        `caller` is whose request it is."""
        waiter = _Waiter(reached, source, self._unfollowed)
        waiter.learn(self._lately, {})
        if waiter.seen.done():
            return
        with self._place(waiter, caller):
            try:
                async with asyncio.timeout(seconds):
                    await waiter.seen
            except TimeoutError:
                raise NotYetVisible() from None

    @contextmanager
    def _place(self, waiter: _Waiter, caller: str) -> Iterator[None]:
        if len(self._waiters) >= self._most or self._callers[caller] >= self._most_each:
            raise TooManyWaiting()
        self._callers[caller] += 1
        self._waiters[waiter] = None
        if self._looker is None or self._looker.done():
            self._looker = asyncio.create_task(self._look())
        self._stirred.set()
        try:
            yield
        finally:
            self._waiters.pop(waiter, None)
            self._callers[caller] -= 1
            if not self._callers[caller]:
                del self._callers[caller]
            if not self._waiters:
                self._stirred.set()  # nothing is left to look for

    async def _look(self) -> None:
        """For all who wait, as long as somebody does. A failure is everybody's."""
        pause = SHORTEST_PAUSE
        while self._waiters:
            self._stirred.clear()
            try:
                await self._ask()
            except Exception as error:
                self._fail(error)
            await first_of(pause, self._stirred)
            if self._stirred.is_set():  # many may come, and much be committed, in a moment
                pause = SHORTEST_PAUSE
                await asyncio.sleep(pause)
            else:
                pause = min(pause * PAUSE_GROWTH, LONGEST_PAUSE)

    def _fail(self, error: Exception) -> None:
        for waiter in self._waiters:
            if not waiter.seen.done():
                waiter.seen.set_exception(error)

    async def _ask(self) -> None:
        """For those who have waited longest for a turn, as many as fit into a query of each kind."""
        asked: list[_Waiter] = []
        subjects: set[Subject] = set()
        receipts: set[str] = set()
        for waiter in [waiter for waiter in self._waiters if not waiter.seen.done()]:
            if asked and len(subjects) + len(receipts) + len(waiter.positions) + len(waiter.receipts) > MOST_ASKED:
                break
            subjects |= waiter.positions.keys()
            receipts |= waiter.receipts.keys()
            asked.append(waiter)
            self._waiters.move_to_end(waiter)
        positions = await self._read(subjects) if subjects else {}
        counts = await passed(self._database, self._consumer, receipts) if receipts else {}
        for waiter in asked:
            waiter.learn(positions, counts)

    async def _read(self, subjects: Iterable[Subject]) -> dict[Subject, int]:
        return await read_positions(self._collection, self._consumer, subjects)
