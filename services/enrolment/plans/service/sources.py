"""What development plans ask of the features before them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.enrolment.directory import Assignment, PersonErased, Unit, place_on
from shared.errors import NotFound
from shared.events.seats import Place
from shared.thai import local_date


class People(Protocol):
    """The directory's people. Reads cannot be rolled back."""

    async def assignments(self, people: Collection[str]) -> Mapping[str, Assignment]: ...


class Units(Protocol):
    """The directory's units, from memory."""

    async def units(self) -> Mapping[str, Unit]: ...


@dataclass(frozen=True)
class Sources:
    people: People
    units: Units

    async def place(self, person: str, at: datetime) -> Place:
        """Where somebody belongs. Raises NotFound for nobody, and PersonErased."""
        assignment = (await self.people.assignments([person])).get(person)
        if assignment is None:
            raise NotFound()
        if assignment.erased:
            raise PersonErased(person=person)
        return await self.place_of(assignment.unit, at)

    async def place_of(self, unit: str, at: datetime) -> Place:
        return place_on(await self.units.units(), unit, local_date(at))
