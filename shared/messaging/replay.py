"""Publishing again from the outbox: rows are marked as pending, and the relay that runs sends them.

What was sent before goes out with the same id and sequence, so consumers that have it skip it. Of a state topic only
the current value of each aggregate goes out.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.events.topics import TOPICS
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.messaging.outbox import REPUBLISH
from shared.mongo import Collection, Database, Document, majority, translated_calls

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows; empty: all. Topics by their plain names."""

    topics: Sequence[str] = ()
    aggregates: Sequence[str] = ()
    since: datetime | None = None


class Replay:
    """The outbox of one service."""

    def __init__(self, database: Database, topic_prefix: str = "") -> None:
        self._outbox = database[OUTBOX.name]
        self._prefix = topic_prefix

    async def mark(self, chosen: Selection, advance: Callable[[int], None]) -> int:
        """Marks the chosen rows that were published; how many. May be repeated."""
        total = 0
        async for ids in self._ids(chosen):
            with translated_calls():
                done = await self._outbox.update_many({"_id": {"$in": ids}, "pending": {"$ne": True}}, REPUBLISH)
            total += done.modified_count
            advance(len(ids))
        return total

    async def pending(self) -> int:
        """Rows that the relay has not sent yet."""
        with translated_calls():
            return int(await self._outbox.count_documents({"pending": True}))

    async def count(self, chosen: Selection) -> int:
        """How many rows are looked at: more than are sent where a state topic is among them."""
        with translated_calls():
            if chosen == Selection():
                return int(await self._outbox.estimated_document_count())
            return int(await self._outbox.count_documents(self._query(chosen, list(TOPICS))))

    async def _ids(self, chosen: Selection) -> AsyncIterator[list[str]]:
        facts = [topic.name for topic in TOPICS.values() if not topic.state]
        states = [topic.name for topic in TOPICS.values() if topic.state]
        outbox = majority(self._outbox)
        async for page in _paged(outbox, [{"$match": self._query(chosen, facts)}, {"$project": {"_id": 1}}]):
            yield [row["_id"] for row in page]
        newest = {"$group": {"_id": "$aggregate", "seq": {"$max": "$seq"}}}
        async for page in _paged(outbox, [{"$match": self._query(chosen, states)}, newest]):
            yield [f"{row['_id']}:{row['seq']}" for row in page]

    def _query(self, chosen: Selection, among: Sequence[str]) -> Document:
        topics = [name for name in among if not chosen.topics or name in chosen.topics]
        query: Document = {"topic": {"$in": [self._prefix + name for name in topics]}}
        if chosen.aggregates:
            query["aggregate"] = {"$in": list(chosen.aggregates)}
        if chosen.since is not None:
            query["recorded_at"] = {"$gte": chosen.since}
        return query


async def _paged(outbox: Collection, steps: list[Document]) -> AsyncIterator[list[Document]]:
    page: list[Document] = []
    with translated_calls():
        async for row in outbox.aggregate(steps, allowDiskUse=True, batchSize=PAGE):
            page.append(row)
            if len(page) == PAGE:
                yield page
                page = []
    if page:
        yield page
