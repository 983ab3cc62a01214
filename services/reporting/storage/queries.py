"""What answers read of one generation, narrowed to what the caller may see before anybody else has it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import TypeVar

from services.reporting.answering import RunFilter, Visibility
from services.reporting.projecting import (
    CANCELLED,
    Evaluated,
    FollowUp,
    Issue,
    NominationRow,
    Place,
    PlansOfYear,
    Programme,
    Rollup,
    Run,
    Unit,
    Workshop,
)
from services.reporting.storage.documents import (
    NOBODY,
    Seated,
    add_attendance,
    description_of,
    follow_up_of,
    plans_of,
    rollups_of,
    row_of,
)
from services.reporting.storage.generation import SEATED, Generation
from shared.events.certificates import issue_aggregate
from shared.mongo import DESCENDING, Collection, Document, translated_calls

D = TypeVar("D", Programme, Run, Unit, Evaluated, Workshop, Issue)
PORTION = 1_000  # bucket documents that are in memory at once
PEOPLE_AT_ONCE = 5_000
DELIVERABLES_AT_ONCE = 200
READ_AT_ONCE = 1_000  # units and buckets of a filter come in one answer
_COUNTED = {"reach": False}
_WHO = {"_id": False, "bucket": True, "person": True, "place": True}


class Queries:
    """Raises StoreError as StoreUnavailable and the like; never the driver's errors."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation

    async def rollups(
        self, run_filter: RunFilter, visibility: Visibility, *, people: bool = False
    ) -> AsyncIterator[list[Rollup]]:
        """The visible parts of all counted runs that are not cancelled, newest first; with their `people`, or without.
        In portions, every run in one: of a year nothing but a portion is in memory. A filter that narrows nothing would
        read all that ever was."""
        query = _query(run_filter, "run")
        part = _narrowed(query, visibility)
        if part is None:
            return
        cancelled = await self._cancelled(_query(run_filter, "_id"))
        cursor = self._generation.rollups.find(part, _COUNTED).sort([("run", DESCENDING)]).batch_size(PORTION)
        pending: list[Document] = []
        more = True
        while more:
            with translated_calls():
                portion: list[Document] = await cursor.to_list(PORTION)
            more = bool(portion)
            whole, pending = _whole_runs(pending + portion) if more else (pending, [])
            seated = await self._seated(whole) if people else NOBODY
            attended = await self._attendance(whole)
            parts = await asyncio.to_thread(_visible_parts, whole, visibility, attended, seated)
            yield [part for part in parts if part.run not in cancelled]

    async def _seated(self, documents: Sequence[Document]) -> dict[str, list[tuple[str, Place]]]:
        """Who has the seats of these buckets. The audit compares every row that is counted here with its events."""
        buckets = [document["_id"] for document in documents if document["confirmed"]]
        seated: dict[str, list[tuple[str, Place]]] = {}
        if not buckets:
            return seated
        query = {**SEATED, "bucket": {"$in": buckets}}
        with translated_calls():
            async for row in self._generation.nominations.find(query, _WHO).batch_size(PEOPLE_AT_ONCE):
                seated.setdefault(row["bucket"], []).append((row["person"], Place(*row["place"])))
        return seated

    async def rollups_of(self, runs: Sequence[str], visibility: Visibility) -> dict[str, Rollup]:
        """The visible parts of these runs."""
        part = _narrowed({"run": {"$in": list(runs)}}, visibility)
        if part is None or not runs:
            return {}
        documents = await _read(self._generation.rollups, part, _COUNTED)
        attended = await self._attendance(documents)
        parts = await asyncio.to_thread(_visible_parts, documents, visibility, attended)
        return {rollup.run: rollup for rollup in parts}

    async def _attendance(self, documents: Sequence[Document]) -> list[Document]:
        """Of these buckets, as far as anybody was recorded."""
        buckets = [document["_id"] for document in documents]
        return await _read(self._generation.attendance, {"_id": {"$in": buckets}}) if buckets else []

    async def newest_year(self, most: int) -> int | None:
        """The last fiscal year up to `most` in which anything is counted. One key of an index."""
        query, newest = {"fiscal_year": {"$lte": most}}, [("fiscal_year", DESCENDING)]
        with translated_calls():
            found: Document | None = await self._generation.rollups.find_one(query, {"fiscal_year": 1}, sort=newest)
        return None if found is None else int(found["fiscal_year"])

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

    async def evaluated(self, run: str) -> dict[str, Evaluated]:
        """What the forms of a run have come to."""
        return {one.form: one for one in await self._described(Evaluated, {"run": run})}

    async def workshop(self, run: str) -> Workshop | None:
        """Its groups and ideas."""
        return next(iter(await self._described(Workshop, {"run": run})), None)

    async def issue(self, run: str) -> Issue | None:
        """What the last issue of its certificates has come to."""
        return next(iter(await self._described(Issue, {"_id": issue_aggregate(run)})), None)

    async def follow_ups_of(self, run: str) -> list[FollowUp]:
        """The deliverables of a run: so few that they are read at once."""
        documents = await _read(self._generation.follow_ups, {"run": run})
        return await asyncio.to_thread(_follow_ups, documents)

    async def follow_ups(self, run_filter: RunFilter) -> AsyncIterator[list[FollowUp]]:
        """In portions. A filter that narrows nothing would read all that ever was."""
        query = _query(run_filter, "run")
        cursor = self._generation.follow_ups.find(query).batch_size(DELIVERABLES_AT_ONCE)
        while True:
            with translated_calls():
                portion: list[Document] = await cursor.to_list(DELIVERABLES_AT_ONCE)
            if not portion:
                return
            yield await asyncio.to_thread(_follow_ups, portion)

    async def plans(self, year: int) -> PlansOfYear | None:
        """One document: as large as there are units."""
        with translated_calls():
            document: Document | None = await self._generation.collection("plans").find_one({"_id": str(year)})
        return None if document is None else await asyncio.to_thread(plans_of, document)

    async def units(self) -> dict[str, Unit]:
        return {unit.id: unit for unit in await self._described(Unit, {})}

    async def page_of_runs(
        self, run_filter: RunFilter, visibility: Visibility, limit: int, before: str | None
    ) -> list[tuple[Run, Rollup | None]]:
        """At most `limit` runs, newest first, that are older than `before`. A unit sees the runs it has a part in, an
        observer those that were opened: of others there are no buckets here."""
        page: list[tuple[Run, Rollup | None]] = []
        while len(page) < limit:
            reached, described = await self._reached(run_filter, visibility, limit, before)
            if not reached:
                break
            rollups = await self.rollups_of(list(described), visibility)
            page += [(run, rollups.get(id)) for id, run in described.items() if id in rollups or visibility.drafts]
            before = reached[-1]
        return page[:limit]

    async def nominations_of(self, person: str, limit: int, before: str | None) -> list[NominationRow]:
        """At most `limit` of one person, newest first, that are older than `before`."""
        query: Document = {"person": person}
        cursor = self._generation.nominations.find(query if before is None else _older(query, "_id", before))
        with translated_calls():
            documents: list[Document] = await cursor.sort([("_id", DESCENDING)]).limit(limit).to_list(None)
        return [row_of(document) for document in documents]

    async def _reached(
        self, run_filter: RunFilter, visibility: Visibility, limit: int, before: str | None
    ) -> tuple[list[str], dict[str, Run]]:
        """Runs of which the caller may see something, newest first, older than `before`, and those of them that are
        described. Empty when there are no more."""
        if visibility.scope.all:
            query = _query(run_filter, "_id")
            newest = await self._newest(Run, query if before is None else _older(query, "_id", before), limit)
            return [run.id for run in newest], {run.id: run for run in newest}
        reached = await self._reached_by_unit(run_filter, visibility, limit, before)
        described = await self.runs(reached) if reached else {}
        return reached, {run: described[run] for run in reached if run in described}

    async def _reached_by_unit(
        self, run_filter: RunFilter, visibility: Visibility, limit: int, before: str | None
    ) -> list[str]:
        """Runs that a unit has a part in: from the index alone, a few buckets of each."""
        query = _narrowed(_query(run_filter, "run"), visibility)
        if query is None:
            return []
        cursor = self._generation.rollups.find(
            query if before is None else _older(query, "run", before), {"_id": False, "run": True}
        )
        with translated_calls():
            buckets: list[Document] = await cursor.sort([("run", DESCENDING)]).limit(2 * limit).to_list(None)
        return list(dict.fromkeys(bucket["run"] for bucket in buckets))

    async def was_opened(self, programme: str) -> bool:
        """Whether any of its runs was: only then there are buckets."""
        with translated_calls():
            found: Document | None = await self._generation.rollups.find_one({"programme": programme}, {"_id": True})
        return found is not None

    async def _cancelled(self, query: Document) -> set[str]:
        cancelled = await _read(self._generation.described_in(Run), {**query, "state": CANCELLED}, {"_id": True})
        return {document["_id"] for document in cancelled}

    async def _newest(self, kind: type[D], query: Document, limit: int) -> list[D]:
        cursor = self._generation.described_in(kind).find(query).sort([("_id", DESCENDING)]).limit(limit)
        with translated_calls():
            documents: list[Document] = await cursor.to_list(None)
        return [description_of(kind, document) for document in documents]

    async def _described(self, kind: type[D], query: Document) -> list[D]:
        documents = await _read(self._generation.described_in(kind), query)
        return [description_of(kind, document) for document in documents]


def _follow_ups(documents: Iterable[Document]) -> list[FollowUp]:
    return [follow_up_of(document) for document in documents]


def _query(run_filter: RunFilter, run: str) -> Document:
    """`run` is what the field with the run's id is called."""
    fields = {"fiscal_year": run_filter.fiscal_year, "programme": run_filter.programme, run: run_filter.run}
    return {name: value for name, value in fields.items() if value is not None}


def _older(query: Document, field: str, before: str) -> Document:
    """Keeps a condition on the same field."""
    return {"$and": [query, {field: {"$lt": before}}]} if field in query else {**query, field: {"$lt": before}}


def _narrowed(query: Document, visibility: Visibility) -> Document | None:
    """To the buckets in which the caller has a part; None when there can be none."""
    scope = visibility.scope
    if scope.all:
        return query
    return None if scope.unit is None else {**query, "reach": scope.unit}


async def _read(collection: Collection, query: Document, fields: Document | None = None) -> list[Document]:
    with translated_calls():
        documents: list[Document] = await collection.find(query, fields).batch_size(READ_AT_ONCE).to_list(None)
    return documents


def _whole_runs(documents: list[Document]) -> tuple[list[Document], list[Document]]:
    """Sorted by run: without the last run, of which there may be more, and that one."""
    last = documents[-1]["run"]
    cut = next(index for index in range(len(documents), 0, -1) if index == 1 or documents[index - 2]["run"] != last) - 1
    return documents[:cut], documents[cut:]


def _visible_parts(
    documents: Iterable[Document],
    visibility: Visibility,
    attended: Iterable[Document],
    seated: Mapping[str, Seated] = NOBODY,
) -> list[Rollup]:
    """Runs in a thread of its own: a year of runs is many cells, and the projection shares this process."""
    rollups = rollups_of(documents, seated)
    add_attendance(rollups, attended)
    parts = (visibility.part_of(rollup) for rollup in rollups.values())
    return [part for part in parts if part is not None]
