"""The life of a nomination and the seats of its bucket. Pure: state, command and ids in; new state and events out.

Invariants: a bucket never has more taken seats (confirmed, or held for an offer) than seats, and until its run begins a
freed seat goes to the first on the waiting list of the same bucket.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.enrolment.directory import root_unit
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome, advanced, changed, nomination_event
from services.enrolment.seats.domain.refusals import BucketClosed, NoFreeSeat, SubstituteOfOtherUnit
from services.enrolment.seats.domain.transitions import (
    CONFIRMED,
    OFFERED,
    SUBMITTED,
    WAITLISTED,
    WITHDRAWN,
    Action,
    require,
)
from shared.events import seats as events
from shared.events.seats import ConfirmedBy, NominationState, Rank


def nominate(bucket: Bucket, new: Nomination) -> Outcome:
    """A unit nominates a person (or a person applies). Without an approver it is decided at once."""
    if not bucket.open:
        raise BucketClosed(unit=bucket.bucket_unit, target=bucket.target)
    if new.approver is not None:
        submitted = new if new.state is SUBMITTED else changed(new, state=SUBMITTED)
        event = nomination_event(events.NominationSubmitted, bucket, submitted, step=new.approver, due_at=new.due_at)
        return Outcome(advanced(bucket), (submitted,), (event,))
    return seat_or_wait(bucket, new, before=None, by=ConfirmedBy.NOMINATION)


def withdraw(bucket: Bucket, nomination: Nomination, waiting: Sequence[Nomination]) -> Outcome:
    """A freed seat goes to the first on the bucket's waiting list, reserves included; else it re-opens.

    `waiting` is that list, in order; as many as seats can come free are enough. A seat of the pool that is offered goes
    back to the pool, and so does one for which nobody waits here: until then it is held.
    """
    before = nomination.state
    require(before, Action.WITHDRAW)
    withdrawn = changed(nomination, state=WITHDRAWN, queue=None, offered_until=None, had_seat=before is CONFIRMED)
    if before is OFFERED or (before is CONFIRMED and _is_of_pool(bucket)):
        event = nomination_event(events.NominationWithdrawn, bucket, withdrawn, before=before, seat_returns=True)
        held = bucket.held + (before is CONFIRMED)
        return Outcome(advanced(bucket, held=held, returning=bucket.returning + 1), (withdrawn,), (event,))
    event = nomination_event(events.NominationWithdrawn, bucket, withdrawn, before=before)
    if before is not CONFIRMED:
        waits = bucket.waiting - (before is WAITLISTED)
        return Outcome(advanced(bucket, waiting=waits), (withdrawn,), (event,))
    return filled(Outcome(advanced(bucket, free=bucket.free + 1), (withdrawn,), (event,)), waiting[:1])


def substitute(bucket: Bucket, nomination: Nomination, other: Nomination) -> Outcome:
    """Another person of the same unit takes over a confirmed seat, in one step."""
    require(nomination.state, Action.SUBSTITUTE)
    if root_unit(other.place.unit) != root_unit(nomination.place.unit):
        raise SubstituteOfOtherUnit(unit=root_unit(nomination.place.unit))
    withdrawn = changed(nomination, state=WITHDRAWN, had_seat=True)
    seated = changed(other, state=CONFIRMED, replaces=nomination.id)
    happened = (
        nomination_event(events.NominationWithdrawn, bucket, withdrawn, before=CONFIRMED, replaced_by=seated.id),
        nomination_event(
            events.SeatConfirmed, bucket, seated, before=None, by=ConfirmedBy.SUBSTITUTION, replaces=nomination.id
        ),
    )
    return Outcome(replace(bucket, seq=bucket.seq + 2), (withdrawn, seated), happened)


def enter_late(bucket: Bucket, new: Nomination) -> Outcome:
    """Takes a free seat before those who wait, also in a closed bucket: who waits is not there."""
    if not bucket.free:
        raise NoFreeSeat(unit=bucket.bucket_unit, target=bucket.target)
    seated = changed(new, state=CONFIRMED)
    event = nomination_event(events.SeatConfirmed, bucket, seated, before=None, by=ConfirmedBy.LATE_ENTRY)
    return Outcome(advanced(bucket, free=bucket.free - 1), (seated,), (event,))


def seat_or_wait(bucket: Bucket, nomination: Nomination, *, before: NominationState | None, by: ConfirmedBy) -> Outcome:
    """A primary takes a free seat. Without one it is waitlisted, and so is every reserve."""
    if nomination.rank is Rank.PRIMARY and bucket.free > 0 and not bucket.catches_up:
        seated = changed(nomination, state=CONFIRMED)
        event = nomination_event(
            events.SeatConfirmed, bucket, seated, before=before, by=by, replaces=nomination.replaces
        )
        return Outcome(advanced(bucket, free=bucket.free - 1), (seated,), (event,))
    waiting = changed(nomination, state=WAITLISTED, queue=bucket.seq + 1)
    waits = nomination_event(events.NominationWaitlisted, bucket, waiting, before=before)
    return Outcome(advanced(bucket, waiting=bucket.waiting + 1), (waiting,), (waits,))


def _is_of_pool(bucket: Bucket) -> bool:
    """Whether a seat that comes free now is one that the pool has lent, and that nobody here waits for."""
    return bucket.borrowed > bucket.held and not bucket.waiting


def filled(outcome: Outcome, waiting: Sequence[Nomination]) -> Outcome:
    """The only place that promotes: freed seats go to these, in this order."""
    for nomination in waiting:
        require(nomination.state, Action.PROMOTE)
        bucket = outcome.bucket
        seated = changed(nomination, state=CONFIRMED, queue=None)
        taken = advanced(bucket, free=bucket.free - 1, waiting=bucket.waiting - 1)
        event = nomination_event(events.SeatConfirmed, bucket, seated, before=WAITLISTED, by=ConfirmedBy.PROMOTION)
        outcome = Outcome(taken, (*outcome.nominations, seated), (*outcome.events, event))
    return outcome
