"""One answer each: wait for what the caller has seen, read the generation that answers, narrow, sum up, and stamp.

Everything of an answer comes from one generation; the pointer may move meanwhile.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.reporting.descriptions import Programme, Run
from services.reporting.names import Names
from services.reporting.projector import Filling, Projector
from services.reporting.queries import Filter, Queries, View
from services.reporting.reports import (
    Answer,
    Described,
    Language,
    coverage_answer,
    own_nomination,
    programme_answer,
    run_answer,
    run_row,
)
from services.reporting.rollups import Rollup
from services.reporting.sums import By
from services.reporting.visible import visible
from shared.errors import NotFound
from shared.events.envelope import Position
from shared.http import PageRequest
from shared.messaging.publisher import source_of

ENROLMENT: Final = source_of("enrolment")


@dataclass(frozen=True, slots=True)
class Asked:
    """What every question comes with."""

    view: View
    language: Language
    after: Sequence[Position] = ()


class Answers:
    """Raises NotFound (also for what the caller may not see) and NotYetVisible."""

    def __init__(self, projector: Projector) -> None:
        self._projector = projector

    async def run(self, run_id: str, asked: Asked) -> Answer:
        filling, queries = await self._open(asked.after)
        run = await queries.run(run_id)
        rollup = await queries.rollup(run_id, asked.view)
        if rollup is None and (run is None or not asked.view.scope.all):
            raise NotFound()
        programme = await queries.programme(run.programme if run else rollup.programme if rollup else "")
        shown = visible([rollup] if rollup else [], asked.view.coarse)
        tags = programme.framework_tags if programme else ()
        answer = run_answer(run_id, run, tags, shown, Names(await queries.units()), asked.language)
        return answer | _stamp(filling, _times([rollup], [run]))

    async def runs(self, which: Filter, page: PageRequest, asked: Asked) -> Answer:
        """Newest first."""
        filling, queries = await self._open(asked.after)
        before = None if page.after is None else str(page.after[0])
        found = await queries.page_of_runs(which, asked.view, page.limit + 1, before)
        runs = found[: page.limit]
        rollups = await queries.rollups_of([run.id for run in runs], asked.view)
        rows = [_row(run, rollups.get(run.id), asked) for run in runs]
        last = (runs[-1].id,) if len(found) > page.limit else None
        return page.body(rows, last) | _stamp(filling, _times(rollups.values(), runs))

    async def programme(self, programme_id: str, asked: Asked) -> Answer:
        filling, queries = await self._open(asked.after)
        programme = await queries.programme(programme_id)
        rollups = await queries.rollups(Filter(programme=programme_id), asked.view)
        if not rollups and (programme is None or not asked.view.scope.all):
            raise NotFound()
        runs = await queries.runs_of(programme_id)
        shown = visible(rollups, asked.view.coarse)
        answer = programme_answer(programme_id, programme, shown, Described(Names({}), runs), asked.language)
        return answer | _stamp(filling, _times(rollups, [*runs.values(), programme]))

    async def coverage(self, by: By, which: Filter, asked: Asked, key: str | None = None) -> Answer:
        filling, queries = await self._open(asked.after)
        rollups = await queries.rollups(which, asked.view)
        # Places that nothing was offered to belong into the picture of a year, not into that of one programme.
        everywhere = which.programme is None and which.run is None
        names = Names(
            await queries.units(),
            which.fiscal_year,
            covers=asked.view.scope.covers_unit if everywhere else lambda unit: False,
        )
        described = Described(
            names,
            await queries.runs({rollup.run for rollup in rollups}) if by is By.RUN else {},
            await queries.programmes({rollup.programme for rollup in rollups}) if by is By.PROGRAMME else {},
        )
        shown = visible(rollups, asked.view.coarse)
        answer = await asyncio.to_thread(coverage_answer, by, which.fiscal_year, shown, described, asked.language, key)
        if key is not None and not answer["rows"]:
            raise NotFound()
        return answer | _stamp(filling, _times(rollups, []))

    async def own(self, person: str, asked: Asked) -> Answer:
        """The nominations of the caller."""
        filling, queries = await self._open(asked.after)
        rows = await queries.nominations_of(person)
        runs = await queries.runs({row.run for row in rows})
        times = _times([], runs.values()) + await queries.counted_at({row.run for row in rows})
        items = [own_nomination(row, runs.get(row.run)) for row in rows]
        return {"person": person, "nominations": items} | _stamp(filling, times)

    async def _open(self, after: Sequence[Position]) -> tuple[Filling, Queries]:
        filling = self._projector.answering()
        if after:
            await filling.consumer.positions.wait(after, source=ENROLMENT)
        return filling, Queries(filling.generation)


def _row(run: Run, rollup: Rollup | None, asked: Asked) -> dict[str, Any]:
    return run_row(run, visible([rollup] if rollup else [], asked.view.coarse), asked.language)


def _times(rollups: Iterable[Rollup | None], described: Iterable[Run | Programme | None]) -> list[datetime]:
    return [one.last for one in (*rollups, *described) if one is not None]


def _stamp(filling: Filling, times: Sequence[datetime]) -> Answer:
    """How fresh the answer is: the newest event in it, and how far the projection was behind the log when last read."""
    lag = filling.lag
    return {
        "asOf": {
            "event": max(times).isoformat() if times else None,
            "readAt": lag.read_at.isoformat() if lag else None,
            "eventsBehind": lag.events if lag else None,
        },
        "lag": lag.seconds if lag else None,
    }
