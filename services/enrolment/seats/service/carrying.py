"""Carries the people of a run to another one, page by page: where a run is split, or two become one.

How far it is stands in the database, in the transaction of the page, so any replica carries on after a crash; two that
do so at once conflict, and that costs time only. Until the last page both runs take no command (ADR 40).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol

import structlog

from services.enrolment.catalogue import Division, OfferedRun, RunBeingMoved, TooManySeats
from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.buckets import change_seats, close_bucket
from services.enrolment.seats.domain.carrying import reseated
from services.enrolment.seats.domain.dividing import free_seats, most_seats
from services.enrolment.seats.domain.growth import behind
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.offers import settle
from services.enrolment.seats.domain.run_moves import Phase, RunMove
from services.enrolment.seats.service.batch import OfferedRuns, Units
from services.enrolment.seats.service.carried import CarriedPages, Desk, SeatsOfRuns
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.releases import ReleaseStore
from services.enrolment.seats.storage.run_moves import RunMoves
from shared.events.seats import NominationState
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session, StoreError, translated_calls
from shared.rights import POOLS
from shared.runtime import Runtime
from shared.worker import Worker
from shared.write import UnitOfWork

POLL_SECONDS: Final = 2.0
AT_ONCE: Final = 100
MOST_MOVES: Final = 50
log = structlog.get_logger(__name__)


class MovedRuns(SeatsOfRuns, Protocol):
    """The catalogue's runs."""

    async def fence(self, runs: tuple[str, str], move: str, session: Session) -> None: ...

    async def settle(
        self, source: str, to: str, *, merged: bool, by: str, recorder: EventRecorder, session: Session
    ) -> None: ...


class Carrying:
    """One per process. `most` people are looked at in one transaction."""

    def __init__(
        self,
        units_of_work: UnitOfWork,
        seats: Seats,
        moves: RunMoves,
        offered: OfferedRuns,
        runs: MovedRuns,
        units: Units,
        releases: ReleaseStore,
    ) -> None:
        self._units_of_work = units_of_work
        self._seats = seats
        self._moves = moves
        self._offered = offered
        self._runs = runs
        self._units = units
        self._releases = releases
        self._pages = CarriedPages(seats, moves, runs)
        self.most = AT_ONCE
        self._worker = Worker("carrying", self._round, every=POLL_SECONDS)

    # ---- the beginning, in the unit of work of the command

    async def begin_split(
        self,
        source: OfferedRun,
        new: OfferedRun,
        division: Division,
        by: str,
        recorder: EventRecorder,
        session: Session,
    ) -> None:
        """The free seats that go are given at once. Raises TooManySeats, RunBeingMoved while buckets grow, and
        PoolSeatsLent while a seat of the pool is held."""
        buckets = await self._at_rest(source.id, session)
        most = most_seats(division, buckets)
        if most > new.capacity:
            raise TooManySeats(seats=most, capacity=new.capacity)
        desk = await self._settled(source, new, buckets)
        for bucket in buckets:
            if count := free_seats(division, bucket):
                desk.put(reseated(desk.counterpart(bucket), count))
                desk.put(reseated(desk.now[bucket.id], -count))
        await self._pages.write(desk, by, session, recorder)
        free = sum(free_seats(division, bucket) for bucket in buckets)
        await self._runs.carry_seats(source.id, new.id, free, session)
        await self._releases.inherit(source.id, new.id, session)
        await self._begin(RunMove(new_id(), source.id, new.id, by, division), buckets, session)

    async def begin_merge(
        self, source: OfferedRun, to: OfferedRun, by: str, recorder: EventRecorder, session: Session
    ) -> None:
        """Raises RunBeingMoved while buckets of either grow, and PoolSeatsLent while a seat of a pool is held."""
        buckets = [one for run in (source, to) for one in await self._at_rest(run.id, session)]
        await self._pages.write(await self._settled(source, to, buckets), by, session, recorder)
        await self._begin(RunMove(new_id(), source.id, to.id, by), buckets, session)

    async def _begin(self, move: RunMove, pools: Sequence[Bucket], session: Session) -> None:
        """An offer that is under way wins or loses: nobody is asked about a seat of a run that people leave."""
        await self._seats.hold([pool.id for pool in pools if pool.bucket_unit in POOLS], move.id, session)
        await self._moves.begin(move, session)
        await self._runs.fence((move.source, move.to), move.id, session)

    async def _at_rest(self, run: str, session: Session) -> list[Bucket]:
        """Raises RunBeingMoved."""
        buckets = await self._seats.buckets_of(run, session)
        if any(bucket.growing is not None for bucket in buckets):
            raise RunBeingMoved()
        return buckets

    async def _settled(self, source: OfferedRun, to: OfferedRun, buckets: Sequence[Bucket]) -> Desk:
        """Whose seats go, and whose stay, is decided by people: no pool has a claim to any of them any more."""
        desk = Desk(source, to, await self._units.units())
        desk.before |= {bucket.id: bucket for bucket in buckets}
        desk.now |= {bucket.id: bucket for bucket in buckets}
        for bucket in buckets:
            desk.put(settle(bucket))
        return desk

    # ---- the pages

    def attach(self, runtime: Runtime) -> None:
        """Registers the loop."""
        self._worker.attach(runtime)

    def wake(self) -> None:
        """There is something to do; without this it is found by the next look."""
        self._worker.wake()

    async def _round(self, stopping: asyncio.Event) -> bool:
        """A page of every move, so that a large one holds up no other. False when none succeeded."""
        went_on = False
        with translated_calls():
            moves = await self._moves.under_way(MOST_MOVES)
        for move in moves:
            if stopping.is_set():
                return went_on
            try:
                went_on |= await self.step(move)
            except StoreError as error:
                log.warning("carrying_waits", move=move, error=str(error))
        return went_on

    async def step(self, move: str) -> bool:
        """A page. False when there was nothing left to do."""
        units = await self._units.units()

        async def work(session: Session, recorder: EventRecorder) -> bool:
            before = await self._moves.load(move, session)
            if before is None:
                return False
            source, to = [await self._offered.offered(run, session) for run in (before.source, before.to)]
            if source is None or to is None:
                return False
            return await self._go_on(before, Desk(source, to, units), session, recorder)

        return await self._units_of_work.commit(work)

    async def _go_on(self, move: RunMove, desk: Desk, session: Session, recorder: EventRecorder) -> bool:
        if move.phase is Phase.ENDING:
            return await self._end(move, desk, session, recorder)
        if move.phase is Phase.SEATS:
            after = await self._seats_left(move, desk, session, recorder)
        else:
            after = await self._people(move, desk, session, recorder)
        await self._moves.go_on(move, after, session)
        return True

    async def _people(self, move: RunMove, desk: Desk, session: Session, recorder: EventRecorder) -> RunMove:
        at = await self._at_bucket(move, session) if move.phase is Phase.WAITLISTED else move
        if at is None:
            return move.next_phase()
        page = await self._page(at, session)
        going = at.chosen(page)
        if going:
            await self._pages.carry(desk, going, move.by, session, recorder)
        return at.looked_at(page, len(going), self.most)

    async def _at_bucket(self, move: RunMove, session: Session) -> RunMove | None:
        """At the waiting list that is looked at, or the next one; None when there is none."""
        if move.after is not None:
            return move
        found = await self._moves.next_bucket(move.source, move.bucket, "waiting", session)
        return None if found is None else replace(move, bucket=found.id)

    async def _page(self, move: RunMove, session: Session) -> list[Nomination]:
        after = move.after
        if move.phase is Phase.WAITLISTED:
            number = after if isinstance(after, int) else None
            return await self._moves.waiting(move.bucket, number, self.most, session)
        key = after if isinstance(after, str) else None
        return await self._moves.people(move.source, NominationState(move.phase), key, self.most, session)

    async def _seats_left(self, move: RunMove, desk: Desk, session: Session, recorder: EventRecorder) -> RunMove:
        """Free seats of the one go to the other, to who waits there as far as anybody does."""
        found = await self._moves.next_bucket(move.source, "", "free", session)
        if found is None:
            return move.next_phase()
        await self._pages.load(desk, {found.id}, session)
        there = desk.counterpart(found)
        promotes = there.waiting > 0 and not desk.to.begun(recorder.now)
        count = min(found.free, self.most) if promotes else found.free
        queue = await self._seats.queues_of({there.id: count}, session) if promotes else {}
        desk.put(reseated(found, -count))
        given = desk.put(change_seats(there, there.seats + count, queue.get(there.id, ())))
        promoted = [
            NominationChange(one, given.bucket, new=False, by=move.by, at=recorder.now) for one in given.nominations
        ]
        await self._seats.write_nominations(promoted, session)
        await self._runs.carry_seats(move.source, move.to, count, session)
        await self._pages.write(desk, move.by, session, recorder)
        return move

    async def _catch_up(self, desk: Desk, by: str, session: Session) -> None:
        """Who came to wait beside a seat that was free there is to have it, before anybody who comes."""
        for bucket in await self._seats.buckets_of(desk.to.id, session):
            desk.before[bucket.id], desk.now[bucket.id] = bucket, behind(bucket, by)

    async def _end(self, move: RunMove, desk: Desk, session: Session, recorder: EventRecorder) -> bool:
        """A run that was merged has nobody and no seat any more. Who came into it in the last moment is carried over
        first, in a while."""
        if move.merges:
            free = await self._moves.next_bucket(move.source, "", "free", session)
            if free is not None or await self._moves.anybody_in(move.source, session):
                again = replace(move, phase=Phase.CONFIRMED, after=None, bucket="", looked=0, moved=0)
                await self._moves.go_on(move, again, session)
                return False
            for bucket in await self._seats.buckets_of(move.source, session):
                desk.before[bucket.id] = desk.now[bucket.id] = bucket
                if bucket.open:
                    desk.put(close_bucket(bucket))
            if not desk.to.begun(recorder.now):
                await self._catch_up(desk, move.by, session)
            await self._pages.write(desk, move.by, session, recorder)
        await self._runs.settle(
            move.source, move.to, merged=move.merges, by=move.by, recorder=recorder, session=session
        )
        await self._moves.end(move, session)
        return True
