"""Reminders in the database: runs that come near, who is confirmed, and messages inserted once."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.notification.domain import Message, Nomination, Run, RunState
from services.notification.reminders.domain import HORIZON
from services.notification.storage import MESSAGES, NOMINATIONS, RUNS, insertion, nomination_of, run_of
from shared.events.seats import NominationState
from shared.mongo import Conflict, Database, Document, DuplicateKey, Session, translated_calls


class NearRun(NamedTuple):
    """`marks` tells, for each wave, which state of the run it was made for; `turn` grows with every change."""

    run: Run
    turn: int
    marks: dict[str, str]


class ReminderStorage:
    def __init__(self, database: Database) -> None:
        self._runs = database[RUNS.name]
        self._nominations = database[NOMINATIONS.name]
        self._messages = database[MESSAGES.name]

    async def near_runs(self, now: datetime) -> list[NearRun]:
        """Runs that start soon."""
        query = {
            "starts_at_system_time": {"$gt": now, "$lte": now + HORIZON},
            "state": {"$ne": RunState.CANCELLED},
        }
        with translated_calls():
            rows: list[Document] = await self._runs.find(query).to_list(None)
        return [NearRun(run_of(row), row["turn"], row.get("reminded", {})) for row in rows]

    async def run(self, key: str) -> Run | None:
        with translated_calls():
            row: Document | None = await self._runs.find_one({"_id": key, "title": {"$exists": True}})
        return None if row is None else run_of(row)

    async def confirmed(self, run: str, session: Session) -> list[Nomination]:
        query = {"run": run, "state": NominationState.CONFIRMED}
        rows = await self._nominations.find(query, session=session).to_list(None)
        return [nomination_of(row) for row in rows]

    async def insert_missing(self, messages: Sequence[Message], session: Session) -> int:
        """How many of them did not exist before."""
        ids = [message.id for message in messages]
        rows = await self._messages.find({"_id": {"$in": ids}}, {"_id": 1}, session=session).to_list(None)
        existing = {row["_id"] for row in rows}
        insertions = [insertion(message) for message in messages if message.id not in existing]
        if not insertions:
            return 0
        try:
            result = await self._messages.bulk_write(insertions, ordered=False, session=session)
        except DuplicateKey as error:
            raise Conflict(str(error)) from error
        return int(result.upserted_count)

    async def mark(self, run: str, wave: str, mark: str) -> None:
        with translated_calls():
            await self._runs.update_one({"_id": run}, {"$set": {f"reminded.{wave}": mark}})
