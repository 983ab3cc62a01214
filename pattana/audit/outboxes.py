"""Reads the outboxes: rows without their bodies, then bodies by id. The facts of a row never change, so nothing is
locked; its mark may, so what looks wrong is read again."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from pattana.audit.history import KIND_OF, row_faults
from pattana.audit.ledger import Ledger
from pattana.audit.marks import Marks
from pattana.audit.pages import PAGE, pages
from pattana.audit.verdict import Check
from shared.events.envelope import Event
from shared.events.registry import EVENTS
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.messaging.outbox import PENDING, rows_of
from shared.mongo import Database, Document, majority, translated_calls

LIGHT = dict.fromkeys(
    ("aggregate", "seq", "type", "topic", "key", "pending", "published_at", "partition", "offset"), True
)
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Stored:
    """One event as its outbox has it; `event` is None where the data of an erased person was removed, where this
    release does not know the type, and where the body is damaged."""

    seq: int
    type: str
    body: str | None
    event: Event | None

    @property
    def damaged(self) -> bool:
        return self.event is None and self.body is not None and self.type in EVENTS


class Outboxes:
    """The outboxes of all services that publish, by the CloudEvents source of their events."""

    def __init__(self, databases: Mapping[str, Database], ledger: Ledger, topic_prefix: str = "") -> None:
        self._collections = {source: majority(database[OUTBOX.name]) for source, database in databases.items()}
        self._prefix = topic_prefix
        self.ledger = ledger

    @property
    def sources(self) -> Iterable[str]:
        return self._collections.keys()

    async def scan(self, check: Check, marks: Marks, advance: Advance) -> None:
        """Every row present now."""
        for source, collection in self._collections.items():
            async for page in pages(collection, LIGHT, PAGE):
                await self._take(source, page, check, marks)
                advance(len(page))
            for known in self.ledger.uneven(source):
                check.all_broken(await self._gaps(source, known.kind, known.aggregate))

    async def scan_new(self, check: Check, marks: Marks, advance: Advance) -> None:
        """The rows that no earlier audit has verified, of the aggregates that the ledger was told of: those of new
        records. Pending rows have an index of their own."""
        for source, collection in self._collections.items():
            with translated_calls():
                async for row in collection.find(PENDING, {"aggregate": 1, "seq": 1}, batch_size=PAGE):
                    self.ledger.want(source, {row["aggregate"]: row["seq"]})
            for aggregate, last, wanted in self.ledger.wanted(source):
                for ids in _portions(aggregate, last, wanted):
                    rows = await self.rows(source, ids, LIGHT)
                    missing = [key for key in ids if key not in rows]
                    check.all_broken(f"event {key} is missing in the outbox, a later one is there" for key in missing)
                    await self._take(source, list(rows.values()), check, marks)
                    advance(len(rows))

    async def _take(self, source: str, rows: Sequence[Document], check: Check, marks: Marks) -> None:
        known = [row for row in rows if row["type"] in EVENTS]
        unknown = [row for row in rows if row["type"] not in EVENTS]
        check.count("rows", len(rows))
        check.could_not("rows of a type that this release does not know", len(unknown))
        taken = []
        for row in known:
            faults = list(row_faults(row, self._prefix))
            check.all_broken(faults)
            published = not row.get("pending") and not faults and await marks.see(source, row, self)
            taken.append((row["aggregate"], KIND_OF[row["type"]], row["seq"], published))
        self.ledger.take(source, taken)
        self.ledger.take_unknown(source, [(row["aggregate"], row["seq"]) for row in unknown])

    async def _gaps(self, source: str, kind: str, aggregate: str) -> list[str]:
        """Sequences that are missing for good: where a scan passes, a row may appear behind it."""
        there: set[int] = set()
        bounds = rows_of(aggregate)
        async for page in pages(self._collections[source], {"aggregate": True, "seq": True}, PAGE, bounds["_id"]):
            there.update(row["seq"] for row in page if row["aggregate"] == aggregate)
        last = max(there, default=0)
        return [
            f"{kind} {aggregate}: event {seq} is missing in the outbox, {last} is there"
            for seq in range(1, last)
            if seq not in there
        ]

    async def size(self) -> int:
        """The approximate number of rows."""
        with translated_calls():
            return sum([await outbox.estimated_document_count() for outbox in self._collections.values()])

    async def rows(
        self, source: str, ids: Iterable[str], fields: Mapping[str, bool] | None = None
    ) -> dict[str, Document]:
        """The rows that exist among these ids."""
        with translated_calls():
            cursor = self._collections[source].find({"_id": {"$in": list(ids)}}, fields, batch_size=PAGE)
            return {row["_id"]: row async for row in cursor}

    async def missing(self, positions: Sequence[str], source: str | None = None) -> list[str]:
        """Which of these positions (`<aggregate>:<seq>`) no outbox has."""
        there: set[str] = set()
        for owner in self._collections if source is None else (source,):
            unseen = [position for position in positions if position not in there]
            if unseen and owner in self._collections:
                there.update(await self.rows(owner, unseen, {"_id": True}))
        return [position for position in positions if position not in there]

    def last(self, source: str, aggregates: Sequence[str]) -> dict[str, int]:
        """The last event of each of these aggregates when the outbox was read; 0 for one that it did not have."""
        known = self.ledger.known(source, aggregates)
        return {key: known[key].last if key in known else 0 for key in aggregates}

    async def events(self, source: str, aggregate: str, last: int) -> AsyncIterator[Stored]:
        """The events 1 to `last` of one aggregate, in order; those that are missing are left out."""
        for ids in _portions(aggregate, 0, last):
            rows = await self.rows(source, ids)
            for key in ids:
                if key in rows:
                    yield opened(rows[key])

    async def short(self, source: str, lasts: Mapping[str, int]) -> dict[str, list[Stored]]:
        """The events of many short aggregates, in order, in one query."""
        ids = [f"{aggregate}:{seq}" for aggregate, last in lasts.items() for seq in range(1, last + 1)]
        rows = await self.rows(source, ids)
        return {
            aggregate: [opened(rows[key]) for seq in range(1, last + 1) if (key := f"{aggregate}:{seq}") in rows]
            for aggregate, last in lasts.items()
        }


def _portions(aggregate: str, after: int, last: int) -> Iterator[list[str]]:
    for start in range(after + 1, last + 1, PAGE):
        yield [f"{aggregate}:{seq}" for seq in range(start, min(start + PAGE, last + 1))]


def opened(row: Mapping[str, Any]) -> Stored:
    """A row with its decoded event."""
    body: str | None = row["body"]
    event: Event | None = None
    if body is not None and row["type"] in EVENTS:
        with contextlib.suppress(ValueError, KeyError, TypeError):
            event = EVENTS[row["type"]].model_validate(orjson.loads(body)["data"])
    return Stored(row["seq"], row["type"], body, event)
