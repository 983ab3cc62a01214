"""What a run is called, for whoever is asked about it by name."""

from dataclasses import dataclass
from datetime import datetime

from services.enrolment.catalogue.storage.specs import RUNS
from shared.mongo import Database, translated_calls


@dataclass(frozen=True, slots=True)
class RunHeading:
    """`starts_at` is business time."""

    title: str
    cohort: int
    starts_at: datetime


class RunHeadings:
    """In the collection of runs."""

    def __init__(self, database: Database) -> None:
        self._runs = database[RUNS.name]

    async def of(self, run: str) -> RunHeading | None:
        with translated_calls():
            row = await self._runs.find_one({"_id": run}, {"title": 1, "cohort": 1, "starts_at": 1})
        return None if row is None else RunHeading(row["title"], row["cohort"], row["starts_at"])
