"""The life of a nomination and the seats of its bucket. Pure: state, command and ids in; new state and events out.

The promise kept here: a bucket never has more confirmed seats than it has seats, and a freed seat goes to the first
who waits in the same bucket, to nobody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar, cast

from services.enrolment.seats.refusals import (
    AlreadyApproved,
    AlreadyNominated,
    AlreadyRejected,
    AlreadyWithdrawn,
    BucketClosed,
    NotConfirmed,
    SeatsBelowConfirmed,
    SubstituteOfOtherUnit,
)
from shared.errors import Refused
from shared.events import enrolment as facts
from shared.events.enrolment import ConfirmedBy, NominationState, Place, Rank

SUBMITTED = NominationState.SUBMITTED
CONFIRMED = NominationState.CONFIRMED
WAITLISTED = NominationState.WAITLISTED
REJECTED = NominationState.REJECTED
WITHDRAWN = NominationState.WITHDRAWN
B = TypeVar("B", bound=facts.BucketFact)
N = TypeVar("N", bound=facts.NominationFact)
LIVE = frozenset({SUBMITTED, CONFIRMED, WAITLISTED})


class Action(StrEnum):
    NOMINATE = "nominate"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    SUBSTITUTE = "substitute"
    PROMOTE = "promote"


# From which state an action may lead where (None: there is no nomination yet). Everything else is refused.
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

# What a person is told whose action does not fit the state.
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
class Bucket:
    """The seats of one unit in one target group of a run. `seq` is the sequence of its last event."""

    id: str
    run: str
    target: str
    unit: str
    programme: str
    fiscal_year: int
    run_starts_at: datetime
    place: Place
    seats: int
    free: int
    waiting: int = 0
    seq: int = 0
    open: bool = True

    @property
    def confirmed(self) -> int:
        """Seats that are taken."""
        return self.seats - self.free


@dataclass(frozen=True, slots=True)
class Nomination:
    """One person for one run. `queue` orders the waiting: the bucket's sequence at which the waiting began."""

    id: str
    bucket: str
    person: str
    rank: Rank
    place: Place
    state: NominationState
    queue: int | None = None
    replaces: str | None = None

    @property
    def live(self) -> bool:
        """A person has at most one live nomination in a run."""
        return self.state in LIVE


@dataclass(frozen=True, slots=True)
class Outcome:
    """The new bucket, the nominations that changed, and what happened, in order."""

    bucket: Bucket
    nominations: tuple[Nomination, ...]
    events: tuple[facts.BucketFact, ...]


def nominate(bucket: Bucket, new: Nomination, *, needs_approval: bool) -> Outcome:
    """A unit names a person (or a person applies). Without an approval route it is decided at once."""
    _require_open(bucket)
    if needs_approval:
        submitted = replace(new, state=SUBMITTED)
        return _outcome(bucket, submitted, _fact(facts.NominationSubmitted, bucket, submitted))
    return _seat_or_wait(bucket, new, before=None, by=ConfirmedBy.NOMINATION)


def approve(bucket: Bucket, nomination: Nomination) -> Outcome:
    """A primary gets a free seat; without one, and every reserve, waits."""
    _require_open(bucket)
    require(nomination.state, Action.APPROVE)
    return _seat_or_wait(bucket, nomination, before=nomination.state, by=ConfirmedBy.APPROVAL)


def reject(bucket: Bucket, nomination: Nomination) -> Outcome:
    """The nomination is turned down before it was approved."""
    _require_open(bucket)
    require(nomination.state, Action.REJECT)
    rejected = replace(nomination, state=REJECTED)
    return _outcome(bucket, rejected, _fact(facts.NominationRejected, bucket, rejected))


def withdraw(bucket: Bucket, nomination: Nomination, first_waiting: Nomination | None) -> Outcome:
    """Gives up. A freed seat goes to the first who waits in this bucket, reserves included; else it re-opens."""
    _require_open(bucket)
    before = nomination.state
    require(before, Action.WITHDRAW)
    withdrawn = replace(nomination, state=WITHDRAWN, queue=None)
    gone = _outcome(bucket, withdrawn, _fact(facts.NominationWithdrawn, bucket, withdrawn, before=before))
    if before is WAITLISTED:
        return replace(gone, bucket=replace(gone.bucket, waiting=bucket.waiting - 1))
    if before is SUBMITTED:
        return gone
    freed = replace(gone, bucket=replace(gone.bucket, free=bucket.free + 1))
    return freed if first_waiting is None else _then(freed, _promote(freed.bucket, first_waiting))


def substitute(bucket: Bucket, nomination: Nomination, other: Nomination) -> Outcome:
    """Another person of the same unit takes over a confirmed seat, in one step."""
    _require_open(bucket)
    require(nomination.state, Action.SUBSTITUTE)
    if root_unit(other.place.unit) != root_unit(nomination.place.unit):
        raise SubstituteOfOtherUnit(unit=root_unit(nomination.place.unit))
    withdrawn = replace(nomination, state=WITHDRAWN)
    seated = replace(other, state=CONFIRMED, replaces=nomination.id)
    events = (
        _fact(facts.NominationWithdrawn, bucket, withdrawn, before=CONFIRMED, replaced_by=seated.id),
        _fact(facts.SeatConfirmed, bucket, seated, before=None, by=ConfirmedBy.SUBSTITUTION, replaces=nomination.id),
    )
    return Outcome(replace(bucket, seq=bucket.seq + 2), (withdrawn, seated), events)


def open_bucket(bucket: Bucket) -> Outcome:
    """The first event of every bucket: from here on it takes nominations."""
    opened = replace(bucket, open=True, seq=bucket.seq + 1)
    return Outcome(opened, (), (_bucket_fact(facts.BucketOpened, bucket, seats=bucket.seats, place=bucket.place),))


def close_bucket(bucket: Bucket) -> Outcome:
    """The bucket takes no commands any more."""
    return Outcome(replace(bucket, open=False, seq=bucket.seq + 1), (), (_bucket_fact(facts.BucketClosed, bucket),))


def change_seats(bucket: Bucket, seats: int, waiting: tuple[Nomination, ...]) -> Outcome:
    """More or fewer seats. New ones go to those who wait (`waiting`, in order); taken ones cannot be cut.

    Who waits has been approved already, so nobody gets past an approval this way.
    """
    if seats < bucket.confirmed:
        raise SeatsBelowConfirmed(unit=bucket.unit, target=bucket.target, confirmed=bucket.confirmed, seats=seats)
    changed = replace(bucket, seats=seats, free=bucket.free + seats - bucket.seats, seq=bucket.seq + 1)
    event = _bucket_fact(facts.BucketSeatsChanged, bucket, seats=seats, before=bucket.seats)
    outcome = Outcome(changed, (), (event,))
    for nomination in waiting[: max(0, seats - bucket.seats)]:
        outcome = _then(outcome, _promote(outcome.bucket, nomination))
    return outcome


def require(state: NominationState, action: Action) -> None:
    """Raises the refusal that belongs to an action which the table does not allow in this state."""
    if (state, action) not in TRANSITIONS:
        ended = {REJECTED: AlreadyRejected, WITHDRAWN: AlreadyWithdrawn}
        refusal = ended.get(state) or _REFUSALS[(state, action)]
        raise refusal(state=state.value)


def root_unit(unit: str) -> str:
    """The office or central unit that a work group belongs to: `PO-50` of `PO-50.HR`."""
    return unit.partition(".")[0]


def _require_open(bucket: Bucket) -> None:
    if not bucket.open:
        raise BucketClosed(unit=bucket.unit, target=bucket.target)


def _seat_or_wait(
    bucket: Bucket, nomination: Nomination, *, before: NominationState | None, by: ConfirmedBy
) -> Outcome:
    if nomination.rank is Rank.PRIMARY and bucket.free > 0:
        seated = replace(nomination, state=CONFIRMED)
        event = _fact(facts.SeatConfirmed, bucket, seated, before=before, by=by, replaces=nomination.replaces)
        return _outcome(replace(bucket, free=bucket.free - 1), seated, event)
    waiting = replace(nomination, state=WAITLISTED, queue=bucket.seq + 1)
    waits = _fact(facts.NominationWaitlisted, bucket, waiting, before=before)
    return _outcome(replace(bucket, waiting=bucket.waiting + 1), waiting, waits)


def _promote(bucket: Bucket, nomination: Nomination) -> Outcome:
    require(nomination.state, Action.PROMOTE)
    seated = replace(nomination, state=CONFIRMED, queue=None)
    taken = replace(bucket, free=bucket.free - 1, waiting=bucket.waiting - 1)
    event = _fact(facts.SeatConfirmed, bucket, seated, before=WAITLISTED, by=ConfirmedBy.PROMOTION)
    return _outcome(taken, seated, event)


def _outcome(bucket: Bucket, nomination: Nomination, event: facts.BucketFact) -> Outcome:
    return Outcome(replace(bucket, seq=bucket.seq + 1), (nomination,), (event,))


def _then(first: Outcome, second: Outcome) -> Outcome:
    return Outcome(second.bucket, first.nominations + second.nominations, first.events + second.events)


def _bucket_fact(kind: type[B], bucket: Bucket, **more: Any) -> B:
    # Everything here is typed already: validating it again would cost more than deciding it.
    fact = kind.model_construct(
        programme=bucket.programme,
        run=bucket.run,
        target=bucket.target,
        unit=bucket.unit,
        fiscal_year=bucket.fiscal_year,
        run_starts_at=bucket.run_starts_at,
        **more,
    )
    return cast(B, fact)


def _fact(kind: type[N], bucket: Bucket, nomination: Nomination, **more: Any) -> N:
    return _bucket_fact(
        kind,
        bucket,
        nomination=nomination.id,
        person=nomination.person,
        rank=nomination.rank,
        place=nomination.place,
        **more,
    )
