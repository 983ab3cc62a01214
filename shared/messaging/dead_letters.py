"""What operators do about events that wait: look, order a retry, or leave one out. The consumer carries it out.

An order is a mark on the held record; the consumer that owns the partition looks every two seconds, in the order of the
subject. Knows no service.
"""

from collections.abc import AsyncIterator
from datetime import datetime

from shared.errors import Refused
from shared.events.envelope import SEPARATOR
from shared.messaging.held import DISCARDS, HELD, ids_of
from shared.messaging.pause import PAUSES, pauses_of
from shared.messaging.sequence import Wait
from shared.mongo import Database, Document, Session, transaction, translated_calls


class NotParked(
    Refused,
    code="not-parked",
    status=409,
    th="รายการนี้รอเหตุการณ์ก่อนหน้า จึงสั่งทำซ้ำหรือละทิ้งโดยลำพังไม่ได้",
    en="This event waits for an earlier one and cannot be retried or discarded by itself.",
):
    """Waits for another event and cannot be decided on itself. Details: subject, seq, reason."""


class DeadLetters:
    """The held records of all consumers of one service."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._held = database[HELD.name]
        self._discards = database[DISCARDS.name]
        self._pauses = database[PAUSES.name]

    async def rows(self, consumer: str | None = None) -> AsyncIterator[Document]:
        """All that wait, in order per consumer and subject."""
        query: Document = {} if consumer is None else {"_id": ids_of(consumer)}
        with translated_calls():
            async for row in self._held.find(query).sort("_id", 1):
                yield row

    async def paused(self, limit: int) -> list[str]:
        """The consumers that have paused at this limit (`park_limit`), with the code of one release at least."""
        found: set[str] = set()
        with translated_calls():
            async for row in self._pauses.find({}):
                if any(len(counted["parked"]) >= limit for counted in row["types"]):
                    found.add(row["_id"].split(SEPARATOR)[0])
        return sorted(found)

    async def retry(self, row: Document) -> None:
        """Orders that a parked event is tried again; those behind it follow. Raises NotParked."""
        _require_parked(row)

        async def work(session: Session) -> None:
            await self._order(row, session)

        await transaction(self.database.client, work, deadline=10)

    async def discard(self, row: Document, *, who: str, why: str, at: datetime) -> None:
        """Leaves a parked event out, for ever and for every consumer: the fact is kept and a rebuild honours it.

        Raises NotParked.
        """
        _require_parked(row)
        key = {"source": row["source"], "subject": row["subject"], "seq": row["seq"]}

        async def work(session: Session) -> None:
            kept = {"$setOnInsert": {**key, "who": who, "why": why, "at": at}}
            await self._discards.update_one(key, kept, upsert=True, session=session)
            async for parked in self._held.find({**key, "wait": Wait.PARKED.value}, session=session):
                await self._order(parked, session)

        await transaction(self.database.client, work, deadline=10)

    async def waits(self, row: Document) -> bool:
        """Whether the record is still held as it was (an order that was carried out removes or renews it)."""
        with translated_calls():
            held = await self._held.find_one({"_id": row["_id"]}, {"retry": True})
        return held is not None and bool(held["retry"])

    async def _order(self, row: Document, session: Session) -> None:
        """Somebody has looked: the counts of its consumer begin anew, so one that has paused goes on."""
        await self._held.update_one({"_id": row["_id"]}, {"$set": {"retry": True}}, session=session)
        await self._pauses.delete_many({"_id": pauses_of(row["consumer"])}, session=session)


def _require_parked(row: Document) -> None:
    if row["wait"] != Wait.PARKED:
        raise NotParked(subject=row["subject"], seq=row["seq"], reason=row["reason"])
