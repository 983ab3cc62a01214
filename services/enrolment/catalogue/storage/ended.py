"""Runs that ended long ago and may still have what is not kept so long. A partial index holds just these."""

from datetime import datetime

from services.enrolment.catalogue.storage.specs import RUNS, WITH_TEXTS
from shared.mongo import Database, Session, translated_calls


class EndedRuns:
    """In the collection of runs."""

    def __init__(self, database: Database) -> None:
        self._runs = database[RUNS.name]

    async def first_ended(self, before: datetime) -> str | None:
        """The one with texts that ended first, by system time."""
        query = {**WITH_TEXTS, "ends_at_system_time": {"$lt": before}}
        with translated_calls():
            rows = await self._runs.find(query, {"_id": 1}).sort("ends_at_system_time", 1).limit(1).to_list(None)
        return rows[0]["_id"] if rows else None

    async def note_without_texts(self, run: str, session: Session) -> None:
        await self._runs.update_one({"_id": run}, {"$unset": dict.fromkeys(WITH_TEXTS, "")}, session=session)
