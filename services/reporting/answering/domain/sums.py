"""Sums over the cells of rollups along one dimension: narrower and wider totals are the same function. Pure.

A run is offered to a key (a province, a unit ...) when it has seats there, and reaches it when somebody is confirmed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from services.reporting.projecting import RANK_DIGITS, STATE_LETTERS, Bucket, Cell, Rollup, confirmed_in
from shared.events.seats import NominationState, Rank


class By(StrEnum):
    """What answers are broken down by."""

    PROVINCE = "province"
    GROUP = "group"
    REGION = "region"
    UNIT = "unit"
    TARGET = "target"
    RUN = "run"
    PROGRAMME = "programme"
    FISCAL_YEAR = "fiscalYear"
    SIDE = "side"


OVER_RUNS: Final = frozenset({By.RUN, By.PROGRAMME, By.FISCAL_YEAR})
PROVINCIAL, CENTRAL = "PROVINCIAL", "CENTRAL"


KEYS: Final[Mapping[By, Callable[[Rollup, Bucket | Cell], str | None]]] = {
    By.PROVINCE: lambda _, counted: counted.place.province,
    By.GROUP: lambda _, counted: counted.place.group,
    By.REGION: lambda _, counted: counted.place.region,
    By.UNIT: lambda _, counted: counted.bucket_unit,
    By.TARGET: lambda _, counted: counted.target,
    By.RUN: lambda rollup, _: rollup.run,
    By.PROGRAMME: lambda rollup, _: rollup.programme,
    By.FISCAL_YEAR: lambda rollup, _: str(rollup.fiscal_year),
    By.SIDE: lambda _, counted: CENTRAL if counted.place.province is None else PROVINCIAL,
}


@dataclass(slots=True)
class Sum:
    """What several cells come to. `counts` by the names of rollups.counter."""

    seats: int = 0
    buckets: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)
    covered: set[str] = field(default_factory=set)
    runs_offered: int = 0
    runs_reached: int = 0

    def nominations(self, state: NominationState | None = None, rank: Rank | None = None) -> int:
        """Of one state or of all, and of one rank or of all; all includes those that this release does not know."""
        letter = "" if state is None else STATE_LETTERS[state]
        digit = "" if rank is None else RANK_DIGITS[rank]
        return sum(n for name, n in self.counts.items() if name.startswith(letter) and name.endswith(digit))

    @property
    def confirmed(self) -> int:
        return confirmed_in(self.counts)

    def add_bucket(self, bucket: Bucket) -> None:
        self.seats += bucket.seats
        self.buckets += 1
        if bucket.seats and bucket.place.province is not None:
            self.offered.add(bucket.place.province)

    def add_cell(self, cell: Cell, counts: Mapping[str, int]) -> None:
        for name, count in counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        if cell.place.province is not None and confirmed_in(counts):
            self.covered.add(cell.place.province)

    def add(self, other: "Sum") -> None:
        self.seats += other.seats
        self.buckets += other.buckets
        for name, count in other.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        self.offered |= other.offered
        self.covered |= other.covered
        self.runs_offered += other.runs_offered
        self.runs_reached += other.runs_reached


def split(rollup: Rollup, key: Callable[[Rollup, Bucket | Cell], str | None]) -> dict[str, Sum]:
    """One run broken down; what has no key is left out."""
    sums: dict[str, Sum] = {}
    for bucket in rollup.buckets.values():
        if (name := key(rollup, bucket)) is not None:
            sums.setdefault(name, Sum()).add_bucket(bucket)
    for cell, counts in rollup.cells.items():
        if (name := key(rollup, cell)) is not None:
            sums.setdefault(name, Sum()).add_cell(cell, counts)
    for part in sums.values():
        part.runs_offered, part.runs_reached = int(part.seats > 0), int(part.confirmed > 0)
    return sums


def broken_down(rollups: Iterable[Rollup], by: By) -> dict[str, Sum]:
    """All runs broken down by one dimension."""
    sums: dict[str, Sum] = {}
    for rollup in rollups:
        for name, part in split(rollup, KEYS[by]).items():
            sums.setdefault(name, Sum()).add(part)
    return sums


def total(rollups: Iterable[Rollup]) -> Sum:
    """All runs in one sum."""
    result = Sum()
    for rollup in rollups:
        for part in split(rollup, lambda _, __: "").values():
            result.add(part)
    return result


def percentage(part: int, whole: int) -> float | None:
    """With two decimals, halves rounded up, as people do; None when there is nothing to divide by."""
    return None if whole <= 0 else (part * 20_000 + whole) // (2 * whole) / 100
