"""How far a consumer is in the history of each aggregate, and waiting until it has seen something."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from shared.errors import Refused
from shared.events.envelope import Position
from shared.messaging.sequence import Subject
from shared.mongo import CollectionSpec, Database, Document, UpdateOne, translated_calls
from shared.waiting import first_of

COLLECTION = CollectionSpec("positions")
LOOK_EVERY_SECONDS = 0.05
REMEMBERED_SUBJECTS = 10_000


class NotYetVisible(
    Refused,
    code="not-yet-visible",
    status=504,
    th="ระบบได้รับข้อมูลล่าสุดแล้ว แต่ยังประมวลผลไม่เสร็จ กรุณาลองใหม่อีกครั้งในอีกสักครู่",
    en="The latest data has been received but is not processed yet. Please try again in a moment.",
):
    """What the caller has seen elsewhere has not arrived here in time."""


def position_id(consumer: str, subject: Subject) -> str:
    """The id of a position; source and subject cannot contain the separator."""
    return "|".join((consumer, *subject))


def advance(consumer: str, last: Iterable[tuple[Subject, int, bool]]) -> list[UpdateOne]:
    """Writes for the batch's transaction: (subject, last sequence, whether records wait behind it)."""
    return [
        UpdateOne({"_id": position_id(consumer, subject)}, {"$set": {"seq": seq, "waiting": waiting}}, upsert=True)
        for subject, seq, waiting in last
    ]


class Positions:
    """Reads the positions of one consumer; the consumer in this process announces every commit."""

    def __init__(self, database: Database, consumer: str) -> None:
        self._collection = database[COLLECTION.name]
        self._consumer = consumer
        self._moved = asyncio.Event()
        self._lately: OrderedDict[Subject, int] = OrderedDict()

    def announce(self, last: Mapping[Subject, int] | None = None) -> None:
        """A batch was committed here: those who wait look again at once. `last` saves them to ask the database."""
        for subject, seq in (last or {}).items():
            self._lately[subject] = seq
            self._lately.move_to_end(subject)
        while len(self._lately) > REMEMBERED_SUBJECTS:
            self._lately.popitem(last=False)
        self._moved.set()
        self._moved = asyncio.Event()

    async def last(self, source: str, subjects: Iterable[str]) -> dict[str, int]:
        """The last applied sequence of each subject; 0 for one that was never seen."""
        ids = {position_id(self._consumer, (source, subject)): subject for subject in subjects}
        with translated_calls():
            rows: list[Document] = await self._collection.find({"_id": {"$in": list(ids)}}).to_list(None)
        seen = {ids[row["_id"]]: int(row["seq"]) for row in rows}
        return {subject: seen.get(subject, 0) for subject in ids.values()}

    async def wait(self, positions: Sequence[Position], *, source: str, seconds: float = 5) -> None:
        """Returns when all positions have been applied. Raises NotYetVisible after `seconds`."""
        wanted: dict[str, int] = {}
        for position in positions:
            wanted[position.aggregate] = max(position.seq, wanted.get(position.aggregate, 0))
        ends = asyncio.get_running_loop().time() + seconds
        moved = self._moved
        while wanted := await self._missing(source, wanted):
            if asyncio.get_running_loop().time() >= ends:
                raise NotYetVisible(waiting=[f"{subject}:{seq}" for subject, seq in list(wanted.items())[:5]])
            await first_of(LOOK_EVERY_SECONDS, moved)
            moved = self._moved

    async def _missing(self, source: str, wanted: Mapping[str, int]) -> dict[str, int]:
        """Those that have not been applied: by what this process has done lately, else by the database."""
        left = {subject: seq for subject, seq in wanted.items() if self._lately.get((source, subject), 0) < seq}
        if not left:
            return {}
        last = await self.last(source, left)
        return {subject: seq for subject, seq in left.items() if last[subject] < seq}
