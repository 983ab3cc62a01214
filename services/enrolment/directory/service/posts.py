"""Who is in a post, one at a time: recorded, given another last day, and taken back when it was wrong."""

from dataclasses import replace
from datetime import date
from typing import Final

from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.post_rows import Claim, find_unit
from services.enrolment.directory.domain.posts import Holding, check_days, fill, filled, revoked
from services.enrolment.directory.domain.reference import bundled
from services.enrolment.directory.domain.units import Unit
from services.enrolment.directory.http.responses import holding_response
from services.enrolment.directory.service.filling import Fillings
from services.enrolment.directory.storage import Posts, Units
from shared.errors import NotFound
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.rights import Scope
from shared.write import CommandResult, UnitOfWork

LINE: Final = 1  # a single one is decided on as a sheet of one row


class PostService:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, units: Units, posts: Posts, fillings: Fillings) -> None:
        self.posts = posts
        self._units_of_work = units_of_work
        self._units = units
        self._fillings = fillings

    async def unit(self, key: str) -> Unit:
        """Raises UnknownUnit and UnitWithoutOffice."""
        return find_unit(Lookup(await self._units.all(), bundled().positions), key)

    async def one(self, holding: str, scope: Scope, session: Session | None = None) -> Holding:
        """Raises NotFound, also for one outside the scope."""
        known = await self.posts.one(holding, scope, session)
        if known is None:
            raise NotFound()
        return known

    async def record(self, key: CommandKey, claim: Claim, scope: Scope, *, ends_predecessor: bool) -> Recorded:
        """Raises what a row of an import is refused for, and PredecessorStays."""
        id = new_id()

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            confirmed = [claim.line] if ends_predecessor else []
            done = await self._fillings.fill([claim], [id], scope, confirmed, session, recorder)
            for problem in (*done.bad, *done.questions):
                raise problem.error
            made = done.taken[0].holding
            recorder.note("fill-post", "holding", made)
            holding = await self.one(made, scope, session)
            return CommandResult(holding_response(holding), 201 if made == id else 200)

        return await self._units_of_work.carry_out(key, work)

    async def set_last_day(self, key: CommandKey, holding: str, last: date | None, scope: Scope) -> Recorded:
        """None: not known. Raises NotFound, ValidityReversed, PostTaken and InPostAlready."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            known = await self.one(holding, scope, session)
            now = replace(known, valid_to=last)
            check_days(now)
            others = (await self.posts.of_posts([known.of], session))[known.of]
            if (filling := fill(others, now)).changed:
                seq = (await self.posts.histories([known.of], session))[known.of]
                await self.posts.write(known.of, (seq, seq + 1), (), filling.changed, session)
                recorder.record([filled(now)], after=seq)
            recorder.note("set-last-day", "holding", holding)
            return CommandResult(holding_response(now))

        return await self._units_of_work.carry_out(key, work)

    async def revoke(self, key: CommandKey, holding: str, scope: Scope) -> Recorded:
        """It was a mistake. Raises NotFound."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            known = await self.one(holding, scope, session)
            seq = (await self.posts.histories([known.of], session))[known.of]
            await self.posts.remove(known, seq, session)
            recorder.record([revoked(known)], after=seq)
            recorder.note("revoke-filling", "holding", holding)
            return CommandResult(holding_response(known))

        return await self._units_of_work.carry_out(key, work)
