"""Where the seats of runs stand: a number that changes with everything that happens to them."""

from collections.abc import Sequence

from services.enrolment.seats.storage.specs import BUCKETS
from shared.mongo import Database, Session, translated_calls


class SeatsStood:
    """In the collection of buckets."""

    def __init__(self, database: Database) -> None:
        self._buckets = database[BUCKETS.name]

    async def of(self, runs: Sequence[str], session: Session | None = None) -> dict[str, int]:
        """How many events there have been of the buckets of each run, together; runs without buckets are left out."""
        stood: dict[str, int] = {}
        with translated_calls():
            rows = self._buckets.find({"run": {"$in": list(runs)}}, {"run": 1, "seq": 1}, session=session)
            async for row in rows:
                stood[row["run"]] = stood.get(row["run"], 0) + row["seq"]
        return stood
