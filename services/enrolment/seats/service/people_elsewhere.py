"""The people of a run who are in other runs, in pages: what the catalogue lists when a run is moved.

Two queries for a page, whatever the run and the others are: its next people, and which of them are in the others.
"""

from collections.abc import Mapping

from services.enrolment.catalogue import Clashes, ClashRow, Elsewhere, OfferedRun
from services.enrolment.seats.domain.clash import clashes_of
from services.enrolment.seats.service.checking import RelatedRuns
from services.enrolment.seats.storage.elsewhere import SeatsElsewhere


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
        here = await self._seats.people_of(run, after, limit + 1)
        page, more = here[:limit], len(here) > limit
        others: dict[str, list[Elsewhere]] = {}
        for seat in await self._seats.live_in(clashing, [one.person for one in page]) if page else ():
            others.setdefault(seat.person, []).append(Elsewhere(seat.run, clashing[seat.run]))
        rows = tuple(
            ClashRow(
                one.nomination,
                one.person,
                one.unit,
                one.state.value,
                tuple(sorted(others[one.person], key=lambda other: other.run)),
            )
            for one in page
            if one.person in others
        )
        return Clashes(rows, page[-1].person if more else None)
