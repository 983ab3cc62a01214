"""The nominations of a person, in all runs."""

from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.storage.nomination_documents import nomination_of
from services.enrolment.seats.storage.specs import NOMINATIONS
from shared.mongo import Database, Document, Session, translated_calls


class NominationsOfPeople:
    """In the collection of nominations."""

    def __init__(self, database: Database) -> None:
        self._nominations = database[NOMINATIONS.name]

    async def ids(self, person: str, after: str, most: int) -> list[str]:
        """The next of all that there ever were, behind the id `after`."""
        query = {"person": person, "_id": {"$gt": after}}
        with translated_calls():
            found = self._nominations.find(query, {"_id": 1}).sort("_id", 1).limit(most)
            return [row["_id"] async for row in found]

    async def page(self, person: str, after: str, most: int, session: Session) -> tuple[list[Nomination], str | None]:
        """Those behind the id `after` that are live, of the next `most` that there are; and the id to go on behind,
        None when these were the last."""
        query = {"person": person, "_id": {"$gt": after}}
        found = self._nominations.find(query, session=session).sort("_id", 1).limit(most + 1)
        rows: list[Document] = await found.to_list(None)
        live = [nomination_of(row) for row in rows[:most] if row.get("live")]
        return live, rows[most - 1]["_id"] if len(rows) > most else None
