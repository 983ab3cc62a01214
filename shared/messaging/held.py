"""The held store: records that wait for an earlier one, and parked ones that somebody must look at. Nothing expires.

One store per service and consumer. A discard is a fact that is kept: a rebuild skips the same event again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

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
    "held",
    indexes=(
        Index(("consumer", "wait")),  # counting; dropping a generation
        Index(("consumer", "subject"), only={"wait": Wait.PARKED.value}),  # what blocks, not the queue behind it
        Index(("consumer", "topic", "partition", "_id"), only={"retry": True}),
        Index(("consumer", "_id"), only={"wait": Wait.AHEAD.value}),
        Index(("source", "subject", "seq")),  # one event in the queues of all consumers
    ),
)
DISCARDS = CollectionSpec("discards", indexes=(Index(("source", "subject", "seq"), unique=True),))

Write = ReplaceOne[Document] | UpdateOne | DeleteOne

# Most records of the queues that go on in one transaction; longer queues go on in several.
PORTION = 500
# Most discards that are kept in memory; of more, every batch asks for those of its own subjects.
MOST_REMEMBERED = 10_000
LOOK_SECONDS = 5.0


def ids_of(*prefix: str) -> Document:
    """A condition on `_id`: the held records of a consumer, or of its source and subject. Served by the id itself."""
    begin = SEPARATOR.join(prefix)
    return {"$gt": f"{begin}{SEPARATOR}", "$lt": f"{begin}{chr(ord(SEPARATOR) + 1)}"}


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

    async def portion(self, subject: Subject, most: int, session: Session) -> list[Document]:
        """The first records that wait in this subject, in order: one more than `most` when that is not all."""
        query = {"_id": ids_of(self._consumer, *subject)}
        cursor = self._held.find(query, session=session).sort("_id", 1).limit(most + 1)
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
        order: Document = {"$set": {"retry": True}}
        writes: list[Write] = [
            UpdateOne({"_id": held_id(self._consumer, subject, seq)}, order) for subject, seq in places.items()
        ]
        if writes:
            await self._held.bulk_write(writes, ordered=False, session=session)

    async def ordered_places(self) -> set[tuple[str, int]]:
        """The partitions (topic, number) with records that somebody ordered to try again, or has discarded.

        Goes from one to the next in the index: a small query or two for each of them, however many records there are.
        """
        found: set[tuple[str, int]] = set()
        row = await self._first_ordered({})
        while row is not None:
            topic, partition = row["topic"], row["partition"]
            found.add((topic, partition))
            row = await self._first_ordered({"topic": topic, "partition": {"$gt": partition}})
            if row is None:
                row = await self._first_ordered({"topic": {"$gt": topic}})
        return found

    async def _first_ordered(self, places: Document) -> Document | None:
        query = {"consumer": self._consumer, "retry": True} | places
        order = [("topic", 1), ("partition", 1)]
        with translated_calls(LOOK_SECONDS):
            row: Document | None = await self._held.find_one(query, _PLACE, sort=order)
        return row

    async def ordered(self, topic: str, partition: int) -> Document | None:
        """The first record of this partition that somebody ordered to try again."""
        query = {"consumer": self._consumer, "topic": topic, "partition": partition, "retry": True}
        with translated_calls(LOOK_SECONDS):
            row: Document | None = await self._held.find_one(query, sort=[("_id", 1)])
        return row

    async def ahead(self, after: str, most: int, *, ordered: bool | None = False) -> list[Document]:
        """Records behind the id `after` that were put aside (AHEAD), whether another look at them is `ordered` or not;
        None: all the same."""
        ids = ids_of(self._consumer)
        query: Document = {"consumer": self._consumer, "wait": Wait.AHEAD.value}
        query |= {} if ordered is None else {"retry": ordered}
        query["_id"] = ids | {"$gt": after or ids["$gt"]}
        with translated_calls(LOOK_SECONDS):
            found = self._held.find(query, _ADDRESS).sort("_id", 1).limit(most)
            rows: list[Document] = await found.to_list(None)
        return rows

    async def order(self, rows: Sequence[Document]) -> int:
        """Orders a retry of these records; of how many it was not ordered yet."""
        if not rows:
            return 0
        query = {"_id": {"$in": [row["_id"] for row in rows]}, "retry": False}
        with translated_calls(LOOK_SECONDS):
            outcome = await self._held.update_many(query, {"$set": {"retry": True}})
        return int(outcome.modified_count)

    async def count(self) -> dict[str, int]:
        """How many records wait, by reason. Counts keys of an index and reads no document."""
        with translated_calls():
            return {
                wait.value: await self._held.count_documents({"consumer": self._consumer, "wait": wait.value})
                for wait in Wait
            }


async def forget(database: Database, subjects: Iterable[Subject], session: Session) -> None:
    """Removes all that any consumer holds of these subjects, whatever it says and whoever sent it."""
    by_source: dict[str, list[str]] = {}
    for source, subject in subjects:
        by_source.setdefault(source, []).append(subject)
    for source, named in by_source.items():
        await database[HELD.name].delete_many({"source": source, "subject": {"$in": named}}, session=session)


class Discards:
    """What somebody decided to leave out, for every consumer of the service. They are few, and kept in memory; when
    they are many (MOST_REMEMBERED), a batch asks for those of its subjects."""

    def __init__(self, database: Database) -> None:
        self._discards = database[DISCARDS.name]
        self._known: dict[Subject, frozenset[int]] | None = {}
        self._count = 0

    async def load(self) -> None:
        """Reads all of them, when there are more than before. None is ever taken back."""
        with translated_calls(LOOK_SECONDS):
            count = await self._discards.estimated_document_count()
            if count == self._count:
                return
            rows = await self._discards.find({}, _ADDRESS).limit(MOST_REMEMBERED + 1).to_list(None)
        self._known = _by_subject(rows) if len(rows) <= MOST_REMEMBERED else None
        self._count = count

    async def look_up(self, subject: Subject) -> None:
        """Those of one subject as they are stored now: an order may have been given this moment."""
        if self._known is not None:
            with translated_calls(LOOK_SECONDS):
                self._known |= await self._stored([subject], None)

    async def among(self, subjects: Collection[Subject], session: Session) -> Mapping[Subject, frozenset[int]]:
        """The sequences that are left out, by subject, of at least these."""
        return self._known if self._known is not None else await self._stored(subjects, session)

    async def _stored(self, subjects: Collection[Subject], session: Session | None) -> dict[Subject, frozenset[int]]:
        rows: list[Document] = []
        for source in {source for source, _ in subjects}:
            named = [subject for owner, subject in subjects if owner == source]
            query = {"source": source, "subject": {"$in": named}}
            rows += await self._discards.find(query, _ADDRESS, session=session).to_list(None)
        return _by_subject(rows)


_ADDRESS = {"source": 1, "subject": 1, "seq": 1}
_PLACE = {"_id": 0, "topic": 1, "partition": 1}


def _by_subject(rows: Iterable[Document]) -> dict[Subject, frozenset[int]]:
    found: dict[Subject, set[int]] = {}
    for row in rows:
        found.setdefault(subject_of(row), set()).add(row["seq"])
    return {subject: frozenset(seqs) for subject, seqs in found.items()}
