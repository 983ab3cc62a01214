"""Programmes: each command loads, decides and stores in one unit of work, buckets of the runs included."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from services.enrolment.catalogue.domain import programmes as rules
from services.enrolment.catalogue.domain.changes import Change, differing, require_version
from services.enrolment.catalogue.domain.description import Description, check_known
from services.enrolment.catalogue.domain.programmes import Action, Programme
from services.enrolment.catalogue.domain.refusals import ProgrammeCodeTaken
from services.enrolment.catalogue.domain.runs import OfferedRun, Plan, Run, end_run, offered, open_run, schedule
from services.enrolment.catalogue.domain.schedule import Notice, Proposal, cohort_numbers, notices_of, plan_of
from services.enrolment.catalogue.http.responses import programme_response
from services.enrolment.catalogue.storage import Catalogue, ProgrammeWithRuns
from shared.errors import NotFound
from shared.events.envelope import Event
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.rights import Principal
from shared.write import CommandResult, UnitOfWork

# The prefixes of the fields that hold who did it and when.
_STAMPS: Final[Mapping[Action, str]] = {
    Action.SUBMIT: "submitted",
    Action.APPROVE: "approved",
    Action.PUBLISH: "published",
    Action.CLOSE: "closed",
    Action.CANCEL: "cancelled",
}
Decide = Callable[[ProgrammeWithRuns], tuple[Programme, list[Event]]]
Follow = Callable[[ProgrammeWithRuns, EventRecorder, Session], Awaitable[list[Run]]]


class KnownUnits(Protocol):
    """The directory's units."""

    async def existing(self, keys: Collection[str]) -> frozenset[str]: ...


class SeatsOfRuns(Protocol):
    """The buckets of a run, all at once, inside the catalogue's unit of work."""

    async def open_all(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> list[str]: ...

    async def close_all(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> None: ...

    async def reschedule(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> None: ...


@dataclass(frozen=True)
class _Move:
    """A step of the life cycle: who takes it, how it is decided, what follows for the runs, and the version that is
    meant (None: whatever is there)."""

    action: Action
    by: str
    decide: Decide
    follow: Follow | None = None
    reason: str | None = None
    expected: int | None = None


class ProgrammeService:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, catalogue: Catalogue, units: KnownUnits, seats: SeatsOfRuns) -> None:
        self.catalogue = catalogue
        self._units_of_work = units_of_work
        self._units = units
        self._seats = seats

    async def load(self, programme: str, session: Session | None = None) -> ProgrammeWithRuns:
        """Raises NotFound."""
        loaded = await self.catalogue.load(programme, session)
        if loaded is None:
            raise NotFound()
        return loaded

    async def create(
        self, key: CommandKey, caller: Principal, description: Description, proposals: Sequence[Proposal]
    ) -> Recorded:
        """A draft with its runs. Raises ProgrammeCodeTaken and the refusals of the description and of each run."""
        numbers = cohort_numbers(proposals, ())
        plans = [plan_of(proposal, number) for proposal, number in zip(proposals, numbers, strict=True)]
        await self._check(description)
        notices = [notice for plan in plans for notice in await self.notices(plan, "")]
        new = Programme(new_id(), description, created_by=caller.subject, created_unit=caller.unit, version=1)
        runs = [Run(new_id(), new.id, plan, version=1, seats_version=1) for plan in plans]

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            await self._require_free(description.code, new.id, session)
            programme, events = rules.create(new)
            recorder.record(events, after=0)
            await self.catalogue.insert(programme, recorder.now, session)
            scheduled = [await self.insert_run(run, description, recorder, session) for run in runs]
            return CommandResult(programme_response(programme, scheduled, notices), 201, programme.version)

        return await self._units_of_work.carry_out(key, work)

    async def revise(
        self, key: CommandKey, programme: str, describe: Callable[[int], Description], by: str, expected: int
    ) -> Recorded:
        """Rewrites a draft and reschedules its runs, which carry copies. `describe` gets the current fiscal year as
        the default. Raises ChangedSince when the draft is not of the version `expected`."""
        description = describe((await self.load(programme)).programme.description.fiscal_year)
        await self._check(description)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await self.load(programme, session)
            require_version(expected, before.programme.version, before.changes)
            await self._require_free(description.code, programme, session)
            revised, events = rules.revise(before.programme, description, before.runs)
            recorder.record(events, after=before.programme.seq)
            changed = differing(before.programme.description, description)
            revised = await self._update(before, revised, Change(0, changed, by, recorder.now), {}, session)
            runs = [await self._reschedule(run, revised, recorder, session) for run in before.runs]
            return CommandResult(programme_response(revised, runs), version=revised.version)

        return await self._units_of_work.carry_out(key, work)

    async def submit(self, key: CommandKey, programme: str, by: str, expected: int | None) -> Recorded:
        return await self._move(
            key,
            programme,
            _Move(Action.SUBMIT, by, lambda before: rules.submit(before.programme, before.runs, by), expected=expected),
        )

    async def approve(self, key: CommandKey, programme: str, by: str, expected: int | None) -> Recorded:
        move = _Move(Action.APPROVE, by, lambda before: rules.approve(before.programme, by), expected=expected)
        return await self._move(key, programme, move)

    async def publish(self, key: CommandKey, programme: str, by: str, expected: int | None) -> Recorded:
        """Opens the buckets of every run, and asks every unit that has one for nominations."""
        move = _Move(
            Action.PUBLISH,
            by,
            lambda before: rules.publish(before.programme, before.runs),
            self._open_runs,
            expected=expected,
        )
        return await self._move(key, programme, move)

    async def close(self, key: CommandKey, programme: str, by: str, expected: int | None) -> Recorded:
        move = _Move(
            Action.CLOSE, by, lambda before: rules.close(before.programme), self._close_runs, expected=expected
        )
        return await self._move(key, programme, move)

    async def cancel(
        self, key: CommandKey, programme: str, by: str, expected: int | None, reason: str | None
    ) -> Recorded:
        move = _Move(
            Action.CANCEL, by, lambda before: rules.cancel(before.programme), self._cancel_runs, reason, expected
        )
        return await self._move(key, programme, move)

    async def notices(self, plan: Plan, run: str) -> list[Notice]:
        """Warnings about a plan. `run` is the run that has it, or empty for a new one."""
        neighbours = await self.catalogue.neighbours(plan, run)
        return await asyncio.to_thread(notices_of, plan, neighbours)

    async def insert_run(self, run: Run, description: Description, recorder: EventRecorder, session: Session) -> Run:
        """Schedules a new run."""
        scheduled, events = schedule(run, description)
        recorder.record(events, after=0)
        await self.catalogue.insert_run(scheduled, description, session)
        return scheduled

    async def _move(self, key: CommandKey, programme: str, move: _Move) -> Recorded:
        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await self.load(programme, session)
            require_version(move.expected, before.programme.version, before.changes)
            moved, events = move.decide(before)
            recorder.record(events, after=before.programme.seq)
            recorder.note(move.action.value, "programme", programme)
            runs = before.runs if move.follow is None else await move.follow(before, recorder, session)
            stamp = _STAMPS[move.action]
            stamps: dict[str, Any] = {f"{stamp}_by": move.by, f"{stamp}_at": recorder.now}
            if move.reason is not None:
                stamps["reason"] = move.reason
            change = Change(0, ("state",), move.by, recorder.now)
            moved = await self._update(before, moved, change, stamps, session)
            return CommandResult(programme_response(moved, runs), version=moved.version)

        return await self._units_of_work.carry_out(key, work)

    async def _open_runs(self, before: ProgrammeWithRuns, recorder: EventRecorder, session: Session) -> list[Run]:
        description, opened = before.programme.description, []
        for run in before.runs:
            units = await self._seats.open_all(offered(run, description), recorder, session)
            after, events = open_run(run, description, tuple(units))
            opened.append(await self._store(run, _touched(after, before), events, description, recorder, session))
        return opened

    async def _close_runs(self, before: ProgrammeWithRuns, recorder: EventRecorder, session: Session) -> list[Run]:
        return await self._end_runs(before, recorder, session, cancelled=False)

    async def _cancel_runs(self, before: ProgrammeWithRuns, recorder: EventRecorder, session: Session) -> list[Run]:
        return await self._end_runs(before, recorder, session, cancelled=True)

    async def _end_runs(
        self, before: ProgrammeWithRuns, recorder: EventRecorder, session: Session, *, cancelled: bool
    ) -> list[Run]:
        description, ended = before.programme.description, []
        for run in before.runs:
            await self._seats.close_all(offered(run, description), recorder, session)
            after, events = end_run(run, description, cancelled=cancelled)
            ended.append(await self._store(run, _touched(after, before), events, description, recorder, session))
        return ended

    async def _update(
        self, before: ProgrammeWithRuns, after: Programme, change: Change, extra: Mapping[str, Any], session: Session
    ) -> Programme:
        """Stores the programme with its next version."""
        version = before.programme.version + 1
        counted = replace(after, version=version)
        await self.catalogue.update(before.programme, counted, replace(change, version=version), extra, session)
        return counted

    async def _reschedule(self, run: Run, revised: Programme, recorder: EventRecorder, session: Session) -> Run:
        description = revised.description
        after, events = schedule(replace(run, version=revised.version), description)
        stored = await self._store(run, after, events, description, recorder, session)
        await self._seats.reschedule(offered(stored, description), recorder, session)
        return stored

    async def _store(
        self,
        run: Run,
        after: Run,
        events: list[Event],
        description: Description,
        recorder: EventRecorder,
        session: Session,
    ) -> Run:
        recorder.record(events, after=run.seq, offset_seconds=run.offset_seconds)
        await self.catalogue.update_run(run, after, description, session)
        return after

    async def _check(self, description: Description) -> None:
        named = [target.unit for target in description.target_groups] + [description.organiser]
        check_known(description, await self._units.existing([unit for unit in named if unit is not None]))

    async def _require_free(self, code: str, programme: str, session: Session) -> None:
        if await self.catalogue.code_taken(code, programme, session):
            raise ProgrammeCodeTaken(programme_code=code)


def _touched(run: Run, before: ProgrammeWithRuns) -> Run:
    """By the change that is made now."""
    return replace(run, version=before.programme.version + 1)
