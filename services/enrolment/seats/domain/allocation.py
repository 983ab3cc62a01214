"""Whether an allocation of seats to units is allowed. Pure.

Bangkok is a venue and never a provincial bucket: the ministry has 76 provincial offices and none there.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.enrolment.catalogue import TargetGroup
from services.enrolment.directory import Unit, UnknownUnit, offices_on, root_unit
from services.enrolment.seats.domain.allocation_refusals import (
    BangkokHasNoOffice,
    BucketOutOfScope,
    BucketTwice,
    SeatsAboveCapacity,
    SeatsAboveTarget,
)
from services.enrolment.seats.domain.refusals import UnknownTarget
from shared.rights import POOLS, PROVINCIAL_POOL, pool_of

BANGKOK_UNITS = frozenset({"PO-10", "10", "BKK"})


@dataclass(frozen=True, slots=True)
class Seating:
    """The seats of a unit in a target group."""

    target: str
    unit: str
    seats: int


def check_allocation(
    seatings: Sequence[Seating], targets: Sequence[TargetGroup], units: Container[str], capacity: int
) -> None:
    """Raises the first refusal. Fewer seats than the capacity are allowed."""
    groups = {target.key: target for target in targets}
    seen: set[tuple[str, str]] = set()
    for seating in seatings:
        check_seating(seating, groups, units)
        if (seating.target, seating.unit) in seen:
            raise BucketTwice(target=seating.target, unit=seating.unit)
        seen.add((seating.target, seating.unit))
    _check_sums(seatings, groups, capacity)


def check_seating(seating: Seating, groups: Mapping[str, TargetGroup], units: Container[str]) -> None:
    """Whether the unit may have seats of the target group at all, however many."""
    if seating.target not in groups:
        raise UnknownTarget(target=seating.target)
    if root_unit(seating.unit) in BANGKOK_UNITS:
        raise BangkokHasNoOffice(unit=seating.unit)
    if seating.unit not in units and seating.unit not in POOLS:
        raise UnknownUnit(unit=seating.unit)
    if not fits_scope(groups[seating.target].scope, seating.unit):
        raise BucketOutOfScope(unit=seating.unit, target=seating.target)


def fits_scope(scope: str, unit: str) -> bool:
    """Offices and their pool have seats of groups open to provinces, central units and their pool those of the
    others: nobody else could ever take them."""
    return scope == "BOTH" or (pool_of(unit) == PROVINCIAL_POOL) is (scope == "PROVINCIAL")


def asked_for_nominations(bucket_units: Iterable[str], units: Mapping[str, Unit], day: date) -> list[str]:
    """Whom the opening of a run asks: each unit with seats, and for the pool of all offices each of them by itself."""
    return list(dict.fromkeys(one for unit in bucket_units for one in _asked(unit, units, day)))


def _asked(unit: str, units: Mapping[str, Unit], day: date) -> list[str]:
    return offices_on(units, day) if unit == PROVINCIAL_POOL else [unit]


def _check_sums(seatings: Sequence[Seating], groups: Mapping[str, TargetGroup], capacity: int) -> None:
    by_target: Counter[str] = Counter()
    for seating in seatings:
        by_target[seating.target] += seating.seats
    for key, seats in by_target.items():
        limit = groups[key].seats
        if limit is not None and seats > limit:
            raise SeatsAboveTarget(target=key, seats=seats, limit=limit)
    total = sum(by_target.values())
    if total > capacity:
        raise SeatsAboveCapacity(seats=total, capacity=capacity)
