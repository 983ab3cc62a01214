"""Releases of seats: how far each is, and every seat that it has moved, in order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from services.enrolment.catalogue import ReleaseRule
from services.enrolment.directory import root_unit
from services.enrolment.seats.domain.released import Moved, Progress, ReleaseWhy, Served, inherited
from services.enrolment.seats.storage.specs import BUCKETS, RELEASED, RELEASES
from shared.mongo import (
    Conflict,
    Database,
    Document,
    InsertOne,
    Session,
    translated_calls,
)
from shared.rights import CENTRAL_POOL, Scope, pool_of

SECONDS: Final = 20.0


class Released:
    """A seat that was moved, with when (system time) and its place in the order."""

    __slots__ = ("at", "id", "moved", "target")

    def __init__(self, id: str, target: str, at: datetime, moved: Moved) -> None:
        self.id = id
        self.target = target
        self.at = at
        self.moved = moved


class ReleaseStore:
    def __init__(self, database: Database) -> None:
        self._releases = database[RELEASES.name]
        self._released = database[RELEASED.name]
        self._buckets = database[BUCKETS.name]

    async def of_run(self, run: str) -> dict[str, Progress]:
        """Those that have begun, by id."""
        with translated_calls():
            rows: list[Document] = await self._releases.find({"run": run}).to_list(None)
        return {row["_id"]: _progress_of(row) for row in rows}

    async def seats_of(self, runs: Sequence[str]) -> dict[str, int]:
        """Of each office in these runs, those that it gave up included."""
        steps: list[Document] = [
            {"$match": {"run": {"$in": [*runs]}}},
            {"$group": {"_id": "$bucket_unit", "seats": {"$sum": "$seats"}, "released": {"$sum": "$released"}}},
        ]
        with translated_calls(SECONDS):
            rows: list[Document] = await self._buckets.aggregate(steps).to_list(None)
        seats: dict[str, int] = {}
        for row in rows:
            office = root_unit(row["_id"])
            seats[office] = seats.get(office, 0) + row["seats"] + row["released"]
        return seats

    async def save(
        self, before: Progress, after: Progress, moved: Sequence[Moved], at: datetime, session: Session
    ) -> None:
        """The state, and the seats that were moved by this page. Raises Conflict when it is not as it was read,
        and DuplicateKey when another one has begun it."""
        row = _progress_document(after)
        if before.pages == 0:
            await self._releases.insert_one(row, session=session)
        else:
            query = {"_id": before.id, "pages": before.pages, "done": False}
            result = await self._releases.update_one(query, {"$set": row}, session=session)
            if result.matched_count != 1:
                raise Conflict("the release has gone on since it was read")
        rows = [InsertOne(_moved_document(after, before.moved + place, one, at)) for place, one in enumerate(moved, 1)]
        if rows:
            await self._released.bulk_write(rows, ordered=False, session=session)

    async def inherit(self, source: str, run: str, session: Session) -> None:
        """A run that is split off is as far as the other one."""
        begun = self._releases.find({"run": source}, session=session)
        rows = [InsertOne(_progress_document(inherited(_progress_of(row), run))) async for row in begun]
        if rows:
            await self._releases.bulk_write(rows, ordered=False, session=session)

    async def stop(self, run: str, session: Session) -> None:
        """What is not released by now is not released any more."""
        await self._releases.update_many({"run": run, "done": False}, {"$set": {"done": True}}, session=session)

    async def page(self, run: str, scope: Scope, after: str, limit: int) -> list[Released]:
        """The seats of a run that have to do with this scope, in order; one more than `limit`."""
        query: Document = {"run": run, "_id": {"$gt": after}}
        if not scope.all:
            if scope.unit is None:
                return []
            query["parties"] = scope.unit
        with translated_calls():
            rows = self._released.find(query).sort("_id", 1).limit(limit + 1)
            return [_released_of(row) async for row in rows]


def _progress_document(progress: Progress) -> Document:
    return {
        "_id": progress.id,
        "run": progress.run,
        "target": progress.target,
        "pool": progress.pool,
        "rule": progress.rule.value,
        "after": progress.after,
        "pages": progress.pages,
        "moved": progress.moved,
        "done": progress.done,
        "served": {office: [one.confirmed, one.seats] for office, one in progress.served.items()},
    }


def _progress_of(row: Document) -> Progress:
    return Progress(
        id=row["_id"],
        run=row["run"],
        target=row["target"],
        pool=row["pool"],
        rule=ReleaseRule(row["rule"]),
        after=row["after"],
        pages=row["pages"],
        moved=row["moved"],
        done=row["done"],
        served={office: Served(*counts) for office, counts in row["served"].items()},
    )


def _moved_document(progress: Progress, number: int, moved: Moved, at: datetime) -> Document:
    row: dict[str, Any] = {
        "_id": f"{progress.id}:{number:06d}",
        "run": progress.run,
        "target": progress.target,
        "source": moved.source,
        "to": moved.to,
        "why": moved.why.value,
        "nomination": moved.nomination,
        "office": moved.office,
        "parties": _parties(moved),
        "at": at,
    }
    if moved.served is not None:
        row["served"] = [moved.served.confirmed, moved.served.seats]
    return row


def _parties(moved: Moved) -> list[str]:
    units = {unit for unit in (moved.source, moved.to, moved.office) if unit is not None}
    central = {CENTRAL_POOL for unit in units if pool_of(unit) == CENTRAL_POOL}
    return sorted(units | {root_unit(unit) for unit in units} | central)


def _released_of(row: Document) -> Released:
    served = Served(*row["served"]) if "served" in row else None
    moved = Moved(row["source"], row["to"], ReleaseWhy(row["why"]), row["nomination"], row["office"], served)
    return Released(row["_id"], row["target"], row["at"], moved)
