"""Units and people: reads, and all commands except the import of people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.enrolment.directory.domain.people import erase_contact
from services.enrolment.directory.domain.reference import bundled
from services.enrolment.directory.domain.units import Unit, bundled_unit, register_unit
from services.enrolment.directory.service.erasures import Erasures
from services.enrolment.directory.storage import People, Stored, Units
from shared.errors import NotFound
from shared.idempotency import CommandKey, Recorded, receipt_of
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import DuplicateKey, Session, StoreUnavailable
from shared.position_tokens import Reached, together
from shared.rights import Scope
from shared.write import CommandResult, UnitOfWork

UNITS_AT_ONCE: Final = 100
DEADLINE_SECONDS: Final = 20.0
AGAIN_AFTER: Final = (DuplicateKey, StoreUnavailable)  # what is stored by then is unchanged


@dataclass(frozen=True)
class Registered:
    """What an import of the reference data did."""

    registered: int
    described_anew: int
    unchanged: int
    reached: Reached


class DirectoryService:
    """One per process. The outbox also holds contacts, so erasing changes it too."""

    def __init__(self, units_of_work: UnitOfWork, units: Units, people: People, erasures: Erasures) -> None:
        self.units = units
        self.people = people
        self._units_of_work = units_of_work
        self._erasures = erasures

    async def unit(self, key: str) -> Unit:
        """Raises NotFound."""
        unit = await self.units.one(key)
        if unit is None:
            raise NotFound()
        return unit

    async def person(self, person: str, scope: Scope, session: Session | None = None) -> Stored:
        """Raises NotFound, also for a person outside the scope."""
        stored = await self.people.one(person, scope, session)
        if stored is None:
            raise NotFound()
        return stored

    async def import_reference(self) -> Registered:
        """Imports the bundled units; unchanged ones are left alone. A unit keeps the e-mail address it was given."""
        reference = bundled()
        described = [bundled_unit(unit, reference) for unit in reference.units.values()]
        receipt = receipt_of(new_id())
        parts = [
            await self._register(described[start : start + UNITS_AT_ONCE], receipt)
            for start in range(0, len(described), UNITS_AT_ONCE)
        ]
        positions = [position for part in parts for position in part.positions]
        new = sum(position.seq == 1 for position in positions)
        changed = len(positions) - new
        return Registered(new, changed, len(described) - len(positions), together(parts))

    async def _register(self, described: Sequence[Unit], receipt: str) -> Reached:
        async def work(session: Session, recorder: EventRecorder) -> Reached:
            known = await self.units.find([unit.key for unit in described], session)
            changed = []
            for unit in described:
                before, seq = known.get(unit.key, (None, 0))
                now = replace(unit, email=before.email if before is not None else None)
                if events := register_unit(now, before):
                    recorder.record(events, after=seq)
                    changed.append((now, seq + len(events)))
            await self.units.store(changed, session)
            recorder.note("import-reference", "import", receipt, count=len(described))
            return recorder.marked(receipt)

        return await self._units_of_work.commit(work, seconds=DEADLINE_SECONDS, again_after=AGAIN_AFTER)

    async def erase_contact(self, key: CommandKey, person: str, scope: Scope) -> Recorded:
        """Erases names and addresses here, in the outbox, and by a tombstone wherever they were consumed. A long
        history in the outbox is erased in the seconds that follow. Raises NotFound, and PersonErased when another
        command did it."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            stored = await self.person(person, scope, session)
            erased, event = erase_contact(stored.person)
            recorder.record([event], after=stored.contact_seq)
            recorder.note("erase", "person", person)
            await self.people.store([Stored(erased, stored.seq, stored.contact_seq + 1)], (), session)
            await self._erasures.begin(person, session)
            return CommandResult({"id": person, "erased": True})

        answer = await self._units_of_work.carry_out(key, work)
        self._erasures.wake()
        return answer
