"""Looks at what happened to the seats of runs that have groups: who left, who took over a seat, who got one.

A run is looked at when its seats stand elsewhere than last time, so most rounds read a number of each run and no more.
Two that do it at once conflict, and that costs time only.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from services.enrolment.catalogue import RunState
from services.enrolment.workshop.domain.groups import MOST_PEOPLE, Outcome, Workshop, settle
from services.enrolment.workshop.service.sources import Sources
from services.enrolment.workshop.storage import Workshops
from shared.clock import business
from shared.locks import Locks
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.worker import Worker
from shared.write import UnitOfWork

LOOK_EVERY_SECONDS: Final = 5.0
ENDED_EVERY_SECONDS: Final = 600.0
AT_ONCE: Final = 50  # runs whose seats one query counts
FOLLOWED: Final = timedelta(days=30)  # after its end nobody comes and goes any more


class Settling(Worker):
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, store: Workshops, sources: Sources, locks: Locks) -> None:
        super().__init__("groups and seats", self._round, every=LOOK_EVERY_SECONDS)
        self._units_of_work = units_of_work
        self._store = store
        self._sources = sources
        self._locks = locks
        self._ended_asked = float("-inf")

    async def _round(self, stopping: asyncio.Event) -> bool:
        """All runs once. False: what happens to seats meanwhile is for the next round."""
        after, now = "", asyncio.get_running_loop().time()
        ending = now - self._ended_asked > ENDED_EVERY_SECONDS
        self._ended_asked = now if ending else self._ended_asked
        while not stopping.is_set():
            page = await self._store.following(after, AT_ONCE)
            for run in await self._elsewhere(page, ending=ending):
                if not stopping.is_set():
                    await self._look_at(run)
            if len(page) < AT_ONCE:
                return False
            after = page[-1].run
        return False

    async def _elsewhere(self, page: Sequence[Workshop], *, ending: bool) -> list[str]:
        """Those whose seats have changed; `ending`: also those that need not be looked at any more."""
        stood = await self._sources.stood.of([one.run for one in page]) if page else {}
        changed = [one.run for one in page if stood.get(one.run, 0) != one.stood]
        rest = [one.run for one in page if ending and one.run not in changed]
        return changed + [run for run in rest if await self._ended(run)]

    async def _ended(self, run: str) -> bool:
        offered = await self._sources.runs.offered(run)
        if offered is None or offered.state in (RunState.CLOSED, RunState.CANCELLED):
            return True
        return business(self._units_of_work.now(), offered.offset_seconds) >= offered.ends_at + FOLLOWED

    async def now(self, run: str) -> None:
        """Before a command that is about who is in which group, which holds the lock of the run."""
        workshop = await self._store.workshop(run)
        if workshop is None or not workshop.sizes:
            return
        if (await self._sources.stood.of([run])).get(run, 0) != workshop.stood:
            await self._units_of_work.commit(lambda session, recorder: self._settle(run, session, recorder))

    async def _look_at(self, run: str) -> None:
        async with self._locks.of(run):
            await self._units_of_work.commit(lambda session, recorder: self._settle(run, session, recorder))

    async def _settle(self, run: str, session: Session, recorder: EventRecorder) -> None:
        before = await self._store.workshop(run, session)
        offered = await self._sources.runs.offered(run, session)
        if before is None or offered is None:
            return
        stood = (await self._sources.stood.of([run], session)).get(run, 0)
        members = await self._store.members(run, session)
        here = await self._sources.holders.of(run, list(members), session)
        holders = await self._sources.holders.page(run, "", MOST_PEOPLE, session)
        people = {one.person for one in holders} | {one.person for one in members.values()}
        levels = await self._sources.levels(people, session)
        outcome = settle(before, members, here, holders, levels) if before.sizes else Outcome(before)
        after = outcome.workshop.advanced((), stood=stood)
        await self._store.write(before, after, session, following=False if await self._ended(run) else None)
        await self._store.write_members(outcome.members, members, session)
        recorder.record(outcome.events, after=before.seq, offset_seconds=offered.offset_seconds)
