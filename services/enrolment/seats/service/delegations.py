"""Delegations: given, ended, listed, and used. Who acts in a post has one by that: posts are asked in `acting` and
`page`, and nowhere else."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from services.enrolment.directory import Acting, PersonErased, root_unit
from services.enrolment.seats.domain.delegation_refusals import DelegationEnded, NothingToDelegate, UnknownDelegation
from services.enrolment.seats.domain.delegations import Delegation, by_post, delegate, given, revoked
from services.enrolment.seats.domain.refusals import UnknownPerson, UnknownRun
from services.enrolment.seats.http.delegation_answers import delegation_response
from services.enrolment.seats.service.batch import Assignments, OfferedRuns
from services.enrolment.seats.storage.delegations import Delegations
from shared.clock import business
from shared.events.seats import Approver
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session, translated_calls
from shared.rights import Principal, Scope
from shared.thai import local_date
from shared.write import CommandResult, UnitOfWork


class ActingPosts(Protocol):
    """The directory's posts."""

    async def acting(self, holding: str, day: date) -> Acting | None: ...

    async def acting_of(self, person: str) -> Sequence[Acting]: ...


class DelegationService:
    """What is decided by a delegation is decided by SeatService."""

    def __init__(
        self,
        units_of_work: UnitOfWork,
        delegations: Delegations,
        people: Assignments,
        posts: ActingPosts,
        runs: OfferedRuns,
    ) -> None:
        self._units_of_work = units_of_work
        self._delegations = delegations
        self._people = people
        self._posts = posts
        self._runs = runs

    async def give(self, key: CommandKey, by: Principal, to: str, starts_at: datetime, ends_at: datetime) -> Recorded:
        """Raises a refusal of domain/delegations.py, UnknownPerson and PersonErased."""
        await self._require_colleague(by, to)
        made = new_id()

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            away = await self._delegations.made_by(to, session)
            new = delegate(by, to, starts_at, ends_at, away, id=made, at=recorder.now)
            await self._delegations.insert(new, session)
            recorder.record([given(new)], after=0)
            recorder.note("delegate", "delegation", new.id)
            return CommandResult(delegation_response(new), status=201)

        return await self._units_of_work.carry_out(key, work)

    async def end(self, key: CommandKey, by: Principal, id: str) -> Recorded:
        """By who is away; one that has ended stays so. Raises UnknownDelegation."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            known = await self._delegations.one(id, session)
            if known is None or known.absent != by.subject:
                raise UnknownDelegation(delegation=id)
            if not known.ended:
                await self._delegations.end(known, session)
                recorder.record([revoked(known)], after=known.seq)
                recorder.note("end-delegation", "delegation", id)
            return CommandResult({**delegation_response(known), "ended": True})

        return await self._units_of_work.carry_out(key, work)

    async def page(self, of: Principal, after: str | None, limit: int) -> list[Delegation]:
        """The newest first; one more than `limit`, to know of a next page."""
        known = await self._delegations.of(of.subject, after, limit)
        posts = [by_post(one) for one in await self._posts.acting_of(of.subject)]
        known += [one for one in posts if after is None or one.id < after]
        return sorted(known, key=lambda one: one.id, reverse=True)[: limit + 1]

    async def acting(self, by: Principal, id: str, run: str) -> Delegation:
        """The delegation by which this one acts for another, or the post in which this one acts on the day of the run's
        clock. Raises UnknownDelegation and DelegationEnded."""
        known = await self._delegations.one(id) or await self._by_post(id, run)
        if known is None or known.delegate != by.subject:
            raise UnknownDelegation(delegation=id)
        if known.ended:
            raise DelegationEnded()
        return known

    async def seen(self, by: Principal, id: str, run: str, step: Approver) -> Scope:
        """Whose nominations this one sees by it that wait for the step. Raises as `acting`, and UnknownRun."""
        known = await self.acting(by, id, run)
        with translated_calls():
            offered = await self._runs.offered(run)
        if offered is None or not offered.opened:
            raise UnknownRun(run=run)
        return known.scope_of(step, offered.organiser)

    async def _by_post(self, id: str, run: str) -> Delegation | None:
        with translated_calls():
            offered = await self._runs.offered(run)
            offset = 0 if offered is None else offered.offset_seconds
            day = local_date(business(self._units_of_work.now(), offset))
            found = await self._posts.acting(id, day)
        return None if found is None else by_post(found)

    async def _require_colleague(self, by: Principal, to: str) -> None:
        """Somebody of the same office, whom the register knows: so nobody learns here who there is elsewhere."""
        if by.unit is None:
            raise NothingToDelegate()
        with translated_calls():
            known = (await self._people.assignments([to])).get(to)
        if known is None or root_unit(known.unit) != root_unit(by.unit):
            raise UnknownPerson(person=to)
        if known.erased:
            raise PersonErased(person=to)
