"""Seats of the pool that are offered to people who wait for one of their own unit. Pure: `now` is business time.

The seat goes over to the bucket of whoever it is offered to, and is held there. So no bucket ever has more taken seats
than seats, no seat of the run is lost or made, and whatever follows is a matter of one bucket alone: who accepts has
it; otherwise it stays held, out of everybody's reach, until it has gone back to the pool.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.enrolment.catalogue import NotTaken, OfferedRun, WaitingLists
from services.enrolment.directory import PersonErased
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome, advanced, bucket_event, nomination_event
from services.enrolment.seats.domain.nominations import filled
from services.enrolment.seats.domain.offer_reasons import OfferReason
from services.enrolment.seats.domain.offer_refusals import OfferAccepted, OfferGivenUp, OfferOver, PoolSeatsLent
from services.enrolment.seats.domain.transitions import CONFIRMED, OFFERED, WAITLISTED, WITHDRAWN, Action, require
from shared.clock import midnight
from shared.events.offers import BucketLoansSettled, OfferDeclined, OfferExpired, SeatOffered
from shared.events.seats import (
    BucketSeatsChanged,
    ConfirmedBy,
    NominationWaitlisted,
    NominationWithdrawn,
    SeatConfirmed,
    SeatsChangedBecause,
    WithdrawnBecause,
    bucket_id,
    bucket_parts,
)
from shared.rights import POOLS, pool_of
from shared.thai import local_date, working_days_after


def pool_for(run: OfferedRun, bucket: str, unit: str) -> str | None:
    """The pool from which somebody of this unit who waits in this bucket may be offered a seat. Who waits for one of
    the pool itself is promoted there like anybody in any bucket."""
    key, target, bucket_unit = bucket_parts(bucket)
    if not run.waiting_lists.offers or bucket_unit in POOLS:
        return None
    return bucket_id(key, target, pool_of(unit))


def pool_above(bucket: Bucket) -> str:
    """The pool that the seats of this bucket go back to."""
    return bucket_id(bucket.run, bucket.target, pool_of(bucket.bucket_unit))


def open_until(lists: WaitingLists, starts_at: datetime, now: datetime) -> datetime:
    """Today is none of the working days."""
    if lists.offer_hours is not None:
        until = now + timedelta(hours=lists.offer_hours)
    else:
        last = working_days_after(local_date(now), lists.offer_working_days)
        until = midnight(last + timedelta(days=1))
    return min(until.replace(microsecond=0), starts_at)


def lend(pool: Bucket, seats: int) -> Outcome:
    """So many free seats of the pool go over to other buckets."""
    return _seats_moved(pool, -seats, SeatsChangedBecause.OFFERED, free=pool.free - seats)


def offer(
    bucket: Bucket, nomination: Nomination, until: datetime, pool: str, because: OfferReason | None = None
) -> Outcome:
    """A seat of this `pool` (its unit) comes over and is held. Who still waits for an approval is offered none."""
    require(nomination.state, Action.OFFER)
    came = _seats_moved(bucket, 1, SeatsChangedBecause.OFFERED, held=bucket.held + 1)
    offered = replace(
        nomination, state=OFFERED, queue=None, waits_since=None, offered_until=until, offered_because=because
    )
    event = nomination_event(SeatOffered, bucket, offered, pool=pool, expires_at=until)
    after = advanced(came.bucket, waiting=bucket.waiting - 1)
    return Outcome(after, (offered,), (*came.events, event))


def accept(bucket: Bucket, nomination: Nomination, now: datetime) -> Outcome:
    """Raises OfferOver."""
    _require_open(nomination, Action.ACCEPT, now)
    if nomination.erased:
        raise PersonErased(person=nomination.person)
    seated = replace(nomination, state=CONFIRMED, offered_until=None)
    event = nomination_event(SeatConfirmed, bucket, seated, before=OFFERED, by=ConfirmedBy.OFFER)
    return Outcome(advanced(bucket, held=bucket.held - 1), (seated,), (event,))


def decline(bucket: Bucket, nomination: Nomination, lists: WaitingLists, now: datetime) -> Outcome:
    """Who waits again has no seat of the own unit either, though one may have come free meanwhile: nobody is given what
    he or she has just declined. Raises OfferOver."""
    _require_open(nomination, Action.DECLINE, now)
    return _not_taken(bucket, nomination, OfferDeclined, lists.on_decline, WithdrawnBecause.DECLINED)


def require_answered(nomination: Nomination, action: Action, *, over: bool) -> None:
    """That what this answer asks for is so already, of an offer that is not open any more: nothing is left to do.
    Raises the refusal that says what became of it instead. `over`: so is its time."""
    state = nomination.state
    given_up = state is WITHDRAWN or (state is WAITLISTED and nomination.let_go)
    if (action is Action.ACCEPT and state is CONFIRMED) or (action is Action.DECLINE and given_up):
        return
    if state is CONFIRMED:
        raise OfferAccepted()
    raise OfferGivenUp() if given_up and not over else OfferOver()


def lapse(bucket: Bucket, nomination: Nomination, lists: WaitingLists) -> Outcome:
    """Nobody has answered in time."""
    require(nomination.state, Action.LAPSE)
    return _not_taken(bucket, nomination, OfferExpired, lists.on_expiry, WithdrawnBecause.OFFER_EXPIRED)


def give_back(bucket: Bucket) -> Outcome:
    """What nobody has taken of the pool's seats leaves the bucket."""
    left = bucket.held - bucket.returning
    return _seats_moved(bucket, -bucket.returning, SeatsChangedBecause.RETURNED, held=left, returning=0)


def regain(pool: Bucket, seats: int, waiting: Sequence[Nomination]) -> Outcome:
    """So many seats are back. Who waits for one of the pool's own (`waiting`, in order) comes first."""
    back = _seats_moved(pool, seats, SeatsChangedBecause.RETURNED, free=pool.free + seats)
    return filled(back, waiting[:seats])


def settle(bucket: Bucket) -> Outcome:
    """Seats that somebody has are the unit's own from here on, and those that the pool has lent its no more. Raises
    PoolSeatsLent while any of them is held: whose it will be is not decided."""
    if bucket.held:
        raise PoolSeatsLent(unit=bucket.bucket_unit, offered=bucket.offered)
    if not bucket.borrowed:
        return Outcome(bucket, (), ())
    event = bucket_event(BucketLoansSettled, bucket, settled=bucket.borrowed)
    return Outcome(advanced(bucket, borrowed=0), (), (event,))


def _seats_moved(bucket: Bucket, by: int, because: SeatsChangedBecause, **changes: int) -> Outcome:
    seats = bucket.seats + by
    so_far = {"released": bucket.released, "received": bucket.received}
    event = bucket_event(BucketSeatsChanged, bucket, seats=seats, before=bucket.seats, because=because, **so_far)
    return Outcome(advanced(bucket, seats=seats, borrowed=bucket.borrowed + by, **changes), (), (event,))


def _require_open(nomination: Nomination, action: Action, now: datetime) -> None:
    require(nomination.state, action)
    if nomination.offered_until is None or now >= nomination.offered_until:
        raise OfferOver()


def _not_taken(
    bucket: Bucket,
    nomination: Nomination,
    fact: type[OfferDeclined | OfferExpired],
    then: NotTaken,
    because: WithdrawnBecause,
) -> Outcome:
    answered = nomination_event(fact, bucket, nomination)
    nomination = replace(nomination, offered_until=None, offered_because=None, let_go=True)
    left = replace(bucket, seq=bucket.seq + 2, returning=bucket.returning + 1)
    if then is NotTaken.WITHDRAWN:
        gone = replace(nomination, state=WITHDRAWN)
        withdrawn = nomination_event(
            NominationWithdrawn, bucket, gone, before=OFFERED, because=because, seat_returns=True
        )
        return Outcome(left, (gone,), (answered, withdrawn))
    waits = replace(nomination, state=WAITLISTED, queue=left.seq)
    waitlisted = nomination_event(NominationWaitlisted, bucket, waits, before=OFFERED)
    return Outcome(replace(left, waiting=left.waiting + 1), (waits,), (answered, waitlisted))
