"""Which nominations nobody has approved in time. Only what waits stands in the indexes."""

from datetime import datetime
from typing import Final

from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.storage.nomination_documents import nomination_of
from services.enrolment.seats.storage.specs import HAS_DEADLINE, NOMINATIONS, WAITS_FOR_APPROVAL
from shared.mongo import Database, Document, Session

_FORGET: Final[Document] = {"$unset": {"due_at": ""}}


class DeadlineStore:
    """In the collection of nominations."""

    def __init__(self, database: Database) -> None:
        self._nominations = database[NOMINATIONS.name]

    async def next_run(self, after: str) -> str | None:
        """The first run behind this one in which somebody is to decide in time: one entry of the index for each."""
        query = {"run": {"$gt": after}, **HAS_DEADLINE}
        found = self._nominations.find(query, {"run": 1}).sort([("run", 1), ("due_at", 1)]).limit(1)
        rows: list[Document] = await found.to_list(None)
        return rows[0]["run"] if rows else None

    async def next_waiting(self, after: str) -> str | None:
        """The first run behind this one in which somebody waits for an approval."""
        query = {"run": {"$gt": after}, **WAITS_FOR_APPROVAL}
        found = self._nominations.find(query, {"run": 1}).sort([("run", 1), ("waits_for", 1)]).limit(1)
        rows: list[Document] = await found.to_list(None)
        return rows[0]["run"] if rows else None

    async def waiting(self, run: str, most: int, session: Session | None = None) -> list[Nomination]:
        """Some that wait for an approval."""
        found = self._nominations.find({"run": run, **WAITS_FOR_APPROVAL}, session=session).limit(most)
        return [nomination_of(row) async for row in found]

    async def overdue(self, run: str, now: datetime, most: int, session: Session | None = None) -> list[Nomination]:
        """Some whose time is over; `now` is business time."""
        query = {"run": run, "due_at": {"$lte": now}}
        found = self._nominations.find(query, session=session).limit(most)
        return [nomination_of(row) async for row in found]

    async def forget(self, run: str, most: int, session: Session) -> bool:
        """Of a run that is over nobody decides any more. Whether there may be others."""
        query = {"run": run, **HAS_DEADLINE}
        found = self._nominations.find(query, {"_id": 1}, session=session).limit(most)
        ids = [row["_id"] async for row in found]
        if ids:
            await self._nominations.update_many({"_id": {"$in": ids}}, _FORGET, session=session)
        return len(ids) == most
