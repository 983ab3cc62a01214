"""What the nominations of a bucket add up to, kept by difference: a batch adds what it changed and no more.

Kept per bucket, and there per place (a cell); a run is the rollup of its buckets, and regions, groups, targets and
wider totals are sums over cells: computed when somebody asks (answering/domain/sums.py). Pure: knows rows and buckets,
no documents.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from services.reporting.projecting.domain.attendance import ATTENDANCE
from services.reporting.projecting.domain.buckets import Bucket
from services.reporting.projecting.domain.nominations import (
    CONFIRMED,
    EXPIRED,
    OFFERED,
    REJECTED,
    SUBMITTED,
    TRANSFERRED,
    WAITLISTED,
    WITHDRAWN,
    NominationRow,
    Place,
    State,
)
from shared.events.directory import InPost, TrainingClass
from shared.events.seats import BucketFact, Rank
from shared.rights import CENTRAL_POOL, Scope

# A counter inside a document is called by the letter of the state and the digit of the rank: `c1`. What a later
# release has added counts as other.
STATE_LETTERS: Final[Mapping[State, str]] = {
    SUBMITTED: "s",
    CONFIRMED: "c",
    WAITLISTED: "w",
    REJECTED: "r",
    WITHDRAWN: "x",
    EXPIRED: "e",
    OFFERED: "f",
}
OTHER_STATE: Final = "o"
RANK_DIGITS: Final[Mapping[Rank | str, str]] = {Rank.PRIMARY: "1", Rank.RESERVE: "2"}
OTHER_RANK: Final = "0"
ANY_WARNING: Final = "any"  # counts each nomination once, however many warnings it has
# Beside these: how many of the confirmed come for a post, as its holders and acting.
HEADS, ACTING = "h", "a"
CLASS_A, CLASS_B = "ka", "kb"  # and how many of them have levels of each class of training
_OF_SOME: Final = frozenset({HEADS, ACTING, CLASS_A, CLASS_B, *ATTENDANCE})
_CLASSES: Final[Mapping[TrainingClass | str | None, tuple[str, ...]]] = {
    TrainingClass.A: (CLASS_A,),
    TrainingClass.B: (CLASS_B,),
}
_EX_OFFICIO: Final[Mapping[InPost | str | None, tuple[str, ...]]] = {InPost.HOLDER: (HEADS,), InPost.ACTING: (ACTING,)}


class Cell(NamedTuple):
    """Where a nomination counts: its bucket (by target and the unit whose seats these are) and its place."""

    target: str
    bucket_unit: str
    place: Place


Count = tuple[Cell, str]


@dataclass(slots=True)
class Rollup:
    """One run, or what of it somebody may see: some of its buckets. `last` is the system time of the newest event of
    these, which also says programme, year and start; `shared`: it may be one that the reader is told nothing of. Cells
    with nothing in them may be absent. `people` are the confirmed by cell, where a question counts persons; `warned`
    counts nominations by what checks had found when they were made, whatever has become of them."""

    run: str
    programme: str
    fiscal_year: int
    starts_at: datetime
    last: datetime
    shared: bool = False
    buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    cells: dict[Cell, dict[str, int]] = field(default_factory=dict)
    people: dict[Cell, set[str]] = field(default_factory=dict)
    warned: dict[Cell, dict[str, int]] = field(default_factory=dict)


def counter(state: State, rank: Rank | str) -> str:
    """The name of the counter in which a nomination of this state and rank counts."""
    return STATE_LETTERS.get(state, OTHER_STATE) + RANK_DIGITS.get(rank, OTHER_RANK)


def counters(
    state: State,
    rank: Rank | str,
    ex_officio: InPost | str | None,
    training_class: TrainingClass | str | None = None,
) -> tuple[str, ...]:
    """The names of all counters in which such a nomination counts: of one that has gone to another run, none."""
    if state == TRANSFERRED:
        return ()
    if state is not CONFIRMED:
        return (counter(state, rank),)
    return (counter(state, rank), *_EX_OFFICIO.get(ex_officio, ()), *_CLASSES.get(training_class, ()))


def is_of_all(name: str) -> bool:
    """Whether a counter is one of those in which each nomination counts once."""
    return name not in _OF_SOME


def confirmed_in(counts: Mapping[str, int]) -> int:
    """The confirmed of all ranks."""
    return counts.get("c1", 0) + counts.get("c2", 0) + counts.get("c0", 0)


def cell_of(row: NominationRow) -> Cell:
    return Cell(row.target, row.bucket_unit, row.place)


def delta(before: NominationRow | None, after: NominationRow) -> list[tuple[Count, int]]:
    """What the step from `before` to `after` adds to the counters of its cell."""
    cell = cell_of(after)
    lost = () if before is None else counters(before.state, before.rank, before.ex_officio, before.training_class)
    gained = counters(after.state, after.rank, after.ex_officio, after.training_class)
    return [*(((cell, name), -1) for name in lost), *(((cell, name), 1) for name in gained)]


def above(unit: str) -> set[str]:
    """The units whose scope covers this one, itself included: who looks for his part asks for his own unit."""
    parts = unit.split(".")
    names = {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
    return names | {CENTRAL_POOL} if Scope(unit=CENTRAL_POOL).covers_unit(unit) else names


@dataclass(slots=True)
class RollupChange:
    """One bucket within a batch: what it is now, and what to add to the stored counters.

    `stored` is the bucket as it was before the batch, with the units whose scope has a part in it (`reach`). `last` may
    be in the past.
    """

    bucket_id: str
    stored: Bucket | None = None
    reach: frozenset[str] = frozenset()
    last: datetime | None = None
    run: str = ""
    programme: str = ""
    fiscal_year: int = 0
    starts_at: datetime | None = None
    now: Bucket | None = None
    added: dict[Count, int] = field(default_factory=dict)
    warned: dict[Count, int] = field(default_factory=dict)

    @property
    def bucket(self) -> Bucket | None:
        """As it is so far."""
        return self.now or self.stored

    def put(self, bucket: Bucket, event: BucketFact, time: datetime) -> None:
        """Keeps what the bucket has become by an event of that system time."""
        self.now, self.run = bucket, event.run
        self.programme, self.fiscal_year, self.starts_at = event.programme, event.fiscal_year, event.run_starts_at
        if self.last is None or self.last < time:
            self.last = time

    def add(self, changes: Iterable[tuple[Count, int]]) -> None:
        for count, change in changes:
            self.added[count] = self.added.get(count, 0) + change

    def warn(self, cell: Cell, codes: Iterable[str]) -> None:
        """One more nomination about which checks have found something."""
        for code in (ANY_WARNING, *codes):
            self.warned[cell, code] = self.warned.get((cell, code), 0) + 1

    def reached(self) -> frozenset[str]:
        """`reach` after the batch."""
        bucket = self.bucket
        units = {cell.place.unit for cell, _ in self.added} | ({bucket.bucket_unit} if bucket else set())
        return self.reach.union(*(above(unit) for unit in units - self.reach))
