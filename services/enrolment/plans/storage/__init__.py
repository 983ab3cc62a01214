"""Development plans in the database: alone knows their documents."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from services.enrolment.plans.domain.plans import Plan, State
from services.enrolment.plans.domain.texts import Texts
from services.enrolment.plans.storage.documents import (
    ERASED,
    place_document,
    place_key,
    plan_document,
    plan_of,
    texts_document,
    texts_of,
)
from services.enrolment.plans.storage.specs import COLLECTIONS, PLANS, TEXTS
from shared.events.seats import Place
from shared.mongo import Conflict, Database, Document, Session, translated_calls
from shared.rights import CENTRAL_POOL, Scope

__all__ = ["COLLECTIONS", "PlanStore"]
AT_ONCE: Final = 200  # texts that one step removes
MOST_OF_ONE: Final = 100  # plans of one person: years of a working life
NOTHING: Final = Texts()
LAST: Final = "\uffff"  # behind whatever a key may go on with


class PlanStore:
    """The collections of this feature."""

    collections = COLLECTIONS

    def __init__(self, database: Database) -> None:
        self._plans = database[PLANS.name]
        self._texts = database[TEXTS.name]

    async def one(self, id: str, session: Session | None = None) -> Plan | None:
        with translated_calls():
            row = await self._plans.find_one({"_id": id}, session=session)
        return None if row is None else plan_of(row)

    async def of_person(self, person: str, year: int, session: Session | None = None) -> Plan | None:
        with translated_calls():
            row = await self._plans.find_one({"person": person, "fiscal_year": year}, session=session)
        return None if row is None else plan_of(row)

    async def of_people(self, people: Collection[str], year: int) -> dict[str, Plan]:
        """By person."""
        query = {"person": {"$in": list(people)}, "fiscal_year": year}
        with translated_calls():
            rows: list[Document] = await self._plans.find(query).to_list(None)
        return {row["person"]: plan_of(row) for row in rows}

    async def texts(self, id: str, session: Session | None = None) -> Texts:
        with translated_calls():
            row = await self._texts.find_one({"_id": id}, session=session)
        return NOTHING if row is None else texts_of(row)

    async def insert(self, plan: Plan, session: Session) -> None:
        """Raises DuplicateKey when the person has one of this year."""
        await self._plans.insert_one({"_id": plan.id, **plan_document(plan)}, session=session)

    async def update(self, before: Plan, after: Plan, session: Session) -> None:
        """Raises Conflict."""
        guard = {"_id": after.id, "version": before.version}
        result = await self._plans.update_one(guard, {"$set": plan_document(after)}, session=session)
        if result.matched_count != 1:
            raise Conflict("the plan has changed since it was read")

    async def write_texts(self, plan: Plan, texts: Texts, year_ends: datetime, session: Session) -> None:
        row = {"person": plan.person, "year_ends": year_ends, **texts_document(texts)}
        await self._texts.replace_one({"_id": plan.id}, row, upsert=True, session=session)

    async def page(self, year: int, scope: Scope, state: State | None, after: str, limit: int) -> list[Plan]:
        """By office and unit, one more than `limit`. What a unit has and what is one's own are asked for apart, so that
        each is served by its index."""
        query: Document = {"fiscal_year": year} if state is None else {"fiscal_year": year, "state": state.value}
        found: dict[str, Document] = {}
        if scope.all or scope.unit is not None:
            found |= await self._along(query, scope, after, limit)
        if not scope.all and scope.person is not None:
            own = {**query, "person": scope.person, "place": {"$gt": after}}
            with translated_calls():
                row = await self._plans.find_one(own)
            found |= {} if row is None else {row["_id"]: row}
        rows = sorted(found.values(), key=lambda row: str(row["place"]))
        return [plan_of(row) for row in rows[: limit + 1]]

    async def _along(self, query: Document, scope: Scope, after: str, limit: int) -> dict[str, Document]:
        place: Document = {"$gt": after}
        if scope.unit is not None and not scope.all:
            begins = f"{CENTRAL_POOL}|" if scope.unit == CENTRAL_POOL else place_key(scope.unit)
            place = {"$gt": max(after, begins), "$lt": begins + LAST}
            # A unit whose key begins with this one is another: PO-50.HRD is none of PO-50.HR.
            query = {**query, "unit": {"$regex": scope.unit_pattern()}}
        with translated_calls():
            cursor = self._plans.find({**query, "place": place}).sort("place", 1).limit(limit + 1)
            return {row["_id"]: row async for row in cursor}

    async def with_plans(self, people: Collection[str]) -> set[str]:
        """Which of these people have any."""
        with translated_calls():
            rows = self._plans.find({"person": {"$in": list(people)}}, {"person": 1, "_id": 0})
            return {row["person"] async for row in rows}

    async def move(self, person: str, place: Place, session: Session) -> None:
        """The person is of this unit now, and so are all plans of this person."""
        rows = self._plans.find({"person": person}, {"_id": 1}, session=session).limit(MOST_OF_ONE)
        for id in [row["_id"] async for row in rows]:
            change = {"$set": place_document(place, id), "$inc": {"version": 1}}
            await self._plans.update_one({"_id": id}, change, session=session)

    async def erase_of(self, person: str, after: str, session: Session) -> str | None:
        """What stands in the plans of this person and what was written in them. So few that they are one page."""
        await self._texts.delete_many({"person": person}, session=session)
        gone = {"person": person, "erased": {"$ne": True}}
        await self._plans.update_many(gone, {"$set": ERASED, "$inc": {"version": 1}}, session=session)
        return None

    async def remove_texts(self, before: datetime) -> bool:
        """A page of those of years that ended earlier; whether there may be more."""
        with translated_calls():
            found = self._texts.find({"year_ends": {"$lt": before}}, {"_id": 1}).sort("year_ends", 1).limit(AT_ONCE)
            ids = [row["_id"] async for row in found]
            if ids:
                await self._texts.delete_many({"_id": {"$in": ids}})
        return len(ids) == AT_ONCE
