"""Ideas: written by their group or by the organiser, submitted, awarded, and what became of them."""

from collections.abc import Awaitable, Callable
from datetime import date

from services.enrolment.workshop.domain import ideas
from services.enrolment.workshop.domain.groups import Workshop
from services.enrolment.workshop.domain.idea_refusals import IdeaNotOfGroup, UnknownIdea
from services.enrolment.workshop.domain.ideas import ENTERED, Adoption, Content, Idea, IdeaOutcome, State
from services.enrolment.workshop.http.responses import idea_response
from services.enrolment.workshop.service.settling import Settling
from services.enrolment.workshop.service.sources import Present, Sources, present
from services.enrolment.workshop.storage import Workshops
from shared.conditions import ChangedSince
from shared.errors import NotFound
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.locks import Locks
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.rights import Permission, Principal, Scope
from shared.write import CommandResult, UnitOfWork

Change = Callable[[Session, Workshop, Idea], Awaitable[IdeaOutcome]]


class IdeaService:
    """One per process."""

    def __init__(
        self, units_of_work: UnitOfWork, store: Workshops, sources: Sources, settling: Settling, locks: Locks
    ) -> None:
        self._units_of_work = units_of_work
        self._store = store
        self._sources = sources
        self._settling = settling
        self._locks = locks

    # ---- read

    async def page(self, run: str, principal: Principal, after: str, limit: int) -> list[Idea]:
        """What the caller may see: of the own group, or all; drafts only to those who may write them. Raises NotFound
        and GroupsOfCancelledRun."""
        await self._sources.run(run)
        group = None
        if not (scope := principal.scope(Permission.IDEA_READ)).all:
            own = await self._store.of_person(run, scope.person or "")
            if own is None:
                return []
            group = own.group
        return await self._store.ideas(run, group, _seen(principal), after, limit)

    async def one(self, run: str, idea: str, principal: Principal) -> Idea:
        """Raises NotFound, also for what the caller may not see, and GroupsOfCancelledRun."""
        await self._sources.run(run)
        found = await self._store.idea(run, idea)
        if found is None or found.state not in _seen(principal):
            raise NotFound()
        if not await self._covers(principal.scope(Permission.IDEA_READ), found):
            raise NotFound()
        return found

    # ---- write

    async def begin(
        self, key: CommandKey, run: str, principal: Principal, group: int, content: Content, *, submit: bool
    ) -> Recorded:
        """A draft, or submitted at once. Raises NotFound, IdeaNotOfGroup, and the refusals about ideas."""
        new = Idea(new_id(), run, group, content)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await present(self._sources, self._store, run, session)
            await self._require_own(principal.scope(Permission.IDEA_WRITE), new, session)
            outcome = (ideas.begin_submitted if submit else ideas.begin)(before.workshop, new)
            await self._store.write(before.stored, outcome.workshop, session)
            await self._store.add_idea(outcome.idea, session)
            return _recorded("begin-idea", before, outcome, recorder, status=201)

        async with self._locks.of(run):
            return await self._units_of_work.carry_out(key, work)

    async def change(
        self, key: CommandKey, run: str, principal: Principal, id: str, content: Content, expected: int
    ) -> Recorded:
        """Raises ChangedSince, IdeaNotOfGroup, UnknownIdea, and the refusals about ideas."""

        async def change(session: Session, workshop: Workshop, idea: Idea) -> IdeaOutcome:
            await self._require_own(principal.scope(Permission.IDEA_WRITE), idea, session)
            if idea.version != expected:
                raise ChangedSince(version=idea.version, changes=[], complete=False)
            return ideas.change(workshop, idea, content)

        return await self._carry_out(key, run, id, "change-idea", change)

    async def move(self, key: CommandKey, run: str, principal: Principal, id: str, action: ideas.Action) -> Recorded:
        """Submits, reopens or withdraws. Raises IdeaNotOfGroup, UnknownIdea, and the refusals about ideas."""

        async def change(session: Session, workshop: Workshop, idea: Idea) -> IdeaOutcome:
            await self._require_own(principal.scope(Permission.IDEA_WRITE), idea, session)
            return _MOVES[action](workshop, idea)

        return await self._carry_out(key, run, id, f"{action.value}-idea", change)

    async def award(self, key: CommandKey, run: str, id: str, prize: int) -> Recorded:
        """Its group as it is now has won. Raises UnknownIdea, IdeaState and ScoringIsOpen."""

        async def change(session: Session, workshop: Workshop, idea: Idea) -> IdeaOutcome:
            members = await self._store.of_group(run, idea.group, session)
            return ideas.award(workshop, idea, prize, members)

        return await self._carry_out(key, run, id, "award-idea", change, settle=True)

    async def adopt(self, key: CommandKey, run: str, id: str, adoption: Adoption) -> Recorded:
        """Raises UnknownUnit, UnknownIdea, and the refusals about what became of an idea."""
        await self._sources.require_unit(adoption.unit)

        async def change(session: Session, workshop: Workshop, idea: Idea) -> IdeaOutcome:
            return ideas.adopt(workshop, idea, adoption)

        return await self._carry_out(key, run, id, "adopt-idea", change)

    async def measure(
        self, key: CommandKey, run: str, id: str, unit: str, indicator: int, on: date, value: float
    ) -> Recorded:
        """Raises UnknownIdea, and the refusals about what became of an idea."""

        async def change(session: Session, workshop: Workshop, idea: Idea) -> IdeaOutcome:
            return ideas.measure(workshop, idea, unit, indicator, on, value)

        return await self._carry_out(key, run, id, "measure-idea", change)

    async def _carry_out(
        self, key: CommandKey, run: str, id: str, action: str, change: Change, *, settle: bool = False
    ) -> Recorded:
        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await present(self._sources, self._store, run, session)
            idea = await self._store.idea(run, id, session)
            if idea is None:
                raise UnknownIdea()
            outcome = await change(session, before.workshop, idea)
            await self._store.write(before.stored, outcome.workshop, session)
            await self._store.write_ideas([outcome.idea], session)
            return _recorded(action, before, outcome, recorder)

        async with self._locks.of(run):
            if settle:
                await self._settling.now(run)
            return await self._units_of_work.carry_out(key, work)

    async def _require_own(self, scope: Scope, idea: Idea, session: Session) -> None:
        """Raises IdeaNotOfGroup."""
        if not await self._covers(scope, idea, session):
            raise IdeaNotOfGroup()

    async def _covers(self, scope: Scope, idea: Idea, session: Session | None = None) -> bool:
        if scope.all:
            return True
        own = await self._store.of_person(idea.run, scope.person or "", session)
        return own is not None and own.group == idea.group


_MOVES = {ideas.Action.SUBMIT: ideas.submit, ideas.Action.REOPEN: ideas.reopen, ideas.Action.WITHDRAW: ideas.withdraw}


def _seen(principal: Principal) -> frozenset[State]:
    return frozenset(State) if principal.can(Permission.IDEA_WRITE) else ENTERED


def _recorded(
    action: str, before: Present, outcome: IdeaOutcome, recorder: EventRecorder, *, status: int = 200
) -> CommandResult:
    recorder.record(outcome.events, after=before.workshop.seq, offset_seconds=before.run.offset_seconds)
    recorder.note(action, "idea", outcome.idea.id)
    return CommandResult(idea_response(outcome.idea), status, outcome.idea.version)
