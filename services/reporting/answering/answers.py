"""Answers: wait for what the caller has seen, read the generation that answers, sum up, and say how fresh it is.

Everything of an answer comes from one generation; the pointer may move meanwhile.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from services.reporting.answering.domain.names import Names
from services.reporting.answering.domain.questions import Question, RunFilter
from services.reporting.answering.domain.reports import (
    CoverageReport,
    Descriptions,
    OwnNomination,
    ProgrammeReport,
    RunLine,
    RunReport,
    coverage_report,
    programme_report,
    run_line,
    run_report,
)
from services.reporting.answering.domain.sums import By
from services.reporting.projecting import Programme, Rollup, Run
from services.reporting.projecting.projector import GenerationFeed, Projector
from services.reporting.storage import Queries
from shared.errors import NotFound
from shared.messaging.publisher import source_of

ENROLMENT: Final = source_of("enrolment")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Freshness:
    """`newest`: the newest event in the answer. The rest: how far the projection was behind the log when last read."""

    newest: datetime | None
    read_at: datetime | None
    events_behind: int | None
    lag: float | None


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    content: T
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class RunPage:
    """Newest first."""

    lines: Sequence[RunLine]
    more: bool


class Answers:
    """Raises NotFound (also for what the caller may not see) and NotYetVisible."""

    def __init__(self, projector: Projector) -> None:
        self._projector = projector

    async def run(self, run_id: str, question: Question) -> Answer[RunReport]:
        feed, queries = await self._open(question)
        visibility = question.visibility
        run = await queries.run(run_id)
        rollup = await queries.rollup(run_id, visibility)
        if rollup is None and (run is None or not visibility.scope.all):
            raise NotFound()
        programme = await queries.programme(run.programme if run else rollup.programme if rollup else "")
        tags = programme.framework_tags if programme else ()
        report = run_report(run_id, run, tags, rollup, Names(await queries.units()), coarse=visibility.coarse)
        return Answer(report, _freshness(feed, _times([rollup], [run])))

    async def runs(self, run_filter: RunFilter, limit: int, before: str | None, question: Question) -> Answer[RunPage]:
        """At most `limit` runs that are older than `before`."""
        feed, queries = await self._open(question)
        visibility = question.visibility
        read = await queries.page_of_runs(run_filter, visibility, limit + 1, before)
        runs = read[:limit]
        rollups = await queries.rollups_of([run.id for run in runs], visibility)
        lines = [run_line(run, rollups.get(run.id), coarse=visibility.coarse) for run in runs]
        return Answer(RunPage(lines, len(read) > limit), _freshness(feed, _times(rollups.values(), runs)))

    async def programme(self, programme_id: str, question: Question) -> Answer[ProgrammeReport]:
        feed, queries = await self._open(question)
        visibility = question.visibility
        programme = await queries.programme(programme_id)
        rollups = await queries.rollups(RunFilter(programme=programme_id), visibility)
        if not rollups and (programme is None or not visibility.scope.all):
            raise NotFound()
        runs = await queries.runs_of(programme_id)
        report = programme_report(programme_id, programme, rollups, runs, coarse=visibility.coarse)
        return Answer(report, _freshness(feed, _times(rollups, [*runs.values(), programme])))

    async def coverage(
        self, by: By, run_filter: RunFilter, question: Question, key: str | None = None
    ) -> Answer[CoverageReport]:
        """With `key` that one row only."""
        feed, queries = await self._open(question)
        visibility = question.visibility
        rollups = await queries.rollups(run_filter, visibility)
        # Places to which nothing was offered belong in the report of a year, not in that of one programme.
        everywhere = run_filter.programme is None and run_filter.run is None
        names = Names(
            await queries.units(),
            run_filter.fiscal_year,
            covers=visibility.scope.covers_unit if everywhere else lambda unit: False,
        )
        descriptions = Descriptions(
            names,
            await queries.runs({rollup.run for rollup in rollups}) if by is By.RUN else {},
            await queries.programmes({rollup.programme for rollup in rollups}) if by is By.PROGRAMME else {},
        )
        report = await asyncio.to_thread(
            coverage_report, by, run_filter.fiscal_year, rollups, descriptions, key, coarse=visibility.coarse
        )
        if key is not None and not report.breakdown.rows:
            raise NotFound()
        return Answer(report, _freshness(feed, _times(rollups, [])))

    async def own(self, person: str, question: Question) -> Answer[Sequence[OwnNomination]]:
        """The nominations of the caller."""
        feed, queries = await self._open(question)
        rows = await queries.nominations_of(person)
        runs = await queries.runs({row.run for row in rows})
        times = _times([], runs.values()) + await queries.counted_at({row.run for row in rows})
        return Answer([OwnNomination(row, runs.get(row.run)) for row in rows], _freshness(feed, times))

    async def _open(self, question: Question) -> tuple[GenerationFeed, Queries]:
        feed = self._projector.answering()
        if question.after:
            await feed.consumer.positions.wait(question.after, source=ENROLMENT)
        return feed, Queries(feed.generation)


def _times(rollups: Iterable[Rollup | None], described: Iterable[Run | Programme | None]) -> list[datetime]:
    return [item.last for item in (*rollups, *described) if item is not None]


def _freshness(feed: GenerationFeed, times: Sequence[datetime]) -> Freshness:
    lag = feed.lag
    return Freshness(
        newest=max(times, default=None),
        read_at=lag.read_at if lag else None,
        events_behind=lag.events if lag else None,
        lag=lag.seconds if lag else None,
    )
