"""Asks people to answer the forms of their runs, when those are open and once more before they close.

Each page is one transaction: the events that say who is asked, and how far it is. So whatever ends the process, nobody
is asked twice, and any replica goes on.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.enrolment.catalogue import OfferedRun
from services.enrolment.evaluation.domain.asking import (
    Asking,
    Audience,
    Round,
    Unanswered,
    ended,
    events_of,
    looks_at,
    next_round,
    still_open,
    takes_place,
    went_on,
)
from services.enrolment.evaluation.domain.evaluations import Evaluation
from services.enrolment.evaluation.service.runs import Attendance, OfferedRuns, RunsToAsk, SeatHolders
from services.enrolment.evaluation.storage import AskingStore, Evaluations, Respondents
from services.enrolment.seats import Holder
from shared.clock import business
from shared.messaging.recorder import EventRecorder
from shared.mongo import DuplicateKey, Session, StoreError, translated_calls
from shared.worker import Worker
from shared.write import UnitOfWork

POLL_SECONDS: Final = 5.0
MOST_RUNS: Final = 20
AT_ONCE: Final = 200  # people that one transaction goes through
AGAIN_AFTER: Final = timedelta(minutes=1)  # while people are carried from a run or to it
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where it is read what is asked of whom."""

    runs: OfferedRuns
    to_ask: RunsToAsk
    holders: SeatHolders
    attendance: Attendance
    evaluations: Evaluations
    respondents: Respondents

    async def forms_of(self, run: OfferedRun, session: Session) -> list[Evaluation]:
        stored = await self.evaluations.of_run(run.id, session)
        return [stored.get(kind, Evaluation(run.id, kind)) for kind in run.forms]

    async def unanswered(
        self, run: str, audience: Audience, forms: Sequence[Evaluation], holders: Sequence[Holder], session: Session
    ) -> list[Unanswered]:
        """Those of the holders who are to answer some of these forms, or of TRANSFER are to be assessed."""
        people = [one.person for one in holders if not one.erased]
        there = None if audience is Audience.SEATED else await self.attendance.present(run, people)
        answered = {one.kind: await self.respondents.among(run, one.kind, people, session) for one in forms}
        found: list[Unanswered] = []
        for holder in holders:
            left = tuple(kind for kind, by in answered.items() if holder.person not in by)
            if left and not holder.erased and (there is None or holder.person in there):
                found.append(Unanswered(holder, left))
        return found


class AskForAnswers(Worker):
    """One per process. `most` people are gone through in one transaction."""

    def __init__(self, units_of_work: UnitOfWork, store: AskingStore, sources: Sources) -> None:
        super().__init__("asking for answers", self.look, every=POLL_SECONDS)
        self._units_of_work = units_of_work
        self._store = store
        self._sources = sources
        self.most = AT_ONCE

    async def look(self, stopping: asyncio.Event) -> bool:
        """Every run in which something may be due, page by page; one on which others win holds up no other."""
        with translated_calls():
            runs = await self._sources.to_ask.due(self._units_of_work.now(), MOST_RUNS)
        for run in runs:
            try:
                while not stopping.is_set() and await self.step(run):
                    pass
            except StoreError as error:
                log.warning("asking_waits", run=run, error=str(error))
        return False

    async def step(self, run: str) -> bool:
        """A page of one run; False when nobody is to be asked now."""

        async def work(session: Session, recorder: EventRecorder) -> bool:
            offered = await self._sources.runs.offered(run, session)
            if offered is None or not takes_place(offered):
                await self._sources.to_ask.look_at(run, None, session)
                return False
            if offered.moving:
                await self._sources.to_ask.look_at(run, recorder.now + AGAIN_AFTER, session)
                return False
            return await self._ask(offered, session, recorder)

        return await self._units_of_work.commit(work, again_after=(DuplicateKey,))

    async def _ask(self, run: OfferedRun, session: Session, recorder: EventRecorder) -> bool:
        now = business(recorder.now, run.offset_seconds)
        before, forms = await self._store.load(run.id, session), await self._sources.forms_of(run, session)
        round = next_round(before, run, forms, now)
        if round is None:
            at = looks_at(before, run, forms, now)
            system_time = None if at is None else at - timedelta(seconds=run.offset_seconds)
            await self._sources.to_ask.look_at(run.id, system_time, session)
            return False
        await self._page(run, before, round, forms, now, session, recorder)
        return True

    async def _page(
        self,
        run: OfferedRun,
        before: Asking,
        round: Round,
        forms: Sequence[Evaluation],
        now: datetime,
        session: Session,
        recorder: EventRecorder,
    ) -> None:
        """With forms that were closed meanwhile the round ends: nobody more is asked."""
        left = still_open(round, run, forms, now)
        holders = await self._sources.holders.page(run.id, round.after, self.most, session) if left else []
        unanswered = await self._sources.unanswered(run.id, round.audience, left, holders, session)
        events = events_of(run, round, left, unanswered) if unanswered else []
        if len(holders) == self.most:
            after = went_on(before, round, holders[-1].nomination, len(events))
        else:
            after = ended(before, round, run, forms, now, len(events))
        await self._store.save(before, after, session)
        recorder.record(events, after=before.seq, offset_seconds=run.offset_seconds)
