"""The seats of every bucket. The aggregate is the bucket, keyed by its run."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from shared.events.directory import OpenInPost, OpenTrainingClass
from shared.events.envelope import Event, EventModel, open_enum
from shared.events.seat_reasons import ConfirmedBy as ConfirmedBy
from shared.events.seat_reasons import SeatsChangedBecause as SeatsChangedBecause
from shared.events.seat_reasons import WithdrawnBecause as WithdrawnBecause
from shared.events.topics import SEATS

CENTRAL_REGION = "CENTRAL"
ALL_REGIONS = "ALL"  # of the pool of all provincial offices, which is in none of them


def bucket_id(run: str, target: str, bucket_unit: str) -> str:
    """The name of a bucket in events, in databases and in positions."""
    return f"{run}:{target}:{bucket_unit}"


def bucket_parts(bucket: str) -> tuple[str, str, str]:
    """Run, target group and unit of a bucket, from its id: none of them contains a colon."""
    run, target, bucket_unit = bucket.split(":")
    return run, target, bucket_unit


class Place(EventModel):
    """Where a person belonged at nomination, with the group and region of the province on the run's day as it was then
    (see BucketRescheduled). Central people have the region CENTRAL and no province or group, the seats of
    all provincial offices together (PO) the region ALL."""

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
    EXPIRED = "EXPIRED"
    OFFERED = "OFFERED"  # a seat of the pool, which is held until somebody accepts or declines it, or the time is over


class Approver(StrEnum):
    """Who decides a step of approval: the superior of the person, the personnel work of the person's office, or the
    unit that organises the programme."""

    SUPERVISOR = "SUPERVISOR"
    UNIT_HR = "UNIT_HR"
    ORGANISER = "ORGANISER"


class WarningCode(StrEnum):
    """What a check has found about a nomination that was let in all the same."""

    WRONG_SCOPE = "wrong-scope"
    WRONG_UNIT_FUNCTION = "wrong-unit-function"
    WRONG_LEVEL = "wrong-level"
    WRONG_POST = "wrong-post"
    WRONG_POSITION = "wrong-position"
    CLASH = "clash"
    CLASH_ENCLOSED = "clash-enclosed"
    REPEATED = "repeated"
    PREREQUISITE_MISSING = "prerequisite-missing"
    HOURS_REACHED = "hours-reached"


# As events carry them: values that a later release adds are kept as they are, and break no reader of today.
OpenRank = Annotated[Rank | str, open_enum(Rank)]
OpenState = Annotated[NominationState | str, open_enum(NominationState)]
OpenWarningCode = Annotated[WarningCode | str, open_enum(WarningCode)]
OpenApprover = Annotated[Approver | str, open_enum(Approver)]
OpenConfirmedBy = Annotated[ConfirmedBy | str, open_enum(ConfirmedBy)]
OpenSeatsChangedBecause = Annotated[SeatsChangedBecause | str, open_enum(SeatsChangedBecause)]
OpenWithdrawnBecause = Annotated[WithdrawnBecause | str, open_enum(WithdrawnBecause)]


class BucketFact(Event):
    """What every event of a bucket carries. `bucket_unit` is the unit whose seats these are (OPS: the central pool;
    PO: that of all provincial offices)."""

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
    """Without `because` somebody allocated them. `released` and `received` are how many the bucket has given up in all
    because nobody had claimed them, and how many it has got of those."""

    type: ClassVar[str] = "enrolment.bucket-seats-changed.v1"

    seats: int
    before: int
    because: OpenSeatsChangedBecause | None = None
    released: int = 0
    received: int = 0


class BucketClosed(BucketFact):
    """The bucket takes no more nominations; those made are still decided, withdrawn and substituted."""

    type: ClassVar[str] = "enrolment.bucket-closed.v1"


class BucketReopened(BucketFact):
    """The bucket takes nominations again, with the seats that it has."""

    type: ClassVar[str] = "enrolment.bucket-reopened.v1"


class Regrouping(EventModel):
    """The group and region of a province on the run's new day."""

    province: str
    group: str | None
    region: str


class BucketRescheduled(BucketFact):
    """The run was moved: start and `place` are those of its new day; the fiscal year stays the programme's. `regrouped`
    are the provinces whose group or region is another one on that day: those of the bucket's nominations count there
    from now on, whatever the events of the nominations say."""

    type: ClassVar[str] = "enrolment.bucket-rescheduled.v1"

    place: Place
    regrouped: tuple[Regrouping, ...] = ()


class NominationFact(BucketFact):
    """What every event of a nomination carries. `warnings`: what checks found when it was made, each once.
    `ex_officio`: the post is invited, and this person comes as its holder or acts; `place` is that of the post then.
    `transfers`: how often it has gone to another run, so that events of two buckets have an order. `from_run`: it came
    from there just now, in whatever state this event says. `training_class`: of the person's level."""

    nomination: str
    person: str
    rank: OpenRank
    place: Place
    warnings: tuple[OpenWarningCode, ...] = ()
    ex_officio: OpenInPost | None = None
    transfers: int = 0
    from_run: str | None = None
    training_class: OpenTrainingClass | None = None


class NominationSubmitted(NominationFact):
    """Waits for the approval of `step`, until `due_at` (business time) where the step has a deadline."""

    type: ClassVar[str] = "enrolment.nomination-submitted.v1"

    step: OpenApprover | None = None
    due_at: datetime | None = None


class HandedOnFact(NominationFact):
    """`next_step` decides after `step`; `due_at` is its deadline."""

    step: OpenApprover
    next_step: OpenApprover
    due_at: datetime | None = None


class NominationApproved(HandedOnFact):
    """A step has approved that is not the last. What the last one comes to says the seat, or the wait for it."""

    type: ClassVar[str] = "enrolment.nomination-approved.v1"


class NominationEscalated(HandedOnFact):
    """Nobody has decided `step` in time, and the next one decides instead."""

    type: ClassVar[str] = "enrolment.nomination-escalated.v1"


class NominationExpired(NominationFact):
    """Nobody has decided `step` in time. This nomination has ended; there may be another one."""

    type: ClassVar[str] = "enrolment.nomination-expired.v1"

    step: OpenApprover


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
    """`before` tells whether a seat came free. `replaced_by` is the nomination that took it in the same moment. Without
    `because` somebody withdrew it. `seat_returns`: it is one of the pool and goes back there; until then it is held."""

    type: ClassVar[str] = "enrolment.nomination-withdrawn.v1"

    before: OpenState
    replaced_by: str | None = None
    because: OpenWithdrawnBecause | None = None
    seat_returns: bool = False


class NominationMoved(NominationFact):
    """Whoever is nominated belongs to the unit `to_unit` now, and before this to `from_unit`, of another office. The
    place stays that of the nomination, and so do all counts. `asked`: it waits for the organiser, who says whether it
    stays."""

    type: ClassVar[str] = "enrolment.nomination-moved.v1"

    from_unit: str
    to_unit: str
    asked: bool = False
    organiser: str | None = None


class NominationKept(NominationFact):
    """The organiser was asked, and has decided that the nomination of somebody who moved stays where it is."""

    type: ClassVar[str] = "enrolment.nomination-kept.v1"


class NominationTransferred(NominationFact):
    """It has gone to the run `to_run`, with its id and its state, and a confirmed one with its seat: the last event of
    it in this bucket. The first one in the other bucket says what it is there."""

    type: ClassVar[str] = "enrolment.nomination-transferred.v1"

    before: OpenState
    to_run: str
