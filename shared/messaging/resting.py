"""Places (`<topic>/<partition>`) that take no rows now: left alone for a while, longer each time. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

FIRST_SECONDS = 0.5
MOST_SECONDS = 30.0
_DOUBLED_AT_MOST = 10


@dataclass(slots=True)
class _Rest:
    failures: int
    until: float
    reason: str


class Resting:
    """Bounded by the number of partitions."""

    def __init__(self) -> None:
        self._rests: dict[str, _Rest] = {}

    def __len__(self) -> int:
        return len(self._rests)

    def __contains__(self, place: str) -> bool:
        return place in self._rests

    def places(self) -> frozenset[str]:
        return frozenset(self._rests)

    def failed(self, place: str, reason: str, now: float) -> bool:
        """It is left alone, twice as long as the last time; whether this is news."""
        known = self._rests.get(place)
        failures = min(known.failures + 1 if known else 1, _DOUBLED_AT_MOST)
        until = now + min(FIRST_SECONDS * 2 ** (failures - 1), MOST_SECONDS)
        self._rests[place] = _Rest(failures, until, reason)
        return known is None

    def recovered(self, places: Iterable[str]) -> list[str]:
        """These take rows again; those that had been left alone."""
        return [place for place in places if self._rests.pop(place, None) is not None]

    def clear(self) -> None:
        """What failed was the broker as a whole."""
        self._rests.clear()

    def due(self, now: float) -> list[str]:
        """Those that have been left alone for long enough: one row each may show whether they take rows again."""
        return sorted(place for place, rest in self._rests.items() if rest.until <= now)

    def trouble(self) -> str | None:
        """For people; it names one of them."""
        if not self._rests:
            return None
        place, rest = min(self._rests.items())
        return f"{len(self._rests)} partitions take no events, as {place}: {rest.reason}"
