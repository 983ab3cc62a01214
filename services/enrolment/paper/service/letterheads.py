"""Letterheads of units: read, and replaced by whoever has seen the last one."""

from dataclasses import replace

from services.enrolment.paper.domain.letterheads import Letterhead
from services.enrolment.paper.domain.refusals import UnknownSigner
from services.enrolment.paper.http.responses import written_response
from services.enrolment.paper.service.sources import Sources
from services.enrolment.paper.storage import Letterheads
from shared.conditions import ChangedSince
from shared.errors import NotFound
from shared.idempotency import CommandKey, Recorded
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session, translated_calls
from shared.rights import Permission, Principal
from shared.write import CommandResult, UnitOfWork


class LetterheadService:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, store: Letterheads, sources: Sources) -> None:
        self._units_of_work = units_of_work
        self._store = store
        self._sources = sources

    async def read(self, principal: Principal, unit: str) -> Letterhead:
        """Raises NotFound, also for a unit outside the caller's scope."""
        await self._require_unit(principal, unit)
        return await self._store.of(unit)

    async def replace(self, key: CommandKey, principal: Principal, wanted: Letterhead, version: int) -> Recorded:
        """Raises NotFound, UnknownSigner and ChangedSince."""
        await self._require_unit(principal, wanted.unit)
        await self._require_signer(principal, wanted.signer)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await self._store.of(wanted.unit, session)
            if before.version != version:
                raise ChangedSince(version=before.version, changes=[], complete=False)
            after = replace(wanted, version=before.version + 1)
            await self._store.write(before, after, session)
            recorder.note("write-letterhead", "unit", wanted.unit)
            return CommandResult(written_response(after), version=after.version)

        return await self._units_of_work.carry_out(key, work)

    async def _require_unit(self, principal: Principal, unit: str) -> None:
        scope = principal.scope(Permission.LETTERHEAD_WRITE)
        if not scope.covers_unit(unit) or unit not in await self._sources.units.units():
            raise NotFound()

    async def _require_signer(self, principal: Principal, signer: str | None) -> None:
        """Somebody whom the caller may read: the name stands on the paper."""
        if signer is None:
            return
        with translated_calls():
            person = (await self._sources.persons([signer])).get(signer)
        if person is None or not principal.scope(Permission.PERSON_READ).covers_unit(person.unit):
            raise UnknownSigner()
