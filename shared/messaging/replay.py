"""Publishing again from the outbox: rows are marked as pending, and the relay that runs sends them.

What was sent before goes out with the same id and sequence, so consumers that have it skip it. Of a state topic only
the current value of each aggregate goes out.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.events.topics import TOPICS
from shared.messaging.outbox import ANYWHERE, BY_ID, PENDING, REPUBLISH, Place, all_places, rows_of
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.mongo import Collection, Database, Document, majority, translated_calls

PAGE = 1_000
SLACK = timedelta(hours=1)  # far more than clocks differ


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
            return int(await self._outbox.count_documents({**PENDING, **ANYWHERE}))

    async def count(self, chosen: Selection) -> int:
        """How many rows are looked at: more than are sent where a state topic is among them."""
        with translated_calls():
            if chosen == Selection():
                return int(await self._outbox.estimated_document_count())
            hint: Document = {"hint": BY_ID} if chosen.aggregates else {}
            queries = [query async for query, _ in self._queries(chosen)]
            return sum([int(await self._outbox.count_documents(query, **hint)) for query in queries])

    async def _ids(self, chosen: Selection) -> AsyncIterator[list[str]]:
        outbox = majority(self._outbox)
        hint: Document = {"hint": BY_ID} if chosen.aggregates else {}
        newest = {"$group": {"_id": "$aggregate", "seq": {"$max": "$seq"}}}
        async for query, state in self._queries(chosen):
            steps = [{"$match": query}, newest if state else {"$project": {"_id": 1}}]
            async for page in _paged(outbox, steps, hint):
                yield [f"{row['_id']}:{row['seq']}" if state else row["_id"] for row in page]

    async def _queries(self, chosen: Selection) -> AsyncIterator[tuple[Document, bool]]:
        """Queries that together find the chosen rows, each by a range of one index, and whether they are of a state
        topic: by ids where aggregates are named, else by offsets."""
        since: Document = {} if chosen.since is None else {"recorded_at": {"$gte": chosen.since}}
        places = all_places(self._prefix, chosen.topics or tuple(TOPICS))
        for aggregate in chosen.aggregates:
            for state in (False, True):
                topics = sorted({place.topic for place in places if place.state == state})
                yield {**rows_of(aggregate), "topic": {"$in": topics}, **since}, state
        for place in places if not chosen.aggregates else ():
            low = 0 if chosen.since is None else await self._first_since(place, chosen.since)
            yield {"place": str(place), "offset": {"$gte": low}, **since}, place.state

    async def _first_since(self, place: Place, since: datetime) -> int:
        """An offset below which nothing was recorded since, by halving: what stands further back was published earlier,
        but for the clocks of replicas and the time that a mark takes."""
        earliest = since - SLACK
        last = await self._marked(place, 0, -1)
        low, high = 0, 0 if last is None else last["offset"] + 1
        while low < high:
            middle = (low + high) // 2
            row = await self._marked(place, middle, 1)
            if row is None or row["offset"] >= high or row["published_at"] >= earliest:
                high = middle
            else:
                low = row["offset"] + 1
        return low

    async def _marked(self, place: Place, low: int, order: int) -> Document | None:
        query = {"place": str(place), "offset": {"$gte": low}}
        fields = {"offset": 1, "published_at": 1}
        with translated_calls():
            row: Document | None = await self._outbox.find_one(query, fields, sort=[("offset", order)])
        return row


async def _paged(outbox: Collection, steps: list[Document], options: Document) -> AsyncIterator[list[Document]]:
    page: list[Document] = []
    with translated_calls():
        async for row in outbox.aggregate(steps, allowDiskUse=True, batchSize=PAGE, **options):
            page.append(row)
            if len(page) == PAGE:
                yield page
                page = []
    if page:
        yield page
