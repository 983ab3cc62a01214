"""What a caller may see: which part of a run, and which of its counts. Pure.

The rule for aggregates: a total over several runs is made only of what may be disclosed of each of them. A run with 1
to 4 people is left out of every total; a key (a region, a province ...) of which one run must hide its part is hidden
in their total as well. So no comparison of two answers discloses more than each run by itself.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from services.reporting.answering.domain.sums import CENTRAL, PROVINCIAL, By, total
from services.reporting.answering.domain.suppression import Path, hidden, is_small
from services.reporting.projecting import Cell, Rollup, confirmed_in
from shared.rights import Permission, Principal, Scope

# How deep in the path of a place a dimension stands.
_DEPTH = {By.SIDE: 1, By.REGION: 2, By.GROUP: 3, By.PROVINCE: 4, By.UNIT: 5}


@dataclass(frozen=True, slots=True)
class Visibility:
    """How far a caller sees (`scope`), whether small counts are hidden (`coarse`), and whether what was never published
    is there for the caller (`drafts`)."""

    scope: Scope
    coarse: bool = False
    drafts: bool = False

    @classmethod
    def of(cls, principal: Principal) -> "Visibility":
        scope = principal.scope(Permission.REPORT_READ)
        return cls(scope, coarse=principal.suppressed, drafts=principal.sees_drafts)

    def part_of(self, rollup: Rollup) -> Rollup | None:
        """The part of a run that the caller may see; None when there is none."""
        if self.scope.all:
            rollup.shared = self.coarse
            return rollup
        covers = self.scope.covers_unit
        rollup.buckets = {key: bucket for key, bucket in rollup.buckets.items() if covers(bucket.bucket_unit)}
        rollup.cells = {
            cell: counts for cell, counts in rollup.cells.items() if covers(cell.bucket_unit) or covers(cell.place.unit)
        }
        rollup.warned = {cell: codes for cell, codes in rollup.warned.items() if cell in rollup.cells}
        rollup.shared = not all(covers(cell.bucket_unit) for cell in rollup.cells)
        return rollup if rollup.buckets or rollup.cells else None


@dataclass(slots=True)
class Disclosure:
    """`hidden` are keys per dimension; `left_out` are the runs that are too small to be disclosed."""

    rollups: list[Rollup]
    coarse: bool = False
    left_out: list[Rollup] = field(default_factory=list)
    hidden: dict[By, set[str]] = field(default_factory=dict)


def disclose(rollups: Sequence[Rollup], *, coarse: bool) -> Disclosure:
    """Everything, or, when `coarse`, aggregates in which nobody can be singled out."""
    if not coarse:
        return Disclosure(list(rollups))
    disclosure = Disclosure([], coarse=True)
    for rollup in rollups:
        small = is_small(total([rollup]).confirmed)
        (disclosure.left_out if small else disclosure.rollups).append(rollup)
    for rollup in disclosure.rollups:
        _hide(disclosure, hidden(_leaves(rollup, _place_path)))
        disclosure.hidden.setdefault(By.TARGET, set()).update(
            path[0] for path in hidden(_leaves(rollup, lambda cell: (cell.target,))) if path
        )
    return disclosure


def _hide(disclosure: Disclosure, paths: Iterable[Path]) -> None:
    for path in paths:
        for by, depth in _DEPTH.items():
            if len(path) == depth:
                disclosure.hidden.setdefault(by, set()).add(path[-1])


def _leaves(rollup: Rollup, path_of: Callable[[Cell], Path]) -> dict[Path, int]:
    """Confirmed people by path."""
    leaves: dict[Path, int] = {}
    for cell, counts in rollup.cells.items():
        path = path_of(cell)
        leaves[path] = leaves.get(path, 0) + confirmed_in(counts)
    return leaves


def _place_path(cell: Cell) -> Path:
    place = cell.place
    side = PROVINCIAL if place.province is not None else CENTRAL
    return (side, place.region, place.group or "", place.province or "", cell.bucket_unit)
