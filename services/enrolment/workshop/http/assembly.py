"""The objects of this feature and who knows whom: a part of the composition root, which gets too long for one page.
What is of others comes from there."""

from fastapi import APIRouter

from services.enrolment.dependencies import Dependencies
from services.enrolment.workshop.http.routes import router
from services.enrolment.workshop.service.groups import Grouping
from services.enrolment.workshop.service.ideas import IdeaService
from services.enrolment.workshop.service.judging import Judging
from services.enrolment.workshop.service.reading import Reading
from services.enrolment.workshop.service.settling import Settling
from services.enrolment.workshop.service.sources import Sources
from services.enrolment.workshop.storage import COLLECTIONS as WORKSHOP
from services.enrolment.workshop.storage import Workshops
from shared.locks import Locks

__all__ = ["WORKSHOP", "Sources", "workshop"]


def workshop(given: Dependencies, sources: Sources) -> APIRouter:
    store, locks, units_of_work = Workshops(given.store), Locks(), given.units_of_work
    settling = Settling(units_of_work, store, sources, locks)
    settling.attach(given.runtime)
    return router(
        Grouping(units_of_work, store, sources, settling, locks),
        Reading(store, sources),
        IdeaService(units_of_work, store, sources, settling, locks),
        Judging(units_of_work, store, sources, locks),
    )
