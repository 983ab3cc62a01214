"""How nominations stand, for who keeps their ids."""

from collections.abc import Collection

from services.enrolment.seats.domain.from_elsewhere import SeatNow
from services.enrolment.seats.storage.specs import NOMINATIONS
from shared.events.seats import NominationState
from shared.mongo import Database, translated_calls
from shared.portions import portions


class SeatsNow:
    """In the collection of nominations."""

    def __init__(self, database: Database) -> None:
        self._nominations = database[NOMINATIONS.name]

    async def of(self, nominations: Collection[str]) -> dict[str, SeatNow]:
        """Of those that there are, by id."""
        standing: dict[str, SeatNow] = {}
        with translated_calls():
            for some in portions(sorted(nominations)):
                rows = self._nominations.find({"_id": {"$in": list(some)}}, {"state": 1, "live": 1})
                async for row in rows:
                    standing[row["_id"]] = SeatNow(NominationState(row["state"]), bool(row.get("live")))
        return standing
