"""Whether an allocation of seats to units is allowed. Pure.

Bangkok is a venue and never a provincial bucket: the ministry has 76 provincial offices and none there.
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from services.enrolment.catalogue import TargetGroup
from services.enrolment.directory import UnknownUnit, root_unit
from services.enrolment.seats.domain.refusals import (
    BangkokHasNoOffice,
    BucketOutOfScope,
    BucketTwice,
    SeatsAboveCapacity,
    SeatsAboveTarget,
    UnknownTarget,
)
from shared.rights import CENTRAL_POOL

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
        _check_one(seating, groups, units)
        if (seating.target, seating.unit) in seen:
            raise BucketTwice(target=seating.target, unit=seating.unit)
        seen.add((seating.target, seating.unit))
    _check_sums(seatings, groups, capacity)


def _check_one(seating: Seating, groups: Mapping[str, TargetGroup], units: Container[str]) -> None:
    if seating.target not in groups:
        raise UnknownTarget(target=seating.target)
    if root_unit(seating.unit) in BANGKOK_UNITS:
        raise BangkokHasNoOffice(unit=seating.unit)
    if seating.unit not in units:
        raise UnknownUnit(unit=seating.unit)
    if not fits_scope(groups[seating.target].scope, seating.unit):
        raise BucketOutOfScope(unit=seating.unit, target=seating.target)


def fits_scope(scope: str, unit: str) -> bool:
    """The pool may hold seats of any group; an office only those of groups open to provinces."""
    if unit == CENTRAL_POOL or scope == "BOTH":
        return True
    return unit.startswith("PO-") is (scope == "PROVINCIAL")


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
