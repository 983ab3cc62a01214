"""What one bucket has come to, folded from its events and those of its nominations. Pure."""

from typing import NamedTuple

from services.reporting.projecting.domain.nominations import CONFIRMED, Impossible, NominationRow, Place
from shared.events.seats import BucketClosed, BucketOpened, BucketSeatsChanged


class Bucket(NamedTuple):
    """The seats of one unit in one target group of a run, and how many are taken."""

    target: str
    bucket_unit: str
    place: Place
    seats: int
    confirmed: int = 0
    open: bool = True


def fold_bucket(bucket: Bucket | None, event: BucketOpened | BucketSeatsChanged | BucketClosed) -> Bucket:
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
    return bucket._replace(open=False)


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
