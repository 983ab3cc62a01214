"""Carries on where an allocation gave more seats than one transaction may fill: waiting people move up step by step.

What is to be done stands in the buckets, so any replica carries on after a crash; two that do so at once conflict, and
that costs time only.
"""

import asyncio
from typing import Final

import structlog

from services.enrolment.catalogue import RunState
from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.growth import MOST_SEATED, catch_up, resize, seated_by, stopped
from services.enrolment.seats.domain.model import Bucket, Growing, Outcome
from services.enrolment.seats.service.batch import OfferedRuns
from services.enrolment.seats.storage import Seats
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session, StoreError, translated_calls
from shared.worker import Worker
from shared.write import UnitOfWork

POLL_SECONDS: Final = 5.0
MOST_BUCKETS: Final = 100
log = structlog.get_logger(__name__)


class Growth(Worker):
    """One per process. `most` are seated in one transaction."""

    def __init__(self, units_of_work: UnitOfWork, seats: Seats, runs: OfferedRuns) -> None:
        super().__init__("growth", self.round, every=POLL_SECONDS)
        self._units_of_work = units_of_work
        self._seats = seats
        self._runs = runs
        self.most = MOST_SEATED

    async def round(self, stopping: asyncio.Event) -> bool:
        """One step of every bucket that grows, so that a long list holds up no other. False when none succeeded."""
        moved = False
        with translated_calls():
            buckets = await self._seats.growing(MOST_BUCKETS)
        for bucket in buckets:
            if stopping.is_set():
                return moved
            try:
                moved |= await self.step(bucket)
            except StoreError as error:
                log.warning("growth_waits", bucket=bucket, error=str(error))
        return moved

    async def step(self, bucket: str) -> bool:
        """Seats as many as fit into one transaction. False when there was nothing left to do."""

        async def work(session: Session, recorder: EventRecorder) -> bool:
            before = (await self._seats.load_buckets([bucket], session)).get(bucket)
            run = None if before is None else await self._runs.offered(before.run, session)
            if before is None or before.growing is None or run is None:
                return False
            if run.state is RunState.CANCELLED:
                outcome = stopped(before)
            else:
                outcome = await self._moved_up(before, before.growing, run.begun(recorder.now), session)
            by, at = before.growing.by, recorder.now
            await self._seats.write_nominations(
                [NominationChange(one, outcome.bucket, new=False, by=by, at=at) for one in outcome.nominations], session
            )
            await self._seats.write_buckets([(before, outcome.bucket)], session)
            recorder.record(outcome.events, after=before.seq, offset_seconds=run.offset_seconds)
            return True

        return await self._units_of_work.commit(work)

    async def _moved_up(self, before: Bucket, to: Growing, begun: bool, session: Session) -> Outcome:
        if to.seats == before.seats and to.free:
            primaries = await self._seats.first_primaries(before.id, self.most, session)
            return catch_up(before, primaries, self.most, begun=begun)
        count = min(self.most, seated_by(before, to.seats))
        queues = await self._seats.queues_of({before.id: count} if count else {}, session)
        return resize(before, to, queues.get(before.id, ()), begun=begun)
