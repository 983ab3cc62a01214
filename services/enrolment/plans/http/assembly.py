"""The objects of this feature, made from what the composition root hands over, and their routes."""

from dataclasses import dataclass

from fastapi import APIRouter

from services.enrolment.dependencies import Dependencies
from services.enrolment.plans.http.routes import router
from services.enrolment.plans.service.moving import MovedPlans
from services.enrolment.plans.service.nominating import Nominations, RowNominating, SeatsNow
from services.enrolment.plans.service.planning import Planning
from services.enrolment.plans.service.reading import PeopleByName, PlanReading, Training
from services.enrolment.plans.service.sources import People, Units
from services.enrolment.plans.service.sources import Sources as Places
from services.enrolment.plans.storage import PlanStore
from shared.retention import Retention

__all__ = ["MovedPlans", "PlanStore", "Sources", "plans"]


@dataclass(frozen=True)
class Sources:
    """What is asked of the features before this one."""

    people: People
    units: Units
    by_name: PeopleByName
    training: Training
    nominations: Nominations
    standing: SeatsNow


def plans(given: Dependencies, of: Sources) -> APIRouter:
    store, units_of_work = PlanStore(given.store), given.units_of_work
    Retention("texts of plans", given.settings.plan_text_days, store.remove_texts).attach(given.runtime)
    planning = Planning(units_of_work, store, Places(of.people, of.units))
    nominating = RowNominating(units_of_work, planning, store, of.nominations, of.standing)
    return router(planning, PlanReading(planning, store, of.standing, of.by_name, of.training), nominating)
