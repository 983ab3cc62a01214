"""Follow-up in the database: alone knows its documents."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from services.enrolment.followup.domain.deliverables import FollowUps
from services.enrolment.followup.domain.evidence import Evidence, Written
from services.enrolment.followup.domain.tasks import State, Task
from services.enrolment.followup.storage.documents import (
    board_document,
    board_of,
    office_of,
    task_document,
    task_of,
    task_update,
    text_update,
    written_of,
)
from services.enrolment.followup.storage.specs import COLLECTIONS, FOLLOW_UPS, IS_ASSIGNING, TASKS, TEXTS
from shared.mongo import Conflict, Database, Document, InsertOne, Session, translated_calls
from shared.rights import Scope

__all__ = ["COLLECTIONS", "FollowUpStore"]
AT_ONCE: Final = 200  # texts that one step removes
NOTHING: Final = Written()


class FollowUpStore:
    """The collections of this feature."""

    collections = COLLECTIONS

    def __init__(self, database: Database) -> None:
        self._boards = database[FOLLOW_UPS.name]
        self._tasks = database[TASKS.name]
        self._texts = database[TEXTS.name]

    async def board(self, run: str, session: Session | None = None) -> FollowUps | None:
        with translated_calls():
            row = await self._boards.find_one({"_id": run}, session=session)
        return None if row is None else board_of(row)

    async def assigning(self, most: int) -> list[str]:
        """Some of the runs with a deliverable that not everybody has yet. A partial index holds just these."""
        with translated_calls():
            return [row["_id"] async for row in self._boards.find(IS_ASSIGNING, {"_id": 1}).sort("_id", 1).limit(most)]

    async def write_board(self, before: FollowUps | None, after: FollowUps, session: Session) -> None:
        """Raises Conflict when it has changed since it was read; DuplicateKey when another one began it just now."""
        row = board_document(after)
        if before is None:
            await self._boards.insert_one({"_id": after.run, **row}, session=session)
            return
        guard = {"_id": after.run, "version": before.version}
        result = await self._boards.update_one(guard, {"$set": row}, session=session)
        if result.matched_count != 1:
            raise Conflict("the follow-up of the run has changed since it was read")

    async def insert(self, tasks: Sequence[Task], session: Session) -> None:
        """Raises DuplicateKey when somebody has one of this deliverable."""
        if tasks:
            await self._tasks.bulk_write(
                [InsertOne(task_document(one)) for one in tasks], ordered=False, session=session
            )

    async def having(self, run: str, deliverable: str, people: Collection[str], session: Session) -> set[str]:
        """Those of these people who have a task of this deliverable."""
        query = {"run": run, "deliverable": deliverable, "person": {"$in": sorted(people)}}
        return {row["person"] async for row in self._tasks.find(query, {"person": 1}, session=session)}

    async def update(self, before: Task, after: Task, session: Session) -> None:
        """Raises Conflict."""
        query = {"_id": after.id, "version": before.version}
        result = await self._tasks.update_one(query, {"$set": task_update(after)}, session=session)
        if result.matched_count != 1:
            raise Conflict("the task has changed since it was read")

    async def note(
        self, task: Task, *, evidence: Evidence | None, reason: str | None, at: datetime, session: Session
    ) -> None:
        """What was written with a change. `at` is system time."""
        update = text_update(task, evidence=evidence, reason=reason, at=at)
        await self._texts.update_one({"_id": task.id}, update, upsert=True, session=session)

    async def one(
        self, run: str, deliverable: str, id: str, scope: Scope, session: Session | None = None
    ) -> tuple[Task, Written] | None:
        """None also when it is outside the scope."""
        query = {"_id": id, "run": run, "deliverable": deliverable, **_in_scope(scope)}
        with translated_calls():
            row = await self._tasks.find_one(query, session=session)
            text = None if row is None else await self._texts.find_one({"_id": id}, session=session)
        if row is None:
            return None
        return task_of(row), NOTHING if text is None else written_of(text)

    async def page(
        self, run: str, deliverable: str, scope: Scope, state: State | None, after: str, limit: int
    ) -> list[tuple[Task, Written]]:
        """In order of assignment, one more than `limit`. Each scope is served by an index of its own."""
        query: Document = {"run": run, "deliverable": deliverable, "_id": {"$gt": after}}
        if state is not None:
            query["state"] = state.value
        if not scope.all and scope.person is not None and scope.unit is None:
            query["person"] = scope.person
        elif not scope.all and scope.unit is not None and scope.person is None:
            query["office"] = office_of(scope.unit)
        condition = _in_scope(scope)
        narrowed = {"$and": [query, condition]} if condition else query
        with translated_calls():
            rows: list[Document] = await self._tasks.find(narrowed).sort("_id", 1).limit(limit + 1).to_list(None)
            texts = {row["_id"]: row async for row in self._texts.find({"_id": {"$in": [row["_id"] for row in rows]}})}
        return [(task_of(row), written_of(texts[row["_id"]]) if row["_id"] in texts else NOTHING) for row in rows]

    async def erase_of(self, person: str, after: str, session: Session) -> str | None:
        """A page of what was written about tasks of this person, behind the id `after`. The id to go on behind; None
        when these were the last."""
        query = {"person": person, "_id": {"$gt": after}}
        found = self._texts.find(query, {"_id": 1}, session=session).sort("_id", 1).limit(AT_ONCE + 1)
        ids: list[Any] = [row["_id"] async for row in found]
        if ids:
            await self._texts.delete_many({"_id": {"$in": ids[:AT_ONCE]}}, session=session)
        return ids[AT_ONCE - 1] if len(ids) > AT_ONCE else None

    async def remove_reasons(self, before: datetime) -> bool:
        """A page of those that are older; whether there may be more."""
        return await self._remove("reason_at", ("reason",), before)

    async def remove_evidence(self, before: datetime) -> bool:
        """As `remove_reasons`. That it was reported stays with the task."""
        return await self._remove("evidence_at", ("link", "text"), before)

    async def _remove(self, since: str, what: Sequence[str], before: datetime) -> bool:
        with translated_calls():
            found = self._texts.find({since: {"$lt": before}}, {"_id": 1}).sort(since, 1).limit(AT_ONCE)
            ids = [row["_id"] async for row in found]
            if ids:
                await self._texts.update_many({"_id": {"$in": ids}}, {"$unset": dict.fromkeys((since, *what), "")})
        return len(ids) == AT_ONCE


def _in_scope(scope: Scope) -> Document:
    return scope.condition(unit="place.unit", person="person")
