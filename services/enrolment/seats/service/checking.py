"""The checks of nominations that need more than the run: other runs, certificates, attendance. Only where a programme
asks for them is anything read: once for a batch and check, and once who of its people is in those runs.

It is read before the transaction, like all that a batch only needs to know. Two nominations of a person for two runs at
the same moment may not see each other: a check is no lock.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final, Protocol

from services.enrolment.catalogue import OfferedRun, OtherRun, Policy
from services.enrolment.seats.domain.checks import (
    Found,
    NominationWarning,
    Warnings,
    looks_back,
    looks_elsewhere,
    year_of_hours,
)
from services.enrolment.seats.domain.clash import clash
from services.enrolment.seats.domain.repeated import repeats, window
from services.enrolment.seats.storage.elsewhere import SeatElsewhere
from shared.events.seats import WarningCode

Said = Sequence[tuple[str, NominationWarning]]  # by person
NOTHING: Final[Found] = {}


class RelatedRuns(Protocol):
    """The catalogue's runs."""

    async def at_the_time_of(self, run: OfferedRun) -> Sequence[OtherRun]: ...

    async def of_the_course(self, run: OfferedRun, since: datetime, until: datetime) -> Sequence[OtherRun]: ...


class OtherSeats(Protocol):
    """Nominations in other runs."""

    async def live_in(self, runs: Collection[str], people: Collection[str]) -> Sequence[SeatElsewhere]: ...


class HeldCourses(Protocol):
    """The courses of which people have certificates."""

    async def of(self, people: Collection[str], courses: Collection[str]) -> Mapping[str, Collection[str]]: ...


class TrainedPeople(Protocol):
    """Who was trained as much as is expected."""

    async def reached(self, people: Collection[str], year: int) -> Collection[str]: ...


class Checking:
    """Looks up what boards need to know beside their run."""

    def __init__(self, runs: RelatedRuns, seats: OtherSeats, courses: HeldCourses, trained: TrainedPeople) -> None:
        self._runs = runs
        self._seats = seats
        self._courses = courses
        self._trained = trained

    async def found(self, run: OfferedRun, people: Collection[str]) -> Found:
        """What there is to say about each of these people, whatever the policy."""
        if not people or not (looks_elsewhere(run.checks) or looks_back(run.checks)):
            return NOTHING
        parts = await asyncio.gather(
            self._elsewhere(run, people), self._uncertified(run, people), self._trained_enough(run, people)
        )
        found: dict[str, Warnings] = {}
        for person, warning in chain.from_iterable(parts):
            found[person] = (*found.get(person, ()), warning)
        return found

    async def _elsewhere(self, run: OfferedRun, people: Collection[str]) -> Said:
        """Of their nominations in other runs."""
        clashing, same = await asyncio.gather(self._clashing(run), self._same_course(run))
        others = clashing.keys() | same
        said: list[tuple[str, NominationWarning]] = []
        for seat in await self._seats.live_in(others, people) if others else ():
            codes = [clashing[seat.run]] if seat.run in clashing else []
            if seat.run in same and repeats(seat.state):
                codes.append(WarningCode.REPEATED)
            said += [(seat.person, NominationWarning(code, seat.run, seat.unit)) for code in codes]
        return said

    async def _uncertified(self, run: OfferedRun, people: Collection[str]) -> Said:
        """Those without a certificate of every course that they need."""
        if run.checks.prerequisite is Policy.OFF:
            return ()
        needed, held = frozenset(run.prerequisites), await self._courses.of(people, run.prerequisites)
        missing = NominationWarning(WarningCode.PREREQUISITE_MISSING)
        return [(person, missing) for person in people if not needed.issubset(held.get(person, ()))]

    async def _trained_enough(self, run: OfferedRun, people: Collection[str]) -> Said:
        if run.checks.hours is Policy.OFF:
            return ()
        reached = NominationWarning(WarningCode.HOURS_REACHED)
        return [(person, reached) for person in await self._trained.reached(people, year_of_hours(run))]

    async def _clashing(self, run: OfferedRun) -> Mapping[str, WarningCode]:
        """Other runs that nobody can attend as well, with the way in which they clash."""
        if run.checks.clash is Policy.OFF:
            return {}
        others = await self._runs.at_the_time_of(run)
        codes: dict[str, Any] = {other.id: clash(run, other) for other in others}
        return {other: code for other, code in codes.items() if code is not None}

    async def _same_course(self, run: OfferedRun) -> frozenset[str]:
        if run.checks.repeated is Policy.OFF:
            return frozenset()
        return frozenset(other.id for other in await self._runs.of_the_course(run, *window(run)))
