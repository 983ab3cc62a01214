"""What other features ask about certificates: of which courses people have one."""

from collections.abc import Collection, Mapping
from typing import Protocol


class Certified(Protocol):
    async def valid_of(self, people: Collection[str]) -> Collection[tuple[str, str]]: ...


class TaughtCourses(Protocol):
    """The catalogue's courses."""

    async def of_runs(self, runs: Collection[str], courses: Collection[str]) -> Mapping[str, str]: ...


class HeldCourses:
    """The face for who has to know it."""

    def __init__(self, certificates: Certified, courses: TaughtCourses) -> None:
        self._certificates = certificates
        self._courses = courses

    async def of(self, people: Collection[str], courses: Collection[str]) -> dict[str, frozenset[str]]:
        """Of which of these courses each of these people has a valid certificate; who has none at all is absent."""
        valid = await self._certificates.valid_of(people)
        taught = await self._courses.of_runs({run for _, run in valid}, courses)
        held: dict[str, frozenset[str]] = {}
        for person, run in valid:
            if run in taught:
                held[person] = held.get(person, frozenset()) | {taught[run]}
        return held
