"""Runs as their certificates need them."""

from services.enrolment.catalogue.domain.certificate import Course, course_of
from services.enrolment.catalogue.storage import Catalogue
from shared.mongo import Session


class Courses:
    """In the collections of the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def one(self, run: str, session: Session | None = None) -> Course | None:
        found = await self._catalogue.load_run(run, session)
        programme = None if found is None else await self._catalogue.load(found.programme, session)
        return None if found is None or programme is None else course_of(found, programme.programme.description)
