"""Runs one at a time: adding, rescheduling, and setting their clock."""

from collections.abc import Callable
from datetime import datetime

from services.enrolment.catalogue import domain, runs
from services.enrolment.catalogue.domain import Action
from services.enrolment.catalogue.refusals import RunClockLocked
from services.enrolment.catalogue.responses import whole_run_view
from services.enrolment.catalogue.runs import Run
from services.enrolment.catalogue.schedule import Proposal, cohort_numbers, plan_of
from services.enrolment.catalogue.service import CatalogueService, SeatsOfRuns
from services.enrolment.catalogue.storage import Catalogue, ProgrammeWithRuns, run_document, run_of
from services.enrolment.commands import CommandResult, Commands, EventRecorder
from shared.errors import NotFound
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.mongo import Session


class RunService:
    """One per process. `clock_may_be_set`: the embedded edition, or where an operator allowed it."""

    def __init__(
        self,
        commands: Commands,
        catalogue: Catalogue,
        programmes: CatalogueService,
        seats: SeatsOfRuns,
        *,
        clock_may_be_set: bool,
    ) -> None:
        self.catalogue = catalogue
        self._commands = commands
        self._programmes = programmes
        self._seats = seats
        self._clock_may_be_set = clock_may_be_set

    async def load(self, run: str, session: Session | None = None) -> tuple[Run, ProgrammeWithRuns]:
        """The run, and the programme that it is of. Raises NotFound."""
        row = await self.catalogue.load_run(run, session)
        if row is None:
            raise NotFound()
        return run_of(row), await self._programmes.load(row["programme"], session)

    async def add(self, key: CommandKey, programme: str, proposal: Proposal) -> Recorded:
        """Raises RunsFixed, CohortTwice, and whatever is wrong with the plan."""
        new = new_id()
        shown = await self._programmes.load(programme)
        number = cohort_numbers([proposal], [run.plan.cohort for run in shown.runs])[0]
        notices = await self._programmes.notices(plan_of(proposal, number), "")

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            shown = await self._programmes.load(programme, session)
            domain.next_state(shown.programme.state, Action.ADD_RUN)
            number = cohort_numbers([proposal], [run.plan.cohort for run in shown.runs])[0]
            run = Run(new, programme, plan_of(proposal, number))
            written = shown.programme.description
            scheduled = await self._programmes.insert_run(run, written, recorder, session)
            # The programme is written too: it must not be submitted or published in the same moment.
            await self.catalogue.update(shown.programme, shown.programme, {"runs_at": recorder.now}, session)
            return CommandResult(whole_run_view(scheduled, written, notices), 201)

        return await self._commands.carry_out(key, work)

    async def reschedule(self, key: CommandKey, run: str, proposal: Proposal) -> Recorded:
        """Another time, place or capacity. The same again is no revision."""
        before, _ = await self.load(run)
        plan = plan_of(proposal, proposal.cohort or before.plan.cohort)
        notices = await self._programmes.notices(plan, run)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            found, shown = await self.load(run, session)
            domain.next_state(shown.programme.state, Action.RESCHEDULE)
            cohort_numbers([proposal], [one.plan.cohort for one in shown.runs if one.id != run])
            written = shown.programme.description
            moved, facts = runs.reschedule(found, plan, written)
            recorder.add(run, facts, after=found.seq, offset_seconds=found.offset_seconds)
            await self.catalogue.update_run(found, moved, written, session)
            await self._seats.reschedule(run_document(moved, written), session)
            return CommandResult(whole_run_view(moved, written, notices))

        return await self._commands.carry_out(key, work)

    async def set_clock(self, key: CommandKey, run: str, offset: Callable[[datetime], int]) -> Recorded:
        """Business time of this run from now on. `offset` is told the system time. Raises RunClockLocked."""
        if not self._clock_may_be_set:
            raise RunClockLocked()

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            found, shown = await self.load(run, session)
            written = shown.programme.description
            moved, facts = runs.set_clock(found, offset(recorder.now))
            recorder.add(run, facts, after=found.seq, offset_seconds=moved.offset_seconds)
            await self.catalogue.update_run(found, moved, written, session)
            return CommandResult({"run": run, "offsetSeconds": moved.offset_seconds})

        return await self._commands.carry_out(key, work)
