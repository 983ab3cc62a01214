"""Who of a run goes to the other one when it is split, and which of its free seats. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from services.enrolment.catalogue import DivideBy, Division
from services.enrolment.seats.domain.model import Bucket, Nomination
from shared.events.seats import NominationState
from shared.rights import POOLS, Scope

# In this order people are carried to the other run.
CARRIED: Final = (NominationState.CONFIRMED, NominationState.WAITLISTED, NominationState.SUBMITTED)


@dataclass(frozen=True, slots=True)
class SeatHere:
    """A live nomination of a run, as far as it is asked who of it is elsewhere, or goes there."""

    nomination: str
    person: str
    state: NominationState
    unit: str
    region: str | None = None
    bucket: str = ""
    queue: int | None = None


def goes(division: Division, nomination: Nomination, number: int) -> bool:
    """`number`: how many were looked at before this one."""
    if division.by is DivideBy.ALTERNATE:
        return number % 2 == 1
    return is_named(division, nomination.id, nomination.place.unit, nomination.place.region)


def is_named(division: Division, nomination: str, unit: str, region: str | None) -> bool:
    """Whether it is one of those that UNITS, REGIONS or LIST speak of."""
    match division.by:
        case DivideBy.UNITS:
            return _covers(division.names, unit)
        case DivideBy.REGIONS:
            return region in division.names
        case _:
            return nomination in division.names


def every_second(seats: Iterable[SeatHere]) -> frozenset[str]:
    """The people of a run who go when they take turns: in the order in which they are carried."""
    going = sorted((one for one in seats if one.state in CARRIED), key=_turn)[1::2]
    return frozenset(one.person for one in going)


def _turn(one: SeatHere) -> tuple[int, str, int, str]:
    """Who waits has a place in the order of a bucket; all others come as they were nominated."""
    waits = one.state is NominationState.WAITLISTED
    return CARRIED.index(one.state), one.bucket if waits else "", (one.queue or 0) if waits else 0, one.nomination


def free_seats(division: Division, bucket: Bucket) -> int:
    """How many of the seats that are free go. A pool keeps them, unless all of it goes."""
    match division.by:
        case DivideBy.UNITS:
            return bucket.free if _covers(division.names, bucket.bucket_unit) else 0
        case DivideBy.REGIONS:
            return bucket.free if bucket.place.region in division.names else 0
        case DivideBy.ALTERNATE:
            return bucket.free // 2
        case DivideBy.LIST:
            return 0


def most_seats(division: Division, buckets: Sequence[Bucket]) -> int:
    """No more than these can go, whoever withdraws meanwhile: of a pool anybody may."""
    free = sum(free_seats(division, bucket) for bucket in buckets)
    confirmed = sum(bucket.confirmed for bucket in buckets)
    match division.by:
        case DivideBy.ALTERNATE:
            return free + (confirmed + 1) // 2
        case DivideBy.LIST:
            return free + min(confirmed, len(division.names))
    concerned = [one for one in buckets if one.bucket_unit in POOLS or free_or_all(division, one)]
    return free + sum(bucket.confirmed for bucket in concerned)


def free_or_all(division: Division, bucket: Bucket) -> bool:
    """Whether the bucket goes as a whole."""
    if division.by is DivideBy.UNITS:
        inside = any(Scope(unit=bucket.bucket_unit).covers_unit(unit) for unit in division.names)
        return inside or _covers(division.names, bucket.bucket_unit)
    return bucket.place.region in division.names


def _covers(units: Sequence[str], unit: str) -> bool:
    return any(Scope(unit=one).covers_unit(unit) for one in units)
