"""Attendance in the database: alone knows its documents."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.enrolment.attendance.domain.records import ChangeRecord
from services.enrolment.attendance.domain.shares import Share
from services.enrolment.attendance.domain.sheet import Attendee, Change, Outcome, Sheet
from services.enrolment.attendance.storage.documents import (
    attendee_document,
    attendee_key,
    attendee_of,
    attendee_update,
    change_document,
    change_of,
    office_of,
    sheet_document,
    sheet_of,
)
from services.enrolment.attendance.storage.specs import ATTENDEES, CHANGES, IS_CLOSING, SHEETS
from shared.ids import new_id
from shared.mongo import Conflict, Database, Document, InsertOne, Session, UpdateOne, translated_calls
from shared.portions import portions
from shared.rights import Scope

AT_ONCE: Final = 200  # reasons that one step removes


class Attendances:
    """The collections of this feature."""

    def __init__(self, database: Database) -> None:
        self._sheets = database[SHEETS.name]
        self._attendees = database[ATTENDEES.name]
        self._changes = database[CHANGES.name]

    async def sheet(self, run: str, session: Session | None = None) -> Sheet | None:
        with translated_calls():
            row = await self._sheets.find_one({"_id": run}, session=session)
        return None if row is None else sheet_of(row)

    async def closing(self, most: int) -> list[str]:
        """Some of the runs with a session that is being closed. A partial index holds just these."""
        with translated_calls():
            return [row["_id"] async for row in self._sheets.find(IS_CLOSING, {"_id": 1}).sort("_id", 1).limit(most)]

    async def attendees(
        self, run: str, nominations: Sequence[str], session: Session | None = None
    ) -> dict[str, Attendee]:
        """Those that there are, by nomination."""
        attendees: dict[str, Attendee] = {}
        with translated_calls():
            for some in portions(nominations):
                rows = self._attendees.find(_among(run, some), session=session)
                attendees |= {row["nomination"]: attendee_of(row) for row in await rows.to_list(None)}
        return attendees

    async def marked(self, run: str, nominations: Sequence[str], number: int) -> set[str]:
        """Which of these have a mark for the session."""
        query = {**_among(run, nominations), f"marks.{number}": {"$exists": True}}
        with translated_calls():
            return {row["nomination"] async for row in self._attendees.find(query, {"nomination": 1})}

    async def marks_of(self, run: str, nominations: Sequence[str]) -> Counter[int]:
        """In how many of these people's sessions of the run, by number, there is a mark."""
        marks: Counter[int] = Counter()
        with translated_calls():
            for some in portions(nominations):
                async for row in self._attendees.find(_among(run, some), {"marks": 1}):
                    marks.update(int(number) for number in row["marks"])
        return marks

    async def never_seen(self, run: str) -> list[str]:
        """The nominations of all who have marks, and were present in no session."""
        with translated_calls():
            rows = self._attendees.find({"run": run, "times": 0}, {"nomination": 1})
            return [row["nomination"] async for row in rows]

    async def page(self, run: str, scope: Scope, after: str, limit: int) -> list[Attendee]:
        """Within the scope, in order of nomination; one more than `limit`, to know of a next page."""
        query: Document = {"run": run, "_id": {"$gt": attendee_key(run, after)}}
        if not scope.all and scope.person is None and scope.unit is not None:
            query["office"] = office_of(scope.unit)
        condition = scope.condition(unit="place.unit", person="person")
        narrowed = {"$and": [query, condition]} if condition else query
        with translated_calls():
            rows = await self._attendees.find(narrowed).sort("_id", 1).limit(limit + 1).to_list(None)
        return [attendee_of(row) for row in rows]

    async def one(self, run: str, nomination: str, scope: Scope) -> Attendee | None:
        """None also when it is outside the scope."""
        condition = scope.condition(unit="place.unit", person="person")
        with translated_calls():
            row = await self._attendees.find_one({"_id": attendee_key(run, nomination), **condition})
        return None if row is None else attendee_of(row)

    async def changes_of(self, run: str, nomination: str, before: str | None, limit: int) -> list[ChangeRecord]:
        """The newest first, older than the id `before`; one more than `limit`."""
        query: Document = {"nomination": nomination, "run": run} | ({} if before is None else {"_id": {"$lt": before}})
        with translated_calls():
            rows = await self._changes.find(query).sort("_id", -1).limit(limit + 1).to_list(None)
        return [change_of(row) for row in rows]

    async def shares(self, run: str, people: Sequence[str]) -> dict[str, Share]:
        """Of these people who have, or had, a seat and a mark. Of two nominations of one person the one with more."""
        sheet = await self.sheet(run)
        held, shares = 0 if sheet is None else sheet.held, dict[str, Share]()
        fields = {"person": 1, "minutes": 1, "times": 1}
        with translated_calls():
            cursor = self._attendees.find({"person": {"$in": list(people)}, "run": run}, fields)
            async for row in cursor:
                share = Share(row["minutes"], held, row["times"])
                shares[row["person"]] = max(shares.get(row["person"], share), share)
        return shares

    async def write(
        self, before: Sheet | None, outcome: Outcome, known: Mapping[str, Attendee], session: Session
    ) -> None:
        """`known` are the people who had marks already. Raises Conflict when the sheet has changed since then."""
        await self.write_sheet(before, outcome.sheet, session)
        writes: list[InsertOne[Document] | UpdateOne] = [
            UpdateOne({"_id": attendee_key(attendee.run, key)}, {"$set": attendee_update(attendee)})
            if key in known
            else InsertOne(attendee_document(attendee))
            for key, attendee in outcome.attendees.items()
        ]
        if writes:
            await self._attendees.bulk_write(writes, ordered=False, session=session)

    async def write_sheet(self, before: Sheet | None, sheet: Sheet, session: Session) -> None:
        """Guarded by what was read, so that two at once conflict. Raises Conflict; DuplicateKey for a second first."""
        document = sheet_document(sheet)
        if before is None:
            await self._sheets.insert_one({"_id": sheet.run, **document, "turn": 1}, session=session)
            return
        guard = {"_id": sheet.run, "seq": before.seq}
        result = await self._sheets.update_one(guard, {"$set": document, "$inc": {"turn": 1}}, session=session)
        if result.matched_count != 1:
            raise Conflict("the attendance of the run has changed since it was read")

    async def note_changes(
        self, changes: Iterable[Change], people: Mapping[str, Attendee], at: datetime, session: Session
    ) -> None:
        rows = [InsertOne(change_document(new_id(), one, people[one.nomination], at)) for one in changes]
        if rows:
            await self._changes.bulk_write(rows, ordered=True, session=session)

    async def erase_of(self, person: str, after: str, session: Session) -> str | None:
        """A page of the reasons that somebody has given for changes about this person, behind the id `after`. The id to
        go on behind; None when these were the last."""
        query = {"person": person, "reason": {"$exists": True}, "_id": {"$gt": after}}
        found = self._changes.find(query, {"_id": 1}, session=session).sort("_id", 1).limit(AT_ONCE + 1)
        ids: list[Any] = [row["_id"] async for row in found]
        if ids:
            some: Document = {"_id": {"$in": ids[:AT_ONCE]}}
            await self._changes.update_many(some, {"$unset": {"reason": ""}}, session=session)
        return ids[AT_ONCE - 1] if len(ids) > AT_ONCE else None

    async def remove_reasons(self, before: datetime) -> bool:
        """A page of those that are older; whether there may be more."""
        query = {"reason": {"$exists": True}, "changed_at": {"$lt": before}}
        with translated_calls():
            found = self._changes.find(query, {"_id": 1}).sort("changed_at", 1).limit(AT_ONCE)
            ids = [row["_id"] async for row in found]
            if ids:
                await self._changes.update_many({"_id": {"$in": ids}}, {"$unset": {"reason": ""}})
        return len(ids) == AT_ONCE


def _among(run: str, nominations: Iterable[str]) -> Document:
    return {"_id": {"$in": [attendee_key(run, one) for one in nominations]}}
