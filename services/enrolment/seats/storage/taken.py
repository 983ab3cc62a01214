"""Who has the seats of a run: counted by unit, or the nominations of one bucket."""

from collections.abc import Sequence
from typing import Any, Final

from services.enrolment.seats.storage.queries import in_scope
from services.enrolment.seats.storage.specs import NOMINATIONS
from shared.events.seats import NominationState
from shared.mongo import Database, Document, translated_calls
from shared.rights import Scope

SECONDS: Final = 20.0
_TAKING: Final = [NominationState.CONFIRMED.value, NominationState.OFFERED.value]


class SeatsTaken:
    """In the collection of nominations."""

    def __init__(self, database: Database) -> None:
        self._nominations = database[NOMINATIONS.name]

    async def by_unit(self, runs: Sequence[str], *, offered: bool = False) -> dict[str, dict[str, int]]:
        """The confirmed of these runs, with those who are `offered` a seat or without, by target group and by the unit
        that people were nominated from."""
        state: Any = {"$in": _TAKING} if offered else NominationState.CONFIRMED.value
        steps: list[Document] = [
            {"$match": {"run": {"$in": [*runs]}, "state": state}},
            {"$group": {"_id": {"target": "$target", "unit": "$place.unit"}, "confirmed": {"$sum": 1}}},
        ]
        with translated_calls(SECONDS):
            rows: list[Document] = await self._nominations.aggregate(steps).to_list(None)
        counts: dict[str, dict[str, int]] = {}
        for row in rows:
            counts.setdefault(row["_id"]["target"], {})[row["_id"]["unit"]] = row["confirmed"]
        return counts

    async def of_bucket(self, bucket: str, scope: Scope, most: int) -> list[str]:
        """The nominations of a bucket that have a seat, or are offered one, and that somebody with this scope may see,
        no more than `most`."""
        query = {"$and": [{"bucket": bucket, "state": {"$in": _TAKING}}, in_scope(scope)]}
        with translated_calls(SECONDS):
            rows = self._nominations.find(query, {"_id": 1}).sort("queue", 1).limit(most)
            return sorted([row["_id"] async for row in rows])
