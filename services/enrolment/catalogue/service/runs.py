"""Runs one at a time: adding, rescheduling, and setting their clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.enrolment.catalogue.domain import programmes, runs
from services.enrolment.catalogue.domain.changes import Change, differing, require_version
from services.enrolment.catalogue.domain.dividing import require_still
from services.enrolment.catalogue.domain.judging import refuse, refused
from services.enrolment.catalogue.domain.programmes import Action
from services.enrolment.catalogue.domain.refusals import RunClockLocked
from services.enrolment.catalogue.domain.runs import Plan, Run, offered
from services.enrolment.catalogue.domain.schedule import Proposal, cohort_numbers, plan_of, require_kept
from services.enrolment.catalogue.http.clash_answers import preview_response
from services.enrolment.catalogue.http.responses import run_response
from services.enrolment.catalogue.service.following import SeatsOfRuns
from services.enrolment.catalogue.service.looking import Findings, Looking
from services.enrolment.catalogue.service.programmes import ProgrammeService
from services.enrolment.catalogue.storage import Catalogue, ProgrammeWithRuns
from shared.errors import NotFound
from shared.events.envelope import Event
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.write import CommandResult, UnitOfWork

Propose = Callable[[Run], Proposal]


class RunService:
    """One per process. `clock_may_be_set`: the embedded edition, or where an operator allowed it."""

    def __init__(
        self,
        units_of_work: UnitOfWork,
        catalogue: Catalogue,
        programmes: ProgrammeService,
        seats: SeatsOfRuns,
        looking: Looking,
        *,
        clock_may_be_set: bool,
    ) -> None:
        self.catalogue = catalogue
        self._units_of_work = units_of_work
        self._programmes = programmes
        self._seats = seats
        self._looking = looking
        self._clock_may_be_set = clock_may_be_set

    async def load(self, run: str, session: Session | None = None) -> tuple[Run, ProgrammeWithRuns]:
        """The run and its programme. Raises NotFound."""
        loaded = await self.catalogue.load_run(run, session)
        if loaded is None:
            raise NotFound()
        return loaded, await self._programmes.load(loaded.programme, session)

    async def add(self, key: CommandKey, programme: str, proposal: Proposal, by: str) -> Recorded:
        """Raises RunsFixed, CohortTwice, and the refusals of a plan."""
        new = new_id()
        present = await self._programmes.load(programme)
        number = _cohort(proposal, present)
        notices = await self._looking.judging.of_plan(plan_of(proposal, number), present.programme.description.checks)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await self._programmes.load(programme, session)
            programmes.next_state(before.programme.state, Action.ADD_RUN)
            version = before.programme.version + 1
            plan = plan_of(proposal, _cohort(proposal, before))
            run = Run(new, programme, plan, version=version, seats_version=version)
            description = before.programme.description
            refuse(description.checks, notices)
            scheduled = await self._programmes.insert_run(run, description, recorder, session)
            # The programme is written too: it must not be submitted or published at the same moment.
            change = Change(version, ("runs",), by, recorder.now, run=new)
            await self.catalogue.note_change(before.programme, change, {"runs_at": recorder.now}, session)
            return CommandResult(run_response(scheduled, description, notices), 201, version)

        return await self._units_of_work.carry_out(key, work)

    async def reschedule(
        self,
        key: CommandKey,
        run: str,
        propose: Propose,
        by: str,
        expected: int | None,
        unsaid: frozenset[str] = frozenset(),
    ) -> Recorded:
        """Changes time, place or capacity. An unchanged plan is no revision. `propose` gets the run that there is, and
        says nothing of `unsaid`. Raises ChangedSince when it is not of the version `expected`, and WouldDrop."""
        findings = await self._found(propose, *await self.load(run))

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before, parent = await self.load(run, session)
            require_version(expected, before.version, parent.changes, run=run)
            require_kept(before.plan, unsaid)
            description = parent.programme.description
            moved, events = self._moved(propose, before, parent, recorder.now)
            plan = moved.plan
            refuse(description.checks, findings.about(before.plan, plan))
            moved = await self.count(before, moved, parent, differing(before.plan, plan), by, recorder, session)
            recorder.record(events, after=before.seq, offset_seconds=before.offset_seconds)
            recorder.stand_at(run, moved.seq)
            kept = findings.to_keep(before.plan, plan)
            await self.catalogue.update_run(before, moved, description, session, **kept)
            await self._seats.reschedule(offered(moved, description), recorder, session)
            return CommandResult(findings.response(moved, description), version=moved.version)

        return await self._units_of_work.carry_out(key, work)

    async def preview(self, run: str, propose: Propose, after: str | None, limit: int) -> dict[str, Any]:
        """What `reschedule` would come to now, with a page of those who would be in two runs at once. Nothing is
        stored. What checks would refuse is told; every other refusal is raised."""
        before, parent = await self.load(run)
        moved, _ = self._moved(propose, before, parent, self._units_of_work.now())
        description = parent.programme.description
        findings, about = await self._looking.at_page(before, moved.plan, description, after, limit)
        return preview_response(
            run_response(moved, description, findings.notices), refused(description.checks, about), findings.clashes
        )

    def _moved(self, propose: Propose, before: Run, parent: ProgrammeWithRuns, at: datetime) -> tuple[Run, list[Event]]:
        programmes.next_state(parent.programme.state, Action.RESCHEDULE)
        require_still([before])
        proposal, plan = _replanned(propose, before)
        cohort_numbers([proposal], [other.plan.cohort for other in parent.runs if other.id != before.id])
        past = self._programmes.past_drafts
        return runs.reschedule(before, plan, parent.programme.description, at, past_drafts=past)

    async def _found(self, propose: Propose, present: Run, parent: ProgrammeWithRuns) -> Findings:
        return await self._looking.at_move(present, _replanned(propose, present)[1], parent.programme.description)

    async def set_clock(self, key: CommandKey, run: str, offset: Callable[[datetime], int], by: str) -> Recorded:
        """Sets the business time of this run. `offset` gets the system time. Raises RunClockLocked."""
        if not self._clock_may_be_set:
            raise RunClockLocked()

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before, parent = await self.load(run, session)
            require_still([before])
            moved, events = runs.set_clock(before, offset(recorder.now))
            moved = await self.count(before, moved, parent, ("offsetSeconds",), by, recorder, session)
            recorder.record(events, after=before.seq, offset_seconds=moved.offset_seconds)
            recorder.note("set-clock", "run", run)
            recorder.stand_at(run, moved.seq)
            await self.catalogue.update_run(before, moved, parent.programme.description, session)
            return CommandResult({"run": run, "offsetSeconds": moved.offset_seconds})

        return await self._units_of_work.carry_out(key, work)

    async def count(
        self,
        before: Run,
        moved: Run,
        parent: ProgrammeWithRuns,
        fields: tuple[str, ...],
        by: str,
        recorder: EventRecorder,
        session: Session,
    ) -> Run:
        """The run with the version of this change, which its programme counts; an unchanged one keeps its own."""
        if moved == before:
            return before
        change = Change(parent.programme.version + 1, fields, by, recorder.now, run=before.id)
        await self.catalogue.note_change(parent.programme, change, {}, session)
        return replace(moved, version=change.version)


def _replanned(propose: Propose, present: Run) -> tuple[Proposal, Plan]:
    proposal = propose(present)
    return proposal, plan_of(proposal, proposal.cohort or present.plan.cohort)


def _cohort(proposal: Proposal, parent: ProgrammeWithRuns) -> int:
    return cohort_numbers([proposal], [run.plan.cohort for run in parent.runs])[0]
