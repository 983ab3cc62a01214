"""Reads the outbox rows that wait for the broker: in pages, in the order of each aggregate, and never those of places
that are passed over. A page costs the same however many rows wait elsewhere.
"""

from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence

from shared.messaging.marks import Marks
from shared.messaging.outbox import ANYWHERE, PENDING
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.mongo import ASCENDING, Database, Document, majority, translated_calls

PAGE_ROWS = 1_000
COUNT_UP_TO = 10_000
_ORDER = [("place", ASCENDING), ("aggregate", ASCENDING), ("seq", ASCENDING)]  # the order of the index
_BEFORE_ALL, _AFTER_ALL = "", "\uffff"


class Unpublished:
    """Of one service. `marks` knows what was sent though the database does not say so yet."""

    def __init__(self, database: Database, marks: Marks) -> None:
        self._outbox = majority(database[OUTBOX.name])
        self._marks = marks

    async def pages(
        self, lanes: Collection[int] | None, without: Collection[str]
    ) -> AsyncGenerator[list[Document], None]:
        """Goes once through all aggregates of these lanes (None: of all), but for those of the places `without`. Of one
        aggregate it reads a page at most."""
        for low, high in stretches(without):
            page = await self._page(lanes, {"place": {"$gt": low, "$lt": high}})
            yield page
            while len(page) == PAGE_ROWS:
                place, aggregate = page[-1]["place"], page[-1]["aggregate"]
                page = await self._page(lanes, {"place": place, "aggregate": {"$gt": aggregate}})
                yield page
                if len(page) < PAGE_ROWS:
                    page = await self._page(lanes, {"place": {"$gt": place, "$lt": high}})
                    yield page

    async def first(self, lanes: Collection[int] | None, place: str, most: int) -> list[Document]:
        """The first rows of this place."""
        return await self._page(lanes, {"place": place}, most)

    async def count(self) -> int:
        """Of all lanes; not beyond COUNT_UP_TO."""
        with translated_calls():
            return int(await self._outbox.count_documents({**PENDING, **ANYWHERE}, limit=COUNT_UP_TO))

    async def continuous(self, rows: Sequence[Document]) -> list[Document]:
        """Cuts each aggregate at its first gap: a scan may see a row and miss one committed just before it."""
        firsts = {row["aggregate"]: row["seq"] for row in reversed(rows)}
        behind = await self._waiting_for_predecessor(firsts)
        kept: list[Document] = []
        expected: dict[str, int] = {}
        for row in rows:
            aggregate, seq = row["aggregate"], row["seq"]
            if aggregate in behind or seq != expected.setdefault(aggregate, seq):
                continue
            expected[aggregate] = seq + 1
            kept.append(row)
        return kept

    async def _page(self, lanes: Collection[int] | None, where: Document, most: int = PAGE_ROWS) -> list[Document]:
        query: Document = {**PENDING, **where}
        if lanes is not None:  # the index knows the lane: what others relay is not even fetched
            query["lane"] = {"$in": sorted(lanes)}
        self._marks.begin_reading()
        with translated_calls():
            page: list[Document] = await self._outbox.find(query).sort(_ORDER).limit(most).to_list(None)
        return page

    async def _waiting_for_predecessor(self, firsts: Mapping[str, int]) -> set[str]:
        """The aggregates whose first row here is not the next one: the row before it is still unpublished."""
        unsure = {a: seq for a, seq in firsts.items() if seq > 1 and self._marks.last_sent(a) + 1 != seq}
        if not unsure:
            return set()
        ids = [f"{aggregate}:{seq - 1}" for aggregate, seq in unsure.items()]
        with translated_calls():
            cursor = self._outbox.find({"_id": {"$in": ids}, **PENDING}, {"aggregate": 1, "seq": 1})
            return {row["aggregate"] async for row in cursor if not self._marks.is_sent(row)}


def stretches(without: Collection[str]) -> Iterator[tuple[str, str]]:
    """What lies between these places, both ends excluded: one range of the index each."""
    low = _BEFORE_ALL
    for place in sorted(without):
        yield low, place
        low = place
    yield low, _AFTER_ALL


def take(rows: Sequence[Document], most: int) -> list[Document]:
    """At most `most` rows of each aggregate, in order: a hot one starves nobody."""
    counts: dict[str, int] = {}
    chosen = []
    for row in rows:
        counts[row["aggregate"]] = counts.get(row["aggregate"], 0) + 1
        if counts[row["aggregate"]] <= most:
            chosen.append(row)
    return chosen
