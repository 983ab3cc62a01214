"""Where people were, in all runs. A person is in few runs of a year, and there are a few years of them."""

from collections.abc import Collection
from datetime import datetime

from services.enrolment.attendance.domain.training import Presence
from services.enrolment.attendance.storage.specs import ATTENDEES, SHEETS
from shared.mongo import Database, translated_calls
from shared.portions import portions


class Presences:
    """In the collections of sheets and of attendees."""

    def __init__(self, database: Database) -> None:
        self._sheets = database[SHEETS.name]
        self._attendees = database[ATTENDEES.name]

    async def of(self, people: Collection[str]) -> dict[str, list[Presence]]:
        """Every mark with minutes of these people, by person."""
        marks: list[tuple[str, str, int, int]] = []
        with translated_calls():
            for some in portions(sorted(people)):
                rows = self._attendees.find({"person": {"$in": list(some)}}, {"person": 1, "run": 1, "marks": 1})
                async for row in rows:
                    marks += [
                        (row["person"], row["run"], int(session), mark["minutes"])
                        for session, mark in row["marks"].items()
                        if mark["minutes"]
                    ]
            began = await self._began({run for _, run, _, _ in marks})
        found: dict[str, list[Presence]] = {}
        for person, run, session, minutes in marks:
            if (at := began.get((run, session))) is not None:
                found.setdefault(person, []).append(Presence(run, session, at, minutes))
        return found

    async def _began(self, runs: Collection[str]) -> dict[tuple[str, int], datetime]:
        """When each session of these runs began."""
        began: dict[tuple[str, int], datetime] = {}
        for some in portions(sorted(runs)):
            fields = {"sittings.number": 1, "sittings.starts_at": 1}
            async for row in self._sheets.find({"_id": {"$in": list(some)}}, fields):
                began |= {(row["_id"], one["number"]): one["starts_at"] for one in row["sittings"]}
        return began
