"""How far the development plans of a fiscal year have come, summed up along one dimension. Pure.

An observer learns how many people have a plan that was agreed, and of no place where that is one to four, nor where it
could be worked out from the others.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from services.reporting.answering.domain.names import Names
from services.reporting.answering.domain.sums import CENTRAL, PROVINCIAL
from services.reporting.answering.domain.suppression import Path, hidden
from services.reporting.answering.domain.visibility import Visibility
from services.reporting.projecting import PlansOfYear
from shared.events.plans import PlanState
from shared.events.seats import CENTRAL_REGION
from shared.rights import CENTRAL_POOL, pool_of


class ByPlace(StrEnum):
    """What plans are broken down by; a unit is an office or a central unit."""

    PROVINCE = "province"
    GROUP = "group"
    REGION = "region"
    UNIT = "unit"


# How deep in the path of a place a dimension stands.
_DEPTH: Final[Mapping[ByPlace, int]] = {ByPlace.REGION: 2, ByPlace.GROUP: 3, ByPlace.PROVINCE: 4, ByPlace.UNIT: 5}
AGREED: Final = (PlanState.AGREED.value, PlanState.CLOSED.value)  # once agreed, whatever became of it then


@dataclass(frozen=True, slots=True)
class PlanRow:
    """`counts` by state. Of a hidden row only the key is told; of a `coarse` one only how many were agreed."""

    counts: Counter[str]
    coarse: bool = False
    hidden: bool = False

    @property
    def plans(self) -> int:
        return self.counts.total()

    @property
    def agreed(self) -> int:
        return sum(self.counts[state] for state in AGREED)

    def of(self, state: PlanState) -> int:
        return self.counts[state.value]


@dataclass(frozen=True, slots=True)
class Planning:
    by: ByPlace
    fiscal_year: int
    whole: PlanRow
    rows: Mapping[str, PlanRow] = field(default_factory=dict)


def planning(
    plans: PlansOfYear | None, by: ByPlace, fiscal_year: int, visibility: Visibility, names: Names
) -> Planning:
    cells = {} if plans is None else dict(_visible(plans, visibility))
    paths = {unit: _path(unit, names) for unit in cells}
    sums: dict[str, Counter[str]] = {}
    for unit, counts in cells.items():
        if key := paths[unit][_DEPTH[by] - 1]:
            sums.setdefault(key, Counter()).update(counts)
    agreed: Counter[Path] = Counter()
    for unit, counts in cells.items():
        agreed[paths[unit]] += PlanRow(Counter(counts)).agreed
    gone = hidden(agreed) if visibility.coarse else set[Path]()
    keys = {path[-1] for path in gone if len(path) == _DEPTH[by]}
    whole = sum((Counter(counts) for counts in cells.values()), Counter[str]())
    rows = {key: PlanRow(counts, visibility.coarse, key in keys) for key, counts in sorted(sums.items())}
    return Planning(by, fiscal_year, PlanRow(whole, visibility.coarse, () in gone), rows)


def _visible(plans: PlansOfYear, visibility: Visibility) -> Iterator[tuple[str, Mapping[str, int]]]:
    """What is none any more is not there."""
    for unit, counts in plans.cells.items():
        left = {state: count for state, count in counts.items() if count > 0}
        if left and (visibility.scope.all or visibility.scope.covers_unit(unit)):
            yield unit, left


def _path(unit: str, names: Names) -> Path:
    """As the office above the unit lay in that fiscal year."""
    office = unit.partition(".")[0]
    described = names.unit(office)
    member = None if described is None else names.membership(described)
    side = CENTRAL if pool_of(unit) == CENTRAL_POOL else PROVINCIAL
    province = "" if described is None else described.province or ""
    region = CENTRAL_REGION if side == CENTRAL else "" if member is None else member.region
    return (side, region, "" if member is None else member.group, province, office)
