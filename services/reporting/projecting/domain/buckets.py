"""What one bucket has come to, folded from its events and those of its nominations. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from services.reporting.projecting.domain.nominations import CONFIRMED, Impossible, NominationRow, Place
from shared.events.seats import BucketClosed, BucketOpened, BucketRescheduled, BucketSeatsChanged

# The group and region of a province.
Group = tuple[str | None, str]
SeatsFact = BucketOpened | BucketSeatsChanged | BucketRescheduled | BucketClosed
NO_GROUPS: Final[Mapping[str, Group]] = MappingProxyType({})


class Bucket(NamedTuple):
    """The seats of one unit in one target group of a run, and how many are taken. `regrouped` are provinces whose group
    or region is another one since the run was moved."""

    target: str
    bucket_unit: str
    place: Place
    seats: int
    confirmed: int = 0
    open: bool = True
    regrouped: Mapping[str, Group] = NO_GROUPS


def fold_bucket(bucket: Bucket | None, event: SeatsFact) -> Bucket:
    """The bucket after an event about its seats. Raises Impossible."""
    if isinstance(event, BucketOpened):
        if bucket is not None:
            raise Impossible("the bucket was opened before")
        return Bucket(event.target, event.bucket_unit, Place.of(event.place), event.seats)
    if bucket is None:
        raise Impossible("the bucket was never opened")
    if isinstance(event, BucketSeatsChanged):
        if event.before != bucket.seats or event.seats < bucket.confirmed:
            raise Impossible(
                f"seats {event.before} to {event.seats}, but there are {bucket.seats}, {bucket.confirmed} taken"
            )
        return bucket._replace(seats=event.seats)
    if isinstance(event, BucketRescheduled):
        new = {moved.province: (moved.group, moved.region) for moved in event.regrouped}
        return bucket._replace(place=Place.of(event.place), regrouped={**bucket.regrouped, **new})
    return bucket._replace(open=False)


def counted_at(bucket: Bucket | None, place: Place) -> Place:
    """Where a nomination counts that was made at this place: in the group and region of its province since the run was
    moved."""
    if bucket is None or place.province is None or place.province not in bucket.regrouped:
        return place
    group, region = bucket.regrouped[place.province]
    return place._replace(group=group, region=region)


def seated(bucket: Bucket | None, before: NominationRow | None, after: NominationRow) -> Bucket:
    """The bucket after one of its nominations went from `before` to `after`. Raises Impossible beyond its seats."""
    if bucket is None:
        raise Impossible("the bucket was never opened")
    taken = (after.state is CONFIRMED) - (before is not None and before.state is CONFIRMED)
    if not taken:
        return bucket
    if bucket.confirmed + taken > bucket.seats:
        raise Impossible(f"a seat beyond the {bucket.seats} of the bucket")
    return bucket._replace(confirmed=bucket.confirmed + taken)
