"""People whom an import has moved, as far as something is left to do about them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter

from services.enrolment.directory.domain.moves import Moving
from services.enrolment.directory.storage.people import BEING_MOVED, PEOPLE
from shared.mongo import Database, Document, Session, UpdateOne, translated_calls

AT_ONCE: Final = 100
_moving = TypeAdapter(Moving)


@dataclass(frozen=True, slots=True)
class Moved:
    """A person who was moved, with the unit of now."""

    id: str
    unit: str
    erased: bool
    moving: Moving


class MovedPeople:
    """In the collection of people."""

    def __init__(self, database: Database) -> None:
        self._people = database[PEOPLE.name]

    async def mark(self, people: Collection[str], moving: Moving, session: Session) -> None:
        """From the beginning, whatever was left of a move before this one."""
        if people:
            update = {"$set": {"moving": _moving.dump_python(moving)}}
            await self._people.update_many({"_id": {"$in": list(people)}}, update, session=session)

    async def due(self, now: datetime) -> list[str]:
        """People about whom something is to be done, the longest due first."""
        rows = self._people.find({"moving.due": {"$lte": now}}, {"_id": 1}).hint(BEING_MOVED.name)
        with translated_calls():
            return [row["_id"] async for row in rows.sort("moving.due", 1).limit(AT_ONCE)]

    async def still_due(self, people: Collection[str], now: datetime, session: Session) -> list[Moved]:
        """Those of these people who are so still."""
        fields = {"unit": 1, "erased": 1, "moving": 1}
        rows = self._people.find({"_id": {"$in": list(people)}}, fields, session=session)
        moved = [_moved_of(row) async for row in rows if "moving" in row]
        return [one for one in moved if one.moving.due <= now]

    async def note(self, left: Collection[tuple[str, Moving | None]], session: Session) -> None:
        """What is left to do about each of these people; None: nothing."""
        if left:
            await self._people.bulk_write([_noting(*one) for one in left], ordered=False, session=session)


def _moved_of(row: Document) -> Moved:
    return Moved(row["_id"], row["unit"], row.get("erased", False), _moving.validate_python(row["moving"]))


def _noting(person: str, moving: Moving | None) -> UpdateOne:
    if moving is None:
        return UpdateOne({"_id": person}, {"$unset": {"moving": ""}})
    return UpdateOne({"_id": person}, {"$set": {"moving": _moving.dump_python(moving)}})
