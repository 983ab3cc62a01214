"""Nominations of people who have moved to another office."""

from collections.abc import Collection

from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.storage.queries import office_of
from services.enrolment.seats.storage.specs import NOMINATIONS
from shared.mongo import Database, Document, Session, translated_calls


class Transferred:
    """In the collection of nominations."""

    def __init__(self, database: Database) -> None:
        self._nominations = database[NOMINATIONS.name]

    async def with_live(self, people: Collection[str]) -> set[str]:
        """Those of these people who have a live nomination."""
        with translated_calls():
            rows = self._nominations.find({"person": {"$in": list(people)}, "live": True}, {"person": 1})
            return {row["person"] async for row in rows}

    async def mark(self, nomination: Nomination, session: Session) -> None:
        """Where its person belongs now, and whether that is asked about."""
        await self._nominations.update_one({"_id": nomination.id}, _marking(nomination), session=session)


def _marking(nomination: Nomination) -> Document:
    unit = nomination.present_unit
    if unit is None:
        return {"$unset": dict.fromkeys(("moved", "present_unit", "present_office", "asked"), "")}
    fields = {"moved": True, "present_unit": unit, "present_office": office_of(unit)}
    if nomination.asked:
        return {"$set": {**fields, "asked": True}}
    return {"$set": fields, "$unset": {"asked": ""}}
