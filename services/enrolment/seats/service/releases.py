"""Carries out the releases of unclaimed seats whose day has come, by each run's own clock, page by page.

What is to be done follows from the run and from how far its releases are, so any replica carries on after a crash. A
page is planned on what was read before, and written only where none of it has changed: of two replicas at the same page
one gets nowhere, and looks again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol

import structlog

from services.enrolment.catalogue import OfferedRun, ReleaseRule
from services.enrolment.dependencies import Dependencies
from services.enrolment.seats.domain.allocation import Seating
from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.buckets import open_later
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome
from services.enrolment.seats.domain.phases import ALLOWED, phase_of
from services.enrolment.seats.domain.released import Progress
from services.enrolment.seats.domain.releases import MOST_SEATS, Page, lists_needed, pools_of, release_page
from services.enrolment.seats.domain.transitions import Action
from services.enrolment.seats.service.batch import OfferedRuns, Units
from services.enrolment.seats.service.buckets import new_bucket
from services.enrolment.seats.service.serving import OfficesServed, RunsOfYear
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.releases import ReleaseStore
from services.enrolment.seats.storage.taken import SeatsTaken
from shared.clock import business
from shared.events.seats import bucket_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Conflict, DuplicateKey, Session, StoreError, translated_calls
from shared.rights import pool_of
from shared.worker import Worker
from shared.write import UnitOfWork

POLL_SECONDS: Final = 5.0
MOST_RUNS: Final = 20
LISTS_AT_ONCE: Final = 20
BY: Final = "release"  # the day that the programme has set
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Round:
    """What is kept from page to page: waiting lists, each as of a sequence of its bucket and up to a number, and how
    many seats a page moves. A run on which others are busy gets on in smaller ones."""

    most: int
    lists: dict[str, tuple[int, int, Sequence[Nomination]]] = field(default_factory=dict)

    def lost(self) -> None:
        self.most = max(1, self.most // 2)

    def won(self) -> None:
        self.most = min(MOST_SEATS, self.most * 2)


class RunsToRelease(RunsOfYear, Protocol):
    """The catalogue's runs."""

    async def due(self, now: datetime, most: int) -> list[str]: ...

    async def note_moved(self, run: str, programme: str, by: str, at: datetime, session: Session) -> None: ...

    async def note_done(self, run: str, look_at_until: datetime, session: Session) -> None: ...


class Releases(Worker):
    """One per process."""

    def __init__(
        self,
        units_of_work: UnitOfWork,
        store: ReleaseStore,
        seats: Seats,
        runs: OfferedRuns,
        to_release: RunsToRelease,
        served: OfficesServed,
        units: Units,
    ) -> None:
        super().__init__("releases", self.round, every=POLL_SECONDS)
        self._units_of_work = units_of_work
        self._store = store
        self._seats = seats
        self._runs = runs
        self._to_release = to_release
        self._served = served
        self._units = units

    @classmethod
    def on(cls, parts: Dependencies, seats: Seats, runs: OfferedRuns, to_release: RunsToRelease, units: Units) -> None:
        """Registers the loop of this process."""
        store = ReleaseStore(parts.store)
        served = OfficesServed(store, SeatsTaken(parts.store), to_release)
        cls(parts.units_of_work, store, seats, runs, to_release, served, units).attach(parts.runtime)

    async def round(self, stopping: asyncio.Event) -> bool:
        """Every run whose time has come; what waits for something is looked at again later."""
        for run in await self._to_release.due(self._units_of_work.now(), MOST_RUNS):
            await self._finish(run, stopping)
        return False

    async def _finish(self, run: str, stopping: asyncio.Event) -> None:
        """Page by page; a run on which others win holds up no other."""
        kept = Round(MOST_SEATS)
        try:
            while not stopping.is_set() and await self.step(run, kept):
                pass
        except StoreError as error:
            log.warning("release_waits", run=run, error=str(error))

    async def step(self, run: str, kept: Round) -> bool:
        """A page of one run; False when nothing can be done now."""
        with translated_calls():
            offered = await self._runs.offered(run)
            buckets = await self._seats.buckets_of(run)
        now = self._units_of_work.now()
        if offered is None or not may_release(offered, now):
            await self._units_of_work.commit(lambda session, _: self._end(run, now, session))
            return False
        if offered.moving or offered.release is None or business(now, offered.offset_seconds) < offered.release.at:
            return False  # it was moved since it was found, or people come from another run or go to one
        begun = await self._store.of_run(run)
        for target, pool in pools_of(buckets):
            progress = begun.get(bucket_id(run, target, pool))
            if progress is None or not progress.done:
                of_pool = [one for one in buckets if (one.target, pool_of(one.bucket_unit)) == (target, pool)]
                return await self._page(offered, progress or await self._begin(offered, target, pool), of_pool, kept)
        await self._units_of_work.commit(lambda session, _: self._end(run, now, session))
        return False

    async def _end(self, run: str, now: datetime, session: Session) -> None:
        """Also of what was cut off: when a run has begun nobody moves up."""
        await self._store.stop(run, session)
        await self._to_release.note_done(run, now, session)

    async def _begin(self, run: OfferedRun, target: str, pool: str) -> Progress:
        """It is stored with its first page; what offices have had in the year is counted once."""
        rule = ReleaseRule.BY_HAND if run.release is None else run.release.rule
        served = await self._served.in_year(run.fiscal_year) if rule is ReleaseRule.UNDER_SERVED_FIRST else {}
        return Progress(bucket_id(run.id, target, pool), run.id, target, pool, rule, served=served)

    async def _page(self, run: OfferedRun, progress: Progress, buckets: list[Bucket], kept: Round) -> bool:
        if any(bucket.growing is not None for bucket in buckets):
            return False  # who waits for seats that were given before is seated first
        new = None
        if all(bucket.id != progress.id for bucket in buckets):
            new = await self._pool(run, progress)
            buckets = sorted([*buckets, new], key=lambda bucket: bucket.id)
        queues = await self._lists(lists_needed(progress, buckets, kept.most), buckets, kept)
        page = await asyncio.to_thread(release_page, progress, buckets, queues, kept.most)
        if not (page.moved or page.progress.done):
            log.warning("release_waits", run=run.id, error="a waiting list is shorter than its bucket says")
            return False
        try:
            await self._units_of_work.commit(
                lambda session, recorder: self._store_page(run.id, progress, page, new, session, recorder), attempts=1
            )
        except (Conflict, DuplicateKey):  # planned anew, on what is there by then
            kept.lost()
        else:
            kept.won()
        return True

    async def _pool(self, run: OfferedRun, progress: Progress) -> Bucket:
        return new_bucket(run, Seating(progress.target, progress.pool, 0), await self._units.units())

    async def _lists(
        self, needed: Mapping[str, int], buckets: Sequence[Bucket], kept: Round
    ) -> dict[str, Sequence[Nomination]]:
        """Whatever happens on a waiting list counts in its bucket: at the same sequence it is the same."""
        at = {bucket.id: bucket.seq for bucket in buckets}
        missing = [
            key
            for key, count in needed.items()
            if key not in kept.lists or kept.lists[key][0] != at[key] or kept.lists[key][1] < count
        ]
        for start in range(0, len(missing), LISTS_AT_ONCE):
            some = missing[start : start + LISTS_AT_ONCE]
            with translated_calls():
                read = await self._seats.queues_of({key: needed[key] for key in some}, None)
            kept.lists.update({key: (at[key], needed[key], read[key]) for key in some})
        return {key: kept.lists[key][2] for key in needed}

    async def _store_page(
        self,
        run: str,
        before: Progress,
        page: Page,
        new: Bucket | None,
        session: Session,
        recorder: EventRecorder,
    ) -> None:
        """Raises Conflict where anything that the page was planned on is another by now."""
        offered = await self._runs.offered(run, session)
        if offered is None or offered.moving or not may_release(offered, recorder.now):
            raise Conflict("the run has been changed since the page was planned")
        outcomes = [(old, _opened(outcome, offered) if old is new else outcome) for old, outcome in page.outcomes]
        if new is not None and any(old is new for old, _ in outcomes):
            await self._seats.insert_buckets([new], session)
        changes = [
            NominationChange(one, outcome.bucket, new=False, by=BY, at=recorder.now)
            for _, outcome in outcomes
            for one in outcome.nominations
        ]
        await self._seats.write_buckets([(old, outcome.bucket) for old, outcome in outcomes], session)
        await self._seats.write_nominations(changes, session)
        await self._store.save(before, page.progress, page.moved, recorder.now, session)
        for old, outcome in outcomes:
            recorder.record(outcome.events, after=old.seq, offset_seconds=offered.offset_seconds)
        if page.moved:
            await self._to_release.note_moved(run, offered.programme, BY, recorder.now, session)
        if page.progress.done and page.progress.moved:
            recorder.note("release", "run", run, count=page.progress.moved)


def may_release(run: OfferedRun, at: datetime) -> bool:
    """Only while people move up. `at` is system time."""
    return run.release is not None and Action.PROMOTE in ALLOWED[phase_of(run, business(at, run.offset_seconds))]


def _opened(outcome: Outcome, run: OfferedRun) -> Outcome:
    """A pool that the release makes: its first events are those of its opening, and of its closing where the intake is
    closed."""
    bucket = outcome.bucket
    first = open_later(replace(bucket, seq=0, seats=0), closed=not run.open)
    after = replace(bucket, open=run.open, seq=len(first.events) + len(outcome.events))
    return Outcome(after, outcome.nominations, (*first.events, *outcome.events))
