"""The runs that a programme had in the fiscal year before."""

from services.enrolment.catalogue.domain.last_year import code_of_last_year
from services.enrolment.catalogue.domain.runs import RunState
from services.enrolment.catalogue.storage.specs import PROGRAMMES, RUNS
from shared.mongo import Database, translated_calls


class LastYear:
    """In the collections of programmes and runs."""

    def __init__(self, database: Database) -> None:
        self._programmes = database[PROGRAMMES.name]
        self._runs = database[RUNS.name]

    async def runs_before(self, run: str) -> list[str]:
        """Those of the same programme a year ago, without the cancelled ones; none where it is not found."""
        with translated_calls():
            row = await self._runs.find_one({"_id": run}, {"code": 1, "fiscal_year": 1})
            code = None if row is None else code_of_last_year(row["code"], row["fiscal_year"])
            programme = None if code is None else await self._programmes.find_one({"code": code}, {"_id": 1})
            if programme is None:
                return []
            rows = self._runs.find({"programme": programme["_id"]}, {"state": 1}).sort("cohort", 1)
            return [one["_id"] async for one in rows if one["state"] != RunState.CANCELLED]
