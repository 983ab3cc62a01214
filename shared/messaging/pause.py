"""When a type of event turns to poison it is a bad deploy, not bad data: the consumer stops, and says so over restarts.

A bad deploy fails one type, on every partition; other types, and replicas with other code, get on. So the counts are
kept per type and per version of the code: successes of the same type speak against it, and a repaired replica begins
with none.
"""

from collections.abc import Mapping
from datetime import timedelta

from shared.clock import Clock
from shared.events.envelope import SEPARATOR
from shared.messaging.sequence import Tally
from shared.mongo import CollectionSpec, Database, Document, Session, translated_calls

PAUSES = CollectionSpec("pauses")
WINDOW = timedelta(hours=1)  # failures that lie further apart have nothing to do with each other
LOOK_SECONDS = 5.0


def pauses_of(consumer: str) -> Document:
    """A condition on `_id`: what is counted of this consumer, with whatever code. Served by the id itself."""
    return {"$gt": f"{consumer}{SEPARATOR}", "$lt": f"{consumer}{chr(ord(SEPARATOR) + 1)}"}


class Pause:
    """The persistent counts of one consumer and one version of the code, and what /readyz says when one is too high."""

    def __init__(self, database: Database, consumer: str, version: str, *, limit: int, clock: Clock) -> None:
        self._collection = database[PAUSES.name]
        self._id = f"{consumer}{SEPARATOR}{version}"
        self._limit = limit
        self._clock = clock
        self._noted = 0
        self.tallies: Mapping[str, Tally] = {}

    @property
    def reason(self) -> str | None:
        """Why nothing is consumed, or None."""
        for type_, tally in self.tallies.items():
            if len(tally.parked) >= self._limit:
                counted = f"of {len(tally.parked)} different subjects were parked, and {tally.applied} applied"
                return f"events {type_} {counted}; see `pattana dead-letters list`, mend, then retry or discard"
        return None

    async def load(self) -> None:
        """Takes over the counts as they are stored (a retry or a discard clears them)."""
        noted = self._noted
        with translated_calls(LOOK_SECONDS):
            tallies = await self.read()
        if noted == self._noted:  # else a batch has told something newer meanwhile
            self.tallies = tallies

    def note(self, tallies: Mapping[str, Tally]) -> None:
        """What a batch has stored. Batches end in any order: a pause is not taken back by one that began before it."""
        self._noted += 1
        if self.reason is None:
            self.tallies = tallies

    async def read(self, session: Session | None = None) -> dict[str, Tally]:
        """The counts as they are stored. Partitions and replicas share them: who changes them reads them in its
        transaction."""
        row: Document | None = await self._collection.find_one({"_id": self._id}, session=session)
        begin = self._clock() - WINDOW
        counts = {} if row is None else {counted["type"]: _tally(counted) for counted in row["types"]}
        return {
            type_: tally
            for type_, tally in counts.items()
            if len(tally.parked) >= self._limit or (tally.since is not None and tally.since > begin)
        }

    async def store(self, tallies: Mapping[str, Tally], session: Session) -> None:
        """As part of the batch's transaction."""
        now = self._clock()
        types = [
            {
                "type": type_,
                "parked": [list(subject) for subject in tally.parked],
                "applied": tally.applied,
                "since": tally.since or now,
            }
            for type_, tally in tallies.items()
        ]
        await self._collection.update_one({"_id": self._id}, {"$set": {"types": types}}, upsert=True, session=session)


def _tally(counted: Document) -> Tally:
    parked = tuple((source, subject) for source, subject in counted["parked"])
    return Tally(parked, counted["applied"], counted["since"])
