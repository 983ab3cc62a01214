"""A run is split in two, or two runs become one: the command itself is one small transaction, which makes it final and
lets neither take another one; the people are carried over page by page afterwards (ADR 40)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from services.enrolment.catalogue.domain.changes import Change, require_version
from services.enrolment.catalogue.domain.clashing import NONE
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.dividing import (
    Division,
    require_mergeable,
    require_movable,
    split_off,
    take_in,
)
from services.enrolment.catalogue.domain.judging import refuse
from services.enrolment.catalogue.domain.organising import require_organiser
from services.enrolment.catalogue.domain.programmes import Action, next_state
from services.enrolment.catalogue.domain.runs import OfferedRun, Plan, Run, offered, require_ahead
from services.enrolment.catalogue.domain.schedule import Proposal, cohort_numbers, plan_of
from services.enrolment.catalogue.service.looking import Findings, Looking
from services.enrolment.catalogue.service.runs import RunService
from services.enrolment.catalogue.storage import ProgrammeWithRuns
from shared.errors import NotFound
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.rights import Principal
from shared.write import CommandResult, UnitOfWork

Propose = Callable[[Run], Proposal]


class Carriers(Protocol):
    """What seats do about it: the beginning, in this unit of work; the rest by themselves."""

    async def begin_split(
        self,
        source: OfferedRun,
        new: OfferedRun,
        division: Division,
        by: str,
        recorder: EventRecorder,
        session: Session,
    ) -> None: ...

    async def begin_merge(
        self, source: OfferedRun, to: OfferedRun, by: str, recorder: EventRecorder, session: Session
    ) -> None: ...

    def wake(self) -> None: ...


class DividingService:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, runs: RunService, looking: Looking, carriers: Carriers) -> None:
        self._units_of_work = units_of_work
        self._runs = runs
        self._looking = looking
        self._carriers = carriers

    async def split(
        self, key: CommandKey, run: str, propose: Propose, division: Division, caller: Principal, expected: int | None
    ) -> Recorded:
        """Answers the new run. Raises NotTheOrganiser, ChangedSince, the refusals of a plan, of its checks and of
        `require_movable`, and those of seats."""
        new, present = new_id(), await self._runs.load(run)
        likely = Run(new, present[0].programme, _plan(propose, *present))
        findings = await self._looking.at_split(present[0], likely, division, present[1].programme.description)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before, parent = await self._load(run, caller, session)
            require_version(expected, before.version, parent.changes, run=run)
            require_movable(before, recorder.now)
            plan, description = _plan(propose, before, parent), parent.programme.description
            refuse(description.checks, [*findings.notices, *findings.of_people(plan)])
            require_ahead(plan, recorder.now, before.offset_seconds)
            version = await self._note(parent, caller, new, recorder, session)
            planned = Run(new, before.programme, plan, version=version, seats_version=version)
            kept = findings.to_keep(before.plan, plan)
            other = await self._insert(planned, before, description, kept, recorder, session)
            ours, theirs = offered(before, description), offered(other, description)
            await self._carriers.begin_split(ours, theirs, division, caller.subject, recorder, session)
            return CommandResult(findings.response(replace(other, moving=True), description), 201, version)

        recorded = await self._units_of_work.carry_out(key, work)
        self._carriers.wake()
        return recorded

    async def merge(self, key: CommandKey, run: str, into: str, caller: Principal, expected: int | None) -> Recorded:
        """Answers the run that both become. Raises NotTheOrganiser, ChangedSince, the refusals of `require_mergeable`,
        and PeopleClash."""
        findings = await self._found(*await self._runs.load(run), into)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            source, parent = await self._load(run, caller, session)
            require_version(expected, source.version, parent.changes, run=run)
            to = await self._runs.catalogue.load_run(into, session)
            if to is None:
                raise NotFound(run=into)
            require_mergeable(source, to, recorder.now)
            description = parent.programme.description
            refuse(description.checks, findings.of_people(to.plan))
            version = await self._note(parent, caller, into, recorder, session)
            taken, events = take_in(replace(to, version=version), source, description)
            recorder.record(events, after=to.seq, offset_seconds=to.offset_seconds)
            recorder.note("merge", "run", run)
            kept = findings.to_keep(source.plan, to.plan)
            await self._runs.catalogue.update_run(to, taken, description, session, **kept)
            ours, theirs = offered(source, description), offered(taken, description)
            await self._carriers.begin_merge(ours, theirs, caller.subject, recorder, session)
            return CommandResult(findings.response(replace(taken, moving=True), description), version=version)

        recorded = await self._units_of_work.carry_out(key, work)
        self._carriers.wake()
        return recorded

    async def _found(self, source: Run, parent: ProgrammeWithRuns, into: str) -> Findings:
        """Nothing of a run that is not there, which is refused afterwards."""
        to = await self._runs.catalogue.load_run(into)
        if to is None:
            return Findings([], NONE, {})
        return await self._looking.at_merge(source, to, parent.programme.description)

    async def _load(self, run: str, caller: Principal, session: Session) -> tuple[Run, ProgrammeWithRuns]:
        loaded, parent = await self._runs.load(run, session)
        require_organiser(parent.programme.description, caller)
        next_state(parent.programme.state, Action.DIVIDE)
        return loaded, parent

    async def _insert(
        self,
        planned: Run,
        before: Run,
        description: Description,
        kept: Mapping[str, Any],
        recorder: EventRecorder,
        session: Session,
    ) -> Run:
        """The new run, on the clock of the other one."""
        other, events = split_off(replace(planned, offset_seconds=before.offset_seconds), before, description)
        recorder.record(events, after=0, offset_seconds=before.offset_seconds)
        recorder.note("split", "run", before.id)
        await self._runs.catalogue.insert_run(other, description, session, **kept)
        return other

    async def _note(
        self, parent: ProgrammeWithRuns, caller: Principal, run: str, recorder: EventRecorder, session: Session
    ) -> int:
        """The programme is written too, as by every change of its runs."""
        change = Change(parent.programme.version + 1, ("runs",), caller.subject, recorder.now, run=run)
        await self._runs.catalogue.note_change(parent.programme, change, {"runs_at": recorder.now}, session)
        return change.version


def _plan(propose: Propose, before: Run, parent: ProgrammeWithRuns) -> Plan:
    proposal = propose(before)
    number = cohort_numbers([proposal], [run.plan.cohort for run in parent.runs])[0]
    return plan_of(proposal, number)
