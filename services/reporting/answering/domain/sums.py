"""Sums over the cells of rollups along one dimension: narrower and wider totals are the same function. Pure.

A run is offered to a key (a province, a unit ...) when it has seats there, and reaches it when somebody is confirmed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from services.reporting.answering.domain.distinct import Distinct
from services.reporting.projecting import (
    ACTING,
    ATTENDED,
    ATTENDED_ACTING,
    ATTENDED_HEADS,
    CERTIFIED,
    CLASS_A,
    CLASS_B,
    HEADS,
    HELD_MINUTES,
    NO_SHOW,
    PRESENT_MINUTES,
    RANK_DIGITS,
    STATE_LETTERS,
    Bucket,
    Cell,
    Rollup,
    confirmed_in,
    is_of_all,
)
from shared.events.seats import ALL_REGIONS, NominationState, Rank


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


def _everywhere(counted: Bucket | Cell) -> bool:
    """Seats of the pool of all provincial offices, which are in no one region or province."""
    return counted.place.region == ALL_REGIONS


KEYS: Final[Mapping[By, Callable[[Rollup, Bucket | Cell], str | None]]] = {
    By.PROVINCE: lambda _, counted: counted.place.province,
    By.GROUP: lambda _, counted: counted.place.group,
    By.REGION: lambda _, counted: None if _everywhere(counted) else counted.place.region,
    By.UNIT: lambda _, counted: counted.bucket_unit,
    By.TARGET: lambda _, counted: counted.target,
    By.RUN: lambda rollup, _: rollup.run,
    By.PROGRAMME: lambda rollup, _: rollup.programme,
    By.FISCAL_YEAR: lambda rollup, _: str(rollup.fiscal_year),
    By.SIDE: lambda _, counted: PROVINCIAL if counted.place.province or _everywhere(counted) else CENTRAL,
}


@dataclass(slots=True)
class Sum:
    """What several cells come to. `counts` by the names of rollups.counter; `people` have the seats, where a question
    counts persons. `attended_from`: provinces somebody of whom was present.
    `everywhere`: there are seats for all provinces together."""

    seats: int = 0
    buckets: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)
    covered: set[str] = field(default_factory=set)
    attended_from: set[str] = field(default_factory=set)
    runs_offered: int = 0
    runs_reached: int = 0
    people: Distinct = field(default_factory=Distinct)
    everywhere: bool = False

    def nominations(self, state: NominationState | None = None, rank: Rank | None = None) -> int:
        """Of one state or of all, and of one rank or of all; all includes those that this release does not know."""
        letter = "" if state is None else STATE_LETTERS[state]
        digit = "" if rank is None else RANK_DIGITS[rank]
        counted = ((name, n) for name, n in self.counts.items() if is_of_all(name))
        return sum(n for name, n in counted if name.startswith(letter) and name.endswith(digit))

    @property
    def confirmed(self) -> int:
        return confirmed_in(self.counts)

    @property
    def heads(self) -> int:
        """Confirmed who come as holders of a post."""
        return self.counts.get(HEADS, 0)

    @property
    def acting(self) -> int:
        """Confirmed who act for the holder of a post."""
        return self.counts.get(ACTING, 0)

    @property
    def of_classes(self) -> tuple[int, int]:
        """Confirmed whose levels are of training class A, and of B; of neither is who has no level."""
        return self.counts.get(CLASS_A, 0), self.counts.get(CLASS_B, 0)

    @property
    def ex_officio(self) -> int:
        return self.heads + self.acting

    @property
    def attended(self) -> int:
        """People who were present at least once."""
        return self.counts.get(ATTENDED, 0)

    @property
    def no_show(self) -> int:
        """People with a seat who were never present, and not excused from all."""
        return self.counts.get(NO_SHOW, 0)

    @property
    def recorded(self) -> bool:
        """Whether anybody's attendance was."""
        return self.counts.get(HELD_MINUTES, 0) > 0

    @property
    def certificates(self) -> int:
        """Valid ones."""
        return self.counts.get(CERTIFIED, 0)

    @property
    def attended_ex_officio(self) -> tuple[int, int]:
        """Holders of a post who were present, and those who acted for one."""
        return self.counts.get(ATTENDED_HEADS, 0), self.counts.get(ATTENDED_ACTING, 0)

    @property
    def minutes(self) -> tuple[int, int]:
        """Present, and held for those who are recorded."""
        return self.counts.get(PRESENT_MINUTES, 0), self.counts.get(HELD_MINUTES, 0)

    def add_bucket(self, bucket: Bucket) -> None:
        self.seats += bucket.seats
        self.buckets += 1
        if bucket.seats and bucket.place.province is not None:
            self.offered.add(bucket.place.province)
        self.everywhere |= bucket.seats > 0 and _everywhere(bucket)

    @property
    def seats_of_the_same(self) -> int:
        """Seats beyond the first of each person. What was read a moment later than the counts is not counted."""
        return max(0, self.confirmed - len(self.people))

    def add_cell(self, cell: Cell, counts: Mapping[str, int], people: Iterable[str] = ()) -> None:
        for name, count in counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        if cell.place.province is not None and confirmed_in(counts):
            self.covered.add(cell.place.province)
        if cell.place.province is not None and counts.get(ATTENDED, 0):
            self.attended_from.add(cell.place.province)
        self.people.add(people)

    def add(self, other: "Sum") -> None:
        self.seats += other.seats
        self.buckets += other.buckets
        for name, count in other.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        self.offered |= other.offered
        self.covered |= other.covered
        self.attended_from |= other.attended_from
        self.runs_offered += other.runs_offered
        self.runs_reached += other.runs_reached
        self.people.merge(other.people)
        self.everywhere |= other.everywhere

    def offer_everywhere(self, provinces: Iterable[str]) -> None:
        """Seats of the pool of all provinces are offered to these."""
        if self.everywhere:
            self.offered.update(provinces)


def split(rollup: Rollup, key: Callable[[Rollup, Bucket | Cell], str | None]) -> dict[str, Sum]:
    """One run broken down; what has no key is left out."""
    sums: dict[str, Sum] = {}
    for bucket in rollup.buckets.values():
        if (name := key(rollup, bucket)) is not None:
            sums.setdefault(name, Sum()).add_bucket(bucket)
    for cell, counts in rollup.cells.items():
        if (name := key(rollup, cell)) is not None:
            sums.setdefault(name, Sum()).add_cell(cell, counts, rollup.people.get(cell, ()))
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
