"""The held store: records that wait for an earlier one, and parked ones that somebody must look at. Nothing expires.

One store per service and consumer. A discard is a fact that is kept: a rebuild skips the same event again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.events.envelope import SEQUENCE_DIGITS
from shared.messaging.sequence import Hold, Known, Origin, Received, Subject, Wait
from shared.mongo import (
    CollectionSpec,
    Database,
    DeleteOne,
    Document,
    Index,
    ReplaceOne,
    Session,
)

HELD = CollectionSpec("held", indexes=(Index(("consumer", "subject")), Index(("consumer", "retry"))))
DISCARDS = CollectionSpec("discards", indexes=(Index(("subject",)),))


def held_id(consumer: str, subject: Subject, seq: int) -> str:
    """Sorts by sequence within a subject."""
    return "|".join((consumer, *subject, f"{seq:0{SEQUENCE_DIGITS}d}"))


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
        "headers": dict(record.headers),
        "state": record.state,
        "at": at,
        "retry": False,
    }


class Held:
    """The held store of one consumer."""

    def __init__(self, database: Database, consumer: str) -> None:
        self._held = database[HELD.name]
        self._discards = database[DISCARDS.name]
        self._consumer = consumer

    async def load(self, subjects: Sequence[Subject], session: Session) -> list[Document]:
        """All held documents of these subjects, in order."""
        query = {"consumer": self._consumer, "subject": {"$in": [subject for _, subject in subjects]}}
        found: list[Document] = await self._held.find(query, session=session).sort("_id", 1).to_list(None)
        wanted = set(subjects)
        return [row for row in found if (row["source"], row["subject"]) in wanted]

    async def discarded(self, subjects: Sequence[Subject], session: Session | None = None) -> dict[Subject, set[int]]:
        """The sequences that somebody decided to leave out."""
        query = {"subject": {"$in": [subject for _, subject in subjects]}}
        result: dict[Subject, set[int]] = {}
        async for row in self._discards.find(query, session=session):
            result.setdefault((row["source"], row["subject"]), set()).add(row["seq"])
        return result

    async def store(self, holds: Iterable[Hold], released: Iterable[Received], at: datetime, session: Session) -> None:
        """Writes what waits now and removes what went on, as part of the batch's transaction."""
        documents = [document(self._consumer, hold, at) for hold in holds]
        writes: list[ReplaceOne[Document] | DeleteOne] = [
            DeleteOne({"_id": held_id(self._consumer, record.subject, record.seq)}) for record in released
        ]
        writes += [ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in documents]
        if writes:
            await self._held.bulk_write(writes, ordered=True, session=session)

    async def to_retry(self, partitions: Sequence[tuple[str, int]]) -> list[Document]:
        """Parked documents of these partitions that somebody asked to try again (or has discarded)."""
        rows: list[Document] = await self._held.find({"consumer": self._consumer, "retry": True}).to_list(100)
        wanted = set(partitions)
        return [row for row in rows if (row["topic"], row["partition"]) in wanted]

    async def count(self) -> dict[str, int]:
        """How many records wait, by reason."""
        return {
            wait.value: await self._held.count_documents({"consumer": self._consumer, "wait": wait.value})
            for wait in Wait
        }


def known_of(last: int, rows: Iterable[tuple[Document, Received]], discarded: set[int]) -> Known:
    """What the planner needs of one subject. A row whose retry was asked for no longer counts as parked."""
    known = Known(last=last, discarded=discarded)
    for row, received in rows:
        known.queue[row["seq"]] = received
        if row["wait"] == Wait.PARKED and not row["retry"] and row["seq"] not in discarded:
            known.parked.add(row["seq"])
    return known


def origin_of(row: Document) -> Origin:
    """Where a held record came from."""
    return Origin(row["topic"], row["partition"], row["offset"])
