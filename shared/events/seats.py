"""The seats of every bucket. The aggregate is the bucket, keyed by its run."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from shared.events.envelope import Event, EventModel, open_enum
from shared.events.topics import SEATS

CENTRAL_REGION = "CENTRAL"


def bucket_id(run: str, target: str, bucket_unit: str) -> str:
    """The name of a bucket in events, in databases and in positions."""
    return f"{run}:{target}:{bucket_unit}"


def bucket_parts(bucket: str) -> tuple[str, str, str]:
    """Run, target group and unit of a bucket, from its id: none of them contains a colon."""
    run, target, bucket_unit = bucket.split(":")
    return run, target, bucket_unit


class Place(EventModel):
    """Where a person belonged at nomination, with the group and region of the province on the run's day as it was then
    (see BucketRescheduled). Central people have the region CENTRAL and no province or group."""

    unit: str
    province: str | None
    group: str | None
    region: str


class Rank(StrEnum):
    PRIMARY = "PRIMARY"
    RESERVE = "RESERVE"


class NominationState(StrEnum):
    SUBMITTED = "SUBMITTED"
    CONFIRMED = "CONFIRMED"
    WAITLISTED = "WAITLISTED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class ConfirmedBy(StrEnum):
    """Why a seat was given."""

    NOMINATION = "NOMINATION"
    APPROVAL = "APPROVAL"
    PROMOTION = "PROMOTION"
    SUBSTITUTION = "SUBSTITUTION"


# As events carry them: values that a later release adds are kept as they are, and break no reader of today.
OpenRank = Annotated[Rank | str, open_enum(Rank)]
OpenState = Annotated[NominationState | str, open_enum(NominationState)]
OpenConfirmedBy = Annotated[ConfirmedBy | str, open_enum(ConfirmedBy)]


class BucketFact(Event):
    """What every event of a bucket carries. `bucket_unit` is the unit whose seats these are (OPS: the central pool)."""

    topic: ClassVar[str] = SEATS.name
    key_field: ClassVar[str] = "run"
    aggregate_kind: ClassVar[str | None] = "bucket"

    programme: str
    run: str
    target: str
    bucket_unit: str
    fiscal_year: int
    run_starts_at: datetime

    @property
    def aggregate(self) -> str:
        return bucket_id(self.run, self.target, self.bucket_unit)


class BucketOpened(BucketFact):
    """A bucket with its seats takes nominations (first event of every bucket)."""

    type: ClassVar[str] = "enrolment.bucket-opened.v1"

    seats: int
    place: Place


class BucketSeatsChanged(BucketFact):
    type: ClassVar[str] = "enrolment.bucket-seats-changed.v1"

    seats: int
    before: int


class BucketClosed(BucketFact):
    """The bucket takes no more nominations; those made stay as they are."""

    type: ClassVar[str] = "enrolment.bucket-closed.v1"


class Regrouping(EventModel):
    """The group and region of a province on the run's new day."""

    province: str
    group: str | None
    region: str


class BucketRescheduled(BucketFact):
    """The run was moved: fiscal year, start and `place` are those of its new day. `regrouped` are the provinces whose
    group or region is another one on that day: those of the bucket's nominations count there from now on, whatever the
    events of the nominations say."""

    type: ClassVar[str] = "enrolment.bucket-rescheduled.v1"

    place: Place
    regrouped: tuple[Regrouping, ...] = ()


class NominationFact(BucketFact):
    """What every event of a nomination carries."""

    nomination: str
    person: str
    rank: OpenRank
    place: Place


class NominationSubmitted(NominationFact):
    type: ClassVar[str] = "enrolment.nomination-submitted.v1"


class SeatConfirmed(NominationFact):
    """A seat is taken. `before` is None when the nomination was confirmed at once."""

    type: ClassVar[str] = "enrolment.seat-confirmed.v1"

    before: OpenState | None
    by: OpenConfirmedBy
    replaces: str | None = None


class NominationWaitlisted(NominationFact):
    """Waits for a seat; the order of waiting is the sequence of this event in its bucket."""

    type: ClassVar[str] = "enrolment.nomination-waitlisted.v1"

    before: OpenState | None


class NominationRejected(NominationFact):
    """The reason stays with the nomination: free text may name people."""

    type: ClassVar[str] = "enrolment.nomination-rejected.v1"


class NominationWithdrawn(NominationFact):
    """`before` tells whether a seat came free. `replaced_by` is the nomination that took it in the same moment."""

    type: ClassVar[str] = "enrolment.nomination-withdrawn.v1"

    before: OpenState
    replaced_by: str | None = None
