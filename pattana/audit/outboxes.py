"""Reads the outboxes: every row once without its body, then bodies by id. Rows never change, so nothing is locked."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from pattana.audit.history import Histories, take_row
from pattana.audit.verdict import Promise
from shared.events.envelope import Event
from shared.events.registry import EVENTS
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.mongo import Database, majority, translated_calls

PAGE = 1_000
_WITHOUT_BODY = dict.fromkeys(("aggregate", "seq", "type", "pending", "published_at", "partition", "offset"), True)
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Stored:
    """One event as its outbox has it; `event` is None where the data of an erased person was removed."""

    seq: int
    type: str
    body: str | None
    event: Event | None


class Outboxes:
    """The outboxes of all services that publish, by the CloudEvents source of their events."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        self._collections = {source: majority(database[OUTBOX.name]) for source, database in databases.items()}
        self.histories: dict[str, Histories] = {source: {} for source in databases}

    async def scan(self, promise: Promise, advance: Advance) -> None:
        """Fills the histories with every row present now."""
        for source, collection in self._collections.items():
            histories = self.histories[source]
            with translated_calls():
                async for row in collection.find({}, _WITHOUT_BODY, batch_size=PAGE):
                    promise.count("events")
                    promise.all_broken(take_row(histories, row))
                    advance(1)

    async def size(self) -> int:
        """The approximate number of rows."""
        with translated_calls():
            return sum([await outbox.estimated_document_count() for outbox in self._collections.values()])

    def source_of(self, aggregate: str) -> str | None:
        """The owner of this aggregate, if the scan saw it."""
        return next((source for source, known in self.histories.items() if aggregate in known), None)

    async def rows(self, source: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The rows that exist among these ids."""
        with translated_calls():
            cursor = self._collections[source].find({"_id": {"$in": list(ids)}}, batch_size=PAGE)
            return {row["_id"]: row async for row in cursor}

    async def missing(self, positions: Sequence[str], source: str | None = None) -> list[str]:
        """Which of these positions (`<aggregate>:<seq>`) no outbox has. What the scan did not see is looked up."""
        unseen = [position for position in positions if not self._seen(position, source)]
        there: set[str] = set()
        for owner in self._collections if source is None else (source,):
            if unseen and owner in self._collections:
                there.update(await self.rows(owner, unseen))
        return [position for position in unseen if position not in there]

    def _seen(self, position: str, source: str | None) -> bool:
        aggregate, _, seq = position.rpartition(":")
        owner = source or self.source_of(aggregate)
        history = self.histories.get(owner or "", {}).get(aggregate)
        return history is not None and seq.isdigit() and int(seq) in history.there

    async def events(self, source: str, aggregate: str, last: int) -> AsyncIterator[Stored]:
        """The events 1 to `last` of one aggregate, in order; those that are missing are left out."""
        for start in range(1, last + 1, PAGE):
            ids = [f"{aggregate}:{seq}" for seq in range(start, min(start + PAGE, last + 1))]
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


def opened(row: Mapping[str, Any]) -> Stored:
    """A row with its decoded event."""
    body: str | None = row["body"]
    event: Event | None = None
    if body is not None and row["type"] in EVENTS:
        event = EVENTS[row["type"]].model_validate(orjson.loads(body)["data"])
    return Stored(row["seq"], row["type"], body, event)
