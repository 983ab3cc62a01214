"""What answers read of one generation, narrowed to what the caller may see before anybody else has it."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from services.reporting.descriptions import CANCELLED, Programme, Run, Unit
from services.reporting.documents import description_of, rollup_of, row_of
from services.reporting.domain import Row
from services.reporting.rollups import Rollup
from services.reporting.storage import Generation
from shared.mongo import DESCENDING, Collection, Document, translated_calls
from shared.rights import REACH, Permission, Principal, Reach, Role, Scope

D = TypeVar("D", Programme, Run, Unit)


@dataclass(frozen=True, slots=True)
class View:
    """What a caller sees of counts: how far (`scope`), and whether small ones are hidden (`coarse`)."""

    scope: Scope
    coarse: bool = False

    @classmethod
    def of(cls, principal: Principal) -> "View":
        scope = principal.scope(Permission.REPORT_READ)
        wide = {role for role in principal.roles if REACH[role] is Reach.ALL and _reads_reports(role)}
        return cls(scope, coarse=wide == {Role.OCSC_OBSERVER})

    def rollup(self, rollup: Rollup) -> Rollup | None:
        """The part of a run that the caller may see; None when there is none."""
        if self.scope.all:
            return rollup
        covers = self.scope.covers_unit
        rollup.buckets = {key: bucket for key, bucket in rollup.buckets.items() if covers(bucket.unit)}
        rollup.cells = {
            cell: counts for cell, counts in rollup.cells.items() if covers(cell.unit) or covers(cell.place.unit)
        }
        return rollup if rollup.buckets or rollup.cells else None


def _reads_reports(role: Role) -> bool:
    return Principal("", frozenset({role})).can(Permission.REPORT_READ)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which runs; None does not narrow."""

    fiscal_year: int | None = None
    programme: str | None = None
    run: str | None = None

    def query(self) -> Document:
        wanted = {"fiscal_year": self.fiscal_year, "programme": self.programme, "_id": self.run}
        return {name: value for name, value in wanted.items() if value is not None}


class Queries:
    """Raises StoreError as StoreUnavailable and the like; never the driver's errors."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation

    async def rollups(self, which: Filter, view: View) -> list[Rollup]:
        """The visible parts of all counted runs that take place."""
        cancelled = {run.id for run in await self._all(Run, {**which.query(), "state": CANCELLED})}
        parts = await asyncio.to_thread(_parts, await _found(self._generation.rollups, which.query()), view)
        return [part for part in parts if part.run not in cancelled]

    async def rollups_of(self, runs: Sequence[str], view: View) -> dict[str, Rollup]:
        """The visible parts of these runs."""
        found = await _found(self._generation.rollups, {"_id": {"$in": list(runs)}})
        return {part.run: part for part in await asyncio.to_thread(_parts, found, view)}

    async def counted_at(self, runs: Iterable[str]) -> list[datetime]:
        """System times of the newest event of each of these runs."""
        with translated_calls():
            found = self._generation.rollups.find({"_id": {"$in": list(runs)}}, {"last": 1})
            return [document["last"] async for document in found]

    async def rollup(self, run: str, view: View) -> Rollup | None:
        return (await self.rollups_of([run], view)).get(run)

    async def run(self, run: str) -> Run | None:
        return next(iter(await self._all(Run, {"_id": run})), None)

    async def programme(self, programme: str) -> Programme | None:
        return next(iter(await self._all(Programme, {"_id": programme})), None)

    async def runs(self, ids: Iterable[str]) -> dict[str, Run]:
        return {run.id: run for run in await self._all(Run, {"_id": {"$in": list(ids)}})}

    async def runs_of(self, programme: str) -> dict[str, Run]:
        return {run.id: run for run in await self._all(Run, {"programme": programme})}

    async def programmes(self, ids: Iterable[str]) -> dict[str, Programme]:
        return {one.id: one for one in await self._all(Programme, {"_id": {"$in": list(ids)}})}

    async def units(self) -> dict[str, Unit]:
        return {unit.id: unit for unit in await self._all(Unit, {})}

    async def page_of_runs(self, which: Filter, view: View, limit: int, before: str | None) -> list[Run]:
        """At most `limit` runs, newest first, that are older than `before`. A unit sees the runs it has a part in."""
        conditions: list[Document] = [which.query()]
        if before is not None:
            conditions.append({"_id": {"$lt": before}})
        if not view.scope.all:
            found = await _found(self._generation.rollups, which.query())
            conditions.append({"_id": {"$in": [part.run for part in await asyncio.to_thread(_parts, found, view)]}})
        query = self._generation.described_in(Run).find({"$and": conditions})
        with translated_calls():
            page: list[Document] = await query.sort([("_id", DESCENDING)]).limit(limit).to_list(None)
        return [description_of(Run, found) for found in page]

    async def nominations_of(self, person: str) -> list[Row]:
        """Of one person, newest first."""
        rows = [row_of(found) for found in await _found(self._generation.nominations, {"person": person})]
        return sorted(rows, key=lambda row: row.nomination, reverse=True)

    async def _all(self, kind: type[D], query: Document) -> list[D]:
        return [description_of(kind, found) for found in await _found(self._generation.described_in(kind), query)]


async def _found(collection: Collection, query: dict[str, Any]) -> list[Document]:
    with translated_calls():
        found: list[Document] = await collection.find(query).to_list(None)
    return found


def _parts(found: Iterable[Document], view: View) -> list[Rollup]:
    """In a thread of its own: a year of runs is many cells, and the projection shares this process."""
    return [part for part in (view.rollup(rollup_of(document)) for document in found) if part is not None]
