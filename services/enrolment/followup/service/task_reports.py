"""One task at a time: reported done with evidence, taken back by whoever reports, or given back by the organiser."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from services.enrolment.catalogue import OfferedRun
from services.enrolment.directory import PersonErased
from services.enrolment.followup.domain.deliverables import FollowUps
from services.enrolment.followup.domain.evidence import Evidence, Written
from services.enrolment.followup.domain.tasks import Action, Outcome, State, Task, complete, take_back
from services.enrolment.followup.http.responses import task_changed_response
from services.enrolment.followup.service.sources import Sources
from services.enrolment.followup.storage import FollowUpStore
from shared.clock import business
from shared.errors import NotFound
from shared.idempotency import CommandKey, Recorded
from shared.locks import Locks
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.rights import Scope
from shared.thai import local_date
from shared.write import CommandResult, UnitOfWork

Change = Callable[[FollowUps, Task, datetime], Outcome]


@dataclass(frozen=True, slots=True)
class Which:
    """One task, as far as the caller may see it."""

    run: str
    deliverable: str
    task: str
    scope: Scope


class TaskReports:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, store: FollowUpStore, sources: Sources, locks: Locks) -> None:
        self._units_of_work = units_of_work
        self._store = store
        self._sources = sources
        self._locks = locks

    async def complete(self, key: CommandKey, by: str, which: Which, evidence: Evidence) -> Recorded:
        """Raises UnknownDeliverable, NotFound, PersonErased and TaskDone."""

        def change(board: FollowUps, task: Task, at: datetime) -> Outcome:
            return complete(board, task, by, at)

        return await self._carry_out(key, which, change, Action.COMPLETE, evidence=evidence)

    async def take_back(self, key: CommandKey, by: str, which: Which, action: Action, reason: str) -> Recorded:
        """Raises UnknownDeliverable, NotFound, PersonErased and TaskNotDone."""

        def change(board: FollowUps, task: Task, at: datetime) -> Outcome:
            return take_back(board, task, action, by, at)

        return await self._carry_out(key, which, change, action, reason=reason)

    async def _carry_out(
        self,
        key: CommandKey,
        which: Which,
        change: Change,
        action: Action,
        *,
        evidence: Evidence | None = None,
        reason: str | None = None,
    ) -> Recorded:
        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            offered, board, task, _ = await self._load(which, session)
            await self._require_there(task, session)
            at = business(recorder.now, offered.offset_seconds).replace(microsecond=0)
            outcome = change(board, task, at)
            await self._store.write_board(board, outcome.board, session)
            await self._store.update(task, outcome.task, session)
            await self._store.note(task, evidence=evidence, reason=reason, at=recorder.now, session=session)
            recorder.record(outcome.events, after=board.seq, offset_seconds=offered.offset_seconds)
            recorder.note(f"follow-up-{action.value}", "task", task.id)
            names = not which.scope.own_only
            told = await asyncio.to_thread(task_changed_response, outcome.task, local_date(at), names=names)
            return CommandResult(told)

        async with self._locks.of(which.run):
            return await self._units_of_work.carry_out(key, work)

    async def _require_there(self, task: Task, session: Session) -> None:
        """Nothing is written about somebody who was erased. Raises PersonErased."""
        if task.person is not None:
            holder = (await self._sources.holders.of_people(task.run, [task.person], session)).get(task.person)
            if holder is not None and holder.erased:
                raise PersonErased(person=task.person)

    async def _load(self, which: Which, session: Session | None = None) -> tuple[OfferedRun, FollowUps, Task, Written]:
        offered = await self._sources.run(which.run, session)
        board = await self.board(offered, session)
        board.of(which.deliverable)
        found = await self._store.one(which.run, which.deliverable, which.task, which.scope, session)
        if found is None:
            raise NotFound()
        return offered, board, *found

    async def board(self, run: OfferedRun, session: Session | None = None) -> FollowUps:
        """One without anything where nothing was asked."""
        return await self._store.board(run.id, session) or FollowUps(run.id, run.programme)

    async def read(self, run: str) -> tuple[OfferedRun, FollowUps]:
        """Raises NotFound and FollowUpOfCancelledRun."""
        offered = await self._sources.run(run)
        return offered, await self.board(offered)

    def today(self, run: OfferedRun) -> date:
        """By the clock of the run."""
        return local_date(business(self._units_of_work.now(), run.offset_seconds))

    async def task(self, which: Which) -> tuple[OfferedRun, Task, Written]:
        """Raises NotFound, FollowUpOfCancelledRun and UnknownDeliverable."""
        offered, _, task, written = await self._load(which)
        return offered, task, written

    async def page(
        self, run: str, deliverable: str, scope: Scope, state: State | None, after: str, limit: int
    ) -> list[tuple[Task, Written]]:
        """One more than `limit`."""
        return await self._store.page(run, deliverable, scope, state, after, limit)
