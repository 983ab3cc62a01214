"""A bucket, a nomination, and what an action makes of them; their events. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar, cast

from services.enrolment.directory import Held
from services.enrolment.seats.domain.checks import Warnings, codes_of, is_outside
from services.enrolment.seats.domain.offer_reasons import OfferReason
from services.enrolment.seats.domain.transitions import LIVE, SUBMITTED, WAITLISTED
from shared.copies import copier
from shared.events import seats as events
from shared.events.directory import TrainingClass
from shared.events.seats import Approver, NominationState, Place, Rank, bucket_parts

B = TypeVar("B", bound=events.BucketFact)
N = TypeVar("N", bound=events.NominationFact)


class WaitsFor(StrEnum):
    """What a nomination waits for: somebody's approval, or a seat."""

    SUPERVISOR = Approver.SUPERVISOR.value
    UNIT_HR = Approver.UNIT_HR.value
    ORGANISER = Approver.ORGANISER.value
    SEAT = "SEAT"


class Verdict(StrEnum):
    """What a step of approval has come to."""

    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    ESCALATED = "ESCALATED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Growing:
    """How many seats an open bucket is to have once its waiting list has moved up, and who gave them. `free`: who waits
    has those that are free now, too, before anybody who comes."""

    seats: int
    by: str
    free: bool = False


@dataclass(frozen=True, slots=True)
class Bucket:
    """The seats of one unit in one target group of a run. `seq` is the sequence of its last event.

    `borrowed` of its seats are of the pool, which has so many less than it was given (there it is below zero). `held`
    are those that nobody has taken yet: they are being offered or, `returning` of them, on their way
    back. `released` and `received`: how many it has given up because nobody had claimed them, and got of others."""

    id: str
    run: str
    target: str
    bucket_unit: str
    programme: str
    fiscal_year: int
    run_starts_at: datetime
    place: Place
    seats: int
    free: int
    waiting: int = 0
    seq: int = 0
    open: bool = True
    growing: Growing | None = None
    held: int = 0
    returning: int = 0
    borrowed: int = 0
    released: int = 0
    received: int = 0

    @property
    def taken(self) -> int:
        """Seats that nobody else can have."""
        return self.seats - self.free

    @property
    def confirmed(self) -> int:
        return self.taken - self.held

    @property
    def catches_up(self) -> bool:
        """Whether its free seats are for who waits already."""
        return self.growing is not None and self.growing.free

    @property
    def offered(self) -> int:
        """Seats that somebody is asked about."""
        return self.held - self.returning


@dataclass(frozen=True, slots=True)
class Nomination:
    """One person for one run. `queue` orders the waiting list: the bucket's sequence when the wait began.
    `nominated_by` is the subject that made it. `erased`: its person is; it can only come to its end. `warnings`: what
    checks found when it was made. `ex_officio` is the post that was invited, where it was not the person.
    `present_unit` is where its person belongs now, if that is another office; `asked`: the organiser is to say whether
    it stays. `transfers`: how often it has gone to another run. `had_seat`: it was withdrawn, and had one until then.

    While it is submitted, `approver` decides on it: the one at the place `step` of the route, in time until `due_at`
    (business time). `decided` are those who have approved an earlier step.

    `pool` is the bucket from which it may be offered a seat while it waits, since `waits_since` (system time, and set
    by what stores it). An offer is open until `offered_until` (business time); `offered_because`: why this one has it.
    `let_go`: it has declined one, or not answered.

    `training_class` is that of the level that its person had when it was made."""

    id: str
    bucket: str
    person: str
    rank: Rank
    place: Place
    state: NominationState
    queue: int | None = None
    replaces: str | None = None
    nominated_by: str | None = None
    erased: bool = False
    warnings: Warnings = ()
    ex_officio: Held | None = None
    present_unit: str | None = None
    asked: bool = False
    approver: Approver | None = None
    step: int = 0
    due_at: datetime | None = None
    decided: tuple[str, ...] = ()
    transfers: int = 0
    pool: str | None = None
    waits_since: datetime | None = None
    offered_until: datetime | None = None
    offered_because: OfferReason | None = None
    let_go: bool = False
    training_class: TrainingClass | None = None
    had_seat: bool = False

    @property
    def unit_now(self) -> str:
        return self.present_unit or self.place.unit

    @property
    def waits_for(self) -> WaitsFor | None:
        if self.state is WAITLISTED:
            return WaitsFor.SEAT
        return WaitsFor(self.approver) if self.state is SUBMITTED and self.approver is not None else None

    @property
    def live(self) -> bool:
        """A person has at most one live nomination in a run."""
        return self.state in LIVE

    @property
    def from_outside(self) -> bool:
        """Somebody outside the target group who was put forward by nobody: the organiser decides."""
        return self.nominated_by == self.person and is_outside(self.warnings)

    @property
    def seats_of(self) -> tuple[str, str, str]:
        """Run, target group and unit of its bucket."""
        return bucket_parts(self.bucket)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The new bucket, the nominations that changed, and what happened, in order. `verdict` is about the step that the
    first of the nominations waited for."""

    bucket: Bucket
    nominations: tuple[Nomination, ...]
    events: tuple[events.BucketFact, ...]
    verdict: tuple[Approver, Verdict] | None = None


_changed_bucket = copier(Bucket)
changed: Final = copier(Nomination)


def advanced(bucket: Bucket, **changes: Any) -> Bucket:
    """The bucket after one more event."""
    return _changed_bucket(bucket, seq=bucket.seq + 1, **changes)


def bucket_event(kind: type[B], bucket: Bucket, **more: Any) -> B:
    """An event of the bucket as it is."""
    more["programme"] = bucket.programme
    more["run"] = bucket.run
    more["target"] = bucket.target
    more["bucket_unit"] = bucket.bucket_unit
    more["fiscal_year"] = bucket.fiscal_year
    more["run_starts_at"] = bucket.run_starts_at
    # Everything here is typed already: validating it again would cost more than deciding it.
    return cast(B, _blank(kind).model_copy(update=more))


@cache
def _blank(kind: type[B]) -> B:
    """With its defaults alone: a copy of it costs half of an event that is made from nothing."""
    bare: type[Any] = kind
    return cast(B, bare.model_construct())


def nomination_event(kind: type[N], bucket: Bucket, nomination: Nomination, **more: Any) -> N:
    """An event of the nomination in the bucket as it is."""
    if nomination.warnings:
        more["warnings"] = codes_of(nomination.warnings)
    if nomination.transfers:
        more["transfers"] = nomination.transfers
    if nomination.training_class is not None:
        more["training_class"] = nomination.training_class
    return bucket_event(
        kind,
        bucket,
        nomination=nomination.id,
        person=nomination.person,
        rank=nomination.rank,
        place=nomination.place,
        ex_officio=None if nomination.ex_officio is None else nomination.ex_officio.in_post,
        **more,
    )
