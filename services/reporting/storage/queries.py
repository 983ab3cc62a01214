"""What answers read of one generation, narrowed to what the caller may see before anybody else has it."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from services.reporting.answering import RunFilter, Visibility
from services.reporting.projecting import CANCELLED, NominationRow, Programme, Rollup, Run, Unit
from services.reporting.storage.documents import description_of, rollup_of, row_of
from services.reporting.storage.generation import Generation
from shared.mongo import DESCENDING, Collection, Document, translated_calls

D = TypeVar("D", Programme, Run, Unit)


class Queries:
    """Raises StoreError as StoreUnavailable and the like; never the driver's errors."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation

    async def rollups(self, run_filter: RunFilter, visibility: Visibility) -> list[Rollup]:
        """The visible parts of all counted runs that are not cancelled."""
        query = _query(run_filter)
        cancelled = {run.id for run in await self._described(Run, {**query, "state": CANCELLED})}
        parts = await self._parts(query, visibility)
        return [part for part in parts if part.run not in cancelled]

    async def rollups_of(self, runs: Sequence[str], visibility: Visibility) -> dict[str, Rollup]:
        """The visible parts of these runs."""
        return {part.run: part for part in await self._parts({"_id": {"$in": list(runs)}}, visibility)}

    async def counted_at(self, runs: Iterable[str]) -> list[datetime]:
        """System times of the newest event of each of these runs."""
        with translated_calls():
            cursor = self._generation.rollups.find({"_id": {"$in": list(runs)}}, {"last": 1})
            return [document["last"] async for document in cursor]

    async def rollup(self, run: str, visibility: Visibility) -> Rollup | None:
        return (await self.rollups_of([run], visibility)).get(run)

    async def run(self, run: str) -> Run | None:
        return next(iter(await self._described(Run, {"_id": run})), None)

    async def programme(self, programme: str) -> Programme | None:
        return next(iter(await self._described(Programme, {"_id": programme})), None)

    async def runs(self, ids: Iterable[str]) -> dict[str, Run]:
        return {run.id: run for run in await self._described(Run, {"_id": {"$in": list(ids)}})}

    async def runs_of(self, programme: str) -> dict[str, Run]:
        return {run.id: run for run in await self._described(Run, {"programme": programme})}

    async def programmes(self, ids: Iterable[str]) -> dict[str, Programme]:
        return {item.id: item for item in await self._described(Programme, {"_id": {"$in": list(ids)}})}

    async def units(self) -> dict[str, Unit]:
        return {unit.id: unit for unit in await self._described(Unit, {})}

    async def page_of_runs(
        self, run_filter: RunFilter, visibility: Visibility, limit: int, before: str | None
    ) -> list[Run]:
        """At most `limit` runs, newest first, that are older than `before`. A unit sees the runs it has a part in."""
        conditions: list[Document] = [_query(run_filter)]
        if before is not None:
            conditions.append({"_id": {"$lt": before}})
        if not visibility.scope.all:
            parts = await self._parts(_query(run_filter), visibility)
            conditions.append({"_id": {"$in": [part.run for part in parts]}})
        cursor = self._generation.described_in(Run).find({"$and": conditions})
        with translated_calls():
            page: list[Document] = await cursor.sort([("_id", DESCENDING)]).limit(limit).to_list(None)
        return [description_of(Run, document) for document in page]

    async def nominations_of(self, person: str) -> list[NominationRow]:
        """Of one person, newest first."""
        rows = [row_of(document) for document in await _read(self._generation.nominations, {"person": person})]
        return sorted(rows, key=lambda row: row.nomination, reverse=True)

    async def _parts(self, query: Document, visibility: Visibility) -> list[Rollup]:
        documents = await _read(self._generation.rollups, query)
        return await asyncio.to_thread(_visible_parts, documents, visibility)

    async def _described(self, kind: type[D], query: Document) -> list[D]:
        documents = await _read(self._generation.described_in(kind), query)
        return [description_of(kind, document) for document in documents]


def _query(run_filter: RunFilter) -> Document:
    fields = {"fiscal_year": run_filter.fiscal_year, "programme": run_filter.programme, "_id": run_filter.run}
    return {name: value for name, value in fields.items() if value is not None}


async def _read(collection: Collection, query: Document) -> list[Document]:
    with translated_calls():
        documents: list[Document] = await collection.find(query).to_list(None)
    return documents


def _visible_parts(documents: Iterable[Document], visibility: Visibility) -> list[Rollup]:
    """Runs in a thread of its own: a year of runs is many cells, and the projection shares this process."""
    parts = (visibility.part_of(rollup_of(document)) for document in documents)
    return [part for part in parts if part is not None]
