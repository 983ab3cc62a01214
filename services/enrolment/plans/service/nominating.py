"""Nominates the person of a plan for a run because of a row, and keeps with the row which nomination that is.

The nomination is a command of its own, under a key that follows from this one: whoever repeats the request, also after
the process has ended between the two, gets the first answer, and the row its nomination.
"""

import hashlib
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from services.enrolment.plans.domain.plans import Doing, nominated, require_nominable
from services.enrolment.plans.domain.refusals import PlanErased, RowNominated, UnknownRow
from services.enrolment.plans.domain.rows import Row, WantedRun
from services.enrolment.plans.service.planning import Planning, Which
from services.enrolment.plans.storage import PlanStore
from services.enrolment.seats import SeatNow, WantedSeat
from shared.errors import NotFound
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.rights import Permission, Principal
from shared.write import CommandResult, UnitOfWork

Gone = Callable[[], Awaitable[bool]]


class Nominations(Protocol):
    """What seats do for others."""

    async def nominate(
        self, wanted: WantedSeat, key: CommandKey, principal: Principal, permission: Permission, gone: Gone
    ) -> Recorded: ...


class SeatsNow(Protocol):
    """How nominations stand."""

    async def of(self, nominations: Collection[str]) -> dict[str, SeatNow]: ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Who nominates, by which right, and whether anybody still waits for the answer."""

    principal: Principal
    permission: Permission
    gone: Gone


class RowNominating:
    """One per process."""

    def __init__(
        self,
        units_of_work: UnitOfWork,
        planning: Planning,
        store: PlanStore,
        nominations: Nominations,
        standing: SeatsNow,
    ) -> None:
        self._units_of_work = units_of_work
        self._planning = planning
        self._store = store
        self._nominations = nominations
        self._standing = standing

    async def nominate(self, key: CommandKey, plan: str, row: int, wanted: WantedRun, caller: Caller) -> Recorded:
        """The answer of the nomination. Raises NotFound, RowNominated, the refusals about states and rows, and what any
        nomination raises."""
        principal = caller.principal
        which = Which(plan, principal.scope(caller.permission), principal.subject)
        found = await self._planning.load(which)
        if await self._units_of_work.records.answered(key) is None:
            await self._require_free(require_nominable(found, row), wanted.run)
        seat = WantedSeat(wanted.run, found.person, wanted.rank, wanted.target, wanted.note)
        answer = await self._nominations.nominate(seat, _key_of_seat(key), principal, caller.permission, caller.gone)
        made: dict[str, Any] = orjson.loads(answer.body)
        # The nomination stands: that its row is gone meanwhile is no reason to say that it does not.
        with suppress(UnknownRow, PlanErased, NotFound):
            await self._note(key, which, row, wanted.run, made["id"])
        return answer

    async def _require_free(self, row: Row, run: str) -> None:
        """A nomination that came to nothing leaves its row to another one. Of the same run seats say what stands."""
        if row.nominated is not None and row.nominated.run != run:
            known = (await self._standing.of([row.nominated.nomination])).get(row.nominated.nomination)
            if known is not None and known.live:
                raise RowNominated(row=row.number)

    async def _note(self, key: CommandKey, which: Which, row: int, run: str, nomination: str) -> None:
        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await self._planning.load(which, session)
            outcome = nominated(before, row, run, nomination, Doing(which.by, recorder.now))
            if outcome.events:
                await self._store.update(before, outcome.plan, session)
                recorder.record(outcome.events, after=before.seq)
            return CommandResult({"id": nomination}, 201)

        await self._units_of_work.carry_out(key, work)


def _key_of_seat(key: CommandKey) -> CommandKey:
    """Another command than that of the row, and the same whenever that is repeated."""
    if key.fingerprint is None:
        return CommandKey(new_id(), None, key.listed)
    return CommandKey(hashlib.sha256(b"seat\0" + key.id.encode()).hexdigest(), key.fingerprint, key.listed)
