"""Papers: what stands on one is gathered for whoever asks, as far as that one sees it, made, and kept nowhere."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final

from services.enrolment.catalogue import RunOnPaper
from services.enrolment.directory import OPS, Unit, offices_on, root_unit
from services.enrolment.paper.domain import letters
from services.enrolment.paper.domain.kinds import Format, Kind
from services.enrolment.paper.domain.papers import MOST_NAMES, Asked, Named, Office, Paper, full_name, full_unit
from services.enrolment.paper.domain.refusals import NoSeatsOfUnit, PaperRunning, PapersBusy, PaperTooLong
from services.enrolment.paper.service.sources import Person, Sources
from services.enrolment.paper.storage import Letterheads
from services.enrolment.seats import Holder
from shared.documents import PAPER
from shared.documents.press import Press, PressOverfull
from shared.errors import NotFound
from shared.events.seats import NominationState
from shared.rights import PROVINCIAL_POOL, Permission, Principal, Scope
from shared.thai import local_date
from shared.turns import Turns

MOST_AT_ONCE: Final = 8
LIVE: Final = (NominationState.CONFIRMED, NominationState.WAITLISTED, NominationState.SUBMITTED)


@dataclass(frozen=True)
class Request:
    """`unit`: whose names, or who is asked for names; None: all that the caller sees."""

    run: str
    principal: Principal
    permission: Permission
    unit: str | None
    asked: Asked

    @property
    def scope(self) -> Scope:
        """Never wider than what the caller sees. Raises NotFound for a unit outside of it."""
        scope = self.principal.scope(self.permission)
        if self.unit is None:
            return scope
        if not scope.covers_unit(self.unit):
            raise NotFound()
        return Scope(unit=self.unit, names=scope.names)


class Drawing:
    """One per process."""

    def __init__(self, sources: Sources, letterheads: Letterheads, press: Press) -> None:
        self._sources = sources
        self._letterheads = letterheads
        self._press = press
        self._turns = Turns(MOST_AT_ONCE, running=PaperRunning, busy=PapersBusy)
        self._kinds: Mapping[Kind, Callable[[RunOnPaper, Request], Awaitable[Paper]]] = {
            Kind.NOMINATION_REQUEST: self._nomination_request,
            Kind.NOMINATION_LETTER: self._nomination_letter,
        }

    async def draw(self, kind: Kind, format: Format, request: Request) -> bytes:
        """The same bytes for the same state and request. Raises the refusals of papers, SignsNotInFonts, PressBusy."""
        with self._turns.of(request.principal.subject):
            run = await self._sources.run(request.run)
            paper = await self._kinds[kind](run, request)
            made_at = _made_at(run, request.asked)
            try:
                if format is Format.DOCX:
                    return await self._press.docx(paper.data(), made_at)
                return await self._press.pdf(PAPER, paper.data(), made_at)
            except PressOverfull as error:
                raise PaperTooLong(limit=MOST_NAMES) from error

    # ---- kinds

    async def _nomination_request(self, run: RunOnPaper, request: Request) -> Paper:
        units = await self._sources.units.units()
        office = await self._office(run.organiser or OPS, units)
        shares = await self._shares(run, request.unit)
        named = [(_pool_or_unit(unit, units), run.targets.get(target, ""), seats) for unit, target, seats in shares]
        asked = {unit for unit, _, _ in shares}
        to = await self._addressees(run, asked, units)
        memo = office.central and not any(unit.startswith(PROVINCIAL_POOL) for unit in asked)
        return letters.nomination_request(run, office, to, named, request.asked, memo=memo)

    async def _nomination_letter(self, run: RunOnPaper, request: Request) -> Paper:
        units = await self._sources.units.units()
        unit = request.unit or request.principal.unit
        if unit is None or unit not in units:
            raise NotFound()
        scope = Request(request.run, request.principal, request.permission, unit, request.asked).scope
        holders = await self._sources.nominated(run.run, scope, LIVE)
        office, to = await self._office(root_unit(unit), units), await self._office(run.organiser or OPS, units)
        memo = office.central and to.central
        return letters.nomination_letter(run, office, to, await self._named(holders, units), request.asked, memo=memo)

    # ---- what they are made of

    async def _shares(self, run: RunOnPaper, unit: str | None) -> Sequence[tuple[str, str, int]]:
        """Units, target groups and seats. Raises NoSeatsOfUnit."""
        shares = [share for share in await self._sources.seats.shares(run.run) if unit in (None, share[0])]
        if not shares:
            raise NoSeatsOfUnit()
        return shares

    async def _addressees(self, run: RunOnPaper, asked: set[str], units: Mapping[str, Unit]) -> list[str]:
        if len(asked) == 1 and (only := next(iter(asked))) in units:
            return [(await self._office(only, units)).addressed_as]
        provinces = {unit for unit in asked if unit.startswith(PROVINCIAL_POOL)}
        every = set(offices_on(units, local_date(run.starts_at)))
        to = []
        if provinces:
            whole = PROVINCIAL_POOL in provinces or every <= provinces
            to.append(letters.EVERY_PROVINCE if whole else letters.SOME_PROVINCES)
        return [*to, letters.CENTRAL_UNITS] if asked - provinces else to

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


def _pool_or_unit(key: str, units: Mapping[str, Unit]) -> str:
    return letters.PROVINCES if key == PROVINCIAL_POOL else full_unit(key, units)


def _name(person: Person) -> str:
    return full_name(person.prefix, person.first_name, person.last_name)


def _named(holder: Holder, person: Person | None, units: Mapping[str, Unit]) -> Named:
    unit = holder.place.unit
    if person is None:
        return Named(None, "", full_unit(unit, units), unit, holder.rank)
    return Named(_name(person), person.position or "", full_unit(unit, units), unit, holder.rank)


def _made_at(run: RunOnPaper, asked: Asked) -> datetime:
    """A moment for the file that is no clock's: the same paper is the same file."""
    return run.starts_at if asked.on is None else datetime.combine(asked.on, time(), UTC)
