"""The objects of this feature, made from what the composition root hands over, and their routes."""

from fastapi import APIRouter

from services.enrolment.dependencies import Dependencies
from services.enrolment.plans.http.routes import router
from services.enrolment.plans.service.moving import MovedPlans
from services.enrolment.plans.service.planning import Planning
from services.enrolment.plans.service.reading import PlanReading
from services.enrolment.plans.service.sources import People, Sources, Units
from services.enrolment.plans.storage import PlanStore
from shared.retention import Retention

__all__ = ["MovedPlans", "PlanStore", "plans"]


def plans(given: Dependencies, people: People, units: Units) -> APIRouter:
    store, sources = PlanStore(given.store), Sources(people, units)
    Retention("texts of plans", given.settings.plan_text_days, store.remove_texts).attach(given.runtime)
    planning = Planning(given.units_of_work, store, sources)
    return router(planning, PlanReading(planning, store))
