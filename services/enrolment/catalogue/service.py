"""Programmes: each command loads, decides and stores in one transaction, buckets of the runs included."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from services.enrolment.catalogue import domain
from services.enrolment.catalogue.description import Description, check_known
from services.enrolment.catalogue.domain import Action, Programme
from services.enrolment.catalogue.refusals import ProgrammeCodeTaken
from services.enrolment.catalogue.responses import programme_view
from services.enrolment.catalogue.runs import Plan, Run, end_run, open_run, schedule
from services.enrolment.catalogue.schedule import Notice, Proposal, cohort_numbers, notices_of, plan_of
from services.enrolment.catalogue.storage import Catalogue, ProgrammeWithRuns, run_document
from services.enrolment.commands import CommandResult, Commands, EventRecorder
from services.enrolment.directory.storage import Units
from shared.errors import NotFound
from shared.events.envelope import Context, Fact
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.mongo import Document, Session
from shared.rights import Principal

# What the programme remembers of who did it and when.
_STAMPS: Final[Mapping[Action, str]] = {
    Action.SUBMIT: "submitted",
    Action.APPROVE: "approved",
    Action.PUBLISH: "published",
    Action.CLOSE: "closed",
    Action.CANCEL: "cancelled",
}
Decide = Callable[[ProgrammeWithRuns], tuple[Programme, list[Fact]]]
Follow = Callable[[ProgrammeWithRuns, EventRecorder, Session], Awaitable[list[Run]]]


class SeatsOfRuns(Protocol):
    """The buckets of a run, all at once, inside the catalogue's transaction. `row` is the run's document."""

    async def open_all(self, row: Document, context: Context, session: Session) -> list[str]: ...

    async def close_all(self, row: Document, context: Context, session: Session) -> None: ...

    async def reschedule(self, row: Document, session: Session) -> None: ...


@dataclass(frozen=True)
class _Move:
    """A step of the life cycle: who takes it, what is decided, what follows for the runs."""

    action: Action
    by: str
    decide: Decide
    follow: Follow | None = None
    reason: str | None = None


class CatalogueService:
    """One per process."""

    def __init__(self, commands: Commands, catalogue: Catalogue, units: Units, seats: SeatsOfRuns) -> None:
        self.catalogue = catalogue
        self._commands = commands
        self._units = units
        self._seats = seats

    async def load(self, programme: str, session: Session | None = None) -> ProgrammeWithRuns:
        """Raises NotFound."""
        found = await self.catalogue.load(programme, session)
        if found is None:
            raise NotFound()
        return found

    async def create(
        self, key: CommandKey, caller: Principal, written: Description, proposals: Sequence[Proposal]
    ) -> Recorded:
        """A draft with its runs. Raises ProgrammeCodeTaken and whatever is wrong with the description or a run."""
        numbers = cohort_numbers(proposals, ())
        plans = [plan_of(proposal, number) for proposal, number in zip(proposals, numbers, strict=True)]
        await self._check(written)
        notices = [notice for plan in plans for notice in await self.notices(plan, "")]
        new = Programme(new_id(), written, created_by=caller.subject, created_unit=caller.unit)
        runs = [Run(new_id(), new.id, plan) for plan in plans]

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            await self._require_free(written.code, new.id, session)
            programme, facts = domain.create(new)
            recorder.add(new.id, facts, after=0)
            await self.catalogue.insert(programme, recorder.now, session)
            scheduled = [await self.insert_run(run, written, recorder, session) for run in runs]
            return CommandResult(programme_view(programme, scheduled, notices), 201)

        return await self._commands.carry_out(key, work)

    async def revise(self, key: CommandKey, programme: str, describe: Callable[[int], Description]) -> Recorded:
        """A draft is rewritten; its runs are told anew, because they carry copies. `describe` is handed the fiscal
        year that the programme has, to keep it."""
        written = describe((await self.load(programme)).programme.description.fiscal_year)
        await self._check(written)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            shown = await self.load(programme, session)
            await self._require_free(written.code, programme, session)
            revised, facts = domain.revise(shown.programme, written, shown.runs)
            recorder.add(programme, facts, after=shown.programme.seq)
            await self.catalogue.update(shown.programme, revised, {}, session)
            runs = [await self._told_anew(run, written, recorder, session) for run in shown.runs]
            return CommandResult(programme_view(revised, runs))

        return await self._commands.carry_out(key, work)

    async def submit(self, key: CommandKey, programme: str, by: str) -> Recorded:
        move = _Move(Action.SUBMIT, by, lambda shown: domain.submit(shown.programme, shown.runs, by))
        return await self._move(key, programme, move)

    async def approve(self, key: CommandKey, programme: str, by: str) -> Recorded:
        move = _Move(Action.APPROVE, by, lambda shown: domain.approve(shown.programme, by))
        return await self._move(key, programme, move)

    async def publish(self, key: CommandKey, programme: str, by: str) -> Recorded:
        """Opens the buckets of every run, and asks every unit that has one for nominations."""
        move = _Move(Action.PUBLISH, by, lambda shown: domain.publish(shown.programme, shown.runs), self._open_runs)
        return await self._move(key, programme, move)

    async def close(self, key: CommandKey, programme: str, by: str) -> Recorded:
        move = _Move(Action.CLOSE, by, lambda shown: domain.close(shown.programme), self._close_runs)
        return await self._move(key, programme, move)

    async def cancel(self, key: CommandKey, programme: str, by: str, reason: str | None) -> Recorded:
        move = _Move(Action.CANCEL, by, lambda shown: domain.cancel(shown.programme), self._cancel_runs, reason=reason)
        return await self._move(key, programme, move)

    async def notices(self, plan: Plan, run: str) -> list[Notice]:
        """What is unwise about a plan; `run` is the run that it is of, if there is one yet."""
        neighbours = await self.catalogue.neighbours(plan, run)
        return await asyncio.to_thread(notices_of, plan, neighbours)

    async def insert_run(self, run: Run, written: Description, recorder: EventRecorder, session: Session) -> Run:
        """A run that is new."""
        scheduled, facts = schedule(run, written)
        recorder.add(run.id, facts, after=0)
        await self.catalogue.insert_run(scheduled, written, session)
        return scheduled

    async def _move(self, key: CommandKey, programme: str, move: _Move) -> Recorded:
        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            shown = await self.load(programme, session)
            moved, facts = move.decide(shown)
            recorder.add(programme, facts, after=shown.programme.seq)
            runs = shown.runs if move.follow is None else await move.follow(shown, recorder, session)
            stamp = _STAMPS[move.action]
            extra: dict[str, Any] = {f"{stamp}_by": move.by, f"{stamp}_at": recorder.now}
            if move.reason is not None:
                extra["reason"] = move.reason
            await self.catalogue.update(shown.programme, moved, extra, session)
            return CommandResult(programme_view(moved, runs))

        return await self._commands.carry_out(key, work)

    async def _open_runs(self, shown: ProgrammeWithRuns, recorder: EventRecorder, session: Session) -> list[Run]:
        written, opened = shown.programme.description, []
        for run in shown.runs:
            row = run_document(run, written)
            units = await self._seats.open_all(row, recorder.context(run.offset_seconds), session)
            after, facts = open_run(run, written, tuple(units))
            opened.append(await self._store(run, after, facts, written, recorder, session))
        return opened

    async def _close_runs(self, shown: ProgrammeWithRuns, recorder: EventRecorder, session: Session) -> list[Run]:
        return await self._end_runs(shown, recorder, session, cancelled=False)

    async def _cancel_runs(self, shown: ProgrammeWithRuns, recorder: EventRecorder, session: Session) -> list[Run]:
        return await self._end_runs(shown, recorder, session, cancelled=True)

    async def _end_runs(
        self, shown: ProgrammeWithRuns, recorder: EventRecorder, session: Session, *, cancelled: bool
    ) -> list[Run]:
        written, ended = shown.programme.description, []
        for run in shown.runs:
            await self._seats.close_all(run_document(run, written), recorder.context(run.offset_seconds), session)
            after, facts = end_run(run, written, cancelled=cancelled)
            ended.append(await self._store(run, after, facts, written, recorder, session))
        return ended

    async def _told_anew(self, run: Run, written: Description, recorder: EventRecorder, session: Session) -> Run:
        after, facts = schedule(run, written)
        stored = await self._store(run, after, facts, written, recorder, session)
        await self._seats.reschedule(run_document(stored, written), session)
        return stored

    async def _store(
        self, run: Run, after: Run, facts: list[Fact], written: Description, recorder: EventRecorder, session: Session
    ) -> Run:
        recorder.add(run.id, facts, after=run.seq, offset_seconds=run.offset_seconds)
        await self.catalogue.update_run(run, after, written, session)
        return after

    async def _check(self, written: Description) -> None:
        named = [target.unit for target in written.target_groups] + [written.organiser]
        units = await self._units.find([unit for unit in named if unit is not None])
        check_known(written, units)

    async def _require_free(self, code: str, programme: str, session: Session) -> None:
        if await self.catalogue.code_taken(code, programme, session):
            raise ProgrammeCodeTaken(programme_code=code)
