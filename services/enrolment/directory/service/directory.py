"""Units and people: reads, and all commands except the import of people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.enrolment.directory.domain.people import erase_person
from services.enrolment.directory.domain.reference import bundled
from services.enrolment.directory.domain.rows import external_hashes
from services.enrolment.directory.domain.units import Unit, bundled_unit, register_unit
from services.enrolment.directory.service.erasures import Erasures
from services.enrolment.directory.storage import People, Stored, Units
from shared.citizens import CitizenKeys
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
    """One per process. `citizen_keys` make the keyed hashes. The outbox also holds contacts, so erasing changes
    it too."""

    def __init__(
        self, units_of_work: UnitOfWork, units: Units, people: People, erasures: Erasures, *, citizen_keys: CitizenKeys
    ) -> None:
        self.units = units
        self.people = people
        self._units_of_work = units_of_work
        self._erasures = erasures
        self._citizen_keys = citizen_keys

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
        """Erases what is known of a person here, in the outbox and in nominations, and by a tombstone wherever it was
        consumed. A long history is erased in the seconds that follow. Raises NotFound, and PersonErased when another
        command did it."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            stored = await self.person(person, scope, session)
            erased, event = erase_person(stored.person, self._hashed(stored.person.external_id), recorder.now)
            recorder.record([event], after=stored.contact_seq)
            recorder.note("erase", "person", person)
            after = Stored(erased, stored.seq, stored.contact_seq + 1)
            await self.people.store([after], (), session)
            await self._erasures.begin(person, f"{event.aggregate}:{after.contact_seq}", recorder.now, session)
            return CommandResult({"id": person, "erased": True})

        answer = await self._units_of_work.carry_out(key, work)
        self._erasures.wake()
        return answer

    def _hashed(self, external_id: str | None) -> str | None:
        return None if external_id is None else external_hashes(external_id, self._citizen_keys)[0]
