"""Groups: made, changed by hand, locked. Each command looks first at what happened to the seats of the run."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from services.enrolment.workshop.domain.groups import (
    MOST_GROUPS,
    MOST_PEOPLE,
    Member,
    Outcome,
    exchange,
    lock,
    make,
    put,
)
from services.enrolment.workshop.domain.refusals import NotToBeGrouped, TooManyGroups
from services.enrolment.workshop.http.responses import groups_response, member_response
from services.enrolment.workshop.service.settling import Settling
from services.enrolment.workshop.service.sources import Present, Sources, present
from services.enrolment.workshop.storage import Workshops
from shared.events.workshops import Spread
from shared.idempotency import CommandKey, Recorded
from shared.locks import Locks
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.write import CommandResult, UnitOfWork

Change = Callable[[Session, Present], Awaitable[tuple[Outcome, CommandResult]]]


class Making(NamedTuple):
    """So many groups, or groups of so many at most; `by_rule` False: empty ones."""

    groups: int | None
    size: int | None
    spread: Sequence[Spread]
    by_rule: bool


class Grouping:
    """One per process."""

    def __init__(
        self, units_of_work: UnitOfWork, store: Workshops, sources: Sources, settling: Settling, locks: Locks
    ) -> None:
        self._units_of_work = units_of_work
        self._store = store
        self._sources = sources
        self._settling = settling
        self._locks = locks

    async def make(self, key: CommandKey, run: str, making: Making) -> Recorded:
        """Raises NotFound, and the refusals about groups."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await present(self._sources, self._store, run, session)
            stood = (await self._sources.stood.of([run], session)).get(run, 0)
            members = await self._store.members(run, session)
            holders = await self._sources.holders.page(run, "", MOST_PEOPLE + 1, session)
            levels = {}
            if Spread.LEVEL in making.spread:
                levels = await self._sources.levels([one.person for one in holders[:MOST_PEOPLE]], session)
            groups = making.groups or -(-len(holders) // (making.size or 1))
            if groups > MOST_GROUPS:
                raise TooManyGroups(most=MOST_GROUPS)
            outcome = make(
                before.workshop, members, holders, max(1, groups), making.spread, levels, by_rule=making.by_rule
            )
            after = outcome.workshop.advanced((), stood=stood)
            await self._store.write(before.stored, after, session, following=True)
            await self._store.write_members(outcome.members, members, session)
            _record(before, outcome, recorder)
            recorder.note("make-groups", "run", run, count=len(after.sizes))
            return CommandResult(groups_response(after), 201)

        async with self._locks.of(run):
            return await self._units_of_work.carry_out(key, work)

    async def put(self, key: CommandKey, run: str, group: int, nomination: str) -> Recorded:
        """Raises NotFound, NotToBeGrouped, and the refusals about groups."""

        async def change(session: Session, before: Present) -> tuple[Outcome, CommandResult]:
            member = await self._member(run, nomination, session)
            outcome = put(before.workshop, member, group)
            return outcome, CommandResult(member_response(outcome.members.get(nomination, member)))

        return await self._carry_out(key, run, "put-into-group", change)

    async def exchange(self, key: CommandKey, run: str, one: str, other: str) -> Recorded:
        """Raises NotFound, NotToBeGrouped, and the refusals about groups."""

        async def change(session: Session, before: Present) -> tuple[Outcome, CommandResult]:
            both = [await self._member(run, nomination, session) for nomination in (one, other)]
            outcome = exchange(before.workshop, *both)
            return outcome, CommandResult({"members": [member_response(row) for row in outcome.members.values()]})

        return await self._carry_out(key, run, "exchange-in-groups", change)

    async def lock(self, key: CommandKey, run: str, *, locked: bool) -> Recorded:
        """Raises NotFound and NoGroups."""

        async def change(session: Session, before: Present) -> tuple[Outcome, CommandResult]:
            outcome = lock(before.workshop, locked=locked)
            return outcome, CommandResult(groups_response(outcome.workshop))

        return await self._carry_out(key, run, "lock-groups" if locked else "unlock-groups", change)

    async def _carry_out(self, key: CommandKey, run: str, action: str, change: Change) -> Recorded:
        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await present(self._sources, self._store, run, session)
            outcome, result = await change(session, before)
            if outcome.events:
                known = [key for key, one in outcome.members.items() if await self._store.member(run, key, session)]
                await self._store.write(before.stored, outcome.workshop, session)
                await self._store.write_members(outcome.members, known, session)
                _record(before, outcome, recorder)
                recorder.note(action, "run", run)
            return result

        async with self._locks.of(run):
            await self._settling.now(run)
            return await self._units_of_work.carry_out(key, work)

    async def _member(self, run: str, nomination: str, session: Session) -> Member:
        """Raises NotToBeGrouped for who has no seat."""
        holder = (await self._sources.holders.of(run, [nomination], session)).get(nomination)
        if holder is None or not holder.seated:
            raise NotToBeGrouped()
        return await self._store.member(run, nomination, session) or Member.of(holder)


def _record(before: Present, outcome: Outcome, recorder: EventRecorder) -> None:
    recorder.record(outcome.events, after=before.workshop.seq, offset_seconds=before.run.offset_seconds)
