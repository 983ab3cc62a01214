"""What people have written about nominations, notes and reasons, those of approvals too, and how it goes: with a person
who is erased, and some time after a run. A page in one transaction."""

from typing import Final

from services.enrolment.seats.storage.specs import NOMINATIONS
from shared.events.seats import NominationState
from shared.mongo import Database, Document, Session

AT_ONCE: Final = 200
_TEXTS: Final[Document] = {"note": "", "reason": ""}
_WITH_DECISIONS: Final[Document] = {"decisions": {"$exists": True}}
_REASONS: Final[Document] = {"$unset": {"decisions.$[].reason": ""}}
_STATES: Final = [state.value for state in NominationState]


class Texts:
    """In the collection of nominations."""

    def __init__(self, database: Database) -> None:
        self._nominations = database[NOMINATIONS.name]

    async def erase_of(self, person: str, after: str, session: Session) -> str | None:
        """Of nominations behind the id `after`, which are marked: no command goes on with them. The id to go on behind;
        None when these were the last."""
        query = {"person": person, "_id": {"$gt": after}}
        return await self._page(query, {"$set": {"erased": True}, "$unset": _TEXTS}, session)

    async def remove_of_run(self, run: str, after: str, session: Session) -> str | None:
        """As `erase_of`; the nominations stay as they are."""
        query = {"run": run, "state": {"$in": _STATES}, "_id": {"$gt": after}}
        return await self._page(query, {"$unset": _TEXTS}, session)

    async def _page(self, query: Document, update: Document, session: Session) -> str | None:
        found = self._nominations.find(query, {"_id": 1}, session=session).sort("_id", 1).limit(AT_ONCE + 1)
        ids = [row["_id"] async for row in found]
        if ids:
            some: Document = {"_id": {"$in": ids[:AT_ONCE]}}
            await self._nominations.update_many(some, update, session=session)
            await self._nominations.update_many(some | _WITH_DECISIONS, _REASONS, session=session)
        return ids[AT_ONCE - 1] if len(ids) > AT_ONCE else None
