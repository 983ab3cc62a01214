"""What groups and ideas need of other features, as the composition root hands it over."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.enrolment.catalogue import OfferedRun, RunState
from services.enrolment.directory import Unit, UnknownUnit
from services.enrolment.seats import Holder
from services.enrolment.workshop.domain.groups import Workshop
from services.enrolment.workshop.domain.refusals import GroupsOfCancelledRun
from services.enrolment.workshop.storage import Workshops
from shared.errors import NotFound
from shared.mongo import Session


class Runs(Protocol):
    """Runs as the catalogue offers them."""

    async def offered(self, run: str, session: Session | None = None) -> OfferedRun | None: ...


class SeatHolders(Protocol):
    """Who has a seat."""

    async def page(self, run: str, after: str, limit: int, session: Session | None = None) -> list[Holder]: ...

    async def of(self, run: str, nominations: Sequence[str], session: Session | None = None) -> dict[str, Holder]: ...


class Stood(Protocol):
    """Where the seats of runs stand."""

    async def of(self, runs: Sequence[str], session: Session | None = None) -> dict[str, int]: ...


class People(Protocol):
    """The directory; of a person only the level is asked."""

    async def by_ids(self, people: Collection[str], session: Session) -> Mapping[str, Any]: ...


class Units(Protocol):
    async def units(self) -> Mapping[str, Unit]: ...


@dataclass(frozen=True)
class Sources:
    runs: Runs
    holders: SeatHolders
    stood: Stood
    people: People
    units: Units

    async def run(self, run: str, session: Session | None = None) -> OfferedRun:
        """Raises NotFound for one that nobody was told of, and GroupsOfCancelledRun."""
        offered = await self.runs.offered(run, session)
        if offered is None or not offered.opened:
            raise NotFound()
        if offered.state is RunState.CANCELLED:
            raise GroupsOfCancelledRun()
        return offered

    async def levels(self, people: Collection[str], session: Session) -> dict[str, str]:
        """Of those who have one, as it is now."""
        found = await self.people.by_ids(people, session)
        return {key: person.level for key, person in found.items() if person.level is not None}

    async def require_unit(self, unit: str) -> None:
        """Raises UnknownUnit."""
        if unit not in await self.units.units():
            raise UnknownUnit(unit=unit)


@dataclass(frozen=True, slots=True)
class Present:
    """A run as it is before a command; `stored` None: nothing was written of it yet."""

    run: OfferedRun
    stored: Workshop | None
    workshop: Workshop


async def present(sources: Sources, store: Workshops, run: str, session: Session | None = None) -> Present:
    """Raises NotFound and GroupsOfCancelledRun."""
    offered = await sources.run(run, session)
    stored = await store.workshop(run, session)
    return Present(offered, stored, stored or Workshop(run, offered.programme, offered.fiscal_year))
