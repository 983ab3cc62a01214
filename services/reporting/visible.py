"""What of the counts a caller is shown: everything, or aggregates in which nobody can be told apart. Pure.

The rule for aggregates: what is shown of several runs is made only of what may be shown of each of them. A run with 1
to 4 people is left out of every sum; a key (a region, a province ...) of which one run must hide its part is hidden
in their sum as well. So no comparison of two answers tells more than each run by itself.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from services.reporting.rollups import Cell, Rollup
from services.reporting.sums import CENTRAL, PROVINCIAL, By, total
from services.reporting.suppression import Path, hidden, is_small

# How deep in the path of a place a dimension stands.
_DEPTH = {By.SIDE: 1, By.REGION: 2, By.GROUP: 3, By.PROVINCE: 4, By.UNIT: 5}


@dataclass(slots=True)
class Visible:
    """`hidden` are keys per dimension; `left_out` are the runs that are too small to be shown."""

    rollups: list[Rollup]
    coarse: bool = False
    left_out: list[Rollup] = field(default_factory=list)
    hidden: dict[By, set[str]] = field(default_factory=dict)

    def hides(self, by: By, key: str) -> bool:
        return key in self.hidden.get(by, ())


def visible(rollups: Sequence[Rollup], coarse: bool) -> Visible:
    if not coarse:
        return Visible(list(rollups))
    shown = Visible([], coarse=True)
    for rollup in rollups:
        small = is_small(total([rollup]).confirmed)
        (shown.left_out if small else shown.rollups).append(rollup)
    for rollup in shown.rollups:
        _hide(shown, hidden(_leaves(rollup, _place_path)))
        shown.hidden.setdefault(By.TARGET, set()).update(
            path[0] for path in hidden(_leaves(rollup, lambda cell: (cell.target,))) if path
        )
    return shown


def _hide(shown: Visible, paths: Iterable[Path]) -> None:
    for path in paths:
        for by, depth in _DEPTH.items():
            if len(path) == depth:
                shown.hidden.setdefault(by, set()).add(path[-1])


def _leaves(rollup: Rollup, path_of: Callable[[Cell], Path]) -> dict[Path, int]:
    """Confirmed people by path."""
    leaves: dict[Path, int] = {}
    for cell, counts in rollup.cells.items():
        path = path_of(cell)
        leaves[path] = leaves.get(path, 0) + counts.get("c1", 0) + counts.get("c2", 0)
    return leaves


def _place_path(cell: Cell) -> Path:
    place = cell.place
    side = PROVINCIAL if place.province is not None else CENTRAL
    return (side, place.region, place.group or "", place.province or "", cell.unit)
