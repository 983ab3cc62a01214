"""The life of a nomination and the seats of its bucket. Pure: state, command and ids in; new state and events out.

Invariants: a bucket never has more confirmed seats than seats, and a freed seat goes to the first on the waiting list
of the same bucket.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar, cast

from services.enrolment.directory import PersonErased, root_unit
from services.enrolment.seats.domain.refusals import (
    AlreadyApproved,
    AlreadyNominated,
    AlreadyRejected,
    AlreadyWithdrawn,
    BucketClosed,
    NotConfirmed,
    OwnNomination,
    SeatsBelowConfirmed,
    SubstituteOfOtherUnit,
)
from shared.errors import Refused
from shared.events import seats as events
from shared.events.seats import ConfirmedBy, NominationState, Place, Rank, bucket_parts

SUBMITTED = NominationState.SUBMITTED
CONFIRMED = NominationState.CONFIRMED
WAITLISTED = NominationState.WAITLISTED
REJECTED = NominationState.REJECTED
WITHDRAWN = NominationState.WITHDRAWN
B = TypeVar("B", bound=events.BucketFact)
N = TypeVar("N", bound=events.NominationFact)
LIVE = frozenset({SUBMITTED, CONFIRMED, WAITLISTED})


class Action(StrEnum):
    NOMINATE = "nominate"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    SUBSTITUTE = "substitute"
    PROMOTE = "promote"


# Where an action may lead from a state (None: no nomination yet). Everything else is refused.
TRANSITIONS: Mapping[tuple[NominationState | None, Action], frozenset[NominationState]] = {
    (None, Action.NOMINATE): frozenset({SUBMITTED, CONFIRMED, WAITLISTED}),
    (SUBMITTED, Action.APPROVE): frozenset({CONFIRMED, WAITLISTED}),
    (SUBMITTED, Action.REJECT): frozenset({REJECTED}),
    (SUBMITTED, Action.WITHDRAW): frozenset({WITHDRAWN}),
    (CONFIRMED, Action.WITHDRAW): frozenset({WITHDRAWN}),
    (WAITLISTED, Action.WITHDRAW): frozenset({WITHDRAWN}),
    (WAITLISTED, Action.PROMOTE): frozenset({CONFIRMED}),
    (CONFIRMED, Action.SUBSTITUTE): frozenset({WITHDRAWN}),
}

# The refusal of an action that does not fit the state.
_REFUSALS: Mapping[tuple[NominationState, Action], type[Refused]] = {
    (SUBMITTED, Action.NOMINATE): AlreadyNominated,
    (CONFIRMED, Action.NOMINATE): AlreadyNominated,
    (WAITLISTED, Action.NOMINATE): AlreadyNominated,
    (CONFIRMED, Action.APPROVE): AlreadyApproved,
    (WAITLISTED, Action.APPROVE): AlreadyApproved,
    (CONFIRMED, Action.REJECT): AlreadyApproved,
    (WAITLISTED, Action.REJECT): AlreadyApproved,
    (SUBMITTED, Action.SUBSTITUTE): NotConfirmed,
    (WAITLISTED, Action.SUBSTITUTE): NotConfirmed,
    (SUBMITTED, Action.PROMOTE): NotConfirmed,
    (CONFIRMED, Action.PROMOTE): AlreadyApproved,
}


@dataclass(frozen=True, slots=True)
class Growing:
    """How many seats an open bucket is to have once its waiting list has moved up, and who gave them."""

    seats: int
    by: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """The seats of one unit in one target group of a run. `seq` is the sequence of its last event."""

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

    @property
    def confirmed(self) -> int:
        """Seats that are taken."""
        return self.seats - self.free


@dataclass(frozen=True, slots=True)
class Nomination:
    """One person for one run. `queue` orders the waiting list: the bucket's sequence when the wait began.
    `nominated_by` is the subject that made it. `erased`: its person is; it can only come to its end."""

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

    @property
    def live(self) -> bool:
        """A person has at most one live nomination in a run."""
        return self.state in LIVE

    @property
    def seats_of(self) -> tuple[str, str, str]:
        """Run, target group and unit of its bucket."""
        return bucket_parts(self.bucket)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The new bucket, the nominations that changed, and what happened, in order."""

    bucket: Bucket
    nominations: tuple[Nomination, ...]
    events: tuple[events.BucketFact, ...]


def nominate(bucket: Bucket, new: Nomination, *, needs_approval: bool) -> Outcome:
    """A unit nominates a person (or a person applies). Without an approval route it is decided at once."""
    _require_open(bucket)
    if needs_approval:
        submitted = replace(new, state=SUBMITTED)
        event = _event(events.NominationSubmitted, bucket, submitted)
        return Outcome(_next(bucket), (submitted,), (event,))
    return _seat_or_wait(bucket, new, before=None, by=ConfirmedBy.NOMINATION)


def approve(bucket: Bucket, nomination: Nomination, *, by: str, four_eyes: bool) -> Outcome:
    """A primary takes a free seat. Without one it is waitlisted, and so is every reserve. With `four_eyes` not by the
    person who is nominated, nor by who made the nomination. Nobody approves one who was erased."""
    _require_open(bucket)
    require(nomination.state, Action.APPROVE)
    if nomination.erased:
        raise PersonErased(person=nomination.person)
    if four_eyes and by in (nomination.person, nomination.nominated_by):
        raise OwnNomination()
    return _seat_or_wait(bucket, nomination, before=nomination.state, by=ConfirmedBy.APPROVAL)


def reject(bucket: Bucket, nomination: Nomination) -> Outcome:
    """The nomination is turned down before it was approved."""
    _require_open(bucket)
    require(nomination.state, Action.REJECT)
    rejected = replace(nomination, state=REJECTED)
    return Outcome(_next(bucket), (rejected,), (_event(events.NominationRejected, bucket, rejected),))


def withdraw(bucket: Bucket, nomination: Nomination, waiting: Sequence[Nomination]) -> Outcome:
    """A freed seat goes to the first on the bucket's waiting list, reserves included; else it re-opens.

    `waiting` is that list, in order; as many as seats can come free are enough.
    """
    _require_open(bucket)
    before = nomination.state
    require(before, Action.WITHDRAW)
    withdrawn = replace(nomination, state=WITHDRAWN, queue=None)
    event = _event(events.NominationWithdrawn, bucket, withdrawn, before=before)
    if before is WAITLISTED:
        return Outcome(_next(bucket, waiting=bucket.waiting - 1), (withdrawn,), (event,))
    if before is SUBMITTED:
        return Outcome(_next(bucket), (withdrawn,), (event,))
    return _filled(Outcome(_next(bucket, free=bucket.free + 1), (withdrawn,), (event,)), waiting[:1])


def substitute(bucket: Bucket, nomination: Nomination, other: Nomination) -> Outcome:
    """Another person of the same unit takes over a confirmed seat, in one step."""
    _require_open(bucket)
    require(nomination.state, Action.SUBSTITUTE)
    if root_unit(other.place.unit) != root_unit(nomination.place.unit):
        raise SubstituteOfOtherUnit(unit=root_unit(nomination.place.unit))
    withdrawn = replace(nomination, state=WITHDRAWN)
    seated = replace(other, state=CONFIRMED, replaces=nomination.id)
    happened = (
        _event(events.NominationWithdrawn, bucket, withdrawn, before=CONFIRMED, replaced_by=seated.id),
        _event(events.SeatConfirmed, bucket, seated, before=None, by=ConfirmedBy.SUBSTITUTION, replaces=nomination.id),
    )
    return Outcome(replace(bucket, seq=bucket.seq + 2), (withdrawn, seated), happened)


def open_bucket(bucket: Bucket) -> Outcome:
    """The first event of every bucket: from here on it takes nominations."""
    opened = replace(bucket, open=True, seq=bucket.seq + 1)
    return Outcome(opened, (), (bucket_event(events.BucketOpened, bucket, seats=bucket.seats, place=bucket.place),))


def close_bucket(bucket: Bucket) -> Outcome:
    """The bucket takes no more commands."""
    closed = replace(bucket, open=False, growing=None, seq=bucket.seq + 1)
    return Outcome(closed, (), (bucket_event(events.BucketClosed, bucket),))


def change_seats(bucket: Bucket, seats: int, waiting: Sequence[Nomination]) -> Outcome:
    """New seats go to the waiting list (`waiting`, in order); confirmed ones cannot be cut.

    Everyone on it has been approved already, so this bypasses no approval.
    """
    if seats < bucket.confirmed:
        raise SeatsBelowConfirmed(
            unit=bucket.bucket_unit, target=bucket.target, confirmed=bucket.confirmed, seats=seats
        )
    changed = replace(bucket, seats=seats, free=bucket.free + seats - bucket.seats, seq=bucket.seq + 1)
    event = bucket_event(events.BucketSeatsChanged, bucket, seats=seats, before=bucket.seats)
    return _filled(Outcome(changed, (), (event,)), waiting[: max(0, seats - bucket.seats)])


def require(state: NominationState, action: Action) -> None:
    """Raises the matching refusal when the table does not allow the action in this state."""
    if (state, action) not in TRANSITIONS:
        ended = {REJECTED: AlreadyRejected, WITHDRAWN: AlreadyWithdrawn}
        refusal = ended.get(state) or _REFUSALS[(state, action)]
        raise refusal(state=state.value)


def _require_open(bucket: Bucket) -> None:
    if not bucket.open:
        raise BucketClosed(unit=bucket.bucket_unit, target=bucket.target)


def _seat_or_wait(
    bucket: Bucket, nomination: Nomination, *, before: NominationState | None, by: ConfirmedBy
) -> Outcome:
    if nomination.rank is Rank.PRIMARY and bucket.free > 0:
        seated = replace(nomination, state=CONFIRMED)
        event = _event(events.SeatConfirmed, bucket, seated, before=before, by=by, replaces=nomination.replaces)
        return Outcome(_next(bucket, free=bucket.free - 1), (seated,), (event,))
    waiting = replace(nomination, state=WAITLISTED, queue=bucket.seq + 1)
    waits = _event(events.NominationWaitlisted, bucket, waiting, before=before)
    return Outcome(_next(bucket, waiting=bucket.waiting + 1), (waiting,), (waits,))


def _filled(outcome: Outcome, waiting: Sequence[Nomination]) -> Outcome:
    """The only place that promotes: freed seats go to these, in this order."""
    for nomination in waiting:
        require(nomination.state, Action.PROMOTE)
        bucket = outcome.bucket
        seated = replace(nomination, state=CONFIRMED, queue=None)
        taken = _next(bucket, free=bucket.free - 1, waiting=bucket.waiting - 1)
        event = _event(events.SeatConfirmed, bucket, seated, before=WAITLISTED, by=ConfirmedBy.PROMOTION)
        outcome = Outcome(taken, (*outcome.nominations, seated), (*outcome.events, event))
    return outcome


def _next(bucket: Bucket, **changes: Any) -> Bucket:
    """The bucket after one more event."""
    return replace(bucket, seq=bucket.seq + 1, **changes)


def bucket_event(kind: type[B], bucket: Bucket, **more: Any) -> B:
    """An event of the bucket as it is."""
    # Everything here is typed already: validating it again would cost more than deciding it.
    event = kind.model_construct(
        programme=bucket.programme,
        run=bucket.run,
        target=bucket.target,
        bucket_unit=bucket.bucket_unit,
        fiscal_year=bucket.fiscal_year,
        run_starts_at=bucket.run_starts_at,
        **more,
    )
    return cast(B, event)


def _event(kind: type[N], bucket: Bucket, nomination: Nomination, **more: Any) -> N:
    return bucket_event(
        kind,
        bucket,
        nomination=nomination.id,
        person=nomination.person,
        rank=nomination.rank,
        place=nomination.place,
        **more,
    )
