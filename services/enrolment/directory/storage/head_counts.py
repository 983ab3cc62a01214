"""How many people there are of each assignment, for those who plan seats. Nobody is named."""

from collections.abc import Sequence
from typing import Final

from services.enrolment.directory.domain.people import Assignment
from services.enrolment.directory.storage.people import PEOPLE
from shared.mongo import Database, Document, translated_calls

SECONDS: Final = 20.0


class HeadCounts:
    """Of the collection of people."""

    def __init__(self, database: Database) -> None:
        self._people = database[PEOPLE.name]

    async def counted(self, levels: Sequence[str], *, positions: bool) -> list[tuple[Assignment, int]]:
        """People of these levels, else everybody; by unit and level, and by position where it matters. The answer grows
        with the units and not with the people in them."""
        by = {name: f"${name}" for name in ("unit", "level", *(("position",) if positions else ()))}
        along: Document = {"level": {"$in": [*levels]}} if levels else {"unit": {"$gt": ""}}  # what an index serves
        steps: list[Document] = [
            {"$match": {**along, "erased": {"$ne": True}}},
            {"$group": {"_id": by, "people": {"$sum": 1}}},
        ]
        with translated_calls(SECONDS):
            rows: list[Document] = await self._people.aggregate(steps).to_list(None)
        return [(_assignment(row["_id"]), row["people"]) for row in rows]


def _assignment(row: Document) -> Assignment:
    return Assignment(row["unit"], row.get("level"), position=row.get("position"))
