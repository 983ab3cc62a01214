"""The objects of this feature, made from what the composition root hands over, and their routes."""

from fastapi import APIRouter

from services.enrolment.dependencies import Dependencies
from services.enrolment.paper.http.routes import router
from services.enrolment.paper.service.drawing import Drawing
from services.enrolment.paper.service.letterheads import LetterheadService
from services.enrolment.paper.service.sources import Certificates, Nominees, People, Runs, Seats, Sources, Units
from services.enrolment.paper.storage import Letterheads

__all__ = ["Letterheads", "papers"]


def papers(
    given: Dependencies,
    runs: Runs,
    nominees: Nominees,
    seats: Seats,
    people: People,
    units: Units,
    certificates: Certificates,
) -> APIRouter:
    store, sources = Letterheads(given.store), Sources(runs, nominees, seats, people, units, certificates)
    return router(Drawing(sources, store, given.press), LetterheadService(given.units_of_work, store, sources))
