"""What the nominations of one run add up to, kept by difference: a batch adds what it changed and no more.

A rollup counts per bucket and place (a cell); regions, groups, targets and wider totals are sums over cells and are
made when somebody asks (reports.py). Pure: knows rows and buckets, no documents.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.reporting.domain import (
    CONFIRMED,
    REJECTED,
    SUBMITTED,
    WAITLISTED,
    WITHDRAWN,
    Bucket,
    Place,
    Row,
)
from shared.events.enrolment import BucketFact, NominationState, Rank

# One letter for the state, one digit for the rank: the names of counters inside documents.
COUNTERS: dict[tuple[NominationState, Rank], str] = {
    (SUBMITTED, Rank.PRIMARY): "s1",
    (SUBMITTED, Rank.RESERVE): "s2",
    (CONFIRMED, Rank.PRIMARY): "c1",
    (CONFIRMED, Rank.RESERVE): "c2",
    (WAITLISTED, Rank.PRIMARY): "w1",
    (WAITLISTED, Rank.RESERVE): "w2",
    (REJECTED, Rank.PRIMARY): "r1",
    (REJECTED, Rank.RESERVE): "r2",
    (WITHDRAWN, Rank.PRIMARY): "x1",
    (WITHDRAWN, Rank.RESERVE): "x2",
}


class Cell(NamedTuple):
    """Where a nomination counts: its bucket (by target and unit) and its place."""

    target: str
    unit: str
    place: Place


Count = tuple[Cell, str]


@dataclass(slots=True)
class Rollup:
    """One run. `last` is the system time of its newest event; cells with nothing in them may be absent."""

    run: str
    programme: str
    fiscal_year: int
    starts_at: datetime
    last: datetime
    buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    cells: dict[Cell, dict[str, int]] = field(default_factory=dict)


def cell_of(row: Row) -> Cell:
    return Cell(row.target, row.unit, row.place)


def delta(before: Row | None, after: Row) -> list[tuple[Count, int]]:
    """What the step from `before` to `after` adds to the counters of its cell."""
    cell = cell_of(after)
    gained = ((cell, COUNTERS[after.state, after.rank]), 1)
    if before is None:
        return [gained]
    return [((cell, COUNTERS[before.state, before.rank]), -1), gained]


def no_bucket(target: str, unit: str) -> None:
    """What is stored of a run that nothing is stored of."""


@dataclass(slots=True)
class RollupChange:
    """One run within a batch: the buckets it touched as they are now, and what to add to the stored counters.

    `stored` looks up a bucket as it was before; a run has many, and a batch touches few. `last` may be in the past.
    """

    run: str
    stored: Callable[[str, str], Bucket | None] = no_bucket
    last: datetime | None = None
    programme: str = ""
    fiscal_year: int = 0
    starts_at: datetime | None = None
    buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    added: dict[Count, int] = field(default_factory=dict)

    def bucket(self, event: BucketFact) -> Bucket | None:
        return self.buckets.get((event.target, event.unit)) or self.stored(event.target, event.unit)

    def put(self, bucket: Bucket, event: BucketFact, time: datetime) -> None:
        """Notes what became of a bucket by an event of that system time."""
        self.buckets[event.target, event.unit] = bucket
        self.programme, self.fiscal_year, self.starts_at = event.programme, event.fiscal_year, event.run_starts_at
        if self.last is None or self.last < time:
            self.last = time

    def add(self, changes: Iterable[tuple[Count, int]]) -> None:
        for count, change in changes:
            self.added[count] = self.added.get(count, 0) + change


def recount(rows: Iterable[Row]) -> dict[Cell, dict[str, int]]:
    """All cells counted anew from rows; what the differences must have led to."""
    cells: dict[Cell, dict[str, int]] = {}
    for row in rows:
        counts = cells.setdefault(cell_of(row), {})
        name = COUNTERS[row.state, row.rank]
        counts[name] = counts.get(name, 0) + 1
    return cells
