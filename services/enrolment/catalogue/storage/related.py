"""Runs that a check compares another one with: of the same time, and of the same course. Only those that were opened
and not cancelled have anybody in them. Indexes serve both, and there is a limit to both."""

from datetime import datetime
from typing import Final

from services.enrolment.catalogue.domain.runs import OfferedRun, RunState
from services.enrolment.catalogue.domain.spans import OtherRun
from services.enrolment.catalogue.storage.specs import RUNS
from shared.mongo import Database, Document, majority, translated_calls

MOST_RELATED: Final = 500
_OPENED: Final[Document] = {"state": {"$in": [RunState.OPEN.value, RunState.CLOSED.value]}}
_COMPARED: Final[Document] = {"starts_at": True, "ends_at": True, "sessions": True}


class RelatedRuns:
    """In the collection of runs."""

    def __init__(self, database: Database) -> None:
        self._runs = database[RUNS.name]

    async def at_the_time_of(self, run: OfferedRun) -> list[OtherRun]:
        """Their sessions may still not overlap. Those that end first."""
        times = {"ends_at": {"$gt": run.starts_at}, "starts_at": {"$lt": run.ends_at}}
        return await self._found({**_OPENED, **times}, run, "ends_at")

    async def of_the_course(self, run: OfferedRun, since: datetime, until: datetime) -> list[OtherRun]:
        """Those that begin between these moments."""
        times = {"starts_at": {"$gt": since, "$lt": until}}
        return await self._found({"course": run.course, **times, **_OPENED}, run, "starts_at")

    async def moved_onto(self, run: str) -> frozenset[str]:
        """The runs that it came to clash with when it was moved last."""
        with translated_calls():
            row = await self._runs.find_one({"_id": run}, {"moved_onto": True})
        return frozenset((row or {}).get("moved_onto", ()))

    async def _found(self, query: Document, run: OfferedRun, order: str) -> list[OtherRun]:
        runs = majority(self._runs)  # what was found is kept with nominations: it must not be rolled back
        with translated_calls():
            rows = await runs.find(query, _COMPARED).sort(order, 1).limit(MOST_RELATED + 1).to_list(None)
        return [_other(row) for row in rows if row["_id"] != run.id][:MOST_RELATED]


def _other(row: Document) -> OtherRun:
    sessions = tuple((sitting["starts_at"], sitting["ends_at"]) for sitting in row["sessions"])
    return OtherRun(row["_id"], (row["starts_at"], row["ends_at"]), sessions)
