"""Carries on where nobody has approved in time: nominations go to the next step or expire, by their run's own clock;
and what still waits for an approval when its run begins expires.

What is overdue is looked for in the transaction that deals with it, so a loop that was cut off, or another replica,
deals with each once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import structlog

from services.enrolment.catalogue import OfferedRun
from services.enrolment.seats.domain.approvals import late_action, overdue
from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.phases import ALLOWED, Phase, phase_of
from services.enrolment.seats.service.batch import OfferedRuns
from services.enrolment.seats.service.calendars import calendars
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.deadlines import DeadlineStore
from shared.clock import business
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session, StoreError, translated_calls
from shared.runtime import Runtime
from shared.worker import Worker
from shared.write import UnitOfWork

POLL_SECONDS: Final = 5.0
BEGUN_SECONDS: Final = 60.0
AT_ONCE: Final = 100
BY: Final = "deadline"  # nobody has decided
NextRun = Callable[[str], Awaitable[str | None]]
log = structlog.get_logger(__name__)


class Deadlines:
    """One per process. `most` are dealt with in one transaction."""

    def __init__(self, units_of_work: UnitOfWork, store: DeadlineStore, seats: Seats, runs: OfferedRuns) -> None:
        self._units_of_work = units_of_work
        self._store = store
        self._seats = seats
        self._runs = runs
        self.most = AT_ONCE

    def attach(self, runtime: Runtime) -> None:
        """Registers a loop for those with a deadline, and one for those whom only the beginning of their run ends."""
        for name, next_run, every in (
            ("deadlines", self._store.next_run, POLL_SECONDS),
            ("undecided", self._store.next_waiting, BEGUN_SECONDS),
        ):
            Worker(name, partial(self._sweep, next_run), every=every).attach(runtime)

    async def _sweep(self, next_run: NextRun, stopping: asyncio.Event) -> bool:
        """Every run once; one on which others win holds up no other."""
        run = await self._next_run(next_run, "")
        while run is not None and not stopping.is_set():
            try:
                await self._finish(run, stopping)
            except StoreError as error:
                log.warning("deadlines_wait", run=run, error=str(error))
            run = await self._next_run(next_run, run)
        return False

    async def _next_run(self, next_run: NextRun, after: str) -> str | None:
        with translated_calls():
            return await next_run(after)

    async def _finish(self, run: str, stopping: asyncio.Event) -> None:
        """Page by page."""
        while not stopping.is_set() and await self.step(run):
            pass

    async def step(self, run: str) -> int:
        """A page of one run; 0 when nothing was left to do."""
        with translated_calls():
            offered = await self._runs.offered(run)
        if offered is None or offered.moving:
            return 0
        now = business(self._units_of_work.now(), offered.offset_seconds)
        phase = phase_of(offered, now)
        if phase is Phase.CANCELLED:
            await self._forget(run)
            return 0
        with translated_calls():
            if not await self._late(offered, now, 1):
                return 0
        await calendars(offered.approval_route, now)
        return await self._units_of_work.commit(lambda session, recorder: self._page(run, session, recorder))

    async def _forget(self, run: str) -> None:
        """What was cancelled stays as it was, and is not looked at again."""
        while await self._units_of_work.commit(lambda session, _: self._store.forget(run, self.most, session)):
            pass

    async def _late(
        self, run: OfferedRun, now: datetime, most: int, session: Session | None = None
    ) -> list[Nomination]:
        if now >= run.starts_at:
            return await self._store.waiting(run.id, most, session)
        return await self._store.overdue(run.id, now, most, session)

    async def _page(self, run: str, session: Session, recorder: EventRecorder) -> int:
        offered = await self._runs.offered(run, session)
        if offered is None:
            return 0
        now = business(recorder.now, offered.offset_seconds)
        allowed = ALLOWED[phase_of(offered, now)]
        late, begun = await self._late(offered, now, self.most, session), now >= offered.starts_at
        late = [one for one in late if late_action(one, offered.approval_route, begun=begun) in allowed]
        if late:
            await self._deal_with(offered, late, now, session, recorder)
        return len(late)

    async def _deal_with(
        self, run: OfferedRun, late: Sequence[Nomination], now: datetime, session: Session, recorder: EventRecorder
    ) -> None:
        before = await self._seats.load_buckets(sorted({one.bucket for one in late}), session)
        buckets: dict[str, Bucket] = dict(before)
        changes: list[NominationChange] = []
        for nomination in late:
            bucket = buckets[nomination.bucket]
            outcome = overdue(bucket, nomination, run.approval_route, now, begun=now >= run.starts_at)
            recorder.record(outcome.events, after=bucket.seq, offset_seconds=run.offset_seconds)
            buckets[bucket.id] = outcome.bucket
            (changed,), verdict = outcome.nominations, outcome.verdict
            changes.append(
                NominationChange(changed, outcome.bucket, new=False, by=BY, at=recorder.now, verdict=verdict)
            )
        await self._seats.write_buckets([(before[key], bucket) for key, bucket in buckets.items()], session)
        await self._seats.write_nominations(changes, session)
