"""What stands on each kind of paper, gathered for whoever asks, as far as that one sees it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from services.enrolment.catalogue import RunOnPaper
from services.enrolment.directory import OPS, Unit, offices_on, root_unit
from services.enrolment.paper.domain import letters
from services.enrolment.paper.domain.lists import attendance_sheet, certificate_list
from services.enrolment.paper.domain.orders import appointment_order
from services.enrolment.paper.domain.papers import STANDINGS, Asked, Named, Office, Paper, full_unit
from services.enrolment.paper.domain.refusals import NoSeatsOfUnit
from services.enrolment.paper.service.sources import Person, Sources
from services.enrolment.paper.storage import Letterheads
from services.enrolment.seats import Holder
from shared.errors import NotFound
from shared.events.seats import NominationState
from shared.rights import PROVINCIAL_POOL, Permission, Principal, Scope
from shared.thai import Name, local_date

LIVE: Final = (
    NominationState.CONFIRMED,
    NominationState.OFFERED,
    NominationState.WAITLISTED,
    NominationState.SUBMITTED,
)
SEATED: Final = (NominationState.CONFIRMED,)


@dataclass(frozen=True)
class Request:
    """`unit`: whose names, or who is asked for names; None: all that the caller sees. `day`: of an attendance sheet."""

    run: str
    principal: Principal
    permission: Permission
    unit: str | None
    asked: Asked
    day: date | None = None

    @property
    def scope(self) -> Scope:
        """Never wider than what the caller sees. Raises NotFound for a unit outside of it."""
        scope = self.principal.scope(self.permission)
        if self.unit is None:
            return scope
        if not scope.covers_unit(self.unit):
            raise NotFound()
        return Scope(unit=self.unit, names=scope.names)

    @property
    def wide(self) -> bool:
        """Whether the caller speaks for the organiser."""
        return self.principal.scope(self.permission).all

    @property
    def own_office(self) -> str:
        """Raises NotFound for a caller without a unit."""
        if self.principal.unit is None:
            raise NotFound()
        return root_unit(self.principal.unit)


class Gathering:
    """One per process."""

    def __init__(self, sources: Sources, letterheads: Letterheads) -> None:
        self._sources = sources
        self._letterheads = letterheads

    async def nomination_request(self, run: RunOnPaper, request: Request) -> Paper:
        units = await self._sources.units.units()
        office = await self._office(run.organiser or OPS, units)
        shares = await self._shares(run, request.unit)
        named = [(_pool_or_unit(unit, units), run.targets.get(target, ""), seats) for unit, target, seats in shares]
        asked = {unit for unit, _, _ in shares}
        one = _one_of(asked)
        circular = one not in units  # a pool is no unit
        to = _addressees(run, asked, units) if circular else [(await self._office(one, units)).addressed_as]
        memo = office.central and not any(unit.startswith(PROVINCIAL_POOL) for unit in asked)
        return letters.nomination_request(run, office, to, named, request.asked, memo=memo, circular=circular)

    async def nomination_letter(self, run: RunOnPaper, request: Request) -> Paper:
        units = await self._sources.units.units()
        unit = request.unit or request.principal.unit
        if unit is None or unit not in units:
            raise NotFound()
        scope = replace(request, unit=unit).scope
        holders = await self._sources.nominated(run.run, scope, LIVE)
        office, to = await self._office(root_unit(unit), units), await self._office(run.organiser or OPS, units)
        memo = office.central and to.central
        return letters.nomination_letter(run, office, to, await self._named(holders, units), request.asked, memo=memo)

    async def appointment_order(self, run: RunOnPaper, request: Request) -> Paper:
        units = await self._sources.units.units()
        holders = await self._sources.nominated(run.run, request.scope, SEATED)
        organiser = await self._office(run.organiser or OPS, units)
        office = organiser if request.wide else await self._office(request.own_office, units)
        return appointment_order(run, office, organiser, await self._named(holders, units), request.asked)

    async def attendance_sheet(self, run: RunOnPaper, request: Request) -> Paper:
        units = await self._sources.units.units()
        holders = await self._sources.nominated(run.run, request.scope, SEATED)
        office = await self._office(run.organiser or OPS, units)
        return attendance_sheet(run, office, await self._named(holders, units), request.day)

    async def certificate_list(self, run: RunOnPaper, request: Request) -> Paper:
        units = await self._sources.units.units()
        issued = await self._sources.issued(run.run, request.scope)
        office = await self._office(run.organiser or OPS, units)
        return certificate_list(run, office, issued, [full_unit(one.place.unit, units) for one in issued])

    # ---- what they are made of

    async def _shares(self, run: RunOnPaper, unit: str | None) -> Sequence[tuple[str, str, int]]:
        """Units, target groups and seats. Raises NoSeatsOfUnit."""
        shares = [share for share in await self._sources.seats.shares(run.run) if unit in (None, share[0])]
        if not shares:
            raise NoSeatsOfUnit()
        return shares

    async def _office(self, key: str, units: Mapping[str, Unit]) -> Office:
        """Raises NotFound for a unit that is not known."""
        if key not in units:
            raise NotFound()
        letterhead = await self._letterheads.of(key)
        people = {} if letterhead.signer is None else await self._sources.persons([letterhead.signer])
        return Office(units[key], letterhead, next(map(_name, people.values()), None))

    async def _named(self, holders: Sequence[Holder], units: Mapping[str, Unit]) -> list[Named]:
        people = await self._sources.persons([holder.person for holder in holders])
        return [_named(holder, people.get(holder.person), units) for holder in holders]


def _one_of(asked: Collection[str]) -> str:
    """The unit that is asked alone, or the office that has all that are; none if there are several."""
    if len(asked) == 1:
        return next(iter(asked))
    offices = {root_unit(unit) for unit in asked}
    return offices.pop() if len(offices) == 1 else ""


def _addressees(run: RunOnPaper, asked: Iterable[str], units: Mapping[str, Unit]) -> list[str]:
    """Of a letter to more than one office."""
    offices = {root_unit(unit) for unit in asked}
    provinces = {office for office in offices if office.startswith(PROVINCIAL_POOL)}
    every = set(offices_on(units, local_date(run.starts_at)))
    to = []
    if provinces:
        whole = PROVINCIAL_POOL in provinces or every <= provinces
        to.append(letters.EVERY_PROVINCE if whole else letters.SOME_PROVINCES)
    return [*to, letters.CENTRAL_UNITS] if offices - provinces else to


def _pool_or_unit(key: str, units: Mapping[str, Unit]) -> str:
    return letters.PROVINCES if key == PROVINCIAL_POOL else full_unit(key, units)


def _name(person: Person) -> str:
    return Name(person.prefix, person.first_name, person.last_name).formal


def _named(holder: Holder, person: Person | None, units: Mapping[str, Unit]) -> Named:
    unit, standing = holder.place.unit, STANDINGS.get(holder.state, "")
    if person is None:
        return Named(None, "", full_unit(unit, units), unit, holder.rank, standing)
    sorted_by = f"{person.first_name} {person.last_name}"
    position = person.position or ""
    return Named(_name(person), position, full_unit(unit, units), unit, holder.rank, standing, sorted_by)
