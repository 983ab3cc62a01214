"""What one bucket has come to, folded from its events and those of its nominations. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from services.reporting.projecting.domain.nominations import CONFIRMED, OFFERED, Impossible, NominationRow, Place
from shared.events.seats import BucketClosed, BucketOpened, BucketReopened, BucketRescheduled, BucketSeatsChanged

# The group and region of a province.
Group = tuple[str | None, str]
SeatsFact = BucketOpened | BucketSeatsChanged | BucketRescheduled | BucketClosed | BucketReopened
NO_GROUPS: Final[Mapping[str, Group]] = MappingProxyType({})


class Bucket(NamedTuple):
    """The seats of one unit in one target group of a run, and how many are taken: by who has one, and by who is offered
    one. `regrouped` are provinces whose group
    or region is another one since the run was moved."""

    target: str
    bucket_unit: str
    place: Place
    seats: int
    confirmed: int = 0
    open: bool = True
    regrouped: Mapping[str, Group] = NO_GROUPS
    offered: int = 0


def fold_bucket(bucket: Bucket | None, event: SeatsFact) -> Bucket:
    """The bucket after an event about its seats. Raises Impossible."""
    if isinstance(event, BucketOpened):
        if bucket is not None:
            raise Impossible("the bucket was opened before")
        return Bucket(event.target, event.bucket_unit, Place.of(event.place), event.seats)
    if bucket is None:
        raise Impossible("the bucket was never opened")
    if isinstance(event, BucketSeatsChanged):
        if event.before != bucket.seats or event.seats < bucket.confirmed + bucket.offered:
            stands = f"{bucket.seats}, {bucket.confirmed} taken and {bucket.offered} offered"
            raise Impossible(f"seats {event.before} to {event.seats}, but there are {stands}")
        return bucket._replace(seats=event.seats)
    if isinstance(event, BucketRescheduled):
        new = {moved.province: (moved.group, moved.region) for moved in event.regrouped}
        return bucket._replace(place=Place.of(event.place), regrouped={**bucket.regrouped, **new})
    return bucket._replace(open=isinstance(event, BucketReopened))


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
    was = None if before is None else before.state
    confirmed = bucket.confirmed + (after.state is CONFIRMED) - (was is CONFIRMED)
    offered = bucket.offered + (after.state is OFFERED) - (was is OFFERED)
    if (confirmed, offered) == (bucket.confirmed, bucket.offered):
        return bucket
    if confirmed + offered > max(bucket.seats, bucket.confirmed + bucket.offered):
        raise Impossible(f"a seat beyond the {bucket.seats} of the bucket")
    return bucket._replace(confirmed=confirmed, offered=offered)
