"""Answers: wait for what the caller has seen, read the generation that answers, sum up, and say how fresh it is.

Everything of an answer comes from one generation; the pointer may move meanwhile.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Generic, TypeVar

from services.reporting.answering.domain.deadlines import deadlines_of
from services.reporting.answering.domain.evaluating import FormReport, form_report
from services.reporting.answering.domain.following import ByTask, FollowingUp, progress_of
from services.reporting.answering.domain.gathering import Gathering
from services.reporting.answering.domain.names import Names
from services.reporting.answering.domain.planning import ByPlace, Planning, planning
from services.reporting.answering.domain.questions import Question, RunFilter
from services.reporting.answering.domain.reports import (
    CoverageReport,
    Descriptions,
    OwnNomination,
    ProgrammeReport,
    RunLine,
    RunReport,
    coverage_report,
    pending_forms,
    programme_report,
    run_line,
    run_report,
)
from services.reporting.answering.domain.sums import By
from services.reporting.answering.domain.visibility import Visibility
from services.reporting.projecting import Programme, Rollup, Run, Workshop
from services.reporting.projecting.projector import GenerationFeed, Projector
from services.reporting.storage import Queries
from shared.clock import Clock
from shared.errors import NotFound
from shared.messaging.publisher import source_of
from shared.thai import fiscal_year

ENROLMENT: Final = source_of("enrolment")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Freshness:
    """`newest`: the newest event in the answer, where that can be told. The rest: how far the projection was behind the
    log when last read."""

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


@dataclass(frozen=True, slots=True)
class OwnPage:
    """Newest first."""

    nominations: Sequence[OwnNomination]
    more: bool


@dataclass(frozen=True, slots=True)
class FollowUpReport:
    following: FollowingUp
    fiscal_year: int | None
    descriptions: Descriptions


@dataclass(frozen=True, slots=True)
class PlanReport:
    planning: Planning
    descriptions: Descriptions


class Answers:
    """Raises NotFound (also for what the caller may not see) and NotYetVisible."""

    def __init__(self, projector: Projector, clock: Clock) -> None:
        self._projector = projector
        self._clock = clock

    async def run(self, run_id: str, question: Question) -> Answer[RunReport]:
        feed, queries = await self._open(question)
        visibility = question.visibility
        run = await queries.run(run_id)
        rollup = await queries.rollup(run_id, visibility)
        if rollup is None and (run is None or not visibility.drafts):
            raise NotFound()
        programme = await queries.programme(run.programme if run else rollup.programme if rollup else "")
        tags = programme.framework_tags if programme else ()
        report = run_report(run_id, run, tags, rollup, Names(await queries.units()), coarse=visibility.coarse)
        forms: dict[str, FormReport] = {}
        workshop: Workshop | None = None
        if visibility.scope.all and not report.hidden:  # what the whole run has said is of no unit
            workshop = await queries.workshop(run_id)
            evaluated = await queries.evaluated(run_id)
            forms = {name: form_report(one, coarse=visibility.coarse) for name, one in evaluated.items()}
        whole = visibility.scope.all and not visibility.coarse
        pending = pending_forms(await queries.issue(run_id)) if whole else None
        deadlines = await asyncio.to_thread(deadlines_of, run, self._clock())
        follow_ups = await queries.follow_ups_of(run_id)
        follow_up = await asyncio.to_thread(progress_of, follow_ups, run, visibility, self._clock())
        whole = visibility.scope.all and not visibility.coarse
        told = replace(report, deadlines=deadlines, forms=forms, workshop=workshop, pending=pending)
        told = replace(told, follow_up=follow_up, whole=whole)
        return Answer(told, _freshness(feed, _times([rollup], [run])))

    async def runs(self, run_filter: RunFilter, limit: int, before: str | None, question: Question) -> Answer[RunPage]:
        """At most `limit` runs that are older than `before`."""
        feed, queries = await self._open(question)
        visibility = question.visibility
        page = await queries.page_of_runs(run_filter, visibility, limit + 1, before)
        lines = [run_line(run, rollup, coarse=visibility.coarse) for run, rollup in page[:limit]]
        times = _times([rollup for _, rollup in page[:limit]], [run for run, _ in page[:limit]])
        return Answer(RunPage(lines, len(page) > limit), _freshness(feed, times))

    async def programme(self, programme_id: str, question: Question) -> Answer[ProgrammeReport]:
        feed, queries = await self._open(question)
        visibility = question.visibility
        programme = await queries.programme(programme_id)
        gathering = await _gathered(queries, By.RUN, RunFilter(programme=programme_id), visibility)
        if gathering.newest is None and not await _told(queries, programme, visibility):
            raise NotFound()
        runs = await queries.runs_of(programme_id)
        names = Names(await queries.units())
        report = programme_report(programme_id, programme, gathering, runs, names)
        return Answer(report, _freshness(feed, _times([gathering], [*runs.values(), programme])))

    async def coverage(
        self, by: By, run_filter: RunFilter, question: Question, key: str | None = None
    ) -> Answer[CoverageReport]:
        """With `key` that one row only. Without a year, a programme or a run: of the current fiscal year, or of the
        newest one before it in which anything is counted."""
        feed, queries = await self._open(question)
        visibility = question.visibility
        if run_filter.is_open:
            current = fiscal_year(self._clock())
            run_filter = replace(run_filter, fiscal_year=await queries.newest_year(current) or current)
        gathering = await _gathered(queries, by, run_filter, visibility, people=True)
        # Places to which nothing was offered belong in the report of a year, not in that of one programme.
        everywhere = run_filter.programme is None and run_filter.run is None
        names = Names(
            await queries.units(),
            run_filter.fiscal_year,
            covers=visibility.scope.covers_unit if everywhere else lambda unit: False,
        )
        descriptions = Descriptions(
            names,
            await queries.runs(gathering.keys) if by is By.RUN else {},
            await queries.programmes(gathering.keys) if by is By.PROGRAMME else {},
        )
        report = coverage_report(gathering, run_filter.fiscal_year, descriptions, key)
        if key is not None and not report.breakdown.rows:
            raise NotFound()
        return Answer(report, _freshness(feed, _times([gathering], [])))

    async def follow_up(self, by: ByTask, run_filter: RunFilter, question: Question) -> Answer[FollowUpReport]:
        """Without a year or a run: of the current fiscal year."""
        feed, queries = await self._open(question)
        if run_filter.is_open:
            run_filter = replace(run_filter, fiscal_year=fiscal_year(self._clock()))
        following = FollowingUp(by, question.visibility)
        async for follow_ups in queries.follow_ups(run_filter):
            runs = await queries.runs({one.run for one in follow_ups})
            await asyncio.to_thread(following.add, follow_ups, runs, self._clock())
        described = await queries.runs(following.rows) if by is ByTask.RUN else {}
        descriptions = Descriptions(Names(await queries.units(), run_filter.fiscal_year), described)
        report = FollowUpReport(following, run_filter.fiscal_year, descriptions)
        newest = following.newest if question.visibility.scope.all and not question.visibility.coarse else None
        return Answer(report, _freshness(feed, [] if newest is None else [newest]))

    async def plans(self, by: ByPlace, year: int | None, question: Question) -> Answer[PlanReport]:
        """Without a year: of the current fiscal year."""
        feed, queries = await self._open(question)
        year, visibility = year or fiscal_year(self._clock()), question.visibility
        found = await queries.plans(year)
        names = Names(await queries.units(), year)
        report = PlanReport(await asyncio.to_thread(planning, found, by, year, visibility, names), Descriptions(names))
        whole = visibility.scope.all and not visibility.coarse
        return Answer(report, _freshness(feed, [found.last] if found is not None and whole else []))

    async def own(self, person: str, limit: int, before: str | None, question: Question) -> Answer[OwnPage]:
        """At most `limit` nominations of the caller that are older than `before`."""
        feed, queries = await self._open(question)
        read = await queries.nominations_of(person, limit + 1, before)
        rows = read[:limit]
        runs = await queries.runs({row.run for row in rows})
        nominations = [OwnNomination(row, runs.get(row.run)) for row in rows]
        return Answer(OwnPage(nominations, len(read) > limit), _freshness(feed, _times([], runs.values())))

    async def _open(self, question: Question) -> tuple[GenerationFeed, Queries]:
        feed = self._projector.answering()
        if question.after:
            await feed.consumer.positions.wait(question.after, source=ENROLMENT, caller=question.caller)
        return feed, Queries(feed.generation)


async def _told(queries: Queries, programme: Programme | None, visibility: Visibility) -> bool:
    """Whether the caller may know of a programme of which nothing is counted: a draft, or one that was cancelled."""
    if programme is None or not visibility.scope.all:
        return False
    return visibility.drafts or await queries.was_opened(programme.id)


async def _gathered(
    queries: Queries, by: By, run_filter: RunFilter, visibility: Visibility, *, people: bool = False
) -> Gathering:
    """Sums in a thread: a year is many cells, and the projection shares this process."""
    gathering = Gathering(by, visibility.coarse)
    async for rollups in queries.rollups(run_filter, visibility, people=people):
        await asyncio.to_thread(gathering.add, rollups)
    return gathering


def _times(counted: Sequence[Rollup | Gathering | None], described: Iterable[Run | Programme | None]) -> list[datetime]:
    """None at all where the newest event may be one that the caller is told nothing of: when it was would be news."""
    times = [item.newest if isinstance(item, Gathering) else item.last for item in counted if item is not None]
    if any(item.shared for item in counted if item is not None):
        return []
    return [time for time in (*times, *(item.last for item in described if item is not None)) if time is not None]


def _freshness(feed: GenerationFeed, times: Sequence[datetime]) -> Freshness:
    lag = feed.lag
    return Freshness(
        newest=max(times, default=None),
        read_at=lag.read_at if lag else None,
        events_behind=lag.events if lag else None,
        lag=lag.seconds if lag else None,
    )
