"""The held store: records that wait for an earlier one, and parked ones that somebody must look at. Nothing expires.

One store per service and consumer. A discard is a fact that is kept: a rebuild skips the same event again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.events.envelope import SEPARATOR, SEQUENCE_DIGITS
from shared.messaging.sequence import Hold, Origin, Received, Subject, Wait
from shared.mongo import (
    CollectionSpec,
    Database,
    DeleteOne,
    Document,
    Index,
    ReplaceOne,
    Session,
    UpdateOne,
    translated_calls,
)

HELD = CollectionSpec(
    "held", indexes=(Index(("consumer", "subject", "seq")), Index(("consumer",), only={"retry": True}))
)
DISCARDS = CollectionSpec("discards", indexes=(Index(("source", "subject", "seq"), unique=True),))

Write = ReplaceOne[Document] | UpdateOne | DeleteOne

# Most records of one subject that go on in one transaction; a longer queue goes on in several.
PORTION = 500


def held_id(consumer: str, subject: Subject, seq: int) -> str:
    """Sorts by sequence within a subject."""
    return SEPARATOR.join((consumer, *subject, f"{seq:0{SEQUENCE_DIGITS}d}"))


def document(consumer: str, hold: Hold, at: datetime) -> Document:
    """A held record as it is stored; the raw bytes are kept, so that better code can read them again."""
    record = hold.record
    return {
        "_id": held_id(consumer, record.subject, record.seq),
        "consumer": consumer,
        "source": record.subject[0],
        "subject": record.subject[1],
        "seq": record.seq,
        "wait": hold.wait.value,
        "reason": hold.reason,
        "topic": record.origin.topic,
        "partition": record.origin.partition,
        "offset": record.origin.offset,
        "value": record.value,
        # Pairs, not fields: a header may be called as it likes.
        "headers": [[name, raw] for name, raw in record.headers.items()],
        "state": record.state,
        "at": at,
        "retry": False,
    }


def headers_of(row: Document) -> dict[str, bytes | None]:
    """The headers of a held record."""
    return {name: None if raw is None else bytes(raw) for name, raw in row["headers"]}


def origin_of(row: Document) -> Origin:
    """Where a held record came from."""
    return Origin(row["topic"], row["partition"], row["offset"])


def subject_of(row: Document) -> Subject:
    """Whose record it is."""
    return row["source"], row["subject"]


def _write(hold: Hold, row: Document) -> Write:
    """What cannot be read says only by its headers whose it is: it never takes the place of one that waits already."""
    record = hold.record
    if record.poison is not None and not record.stored and hold.wait is not Wait.PARKED:
        return UpdateOne({"_id": row["_id"]}, {"$setOnInsert": row}, upsert=True)
    return ReplaceOne({"_id": row["_id"]}, row, upsert=True)


def is_parked(row: Document) -> bool:
    """Whether it keeps later ones waiting; one whose retry was ordered no longer does."""
    return row["wait"] == Wait.PARKED and not row["retry"]


class Held:
    """The held store of one consumer."""

    def __init__(self, database: Database, consumer: str) -> None:
        self._held = database[HELD.name]
        self._consumer = consumer

    async def portion(self, subject: Subject, session: Session) -> list[Document]:
        """The first records that wait in this subject, in order: one more than PORTION when that is not all."""
        query = {"consumer": self._consumer, "subject": subject[1], "source": subject[0]}
        cursor = self._held.find(query, session=session).sort("seq", 1).limit(PORTION + 1)
        found: list[Document] = await cursor.to_list(None)
        return found

    async def parked(self, subjects: Sequence[Subject], session: Session) -> list[Document]:
        """The parked records of these subjects."""
        if not subjects:
            return []
        wanted = set(subjects)
        query = {"consumer": self._consumer, "subject": {"$in": [key for _, key in wanted]}, "wait": Wait.PARKED.value}
        found: list[Document] = await self._held.find(query, session=session).to_list(None)
        return [row for row in found if subject_of(row) in wanted]

    async def store(self, holds: Iterable[Hold], released: Iterable[Received], at: datetime, session: Session) -> None:
        """Writes what waits now and removes what went on, as part of the batch's transaction."""
        writes: list[Write] = [
            DeleteOne({"_id": held_id(self._consumer, record.subject, record.seq)}) for record in released
        ]
        writes += [_write(hold, document(self._consumer, hold, at)) for hold in holds]
        if writes:
            await self._held.bulk_write(writes, ordered=True, session=session)

    async def go_on(self, places: Mapping[Subject, int], session: Session) -> None:
        """Orders a retry of these records, if they wait: the next portion of a long queue."""
        for subject, seq in places.items():
            key = held_id(self._consumer, subject, seq)
            await self._held.update_one({"_id": key}, {"$set": {"retry": True}}, session=session)

    async def to_retry(self, partitions: Collection[tuple[str, int]]) -> list[Document]:
        """Records of these partitions that somebody ordered to try again (or has discarded), in order."""
        with translated_calls():
            cursor = self._held.find({"consumer": self._consumer, "retry": True})
            rows: list[Document] = await cursor.to_list(None)
        mine = [row for row in rows if (row["topic"], row["partition"]) in partitions]
        return sorted(mine, key=lambda row: str(row["_id"]))

    async def count(self) -> dict[str, int]:
        """How many records wait, by reason."""
        with translated_calls():
            return {
                wait.value: await self._held.count_documents({"consumer": self._consumer, "wait": wait.value})
                for wait in Wait
            }


class Discards:
    """What somebody decided to leave out, for every consumer of the service. Few, so they are kept in memory."""

    def __init__(self, database: Database) -> None:
        self._discards = database[DISCARDS.name]
        self._known: dict[Subject, frozenset[int]] = {}

    async def load(self) -> None:
        """Reads all of them."""
        found: dict[Subject, set[int]] = {}
        fields: dict[str, Any] = {"source": 1, "subject": 1, "seq": 1}
        with translated_calls():
            async for row in self._discards.find({}, fields):
                found.setdefault(subject_of(row), set()).add(row["seq"])
        self._known = {subject: frozenset(seqs) for subject, seqs in found.items()}

    def of(self, subject: Subject) -> frozenset[int]:
        """The sequences that are left out of this subject."""
        return self._known.get(subject, frozenset())
