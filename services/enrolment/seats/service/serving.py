"""Counts what offices have had in a fiscal year, a bounded number of runs at a time."""

from typing import Final, Protocol

from services.enrolment.directory import root_unit
from services.enrolment.seats.domain.released import Served
from services.enrolment.seats.storage.releases import ReleaseStore
from services.enrolment.seats.storage.taken import SeatsTaken

RUNS_AT_ONCE: Final = 50


class RunsOfYear(Protocol):
    """The catalogue's runs."""

    async def of_year(self, fiscal_year: int, after: str, most: int) -> list[str]: ...


class OfficesServed:
    def __init__(self, store: ReleaseStore, taken: SeatsTaken, runs: RunsOfYear) -> None:
        self._store = store
        self._taken = taken
        self._runs = runs

    async def in_year(self, fiscal_year: int, *, offered: bool = False) -> dict[str, Served]:
        """By office. `offered`: those who are asked about a seat count as if they had it."""
        served: dict[str, Served] = {}
        after = ""
        while runs := await self._runs.of_year(fiscal_year, after, RUNS_AT_ONCE):
            seats, taken = await self._store.seats_of(runs), await self._taken.by_unit(runs, offered=offered)
            confirmed: dict[str, int] = {}
            for units in taken.values():
                for unit, count in units.items():
                    confirmed[root_unit(unit)] = confirmed.get(root_unit(unit), 0) + count
            for office in seats.keys() | confirmed.keys():
                before = served.get(office, Served())
                served[office] = Served(
                    before.confirmed + confirmed.get(office, 0), before.seats + seats.get(office, 0)
                )
            after = runs[-1]
        return served
