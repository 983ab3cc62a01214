"""Where people have live nominations in other runs: what checks compare."""

from collections.abc import Collection
from dataclasses import dataclass

from services.enrolment.seats.domain.dividing import SeatHere
from services.enrolment.seats.storage.specs import NOMINATIONS
from shared.events.seats import NominationState
from shared.mongo import Database, Document, majority, translated_calls

_COMPARED = {"run": True, "person": True, "state": True, "place.unit": True}
_HERE = {**_COMPARED, "place.region": True, "bucket": True, "queue": True}


@dataclass(frozen=True, slots=True)
class SeatElsewhere:
    """A live nomination, and where the person belonged when it was made."""

    run: str
    person: str
    state: NominationState
    unit: str


class SeatsElsewhere:
    """In the collection of nominations."""

    def __init__(self, database: Database) -> None:
        self._nominations = database[NOMINATIONS.name]

    async def live_in(self, runs: Collection[str], people: Collection[str]) -> list[SeatElsewhere]:
        """At most one for each pair; the unique index of live nominations finds them. Cannot be rolled back."""
        query = {"run": {"$in": sorted(runs)}, "person": {"$in": sorted(people)}, "live": True}
        rows = majority(self._nominations).find(query, _COMPARED)
        return [
            SeatElsewhere(row["run"], row["person"], NominationState(row["state"]), row["place"]["unit"])
            async for row in rows
        ]

    async def people_of(self, run: str, after: str | None, limit: int) -> list[SeatHere]:
        """In the order of people; the unique index of live nominations has it."""
        query: Document = {"run": run, "live": True}
        if after is not None:
            query["person"] = {"$gt": after}
        with translated_calls():
            rows = self._nominations.find(query, _HERE).sort("person", 1).limit(limit)
            return [_here(row) async for row in rows]


def _here(row: Document) -> SeatHere:
    return SeatHere(
        nomination=row["_id"],
        person=row["person"],
        state=NominationState(row["state"]),
        unit=row["place"]["unit"],
        region=row["place"].get("region"),
        bucket=row["bucket"],
        queue=row.get("queue"),
    )
