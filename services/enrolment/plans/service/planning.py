"""Commands about one plan: what its person writes and reports, and what the supervisor decides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from services.enrolment.plans.domain import plans as domain
from services.enrolment.plans.domain.plans import Action, Doing, Outcome, Plan
from services.enrolment.plans.domain.refusals import PlanExists
from services.enrolment.plans.domain.texts import Texts, WrittenRow
from services.enrolment.plans.http.responses import plan_changed_response
from services.enrolment.plans.service.sources import Sources
from services.enrolment.plans.storage import PlanStore
from shared.clock import midnight
from shared.conditions import ChangedSince
from shared.errors import NotFound
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.rights import Scope
from shared.thai.dates import BUDDHIST_OFFSET
from shared.write import CommandResult, UnitOfWork

Change = Callable[[Plan, Doing], Outcome]
TextChange = Callable[[Texts], Texts]
LAST_DAY: Final = (9, 30)  # of a fiscal year


@dataclass(frozen=True, slots=True)
class Which:
    """One plan, as far as the caller may see it, and who that is."""

    plan: str
    scope: Scope
    by: str


class Planning:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, store: PlanStore, sources: Sources) -> None:
        self._units_of_work = units_of_work
        self._store = store
        self._sources = sources

    def now(self) -> datetime:
        return self._units_of_work.now()

    async def draft(self, key: CommandKey, person: str, year: int, sent: Sequence[WrittenRow]) -> Recorded:
        """The own plan. Raises NotFound, PersonErased, PlanExists and the refusals about rows."""
        id = new_id()

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            place = await self._sources.place(person, recorder.now)
            if (known := await self._store.of_person(person, year, session)) is not None:
                raise PlanExists(fiscalYear=year, plan=known.id)
            new = Plan(id, person, place, year)
            outcome = domain.drafted(new, [one.row for one in sent], Doing(person, recorder.now))
            await self._store.insert(outcome.plan, session)
            await self._write_texts(outcome.plan, Texts().noted(outcome.plan, sent), session)
            recorder.record(outcome.events, after=new.seq)
            return _told(outcome.plan, 201)

        return await self._units_of_work.carry_out(key, work)

    async def rewrite(self, key: CommandKey, which: Which, expected: int, sent: Sequence[WrittenRow]) -> Recorded:
        """Raises NotFound, ChangedSince, and the refusals about states and rows."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await self.load(which, session)
            if before.version != expected:
                raise ChangedSince(version=before.version, changes=[], complete=False)
            after = domain.rewritten(before, [one.row for one in sent]).plan
            await self._store.update(before, after, session)
            texts = await self._store.texts(after.id, session)
            await self._write_texts(after, texts.noted(after, sent), session)
            return _told(after)

        return await self._units_of_work.carry_out(key, work)

    async def decide(self, key: CommandKey, which: Which, action: Action, reason: str | None = None) -> Recorded:
        """Any step of a whole plan. Why it came back stands until it is submitted again. Raises NotFound, OwnPlan and
        the refusals about states."""
        clears = action is Action.SUBMIT
        change_texts = (lambda texts: texts.because(reason)) if clears or reason is not None else None
        return await self._carry_out(key, which, _STEPS[action], action, change_texts)

    async def complete(self, key: CommandKey, which: Which, row: int, result: str | None) -> Recorded:
        """Raises NotFound, UnknownRow, RowDone and the refusals about states."""

        def change(plan: Plan, doing: Doing) -> Outcome:
            return domain.completed(plan, row, doing)

        change_texts = None if result is None else (lambda texts: texts.with_result(row, result))
        return await self._carry_out(key, which, change, Action.COMPLETE, change_texts)

    async def reopen(self, key: CommandKey, which: Which, row: int) -> Recorded:
        """Raises NotFound, UnknownRow, RowNotDone and the refusals about states."""

        def change(plan: Plan, doing: Doing) -> Outcome:
            return domain.row_reopened(plan, row, doing)

        return await self._carry_out(key, which, change, Action.REOPEN, lambda texts: texts.with_result(row, None))

    async def _carry_out(
        self, key: CommandKey, which: Which, change: Change, action: Action, texts: TextChange | None
    ) -> Recorded:
        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await self.load(which, session)
            outcome = change(before, Doing(which.by, recorder.now))
            await self._store.update(before, outcome.plan, session)
            if texts is not None:
                written = await self._store.texts(before.id, session)
                await self._write_texts(outcome.plan, texts(written), session)
            recorder.record(outcome.events, after=before.seq)
            if which.by != before.person:
                recorder.note(f"plan-{action.value}", "plan", before.id)
            return _told(outcome.plan)

        return await self._units_of_work.carry_out(key, work)

    async def load(self, which: Which, session: Session | None = None) -> Plan:
        """With the place where its person belongs now. Raises NotFound also outside the scope."""
        plan = await self._store.one(which.plan, session)
        if plan is None:
            raise NotFound()
        if not plan.erased:
            known = (await self._sources.people.assignments([plan.person])).get(plan.person)
            if known is not None and known.unit != plan.place.unit:
                plan = replace(plan, place=await self._sources.place_of(known.unit, self.now()))
        if not (which.scope.covers_unit(plan.place.unit) or which.scope.covers_person(plan.person)):
            raise NotFound()
        return plan

    async def _write_texts(self, plan: Plan, texts: Texts, session: Session) -> None:
        await self._store.write_texts(plan, texts, year_ends(plan.fiscal_year), session)


_STEPS: Final[Mapping[Action, Change]] = {
    Action.SUBMIT: domain.submitted,
    Action.RECALL: lambda plan, doing: domain.reopened(plan, Action.RECALL, doing),
    Action.RETURN: lambda plan, doing: domain.reopened(plan, Action.RETURN, doing),
    Action.REVISE: lambda plan, doing: domain.reopened(plan, Action.REVISE, doing),
    Action.AGREE: domain.agreed,
    Action.CLOSE: domain.closed,
}


def year_ends(year: int) -> datetime:
    """The end of the fiscal year at Bangkok."""
    last = date(year - BUDDHIST_OFFSET, *LAST_DAY)
    return midnight(last + timedelta(days=1)).astimezone(UTC)


def _told(plan: Plan, status: int = 200) -> CommandResult:
    return CommandResult(plan_changed_response(plan), status, version=plan.version)
