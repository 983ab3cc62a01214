"""Runs as their certificates need them, and the courses that runs teach."""

from collections.abc import Collection

from services.enrolment.catalogue.domain.certificate import Course, course_of
from services.enrolment.catalogue.storage import Catalogue
from shared.mongo import Session, majority, translated_calls
from shared.portions import portions


class Courses:
    """In the collections of the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def one(self, run: str, session: Session | None = None) -> Course | None:
        found = await self._catalogue.load_run(run, session)
        programme = None if found is None else await self._catalogue.load(found.programme, session)
        return None if found is None or programme is None else course_of(found, programme.programme.description)

    async def known(self, courses: Collection[str]) -> frozenset[str]:
        """Those of these courses that any run teaches, whatever became of it."""
        runs, known = self._catalogue.runs, set[str]()
        with translated_calls():
            for course in courses:
                if await runs.find_one({"course": course}, {"_id": 1}) is not None:
                    known.add(course)
        return frozenset(known)

    async def of_runs(self, runs: Collection[str], courses: Collection[str]) -> dict[str, str]:
        """Which of these runs teach one of these courses, and which one. Cannot be rolled back."""
        taught: dict[str, str] = {}
        with translated_calls():
            for some in portions(sorted(runs)):
                query = {"_id": {"$in": list(some)}, "course": {"$in": list(courses)}}
                async for row in majority(self._catalogue.runs).find(query, {"course": 1}):
                    taught[row["_id"]] = row["course"]
        return taught
