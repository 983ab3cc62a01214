"""Offers free seats of pools to those who wait for one of their own unit, ends offers whose time is over, by their
run's own clock, and takes back what nobody has taken.

What is to be done is looked for in the transaction that does it, so a loop that was cut off, or another replica, does
each thing once. Whatever made a seat of a pool free, it is found here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog

from services.enrolment.catalogue import OfferedRun, PoolOrder
from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome
from services.enrolment.seats.domain.offer_order import Chosen, by_waiting, share_of_lists, under_served_first
from services.enrolment.seats.domain.offers import give_back, lapse, lend, offer, open_until, pool_above, regain
from services.enrolment.seats.domain.phases import ALLOWED, Phase, phase_of
from services.enrolment.seats.domain.released import Served
from services.enrolment.seats.domain.transitions import Action
from services.enrolment.seats.service.batch import OfferedRuns
from services.enrolment.seats.service.calendars import calendars_of
from services.enrolment.seats.service.serving import OfficesServed
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.offers import OfferStore
from shared.clock import business
from shared.events.seats import bucket_parts
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session, StoreError, translated_calls
from shared.runtime import Runtime
from shared.thai import local_date
from shared.worker import Worker
from shared.write import UnitOfWork

POLL_SECONDS: Final = 5.0
AT_ONCE: Final = 50
BY: Final = "offer"  # nobody has decided
_FOR_GOOD: Final = (Phase.SETTLING, Phase.ENDED, Phase.CANCELLED)
Next = Callable[[str], Awaitable[str | None]]
Step = Callable[[str], Awaitable[int]]
log = structlog.get_logger(__name__)


class Offers:
    """One per process. `most` are dealt with in one transaction."""

    def __init__(
        self, units_of_work: UnitOfWork, store: OfferStore, seats: Seats, runs: OfferedRuns, served: OfficesServed
    ) -> None:
        self._units_of_work = units_of_work
        self._store = store
        self._seats = seats
        self._runs = runs
        self._served = served
        self.most = AT_ONCE

    def attach(self, runtime: Runtime) -> None:
        """Registers the loop."""
        Worker("offers", self.round, every=POLL_SECONDS).attach(runtime)

    async def round(self, stopping: asyncio.Event) -> bool:
        """In this order, so that a seat that comes back goes on at once."""
        await self._each(self._store.next_run, self.end_overdue, stopping)
        await self._each(self._next_returning, self.take_back, stopping)
        await self._each(self._store.next_pool, self.give, stopping)
        return False

    async def _each(self, next_one: Next, step: Step, stopping: asyncio.Event) -> None:
        """Every one once, page by page; one on which others win holds up no other."""
        key = await self._next(next_one, "")
        while key is not None and not stopping.is_set():
            try:
                while not stopping.is_set() and await step(key):
                    pass
            except StoreError as error:
                log.warning("offers_wait", at=key, error=str(error))
            key = await self._next(next_one, key)

    async def _next(self, next_one: Next, after: str) -> str | None:
        with translated_calls():
            return await next_one(after)

    async def _next_returning(self, after: str) -> str | None:
        found = await self._store.returning(after, 1)
        return found[0] if found else None

    async def end_overdue(self, run: str) -> int:
        """A page of the offers of a run whose time is over; 0 when nothing was left to do. When the run begins, that of
        all is."""
        with translated_calls():
            offered = await self._runs.offered(run)
        if offered is None:
            return 0
        now = business(self._units_of_work.now(), offered.offset_seconds)
        phase = phase_of(offered, now)
        if phase is Phase.CANCELLED:
            return await self._units_of_work.commit(
                lambda session, _: self._store.forget_offers(run, self.most, session)
            )
        with translated_calls():
            if now < offered.starts_at and not await self._store.is_due(run, now):
                return 0
        return await self._units_of_work.commit(lambda session, recorder: self._lapsed(run, session, recorder))

    async def _lapsed(self, run: str, session: Session, recorder: EventRecorder) -> int:
        offered = await self._runs.offered(run, session)
        if offered is None:
            return 0
        now = business(recorder.now, offered.offset_seconds)
        if Action.LAPSE not in ALLOWED[phase_of(offered, now)]:
            return 0
        due = await self._store.due(run, now if now < offered.starts_at else None, self.most, session)
        work = _Work(offered, await self._seats.load_buckets(sorted({one.bucket for one in due}), session))
        for nomination in due:
            work.take(lapse(work.buckets[nomination.bucket], nomination, offered.waiting_lists))
        await self._store_work(work, session, recorder)
        return len(due)

    async def take_back(self, bucket: str) -> int:
        """All that is on its way back from one bucket, for which somebody may wait at the pool. 0 when nothing was."""
        return await self._units_of_work.commit(lambda session, recorder: self._taken_back(bucket, session, recorder))

    async def _taken_back(self, key: str, session: Session, recorder: EventRecorder) -> int:
        left = (await self._seats.load_buckets([key], session)).get(key)
        run = None if left is None else await self._runs.offered(left.run, session)
        if left is None or run is None or not left.returning or left.growing:
            return 0
        name = pool_above(left)
        buckets = await self._seats.load_buckets([key, name], session)
        pool = buckets.get(name)
        if pool is None or pool.growing:
            return 0
        promotes = Action.PROMOTE in ALLOWED[phase_of(run, business(recorder.now, run.offset_seconds))]
        needed = {name: min(pool.waiting, left.returning)} if promotes and pool.waiting else {}
        queues = await self._seats.queues_of(needed, session)
        work = _Work(run, buckets)
        work.take(give_back(left))
        work.take(regain(pool, left.returning, queues.get(name, ())))
        await self._store_work(work, session, recorder)
        return 0

    async def give(self, pool: str) -> int:
        """As many free seats of a pool as fit into one transaction; 0 when nothing was left to do."""
        with translated_calls():
            run = await self._runs.offered(bucket_parts(pool)[0])
        if run is None:
            return 0
        now = business(self._units_of_work.now(), run.offset_seconds)
        phase = phase_of(run, now)
        if phase in _FOR_GOOD:
            return await self._units_of_work.commit(
                lambda session, _: self._store.forget_waiting(pool, self.most, session)
            )
        if Action.OFFER not in ALLOWED[phase]:
            return 0  # what has begun may still be moved to a later day
        with translated_calls():
            stands = (await self._seats.load_buckets([pool])).get(pool)
        if stands is None or not _lends(stands):
            return 0
        if run.waiting_lists.offer_hours is None:
            year = local_date(now).year
            await calendars_of((year, year + 1))
        served = await self._counted(run, stands)
        return await self._units_of_work.commit(lambda session, recorder: self._given(pool, served, session, recorder))

    async def _counted(self, run: OfferedRun, pool: Bucket) -> Mapping[str, Served] | None:
        """What offices have had so far, where that decides. Somebody may get a seat while it is counted: what is
        decided then is decided by these numbers, and they are what is told."""
        if run.waiting_lists.order is not PoolOrder.UNDER_SERVED_FIRST:
            return None
        with translated_calls():
            but = await self._store.with_own_seats(run.id, pool.target, None)
            rivals = await self._store.rivals(pool, but, None)
        return await self._served.in_year(run.fiscal_year, offered=True) if len(rivals) > 1 else None

    async def _given(
        self, pool: str, served: Mapping[str, Served] | None, session: Session, recorder: EventRecorder
    ) -> int:
        run_id, _, pool_unit = bucket_parts(pool)
        run = await self._runs.offered(run_id, session)
        stands = (await self._seats.load_buckets([pool], session)).get(pool)
        if run is None or run.moving or stands is None or not _lends(stands):
            return 0
        now = business(recorder.now, run.offset_seconds)
        if Action.OFFER not in ALLOWED[phase_of(run, now)]:
            return 0
        nominees = await self._next_in_line(stands, run, served, session)
        if not nominees:
            return 0
        until = open_until(run.waiting_lists, run.starts_at, now)
        keys = sorted({one.bucket for one, _ in nominees})
        work = _Work(run, {pool: stands, **await self._seats.load_buckets(keys, session)})
        work.take(lend(stands, len(nominees)))
        for nomination, because in nominees:
            work.take(offer(work.buckets[nomination.bucket], nomination, until, pool_unit, because))
        await self._store_work(work, session, recorder)
        return len(nominees)

    async def _next_in_line(
        self, pool: Bucket, run: OfferedRun, served: Mapping[str, Served] | None, session: Session
    ) -> list[Chosen]:
        """Whoever waits where there are free seats is a reserve of that unit, and gets one when somebody leaves."""
        but = await self._store.with_own_seats(run.id, pool.target, session)
        order, most = run.waiting_lists.order, min(self.most, pool.free)
        if order is not PoolOrder.UNDER_SERVED_FIRST:
            return by_waiting(order, await self._store.first(pool.id, order, most, session, but))
        rivals = await self._store.rivals(pool, but, session)
        if served is None and len(rivals) > 1:
            return []  # another one has come since it was looked: at the next look it is counted
        read = share_of_lists(len(rivals), most)
        return under_served_first(await self._store.heads(rivals, pool.id, read, session), read, served or {}, most)

    async def _store_work(self, work: "_Work", session: Session, recorder: EventRecorder) -> None:
        await self._seats.write_buckets(work.changed(), session)
        changes = [
            NominationChange(nomination, bucket, new=False, by=BY, at=recorder.now)
            for nomination, bucket in work.nominations
        ]
        await self._seats.write_nominations(changes, session)
        for outcome in work.outcomes:
            after = outcome.bucket.seq - len(outcome.events)
            recorder.record(outcome.events, after=after, offset_seconds=work.run.offset_seconds)


class _Work:
    """What one transaction does: buckets as read and as they are by now, and the outcomes in order."""

    def __init__(self, run: OfferedRun, buckets: dict[str, Bucket]) -> None:
        self.run = run
        self._read = buckets
        self.buckets = dict(buckets)
        self.outcomes: list[Outcome] = []
        self.nominations: list[tuple[Nomination, Bucket]] = []

    def take(self, outcome: Outcome) -> None:
        self.buckets[outcome.bucket.id] = outcome.bucket
        self.outcomes.append(outcome)
        self.nominations += [(nomination, outcome.bucket) for nomination in outcome.nominations]

    def changed(self) -> list[tuple[Bucket, Bucket]]:
        return [(self._read[key], bucket) for key, bucket in self.buckets.items() if bucket != self._read[key]]


def _lends(pool: Bucket) -> bool:
    """A pool whose own list still moves up has nothing to spare."""
    return pool.free > 0 and pool.growing is None
