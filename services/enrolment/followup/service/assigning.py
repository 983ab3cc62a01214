"""Gives everybody his or her task of a deliverable: asked for once, then page by page behind the command.

Each page is one transaction: tasks, events and how far it is. So whatever ends the process, nobody has a task twice,
and any replica goes on.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from services.enrolment.catalogue import OfferedRun
from services.enrolment.followup.domain.deliverables import Asked, Deliverable, FollowUps, ask
from services.enrolment.followup.domain.recipients import Recipient, participant, places_of
from services.enrolment.followup.domain.refusals import FollowUpOfCancelledRun, FollowUpTooEarly
from services.enrolment.followup.domain.tasks import assign
from services.enrolment.followup.http.responses import follow_ups_response
from services.enrolment.followup.service.sources import Sources
from services.enrolment.followup.storage import FollowUpStore
from shared.clock import business
from shared.errors import NotFound
from shared.events.followups import Per
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.locks import Locks
from shared.messaging.recorder import EventRecorder
from shared.mongo import DuplicateKey, Session
from shared.thai import local_date
from shared.worker import Worker
from shared.write import CommandResult, UnitOfWork

POLL_SECONDS: Final = 5.0
MOST_RUNS: Final = 100
AT_ONCE: Final = 200  # tasks that one transaction assigns


class _Page(NamedTuple):
    """Who is next, and whom it was then assigned to last; None: these are all."""

    recipients: Sequence[Recipient]
    after: str | None


class Assigning(Worker):
    """One per process. `most` tasks are assigned in one transaction."""

    def __init__(self, units_of_work: UnitOfWork, store: FollowUpStore, sources: Sources, locks: Locks) -> None:
        super().__init__("assigning of follow-ups", self._round, every=POLL_SECONDS)
        self._units_of_work = units_of_work
        self._store = store
        self._sources = sources
        self._locks = locks
        self.most = AT_ONCE

    async def ask(self, key: CommandKey, run: str, asked: Sequence[Asked]) -> Recorded:
        """Raises NotFound, FollowUpTooEarly and the refusals about assigning."""
        units = await self._sources.units.units()

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            offered = await self._sources.run(run, session)
            if not offered.over(recorder.now):
                raise FollowUpTooEarly()
            before = await self._store.board(run, session)
            board, today = before or FollowUps(run, offered.programme), self._today(offered, recorder)
            after = await asyncio.to_thread(ask, board, asked, today)
            for one in asked:
                if one.per is not Per.PERSON:
                    places_of(one, units, local_date(offered.starts_at))
            if after is not board:
                await self._store.write_board(before, after, session)
                recorder.note("assign-follow-ups", "run", run)
            return CommandResult(await asyncio.to_thread(follow_ups_response, after, today), 202)

        async with self._locks.of(run):
            answer = await self._units_of_work.carry_out(key, work)
        self.wake()
        return answer

    @staticmethod
    def _today(run: OfferedRun, recorder: EventRecorder) -> date:
        return local_date(business(recorder.now, run.offset_seconds))

    async def _round(self, stopping: asyncio.Event) -> bool:
        """One page of every run that there is something to do for. False when there was nothing."""
        moved = False
        for run in await self._store.assigning(MOST_RUNS):
            if stopping.is_set():
                break
            moved |= await self.step(run)
        return moved

    async def step(self, run: str) -> bool:
        """A page. False when there was nothing left to do."""

        async def work(session: Session, recorder: EventRecorder) -> bool:
            before = await self._store.board(run, session)
            deliverable = None if before is None else before.assigning
            if before is None or deliverable is None:
                return False
            try:
                offered = await self._sources.run(run, session)
            except (FollowUpOfCancelledRun, NotFound):
                await self._store.write_board(before, _given_up(before, deliverable), session)
                return True
            page = await self._page(offered, deliverable, session)
            given = [(new_id(), one) for one in page.recipients]
            after, tasks, events = assign(before, deliverable, given, page.after)
            await self._store.write_board(before, after, session)
            await self._store.insert(tasks, session)
            recorder.record(events, after=before.seq, offset_seconds=offered.offset_seconds)
            return True

        async with self._locks.of(run):
            return await self._units_of_work.commit(work, again_after=(DuplicateKey,))

    async def _page(self, run: OfferedRun, deliverable: Deliverable, session: Session) -> _Page:
        after, asked = deliverable.after or "", deliverable.asked
        if asked.per is not Per.PERSON:  # so few that they are one page
            return _Page(places_of(asked, await self._sources.units.units(), local_date(run.starts_at)), None)
        holders = await self._sources.holders.page(run.id, after, self.most, session)
        people = [one.person for one in holders]
        shares = await self._sources.attendance.shares(run.id, people)
        missing = {person for person, share in shares.items() if not share.attended}
        having = await self._store.having(run.id, asked.key, people, session)
        there = [participant(one) for one in holders if one.person not in missing | having]
        return _Page(there, None if len(holders) < self.most else holders[-1].nomination)


def _given_up(board: FollowUps, deliverable: Deliverable) -> FollowUps:
    """The run does not take place: nobody more is asked."""
    ended = replace(deliverable, after=None)
    return replace(board, version=board.version + 1, deliverables=board.put(ended))
