"""Who is in two runs at once because a run is moved, split or merged, or is so now: listed page by page, and before
anything is written.

It is looked at before the transaction, as all that checks compare: somebody who is nominated elsewhere at the same
moment may not be seen (ADR 34).
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final, Protocol

from services.enrolment.catalogue.domain.checks import Check, Policy
from services.enrolment.catalogue.domain.clashing import NONE, Clashes, is_retimed
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.dividing import Division
from services.enrolment.catalogue.domain.runs import OfferedRun, Plan, Run, offered

FIRST_PAGE: Final = 200


class PeopleElsewhere(Protocol):
    """The people of runs, whom seats know."""

    async def clashing(self, run: OfferedRun, before: OfferedRun | None) -> Mapping[str, str]:
        """Other runs that nobody can attend as well, with the code that says why; with `before` only those that did
        not clash with that."""
        ...

    async def page(self, run: str, clashing: Mapping[str, str], after: str | None, limit: int) -> Clashes: ...

    async def carried(
        self, run: str, to: str, clashing: Mapping[str, str], division: Division | None, limit: int
    ) -> Clashes:
        """The first page that lists anybody of those who go from the one to the other (`division` None: everybody), and
        are not there already."""
        ...


class ClashingRuns(Protocol):
    """What the catalogue keeps of a run's last move."""

    async def moved_onto(self, run: str) -> Collection[str]: ...


class Clashing:
    """One per process."""

    def __init__(self, people: PeopleElsewhere, runs: ClashingRuns) -> None:
        self._people = people
        self._runs = runs

    async def moved(
        self, run: Run, plan: Plan, description: Description, after: str | None, limit: int
    ) -> tuple[Clashes, Mapping[str, str]]:
        """A page of those who would be in two runs at once by this move, and the other runs. Nothing is read where the
        check is off, nobody can be in the run yet, or no time changes."""
        if description.checks.of(Check.CLASH) is Policy.OFF or not run.opened or not is_retimed(run.plan, plan):
            return NONE, {}
        moved = offered(replace(run, plan=plan), description)
        clashing = await self._people.clashing(moved, offered(run, description))
        return await self._page(run.id, clashing, after, limit), clashing

    async def first(self, run: Run, plan: Plan, description: Description) -> tuple[Clashes, Mapping[str, str]]:
        """The first page that lists anybody: so a move is never taken for one without clashes because those that are
        looked at first have none."""
        page, clashing = await self.moved(run, plan, description, None, FIRST_PAGE)
        while not page.rows and page.next is not None:
            page = await self._page(run.id, clashing, page.next, FIRST_PAGE)
        return page, clashing

    async def carried(
        self, source: Run, to: Run, division: Division | None, description: Description
    ) -> tuple[Clashes, Mapping[str, str]]:
        """The same of those who go from one run to another, for whom that is a move. What they had in the time of the
        one before is nothing new; and in one of the two is nobody who is in the other."""
        if description.checks.of(Check.CLASH) is Policy.OFF or not is_retimed(source.plan, to.plan):
            return NONE, {}
        found = await self._people.clashing(offered(to, description), offered(source, description))
        clashing = {other: code for other, code in found.items() if other != source.id}
        if not clashing:
            return NONE, {}
        return await self._people.carried(source.id, to.id, clashing, division, FIRST_PAGE), clashing

    async def present(self, run: Run, description: Description, new: bool, after: str | None, limit: int) -> Clashes:
        """As things are now, whatever the policy; `new`: only by the last move."""
        clashing = await self._people.clashing(offered(run, description), None)
        if new:
            onto = await self._runs.moved_onto(run.id)
            clashing = {other: code for other, code in clashing.items() if other in onto}
        return await self._page(run.id, clashing, after, limit)

    async def _page(self, run: str, clashing: Mapping[str, str], after: str | None, limit: int) -> Clashes:
        return await self._people.page(run, clashing, after, limit) if clashing else NONE
