"""How far a consumer is in the history of each aggregate, and waiting until it has seen something."""

import asyncio
from collections.abc import Iterable, Sequence

from shared.errors import Refused
from shared.events.envelope import Position
from shared.messaging.sequence import Subject
from shared.mongo import CollectionSpec, Database, Document, UpdateOne, translated_calls

COLLECTION = CollectionSpec("positions")
LOOK_EVERY_SECONDS = 0.05


class NotYetVisible(Refused):
    """What the caller has seen elsewhere has not arrived here in time."""

    code = "not-yet-visible"


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

    def announce(self) -> None:
        """A batch was committed here: those who wait look again at once."""
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
        while wanted:
            moved = self._moved
            last = await self.last(source, wanted)
            wanted = {subject: seq for subject, seq in wanted.items() if last[subject] < seq}
            if not wanted:
                return
            if asyncio.get_running_loop().time() >= ends:
                raise NotYetVisible(waiting=[f"{subject}:{seq}" for subject, seq in list(wanted.items())[:5]])
            await _either(moved, LOOK_EVERY_SECONDS)


async def _either(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
