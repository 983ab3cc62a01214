"""Programmes: each command loads, decides and stores in one unit of work, buckets of the runs included."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from services.enrolment.catalogue.domain import programmes as rules
from services.enrolment.catalogue.domain.changes import Change, differing, require_version
from services.enrolment.catalogue.domain.checks import check_courses
from services.enrolment.catalogue.domain.description import Description, check_known
from services.enrolment.catalogue.domain.dividing import require_still
from services.enrolment.catalogue.domain.judging import refuse
from services.enrolment.catalogue.domain.notices import Notice
from services.enrolment.catalogue.domain.programmes import Action, Programme
from services.enrolment.catalogue.domain.refusals import ProgrammeCodeTaken
from services.enrolment.catalogue.domain.runs import Run, require_ahead, schedule
from services.enrolment.catalogue.domain.schedule import Proposal, cohort_numbers, plan_of
from services.enrolment.catalogue.http.responses import programme_response
from services.enrolment.catalogue.service.following import Following
from services.enrolment.catalogue.service.judging import Judging
from services.enrolment.catalogue.storage import Catalogue, ProgrammeWithRuns
from services.enrolment.catalogue.storage.courses import Courses
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
    Action.REOPEN: "reopened",
    Action.CANCEL: "cancelled",
}
Describe = Callable[[Programme], Description]
Decide = Callable[[ProgrammeWithRuns, datetime], tuple[Programme, list[Event]]]
Follow = Callable[[ProgrammeWithRuns, EventRecorder, Session], Awaitable[list[Run]]]


class KnownUnits(Protocol):
    """The directory's units."""

    async def existing(self, keys: Collection[str]) -> frozenset[str]: ...


@dataclass(frozen=True)
class _Move:
    """A step of the life cycle: who takes it, how it is decided, what follows for the runs, the version that is meant
    (None: whatever is there), and what checks say of the runs."""

    action: Action
    by: str
    decide: Decide
    follow: Follow | None = None
    reason: str | None = None
    expected: int | None = None
    notices: Sequence[Notice] = ()


class ProgrammeService:
    """One per process. `past_drafts`: a run may be drafted in the past, because its clock can be set to it."""

    def __init__(
        self,
        units_of_work: UnitOfWork,
        catalogue: Catalogue,
        units: KnownUnits,
        following: Following,
        judging: Judging,
        *,
        past_drafts: bool,
    ) -> None:
        self.catalogue = catalogue
        self.past_drafts = past_drafts
        self._units_of_work = units_of_work
        self._units = units
        self._courses = Courses(catalogue)
        self._following = following
        self._judging = judging

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
        new = Programme(new_id(), description, created_by=caller.subject, created_unit=caller.unit, version=1)
        runs = [Run(new_id(), new.id, plan, version=1, seats_version=1) for plan in plans]
        notices = await self._judging.of_new(runs, description)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            refuse(description.checks, notices)
            await self._require_free(description.code, new.id, session)
            programme, events = rules.create(new)
            recorder.record(events, after=0)
            await self.catalogue.insert(programme, recorder.now, session)
            scheduled = [await self.insert_run(run, description, recorder, session) for run in runs]
            return CommandResult(programme_response(programme, scheduled, notices), 201, programme.version)

        return await self._units_of_work.carry_out(key, work)

    async def revise(
        self, key: CommandKey, programme: str, describe: Describe, by: str, expected: int | None
    ) -> Recorded:
        """Rewrites a draft and reschedules its runs, which carry copies. `describe` gets the draft that there is.
        Raises ChangedSince when it is not of the version `expected`. Other checks are looked at anew."""
        present = await self.load(programme)
        checked = describe(present.programme)
        await self._check(checked)
        stricter = checked.checks != present.programme.description.checks
        notices = await self._judging.of_present(present.runs, checked.checks) if stricter else []

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await self.load(programme, session)
            require_version(expected, before.programme.version, before.changes)
            description = describe(before.programme)
            if description != checked:
                await self._check(description)
            await self._require_free(description.code, programme, session)
            refuse(description.checks, notices)
            revised, events = rules.revise(before.programme, description, before.runs)
            recorder.record(events, after=before.programme.seq)
            changed = differing(before.programme.description, description)
            revised = await self._update(before, revised, Change(0, changed, by, recorder.now), {}, session)
            runs = await self._following.revise(before, revised, recorder, session)
            return CommandResult(programme_response(revised, runs, notices), version=revised.version)

        return await self._units_of_work.carry_out(key, work)

    async def submit(self, key: CommandKey, programme: str, by: str, expected: int | None) -> Recorded:
        return await self._move(
            key,
            programme,
            _Move(
                Action.SUBMIT, by, lambda before, _: rules.submit(before.programme, before.runs, by), expected=expected
            ),
        )

    async def approve(self, key: CommandKey, programme: str, by: str, expected: int | None) -> Recorded:
        move = _Move(Action.APPROVE, by, lambda before, _: rules.approve(before.programme, by), expected=expected)
        return await self._move(key, programme, move)

    async def publish(self, key: CommandKey, programme: str, by: str, expected: int | None) -> Recorded:
        """Opens the buckets of every run, and asks every unit that has one for nominations."""
        move = _Move(
            Action.PUBLISH,
            by,
            lambda before, _: rules.publish(before.programme, before.runs),
            self._following.open,
            expected=expected,
        )
        return await self._move(key, programme, move)

    async def close(self, key: CommandKey, programme: str, by: str, expected: int | None) -> Recorded:
        move = _Move(
            Action.CLOSE, by, lambda before, _: rules.close(before.programme), self._following.close, expected=expected
        )
        return await self._move(key, programme, move)

    async def reopen(self, key: CommandKey, programme: str, by: str, expected: int | None) -> Recorded:
        """Opens the buckets of every run that has not begun, and asks the units with open seats again. What checks say
        of these runs is told; nothing of their plans is another, so nothing is refused."""
        present = await self.load(programme)
        now = self._units_of_work.now()
        coming = [run for run in present.runs if rules.reopens(run, now)]
        notices = await self._judging.of_present(coming, present.programme.description.checks)
        move = _Move(
            Action.REOPEN,
            by,
            lambda before, at: rules.reopen(before.programme, before.runs, at),
            self._following.reopen,
            expected=expected,
            notices=notices,
        )
        return await self._move(key, programme, move)

    async def cancel(
        self, key: CommandKey, programme: str, by: str, expected: int | None, reason: str | None
    ) -> Recorded:
        move = _Move(
            Action.CANCEL,
            by,
            lambda before, at: rules.cancel(before.programme, before.runs, at),
            self._following.cancel,
            reason,
            expected,
        )
        return await self._move(key, programme, move)

    async def insert_run(self, run: Run, description: Description, recorder: EventRecorder, session: Session) -> Run:
        """Schedules a new run. Raises StartsInPast."""
        if not self.past_drafts:
            require_ahead(run.plan, recorder.now)
        scheduled, events = schedule(run, description)
        recorder.record(events, after=0)
        await self.catalogue.insert_run(scheduled, description, session)
        return scheduled

    async def _move(self, key: CommandKey, programme: str, move: _Move) -> Recorded:
        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await self.load(programme, session)
            require_version(move.expected, before.programme.version, before.changes)
            require_still(before.runs)
            moved, events = move.decide(before, recorder.now)
            recorder.record(events, after=before.programme.seq)
            recorder.note(move.action.value, "programme", programme)
            runs = before.runs if move.follow is None else await move.follow(before, recorder, session)
            stamp = _STAMPS[move.action]
            stamps: dict[str, Any] = {f"{stamp}_by": move.by, f"{stamp}_at": recorder.now}
            if move.reason is not None:
                stamps["reason"] = move.reason
            change = Change(0, ("state",), move.by, recorder.now)
            moved = await self._update(before, moved, change, stamps, session)
            return CommandResult(programme_response(moved, runs, move.notices), version=moved.version)

        return await self._units_of_work.carry_out(key, work)

    async def _update(
        self, before: ProgrammeWithRuns, after: Programme, change: Change, extra: Mapping[str, Any], session: Session
    ) -> Programme:
        """Stores the programme with its next version."""
        version = before.programme.version + 1
        counted = replace(after, version=version)
        await self.catalogue.update(before.programme, counted, replace(change, version=version), extra, session)
        return counted

    async def _check(self, description: Description) -> None:
        named = [target.unit for target in description.target_groups] + [description.organiser]
        check_known(description, await self._units.existing([unit for unit in named if unit is not None]))
        known = await self._courses.known(description.prerequisites)
        # The own course may be new; that it cannot be one of them is refused with the description.
        check_courses(description.prerequisites, known | {description.course_key})

    async def _require_free(self, code: str, programme: str, session: Session) -> None:
        if await self.catalogue.code_taken(code, programme, session):
            raise ProgrammeCodeTaken(programme_code=code)
