"""What papers ask of the features before them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.enrolment.catalogue import RunOnPaper
from services.enrolment.certificates import Certificate
from services.enrolment.directory import Unit
from services.enrolment.paper.domain.papers import MOST_NAMES
from services.enrolment.paper.domain.refusals import NobodyOnPaper, PaperOfCancelledRun, PaperTooLong
from services.enrolment.seats import Holder
from shared.errors import NotFound
from shared.events.seats import NominationState
from shared.mongo import Session
from shared.portions import portions
from shared.rights import Scope

AT_ONCE = 500


class Runs(Protocol):
    async def on_paper(self, run: str) -> RunOnPaper | None: ...


class Nominees(Protocol):
    """Nominations within a scope, as lists of them have it."""

    async def within(self, run: str, scope: Scope, state: NominationState, after: str, limit: int) -> list[Holder]: ...


class Seats(Protocol):
    async def shares(self, run: str) -> Sequence[tuple[str, str, int]]: ...


class Certificates(Protocol):
    """Those of a run within a scope, in order of issue; one more than `limit`."""

    async def page(self, run: str, scope: Scope, after: str | None, limit: int) -> list[Certificate]: ...


class Person(Protocol):
    """As the directory knows somebody."""

    @property
    def unit(self) -> str: ...
    @property
    def prefix(self) -> str: ...
    @property
    def first_name(self) -> str: ...
    @property
    def last_name(self) -> str: ...
    @property
    def position(self) -> str | None: ...
    @property
    def erased(self) -> bool: ...


class People(Protocol):
    async def by_ids(self, people: Collection[str], session: Session | None = None) -> Mapping[str, Person]: ...


class Units(Protocol):
    async def units(self) -> Mapping[str, Unit]: ...


@dataclass(frozen=True)
class Sources:
    runs: Runs
    nominees: Nominees
    seats: Seats
    people: People
    units: Units
    certificates: Certificates

    async def run(self, id: str) -> RunOnPaper:
        """Raises NotFound for one that nobody was told of, and PaperOfCancelledRun."""
        run = await self.runs.on_paper(id)
        if run is None or not run.opened:
            raise NotFound()
        if run.cancelled:
            raise PaperOfCancelledRun()
        return run

    async def nominated(self, run: str, scope: Scope, states: Sequence[NominationState]) -> list[Holder]:
        """All of them. Raises NobodyOnPaper and PaperTooLong."""
        found: list[Holder] = []
        for state in states:
            after = ""
            while page := await self.nominees.within(run, scope, state, after, AT_ONCE):
                found += page
                after = page[-1].nomination
                if len(found) > MOST_NAMES:
                    raise PaperTooLong(limit=MOST_NAMES)
        if not found:
            raise NobodyOnPaper()
        return sorted(found, key=lambda holder: holder.nomination)

    async def issued(self, run: str, scope: Scope) -> list[Certificate]:
        """All of them, by their numbers. Raises NobodyOnPaper and PaperTooLong."""
        found: list[Certificate] = []
        after: str | None = None
        while page := (await self.certificates.page(run, scope, after, AT_ONCE))[:AT_ONCE]:
            found += page
            after = page[-1].id
            if len(found) > MOST_NAMES:
                raise PaperTooLong(limit=MOST_NAMES)
        if not found:
            raise NobodyOnPaper()
        return sorted(found, key=lambda one: (one.register, one.serial))

    async def persons(self, ids: Sequence[str]) -> dict[str, Person]:
        """Those that exist and were not erased."""
        found: dict[str, Person] = {}
        for some in portions(ids):
            found |= await self.people.by_ids(some)
        return {id: person for id, person in found.items() if not person.erased}
