"""The checks of nominations that need other runs. Only where a programme asks for them is anything read: once for a
batch and check, and once who of its people is in those runs.

It is read before the transaction, like all that a batch only needs to know. Two nominations of a person for two runs at
the same moment may not see each other: a check is no lock.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from services.enrolment.catalogue import OfferedRun, OtherRun, Policy
from services.enrolment.seats.domain.checks import Found, NominationWarning, Warnings, looks_elsewhere
from services.enrolment.seats.domain.clash import clash
from services.enrolment.seats.domain.repeated import repeats, window
from services.enrolment.seats.storage.elsewhere import SeatElsewhere
from shared.events.seats import WarningCode

NOTHING: Final[Found] = {}


class RelatedRuns(Protocol):
    """The catalogue's runs."""

    async def at_the_time_of(self, run: OfferedRun) -> Sequence[OtherRun]: ...

    async def of_the_course(self, run: OfferedRun, since: datetime, until: datetime) -> Sequence[OtherRun]: ...


class OtherSeats(Protocol):
    """Nominations in other runs."""

    async def live_in(self, runs: Collection[str], people: Collection[str]) -> Sequence[SeatElsewhere]: ...


class Checking:
    """Looks up what boards need to know of other runs."""

    def __init__(self, runs: RelatedRuns, seats: OtherSeats) -> None:
        self._runs = runs
        self._seats = seats

    async def found(self, run: OfferedRun, people: Collection[str]) -> Found:
        """What there is to say about each of these people, whatever the policy."""
        if not people or not looks_elsewhere(run.checks):
            return NOTHING
        clashing, same = await asyncio.gather(self._clashing(run), self._same_course(run))
        others = clashing.keys() | same
        if not others:
            return NOTHING
        found: dict[str, Warnings] = {}
        for seat in await self._seats.live_in(others, people):
            codes = [clashing[seat.run]] if seat.run in clashing else []
            if seat.run in same and repeats(seat.state):
                codes.append(WarningCode.REPEATED)
            said = tuple(NominationWarning(code, seat.run, seat.unit) for code in codes)
            found[seat.person] = found.get(seat.person, ()) + said
        return found

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
