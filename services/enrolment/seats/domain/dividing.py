"""Who of a run goes to the other one when it is split, and which of its free seats. Pure."""

from collections.abc import Sequence

from services.enrolment.catalogue import DivideBy, Division
from services.enrolment.seats.domain.model import Bucket, Nomination
from shared.rights import POOLS, Scope


def goes(division: Division, nomination: Nomination, number: int) -> bool:
    """`number`: how many were looked at before this one."""
    match division.by:
        case DivideBy.UNITS:
            return _covers(division.names, nomination.place.unit)
        case DivideBy.REGIONS:
            return nomination.place.region in division.names
        case DivideBy.LIST:
            return nomination.id in division.names
        case DivideBy.ALTERNATE:
            return number % 2 == 1


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
