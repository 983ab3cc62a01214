"""Units and people: what is read of them, and the commands that change them but for the import of people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.enrolment.directory.domain import (
    Unit,
    bundled_unit,
    contact_aggregate,
    erase_contact,
    register_unit,
)
from services.enrolment.directory.reference import bundled
from services.enrolment.directory.storage import People, Stored, Units, erase_sealed
from shared.clock import Clock
from shared.errors import NotFound
from shared.events.envelope import Position
from shared.messaging.outbox import Numbered, numbered
from shared.messaging.publisher import EventPublisher
from shared.mongo import Client, Session, transaction
from shared.rights import Scope

UNITS_AT_ONCE: Final = 100
DEADLINE_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Registered:
    """What an import of the reference data did."""

    registered: int
    described_anew: int
    unchanged: int
    positions: tuple[Position, ...]


class DirectoryService:
    """One per process."""

    def __init__(self, client: Client, units: Units, people: People, publisher: EventPublisher, clock: Clock) -> None:
        self.units = units
        self.people = people
        self._client = client
        self._publisher = publisher
        self._clock = clock

    async def unit(self, key: str) -> Unit:
        """Raises NotFound."""
        found = await self.units.one(key)
        if found is None:
            raise NotFound()
        return found

    async def person(self, person: str, scope: Scope) -> Stored:
        """Raises NotFound, also for whom the scope does not reach."""
        found = await self.people.one(person, scope)
        if found is None:
            raise NotFound()
        return found

    async def import_reference(self) -> Registered:
        """Brings in the bundled units; those that are as described change nothing. An address that a unit was given
        stays."""
        reference = bundled()
        wanted = [bundled_unit(unit, reference) for unit in reference.units.values()]
        positions: list[Position] = []
        for start in range(0, len(wanted), UNITS_AT_ONCE):
            positions += await self._register(wanted[start : start + UNITS_AT_ONCE])
        new = sum(position.seq == 1 for position in positions)
        changed = len(positions) - new
        return Registered(new, changed, len(wanted) - len(positions), tuple(positions))

    async def _register(self, wanted: Sequence[Unit]) -> list[Position]:
        context = self._publisher.context(self._clock())

        async def work(session: Session) -> list[Numbered]:
            known = await self.units.find([unit.key for unit in wanted], session)
            facts, units = [], []
            for unit in wanted:
                before, seq = known.get(unit.key, (None, 0))
                now = replace(unit, email=before.email if before is not None else None)
                news = numbered(register_unit(now, before), after=seq)
                if news:
                    units.append((now, news[-1].seq))
                    facts += news
            await self.units.store(units, session)
            await self._publisher.outbox.append([(fact, context) for fact in facts], session)
            return facts

        facts = await transaction(self._client, work, deadline=DEADLINE_SECONDS)
        self._publisher.wake()
        return [fact.position for fact in facts]

    async def erase_contact(self, person: str, scope: Scope) -> list[Position]:
        """Names and addresses are gone here, from the outbox, and by a tombstone from wherever they were told.
        Raises NotFound and PersonErased."""
        context = self._publisher.context(self._clock())

        async def work(session: Session) -> list[Numbered]:
            found = await self.people.one(person, scope, session)
            if found is None:
                raise NotFound()
            erased, fact = erase_contact(found.person)
            news = numbered([fact], after=found.contact_seq)
            await self.people.store([Stored(erased, found.seq, news[-1].seq)], (), session)
            await erase_sealed(self._publisher.outbox.collection, contact_aggregate(person), session)
            await self._publisher.outbox.append([(item, context) for item in news], session)
            return news

        news = await transaction(self._client, work)
        self._publisher.wake()
        return positions_of(news)


def positions_of(items: Iterable[Numbered]) -> list[Position]:
    """The last position of each aggregate."""
    last = {item.fact.aggregate: item.position for item in items}
    return list(last.values())
