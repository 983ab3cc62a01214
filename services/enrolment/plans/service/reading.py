"""Reads development plans, as far as the caller may see them."""

from typing import Any

from services.enrolment.plans.domain.plans import Plan, State
from services.enrolment.plans.http.responses import plan_changed_response, plan_response
from services.enrolment.plans.service.planning import Planning, Which
from services.enrolment.plans.storage import PlanStore
from services.enrolment.plans.storage.documents import place_key
from shared.pages import PageRequest
from shared.rights import Scope
from shared.thai import fiscal_year


class PlanReading:
    """One per process."""

    def __init__(self, planning: Planning, store: PlanStore) -> None:
        self._planning = planning
        self._store = store

    async def one(self, which: Which) -> tuple[int, dict[str, Any]]:
        """With its version. Raises NotFound."""
        plan = await self._planning.load(which)
        return plan.version, plan_response(plan, await self._store.texts(plan.id))

    async def page(self, page: PageRequest, scope: Scope, year: int | None, state: State | None) -> dict[str, Any]:
        """Of the present fiscal year if no other is asked for."""
        year = year or fiscal_year(self._planning.now())
        plans = await self._store.page(year, scope, state, page.after_key or "", page.limit)
        return page.cut(plans, plan_changed_response, _key)


def _key(plan: Plan) -> tuple[str]:
    return (place_key(plan.place.unit, plan.id),)
