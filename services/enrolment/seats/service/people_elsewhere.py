"""The people of a run who are in other runs, in pages: what the catalogue lists when a run is moved, split or merged.

Two queries for a page, whatever the run and the others are: its next people, and which of them are in the others. Where
every second one goes, the places of all are read before, a thousand at a time.
"""

from collections.abc import Callable, Mapping
from typing import Final

from services.enrolment.catalogue import Clashes, ClashRow, DivideBy, Division, Elsewhere, OfferedRun
from services.enrolment.seats.domain.clash import clashes_of
from services.enrolment.seats.domain.dividing import SeatHere, every_second, is_named
from services.enrolment.seats.service.checking import RelatedRuns
from services.enrolment.seats.storage.elsewhere import SeatsElsewhere

Goes = Callable[[SeatHere], bool]
PLACES_AT_ONCE: Final = 1_000


class PeopleElsewhere:
    """For the catalogue."""

    def __init__(self, runs: RelatedRuns, seats: SeatsElsewhere) -> None:
        self._runs = runs
        self._seats = seats

    async def clashing(self, run: OfferedRun, before: OfferedRun | None) -> Mapping[str, str]:
        """Other runs by id, with the code that says why; with `before` only what is worse than it was."""
        codes = clashes_of(run, await self._runs.at_the_time_of(run), before)
        return {other: code.value for other, code in codes.items()}

    async def page(self, run: str, clashing: Mapping[str, str], after: str | None, limit: int) -> Clashes:
        """Of so many of its people, by their ids, behind the id `after`: those who are in the others as well."""
        return await self._page(run, clashing, after, limit, lambda _: True, None)

    async def carried(
        self, run: str, to: str, clashing: Mapping[str, str], division: Division | None, limit: int
    ) -> Clashes:
        """The first page that lists anybody of those who go from the one run to the other. Who is in that one already
        comes to nothing new."""
        goes = await self._goers(run, division)
        page = await self._page(run, clashing, None, limit, goes, to)
        while not page.rows and page.next is not None:
            page = await self._page(run, clashing, page.next, limit, goes, to)
        return page

    async def _goers(self, run: str, division: Division | None) -> Goes:
        if division is None:
            return lambda _: True
        if division.by is DivideBy.ALTERNATE:
            people = every_second(await self._everybody(run))
            return lambda one: one.person in people
        return lambda one: is_named(division, one.nomination, one.unit, one.region)

    async def _everybody(self, run: str) -> list[SeatHere]:
        seats = page = await self._seats.people_of(run, None, PLACES_AT_ONCE)
        while len(page) == PLACES_AT_ONCE:
            page = await self._seats.people_of(run, page[-1].person, PLACES_AT_ONCE)
            seats = [*seats, *page]
        return seats

    async def _page(
        self, run: str, clashing: Mapping[str, str], after: str | None, limit: int, goes: Goes, to: str | None
    ) -> Clashes:
        here = await self._seats.people_of(run, after, limit + 1)
        page, more = here[:limit], len(here) > limit
        asked = [one for one in page if goes(one)]
        others = await self._others(clashing, [one.person for one in asked], to) if asked else {}
        rows = tuple(
            ClashRow(
                one.nomination,
                one.person,
                one.unit,
                one.state.value,
                tuple(sorted(others[one.person], key=lambda other: other.run)),
            )
            for one in asked
            if one.person in others
        )
        return Clashes(rows, page[-1].person if more else None)

    async def _others(
        self, clashing: Mapping[str, str], people: list[str], to: str | None
    ) -> Mapping[str, list[Elsewhere]]:
        """By person; without those who are in the run `to`."""
        others: dict[str, list[Elsewhere]] = {}
        there = set()
        for seat in await self._seats.live_in([*clashing, *([] if to is None else [to])], people):
            if seat.run == to:
                there.add(seat.person)
            else:
                others.setdefault(seat.person, []).append(Elsewhere(seat.run, clashing[seat.run]))
        return {person: runs for person, runs in others.items() if person not in there}
