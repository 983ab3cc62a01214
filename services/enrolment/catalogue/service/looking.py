"""What is looked at before a run is moved, split or merged: the checks of its plan, and its people who would be in two
runs at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.enrolment.catalogue.domain.clashing import Clashes, is_retimed, people_clash
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.dividing import Division
from services.enrolment.catalogue.domain.judging import is_moved
from services.enrolment.catalogue.domain.notices import Notice
from services.enrolment.catalogue.domain.runs import Plan, Run
from services.enrolment.catalogue.http.clash_answers import clashes_response
from services.enrolment.catalogue.http.responses import run_response
from services.enrolment.catalogue.service.clashes import Clashing
from services.enrolment.catalogue.service.judging import Judging


@dataclass(frozen=True, slots=True)
class Findings:
    """`onto`: the other runs, with the way in which they clash."""

    notices: list[Notice]
    clashes: Clashes
    onto: Mapping[str, str]

    def about(self, before: Plan, after: Plan) -> list[Notice]:
        """What may be a reason to refuse the move: not what was so before."""
        people = self.of_people(after) if is_retimed(before, after) else []
        return [*(self.notices if is_moved(before, after) else ()), *people]

    def of_people(self, plan: Plan) -> list[Notice]:
        return people_clash(self.clashes.rows, plan)

    def to_keep(self, before: Plan, after: Plan) -> dict[str, Any]:
        """With the run, so that the list of the last move can be read on. What moves no time leaves it as it was."""
        return {"moved_onto": sorted(self.onto)} if is_retimed(before, after) else {}

    def response(self, run: Run, description: Description) -> dict[str, Any]:
        """The run as it was moved, or as people came to it."""
        notices = [*self.notices, *self.of_people(run.plan)]
        answer = run_response(run, description, notices)
        return {**answer, "clashes": clashes_response(self.clashes)} if self.clashes.rows else answer


class Looking:
    """One per process."""

    def __init__(self, judging: Judging, clashing: Clashing) -> None:
        self.judging = judging
        self._clashing = clashing

    async def at_move(self, run: Run, plan: Plan, description: Description) -> Findings:
        """With the first page that lists anybody."""
        notices = await self.judging.of_plan(plan, description.checks, run)
        return Findings(notices, *await self._clashing.first(run, plan, description))

    async def at_split(self, source: Run, new: Run, division: Division, description: Description) -> Findings:
        notices = await self.judging.of_opened(new.plan, description.checks)
        return Findings(notices, *await self._clashing.carried(source, new, division, description))

    async def at_merge(self, source: Run, to: Run, description: Description) -> Findings:
        """The plan of the one that stays was judged before; that the other one is there, too, ends with it."""
        found = await self.judging.of_plan(to.plan, description.checks, to)
        notices = [notice for notice in found if notice.details.get("run") != source.id]
        return Findings(notices, *await self._clashing.carried(source, to, None, description))

    async def at_page(
        self, run: Run, plan: Plan, description: Description, after: str | None, limit: int
    ) -> tuple[Findings, list[Notice]]:
        """With that page, and what would be said of all: a later page is about the same move as the first."""
        notices = await self.judging.of_plan(plan, description.checks, run)
        page, onto = await self._clashing.moved(run, plan, description, after, limit)
        found = Findings(notices, page, onto)
        return found, found.about(run.plan, plan)
