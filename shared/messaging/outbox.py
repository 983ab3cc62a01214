"""The outbox: facts stored in the transaction that made them true. The relay takes them from here to Kafka."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.errors import Refused
from shared.events.envelope import Context, Fact, Position, attributes, body_of, headers_of
from shared.mongo import CollectionSpec, Database, Document, Index, InsertOne, Session

RECORD_LIMIT_BYTES = 900_000  # below the broker's default of 1 MiB with room for headers

# `pending` exists only while a row is unpublished: the partial index then holds just the work to do.
PENDING: Document = {"pending": True}
REPUBLISH: Document = {"$set": PENDING, "$unset": {"published_at": "", "partition": "", "offset": ""}}
COLLECTION = CollectionSpec("outbox", indexes=(Index(("aggregate", "seq", "lane"), only=PENDING),))


class FactTooLarge(
    Refused,
    code="event-too-large",
    status=422,
    th="ข้อมูลของรายการนี้มีขนาดใหญ่เกินกว่าที่ระบบจะส่งต่อได้ กรุณาลดข้อความหรือแบ่งเป็นหลายรายการ",
    en="This entry is too large to be passed on. Please shorten its texts or split it.",
):
    """The event would not fit into a record: the command is refused before anything is stored."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A fact with its place in the history of its aggregate (from 1, without gaps)."""

    fact: Fact
    seq: int

    @property
    def position(self) -> Position:
        return Position(self.fact.aggregate, self.seq)


def numbered(facts: Iterable[Fact], after: int) -> list[Numbered]:
    """Numbers the facts of ONE aggregate whose last event so far is `after` (0: none)."""
    return [Numbered(fact, after + place) for place, fact in enumerate(facts, start=1)]


class Outbox:
    """Rows of one service's database. `topic_prefix` is for tests that share a broker."""

    def __init__(self, database: Database, *, lanes: int, topic_prefix: str = "") -> None:
        self.collection = database[COLLECTION.name]
        self._lanes = lanes
        self._prefix = topic_prefix

    async def append(self, facts: Sequence[tuple[Numbered, Context]], session: Session) -> None:
        """Stores the facts as part of the session's transaction. Raises FactTooLarge before storing any."""
        if facts:
            rows = [InsertOne(self.row(item, context)) for item, context in facts]
            await self.collection.bulk_write(rows, ordered=False, session=session)

    def row(self, item: Numbered, context: Context) -> Document:
        """One row; its id makes a second event with the same sequence impossible."""
        fact = item.fact
        chosen = attributes(fact, item.seq, context)
        body = body_of(fact, chosen)
        if body is not None and len(body) * 3 > RECORD_LIMIT_BYTES and len(body.encode()) > RECORD_LIMIT_BYTES:
            raise FactTooLarge(type=fact.event.type, limit=RECORD_LIMIT_BYTES)
        return {
            "_id": chosen["id"],
            "lane": zlib.crc32(fact.aggregate.encode()) % self._lanes,
            "aggregate": fact.aggregate,
            "seq": item.seq,
            "topic": self._prefix + fact.event.topic,
            "key": fact.key,
            "type": fact.event.type,
            "body": body,
            "headers": headers_of(fact, chosen),
            "recorded_at": context.recorded_at,
            "pending": True,
        }
