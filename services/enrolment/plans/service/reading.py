"""Reads development plans and the training of people, as far as the caller may see them."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from services.enrolment.attendance import Trained, TrainingTarget
from services.enrolment.plans.domain.plans import Plan, State
from services.enrolment.plans.http.responses import plan_changed_response, plan_response, training_response
from services.enrolment.plans.service.nominating import SeatsNow
from services.enrolment.plans.service.planning import Planning, Which
from services.enrolment.plans.storage import PlanStore
from services.enrolment.plans.storage.documents import place_key
from shared.pages import PageRequest
from shared.rights import Scope
from shared.thai import fiscal_year


class Training(Protocol):
    """What attendance knows of a fiscal year."""

    def target(self, year: int) -> TrainingTarget: ...

    async def of(self, people: Collection[str], year: int) -> dict[str, Trained]: ...


class FoundPerson(Protocol):
    @property
    def person(self) -> str: ...

    @property
    def unit(self) -> str: ...

    @property
    def place(self) -> str: ...

    @property
    def erased(self) -> bool: ...


class PeopleByName(Protocol):
    """The directory's people, in the order of their names."""

    async def along(
        self, scope: Scope, unit: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[FoundPerson], str | None]:
        """One more than asked for, if there are more; and where to go on when the page ended short."""


class PlanReading:
    """One per process."""

    def __init__(
        self, planning: Planning, store: PlanStore, standing: SeatsNow, people: PeopleByName, training: Training
    ) -> None:
        self._planning = planning
        self._store = store
        self._standing = standing
        self._people = people
        self._training = training

    async def one(self, which: Which) -> tuple[int, dict[str, Any]]:
        """With its version. Raises NotFound."""
        plan = await self._planning.load(which)
        texts = await self._store.texts(plan.id)
        nominations = [row.nominated.nomination for row in plan.rows if row.nominated is not None]
        standing = await self._standing.of(nominations) if nominations else {}
        return plan.version, plan_response(plan, texts, standing)

    async def page(self, page: PageRequest, scope: Scope, year: int | None, state: State | None) -> dict[str, Any]:
        """Of the present fiscal year if no other is asked for."""
        year = year or self._this_year()
        plans = await self._store.page(year, scope, state, page.after_key or "", page.limit)
        return page.cut(plans, plan_changed_response, _key)

    async def hours(self, page: PageRequest, scope: Scope, year: int | None, unit: str | None) -> dict[str, Any]:
        """How much people were trained, whether they have a plan or not. Who was erased is left out."""
        year = year or self._this_year()
        found, end = await self._people.along(scope, unit, page.after_key, page.limit)
        people = [one.person for one in found[: page.limit] if not one.erased]
        trained, plans = await self._training.of(people, year), await self._store.of_people(people, year)
        target = self._training.target(year)

        def told(one: FoundPerson) -> dict[str, Any]:
            plan = plans.get(one.person)
            return training_response(one.person, one.unit, year, trained[one.person], target, plan)

        cut = page.cut(found, lambda one: one, lambda one: (one.place,), None if end is None else (end,))
        return {**cut, "items": [told(one) for one in cut["items"] if not one.erased]}

    def _this_year(self) -> int:
        return fiscal_year(self._planning.now())


def _key(plan: Plan) -> tuple[str]:
    return (place_key(plan.place.unit, plan.id),)
