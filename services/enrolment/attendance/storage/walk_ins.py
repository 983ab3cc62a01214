"""Who was written down at the door."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from services.enrolment.attendance.domain.walk_ins import WalkIn, WalkInState
from services.enrolment.attendance.storage.specs import WALK_INS
from shared.mongo import Conflict, Database, Document, InsertOne, Session, translated_calls

AT_ONCE: Final = 200
TEXTS: Final = ("name", "office", "reason")  # what was typed about a person
# Not there rather than null: indexes hold those that have them.
_OPTIONAL: Final = (*TEXTS, "person", "came_session", "came_at")


class WalkIns:
    """The collection."""

    def __init__(self, database: Database) -> None:
        self._walk_ins = database[WALK_INS.name]

    async def one(self, run: str, id: str, session: Session) -> WalkIn | None:
        row = await self._walk_ins.find_one({"_id": id, "run": run}, session=session)
        return None if row is None else _walk_in_of(row)

    async def page(self, run: str, state: WalkInState | None, after: str, limit: int) -> list[WalkIn]:
        """In the order of their ids; one more than `limit`."""
        query: Document = {"run": run, "_id": {"$gt": after}} | ({} if state is None else {"state": state.value})
        with translated_calls():
            rows = await self._walk_ins.find(query).sort("_id", 1).limit(limit + 1).to_list(None)
        return [_walk_in_of(row) for row in rows]

    async def add(self, walk_ins: Sequence[WalkIn], session: Session) -> None:
        if walk_ins:
            writes = [InsertOne({"_id": one.id, **_document(one)}) for one in walk_ins]
            await self._walk_ins.bulk_write(writes, ordered=False, session=session)

    async def settle(self, before: WalkIn, after: WalkIn, session: Session) -> None:
        """Raises Conflict when somebody has decided meanwhile."""
        guard = {"_id": before.id, "state": before.state.value}
        gone = {name: "" for name in TEXTS if getattr(after, name) is None}
        update: Document = {"$set": _document(after), **({"$unset": gone} if gone else {})}
        result = await self._walk_ins.update_one(guard, update, session=session)
        if result.matched_count != 1:
            raise Conflict("the walk-in has changed since it was read")

    async def erase_of(self, person: str, session: Session) -> bool:
        """Some of what was typed about this person; whether there may be more."""
        query = {"person": person, "name": {"$exists": True}}
        found = self._walk_ins.find(query, {"_id": 1}, session=session).sort("_id", 1).limit(AT_ONCE)
        ids: list[Any] = [row["_id"] async for row in found]
        if ids:
            await self._walk_ins.update_many({"_id": {"$in": ids}}, _WITHOUT_TEXTS, session=session)
        return len(ids) == AT_ONCE

    async def remove_texts(self, before: datetime) -> bool:
        """Of a page of those that are older; whether there may be more."""
        return await self._remove({"name": {"$exists": True}}, before)

    async def remove_unmatched(self, before: datetime) -> bool:
        """As `remove_texts`, of those of whom nobody has said who they are: no erasure finds them."""
        states = (WalkInState.OPEN, WalkInState.DISMISSED)
        return any([await self._remove({"name": {"$exists": True}, "state": one.value}, before) for one in states])

    async def _remove(self, which: Document, before: datetime) -> bool:
        query = {**which, "recorded_at": {"$lt": before}}
        with translated_calls():
            found = self._walk_ins.find(query, {"_id": 1}).sort("recorded_at", 1).limit(AT_ONCE)
            ids = [row["_id"] async for row in found]
            if ids:
                await self._walk_ins.update_many({"_id": {"$in": ids}}, _WITHOUT_TEXTS)
        return len(ids) == AT_ONCE


_WITHOUT_TEXTS: Final = {"$unset": dict.fromkeys(TEXTS, "")}


def _document(walk_in: WalkIn) -> Document:
    """All but its id."""
    fields = asdict(walk_in) | {"state": walk_in.state.value}
    return {k: v for k, v in fields.items() if k != "id" and not (k in _OPTIONAL and v is None)}


def _walk_in_of(row: Document) -> WalkIn:
    fields: Document = {name: row.get(name) for name in _OPTIONAL}
    fields |= {name: value for name, value in row.items() if name not in ("_id", "state")}
    return WalkIn(id=row["_id"], state=WalkInState(row["state"]), **fields)
