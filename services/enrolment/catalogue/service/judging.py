"""The checks of runs that are made or moved. They are looked at before the transaction, because that reads a calendar
and other runs; what is refused is refused in it, so that a repeated command still gets its first answer."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from services.enrolment.catalogue.domain.checks import Checks
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.judging import notices_of
from services.enrolment.catalogue.domain.notices import Notice
from services.enrolment.catalogue.domain.runs import Plan, Run
from services.enrolment.catalogue.domain.venues import Neighbour
from services.enrolment.catalogue.storage import Catalogue
from shared.clock import business


class Judging:
    """One per process. `now` is system time."""

    def __init__(self, catalogue: Catalogue, now: Callable[[], datetime]) -> None:
        self._catalogue = catalogue
        self._now = now

    async def of_plan(self, plan: Plan, checks: Checks, run: Run | None = None) -> list[Notice]:
        """`run` is the run that gets the plan, None a new one."""
        return await self._notices(plan, checks, run, ())

    async def of_opened(self, plan: Plan, checks: Checks) -> list[Notice]:
        """Of a new run that is open from its beginning. That it is still to come is required of it, by its clock."""
        neighbours = await self._catalogue.neighbours(plan, "")
        return await asyncio.to_thread(notices_of, plan, neighbours, None, checks)

    async def of_new(self, runs: Sequence[Run], description: Description) -> list[Notice]:
        """Of runs that are made together, which may be at the same place themselves."""
        notices: list[Notice] = []
        for number, run in enumerate(runs):
            siblings = [
                Neighbour(other.id, description.title, other.plan.sessions, other.plan.venue) for other in runs[:number]
            ]
            notices += await self._notices(run.plan, description.checks, None, siblings)
        return notices

    async def of_present(self, runs: Sequence[Run], checks: Checks) -> list[Notice]:
        """Of runs whose checks have become others."""
        return [notice for run in runs for notice in await self._notices(run.plan, checks, run, ())]

    async def _notices(
        self, plan: Plan, checks: Checks, run: Run | None, siblings: Sequence[Neighbour]
    ) -> list[Notice]:
        neighbours = await self._catalogue.neighbours(plan, "" if run is None else run.id)
        now = business(self._now(), 0 if run is None else run.offset_seconds)
        at = None if run is not None and run.opened else now
        return await asyncio.to_thread(notices_of, plan, [*siblings, *neighbours], at, checks)
