"""The outbox: events stored in the transaction that made them true. The relay takes them from here to Kafka."""

import zlib
from collections.abc import Collection, Sequence
from typing import NamedTuple

from shared.errors import Refused
from shared.events.envelope import OutgoingEvent, attributes, body_of, headers_of
from shared.events.topics import TOPICS
from shared.messaging.kafka import partition_of
from shared.mongo import CollectionSpec, Database, Document, Index, InsertOne, Session

RECORD_LIMIT_BYTES = 900_000  # below the broker's default of 1 MiB with room for headers

# `pending` exists only while a row is unpublished: the first index then holds just the work to do. It begins with the
# place, `<topic>/<partition>`, so that those which the broker does not take now are passed over however many rows wait.
PENDING: Document = {"pending": True}
ANYWHERE: Document = {"place": {"$gt": ""}}  # without it no engine would use the index
REPUBLISH: Document = {"$set": PENDING, "$unset": {"published_at": "", "partition": "", "offset": ""}}
# The second index tells what stands where in the log: its tail is checked by it, and a replay finds its rows.
BY_ID = "_id_"  # a hint: SecantusDB does not use this index for ranges by itself
COLLECTION = CollectionSpec(
    "outbox",
    indexes=(
        Index(("place", "aggregate", "seq", "lane"), only=PENDING),
        Index(("place", "offset"), only={"offset": {"$gte": 0}}),
    ),
)


class EventTooLarge(
    Refused,
    code="event-too-large",
    status=422,
    th="ข้อมูลของรายการนี้มีขนาดใหญ่เกินกว่าที่ระบบจะส่งต่อได้ กรุณาลดข้อความหรือแบ่งเป็นหลายรายการ",
    en="This entry is too large to be passed on. Please shorten its texts or split it.",
):
    """The event would not fit into a record: the command is refused before anything is stored."""


class Place(NamedTuple):
    """A partition; a state topic keeps only the last value of each aggregate."""

    topic: str
    partition: int
    state: bool

    def __str__(self) -> str:
        return place_of(self.topic, self.partition)


def all_places(prefix: str, topics: Collection[str] = tuple(TOPICS)) -> list[Place]:
    """Every partition of these topics."""
    chosen = [topic for name, topic in TOPICS.items() if name in topics]
    return [Place(prefix + topic.name, n, topic.state) for topic in chosen for n in range(topic.partitions)]


def place_of(topic: str, partition: int) -> str:
    """Where a row goes, as its field `place` names it."""
    return f"{topic}/{partition}"


def rows_of(aggregate: str, after: str = "") -> Document:
    """The rows of one aggregate, behind the id `after`: a range of ids, which every collection has an index of (BY_ID).
    The field is compared too, because `run` is also how `run:1:PO-50` begins."""
    behind = {"$gt": after} if after else {"$gte": f"{aggregate}:0"}
    return {"_id": {**behind, "$lt": f"{aggregate}::"}, "aggregate": aggregate}  # the colon comes after the digits


class Outbox:
    """Rows of one service's database. `topic_prefix` is for tests that share a broker."""

    def __init__(self, database: Database, *, lanes: int, topic_prefix: str = "") -> None:
        self.collection = database[COLLECTION.name]
        self._lanes = lanes
        self._prefix = topic_prefix

    async def append(self, events: Sequence[OutgoingEvent], session: Session) -> None:
        """Stores the events as part of the session's transaction. Raises EventTooLarge before storing any."""
        if events:
            rows = [InsertOne(self.row(event)) for event in events]
            await self.collection.bulk_write(rows, ordered=False, session=session)

    async def erase(
        self, aggregate: str, kind: str, header: str, after: str, most: int, session: Session
    ) -> str | None:
        """Turns some rows of a state, those behind the id `after`, into tombstones of the type `kind` without `header`,
        sent or not. The sequence keeps no gap. The id of the last one, or None when there are no more."""
        found = self.collection.find(rows_of(aggregate, after), {"_id": 1}, session=session).hint(BY_ID).sort("_id", 1)
        ids = [row["_id"] async for row in found.limit(most + 1)]
        tombstone = {
            "body": None,
            "type": kind,
            "headers.ce_type": kind,
            "headers.ce_dataschema": f"urn:pattana:schema:{kind}",
        }
        await self.collection.update_many(
            {"_id": {"$in": ids[:most]}, "body": {"$ne": None}},
            {"$set": tombstone, "$unset": {f"headers.{header}": ""}},
            session=session,
        )
        return ids[most - 1] if len(ids) > most else None

    async def send_again(self, id: str, session: Session) -> None:
        """Lets the relay send a row once more. Consumers that have it skip it."""
        await self.collection.update_one({"_id": id, "pending": {"$ne": True}}, REPUBLISH, session=session)

    def row(self, outgoing: OutgoingEvent) -> Document:
        """One row; its id makes a second event with the same sequence impossible."""
        event = outgoing.event
        chosen = attributes(outgoing)
        body = body_of(event, chosen)
        if body is not None and len(body) * 3 > RECORD_LIMIT_BYTES and len(body.encode()) > RECORD_LIMIT_BYTES:
            raise EventTooLarge(type=event.type, limit=RECORD_LIMIT_BYTES)
        topic = self._prefix + event.topic
        return {
            "_id": chosen["id"],
            "lane": zlib.crc32(outgoing.aggregate.encode()) % self._lanes,
            "aggregate": outgoing.aggregate,
            "seq": outgoing.sequence,
            "topic": topic,
            "place": place_of(topic, partition_of(chosen["partitionkey"], TOPICS[event.topic].partitions)),
            "key": chosen["partitionkey"],
            "type": event.type,
            "body": body,
            "headers": headers_of(event, chosen),
            "recorded_at": outgoing.recorded_at,
            "pending": True,
        }
