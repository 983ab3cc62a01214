"""Runs whose seats are to be released, and the runs of a fiscal year. Indexes serve both."""

from datetime import datetime
from typing import Final

from services.enrolment.catalogue.domain.changes import Change
from services.enrolment.catalogue.domain.runs import RunState
from services.enrolment.catalogue.storage import Catalogue
from services.enrolment.catalogue.storage.specs import IS_TO_RELEASE, RUNS
from shared.mongo import Conflict, Database, Document, Session, translated_calls

_TAKE_PLACE: Final[Document] = {"state": {"$in": [RunState.OPEN.value, RunState.CLOSED.value]}}


class RunsToRelease:
    """In the collection of runs."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._runs = database[RUNS.name]
        self._catalogue = catalogue

    async def due(self, now: datetime, most: int) -> list[str]:
        """Some whose time has come, by system time. A partial index holds just the runs that are still to come."""
        query = {"release_look_at": {"$lte": now}}
        with translated_calls():
            rows = self._runs.find(query, {"_id": 1}).sort("release_look_at", 1).limit(most)
            return [row["_id"] async for row in rows]

    async def of_year(self, fiscal_year: int, after: str, most: int) -> list[str]:
        """Of all programmes, those that take place; in order of their ids, behind `after`."""
        query = {"fiscal_year": fiscal_year, "_id": {"$gt": after}, **_TAKE_PLACE}
        with translated_calls():
            rows = self._runs.find(query, {"_id": 1}).sort("_id", 1).limit(most)
            return [row["_id"] async for row in rows]

    async def note_moved(self, run: str, programme: str, by: str, at: datetime, session: Session) -> None:
        """Its seats are others now, and as many as before: who has read them before reads them again. Two that do so
        at once conflict. Raises Conflict."""
        loaded = await self._catalogue.load(programme, session)
        if loaded is None:
            raise Conflict("the programme has gone since it was read")
        change = Change(loaded.programme.version + 1, ("buckets",), by, at, run=run, seats=True)
        await self._catalogue.note_change(loaded.programme, change, {}, session)
        written = {"allocated_at": at, "seats_version": change.version}
        await self._runs.update_one({"_id": run}, {"$set": written}, session=session)

    async def note_done(self, run: str, look_at_until: datetime, session: Session) -> None:
        """There is nothing more to look for, unless the run was changed meanwhile to a later day."""
        query = {"_id": run, "release_look_at": {"$lte": look_at_until}}
        await self._runs.update_one(query, {"$unset": dict.fromkeys(IS_TO_RELEASE, "")}, session=session)
