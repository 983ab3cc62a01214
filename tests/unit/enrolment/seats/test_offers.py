"""Seats of the pool that are offered: what each answer leads to, and that none is lost, made or given twice."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from services.enrolment.catalogue import FromPool, NotTaken, RunStarted, WaitingLists
from services.enrolment.directory import PersonErased
from services.enrolment.seats.domain import nominations as rules
from services.enrolment.seats.domain import offers
from services.enrolment.seats.domain.allocation_refusals import SeatsBelowConfirmed
from services.enrolment.seats.domain.board import Board
from services.enrolment.seats.domain.buckets import change_seats
from services.enrolment.seats.domain.growth import given
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome
from services.enrolment.seats.domain.offer_refusals import (
    NoOpenOffer,
    OfferAccepted,
    OfferGivenUp,
    OfferOver,
    OfferPending,
    PoolSeatsLent,
)
from services.enrolment.seats.domain.refusals import AlreadyNominated
from services.enrolment.seats.domain.transitions import Action
from shared.clock import BANGKOK
from shared.errors import Refused
from shared.events.offers import BucketLoansSettled, OfferDeclined, OfferExpired, SeatOffered
from shared.events.seats import (
    BucketSeatsChanged,
    ConfirmedBy,
    NominationState,
    NominationWaitlisted,
    NominationWithdrawn,
    Rank,
    SeatConfirmed,
    SeatsChangedBecause,
    WithdrawnBecause,
)
from tests.unit.enrolment.seats.builders import (
    CALLER,
    NOW,
    START,
    C,
    D,
    W,
    board,
    bucket,
    decide,
    nomination,
    person,
    run,
    states,
    substitute,
)
from tests.unit.enrolment.seats.builders import nominate as nominates

OFFERED: Final = NominationState.OFFERED
LISTS: Final = WaitingLists(FromPool.OFFER)
ENDING: Final = replace(LISTS, on_decline=NotTaken.WITHDRAWN, on_expiry=NotTaken.WITHDRAWN)
POOL: Final = "run:PROV_HR:PO"
UNTIL: Final = NOW + timedelta(hours=2)


def waiting(id: str, unit: str = "PO-50", queue: int = 2, rank: Rank = Rank.PRIMARY) -> Nomination:
    made = nomination(id, W, f"person-{id}", f"{unit}.HR", queue=queue, pool=POOL, waits_since=NOW, rank=rank)
    return replace(made, bucket=f"run:PROV_HR:{unit}")


def offered(seats: int = 1) -> Outcome:
    """One who waits is offered a seat; all others of the unit are taken."""
    return offers.offer(bucket(seats=seats, free=0, waiting=1), waiting("n"), UNTIL, "PO")


def kinds(outcome: Outcome) -> list[type]:
    return [type(event) for event in outcome.events]


# ---- who may be offered one


@pytest.mark.parametrize(
    ("lists", "where", "unit", "pool"),
    [
        (LISTS, "run:PROV_HR:PO-50", "PO-50.HR", POOL),
        (LISTS, "run:ALL:PERS", "PERS", "run:ALL:OPS"),
        (LISTS, POOL, "PO-50.HR", None),
        (LISTS, "run:ALL:OPS", "PERS", None),
        (WaitingLists(), "run:PROV_HR:PO-50", "PO-50.HR", None),
    ],
)
def test_the_pool_of_somebody(lists: WaitingLists, where: str, unit: str, pool: str | None) -> None:
    assert offers.pool_for(run(waiting_lists=lists), where, unit) == pool


@pytest.mark.parametrize("lists", [LISTS, WaitingLists()])
def test_a_nomination_knows_its_pool_where_there_are_offers(lists: WaitingLists) -> None:
    on = board([bucket(seats=0)], [person("anan")], of=run(waiting_lists=lists))
    made = on.decide(nominates("anan"), CALLER, NOW).nomination
    assert (made.state, made.pool) == (W, POOL if lists.offers else None)


@pytest.mark.parametrize(
    ("hours", "days", "now", "until"),
    [
        (2, 9, NOW, NOW + timedelta(hours=2)),
        (None, 1, datetime(2020, 7, 31, 9, tzinfo=BANGKOK), datetime(2020, 8, 4, tzinfo=BANGKOK)),  # a weekend between
        (None, 2, datetime(2020, 8, 10, 9, tzinfo=BANGKOK), datetime(2020, 8, 14, tzinfo=BANGKOK)),  # 12 August
        (None, 60, NOW, START),
        (24, 1, START - timedelta(hours=1), START),
    ],
)
def test_until_when(hours: int | None, days: int, now: datetime, until: datetime) -> None:
    lists = replace(LISTS, offer_hours=hours, offer_working_days=days)
    assert offers.open_until(lists, START, now) == until


# ---- what an offer is, and what follows


def test_a_seat_goes_over_from_the_pool_and_is_held() -> None:
    lent = offers.lend(bucket("PO", seats=5), 2)
    assert (lent.bucket.seats, lent.bucket.free, lent.bucket.borrowed, given(lent.bucket)) == (3, 3, -2, 5)
    (event,) = lent.events
    assert isinstance(event, BucketSeatsChanged)
    assert (event.seats, event.before, event.because) == (3, 5, SeatsChangedBecause.OFFERED)
    outcome = offered()
    stands, (one,) = outcome.bucket, outcome.nominations
    assert (stands.seats, stands.free, stands.confirmed, stands.held, stands.offered) == (2, 0, 1, 1, 1)
    assert (stands.waiting, stands.borrowed, given(stands), stands.seq) == (0, 1, 1, 3)
    assert (one.state, one.queue, one.offered_until, one.live) == (OFFERED, None, UNTIL, True)
    came, told = outcome.events
    assert isinstance(came, BucketSeatsChanged)
    assert isinstance(told, SeatOffered)
    assert (came.seats, came.before, told.pool, told.expires_at) == (2, 1, "PO", UNTIL)


def test_nobody_who_waits_for_an_approval_is_offered_a_seat() -> None:
    for state in NominationState:
        if state is not W:
            with pytest.raises(Refused):
                offers.offer(bucket(), nomination("n", state, "anan"), UNTIL, "PO")


def test_who_accepts_has_the_seat() -> None:
    before = offered()
    outcome = offers.accept(before.bucket, before.nominations[0], NOW)
    (one,), (event,) = outcome.nominations, outcome.events
    assert (one.state, one.offered_until) == (C, None)
    assert isinstance(event, SeatConfirmed)
    assert (event.before, event.by) == (OFFERED, ConfirmedBy.OFFER)
    assert (outcome.bucket.confirmed, outcome.bucket.held, outcome.bucket.seats) == (2, 0, 2)


def test_too_late_is_too_late() -> None:
    before = offered()
    with pytest.raises(OfferOver):
        offers.accept(before.bucket, before.nominations[0], UNTIL)
    with pytest.raises(OfferOver):
        offers.decline(before.bucket, before.nominations[0], LISTS, UNTIL)


ANSWERED_AGAIN: Final[list[tuple[NominationState, Action, type[Refused] | None]]] = [
    (C, Action.ACCEPT, None),
    (C, Action.DECLINE, OfferAccepted),
    (W, Action.DECLINE, None),
    (W, Action.ACCEPT, OfferGivenUp),
    (NominationState.WITHDRAWN, Action.DECLINE, None),
    (NominationState.WITHDRAWN, Action.ACCEPT, OfferGivenUp),
    (OFFERED, Action.ACCEPT, OfferOver),  # another one
    (OFFERED, Action.DECLINE, OfferOver),
]


@pytest.mark.parametrize(("state", "action", "refusal"), ANSWERED_AGAIN)
def test_the_same_answer_again_is_no_mistake(
    state: NominationState, action: Action, refusal: type[Refused] | None
) -> None:
    one = replace(nomination("n", state, "anan"), let_go=state is not C)
    if refusal is None:
        offers.require_answered(one, action, over=False)
    else:
        with pytest.raises(refusal):
            offers.require_answered(one, action, over=False)


def test_whose_time_was_over_is_told_so() -> None:
    with pytest.raises(OfferOver):
        offers.require_answered(replace(nomination("n", W, "anan"), let_go=True), Action.ACCEPT, over=True)


def test_nobody_accepts_for_who_was_erased() -> None:
    before = offered()
    with pytest.raises(PersonErased):
        offers.accept(before.bucket, replace(before.nominations[0], erased=True), NOW)


@pytest.mark.parametrize("lists", [LISTS, ENDING])
@pytest.mark.parametrize("late", [True, False])
def test_what_is_not_taken_stays_held_and_goes_back(lists: WaitingLists, late: bool) -> None:
    before = offered()
    one = before.nominations[0]
    outcome = offers.lapse(before.bucket, one, lists) if late else offers.decline(before.bucket, one, lists, NOW)
    (after,), (fact, then) = outcome.nominations, outcome.events
    assert type(fact) is (OfferExpired if late else OfferDeclined)
    assert (after.offered_until, after.waits_since) == (None, None)
    stands = outcome.bucket
    assert (stands.free, stands.held, stands.returning, stands.seats, stands.seq) == (0, 1, 1, 2, 5)
    if lists is LISTS:
        assert (after.state, after.queue, stands.waiting) == (W, stands.seq, 1)
        assert isinstance(then, NominationWaitlisted)
        assert then.before == OFFERED
    else:
        assert (after.state, after.queue, stands.waiting) == (D, None, 0)
        assert isinstance(then, NominationWithdrawn)
        because = WithdrawnBecause.OFFER_EXPIRED if late else WithdrawnBecause.DECLINED
        assert (then.before, then.because, then.seat_returns) == (OFFERED, because, True)
    left = offers.give_back(stands)
    assert (left.bucket.seats, left.bucket.held, left.bucket.returning, left.bucket.borrowed) == (1, 0, 0, 0)
    assert kinds(left) == [BucketSeatsChanged]


def test_a_seat_that_comes_back_is_first_for_who_waits_for_one_of_the_pool() -> None:
    own = replace(waiting("p", "PO"), bucket=POOL, pool=None)
    outcome = offers.regain(bucket("PO", seats=3, free=0, borrowed=-1, waiting=1), 1, [own])
    assert (outcome.bucket.seats, outcome.bucket.free, outcome.bucket.waiting, outcome.bucket.borrowed) == (4, 0, 0, 0)
    assert outcome.nominations[0].state is C
    nobody = offers.regain(bucket("PO", seats=3, borrowed=-1), 1, [])
    assert (nobody.bucket.seats, nobody.bucket.free) == (4, 4)


# ---- commands that meet an offer


def test_who_withdraws_from_an_offer_leaves_the_seat_to_the_pool() -> None:
    before = offered()
    outcome = rules.withdraw(before.bucket, before.nominations[0], [waiting("next")])
    (event,) = outcome.events
    assert isinstance(event, NominationWithdrawn)
    assert (event.before, event.seat_returns) == (OFFERED, True)
    assert (outcome.bucket.held, outcome.bucket.returning, outcome.bucket.free) == (1, 1, 0)


def test_a_seat_of_the_pool_that_comes_free_is_first_for_the_own_unit() -> None:
    before = offered()
    accepted = offers.accept(before.bucket, before.nominations[0], NOW)
    second = replace(accepted.bucket, waiting=1)
    kept = rules.withdraw(second, accepted.nominations[0], [waiting("next")])
    assert kept.nominations[1].state is C
    assert (kept.bucket.borrowed, kept.bucket.returning) == (1, 0)
    back = rules.withdraw(accepted.bucket, accepted.nominations[0], [])
    assert (back.bucket.confirmed, back.bucket.held, back.bucket.returning, back.bucket.free) == (1, 1, 1, 0)
    own = rules.withdraw(offers.give_back(back.bucket).bucket, nomination("m", C, "malee"), [])
    assert (own.bucket.free, own.bucket.returning) == (1, 0), "the own seat stays with the unit"


def test_neither_a_held_seat_nor_one_that_is_lent_can_be_cut() -> None:
    stands = offered().bucket
    for where, seats, confirmed in (
        (stands, 0, 1),
        (bucket("PO", seats=1, free=1, borrowed=-3), 2, 3),
    ):
        with pytest.raises(SeatsBelowConfirmed) as refusal:
            change_seats(where, seats + where.borrowed, ())
        assert (refusal.value.details["confirmed"], refusal.value.details["seats"]) == (confirmed, seats)


def test_who_has_a_lent_seat_keeps_it_when_loans_are_settled() -> None:
    """The office has been given one more, the pool one less, and nobody has another number of seats."""
    before = offered()
    accepted = offers.accept(before.bucket, before.nominations[0], NOW).bucket
    lent = offers.lend(bucket("PO", seats=5), 1).bucket
    for stands, settled, is_given in ((accepted, 1, given(accepted) + 1), (lent, -1, 4)):
        done = offers.settle(stands)
        (event,) = done.events
        assert isinstance(event, BucketLoansSettled)
        assert event.settled == settled
        assert done.bucket == replace(stands, borrowed=0, seq=stands.seq + 1)
        assert given(done.bucket) == is_given
        assert offers.settle(done.bucket).events == ()


@pytest.mark.parametrize(("held", "returning"), [(1, 0), (2, 2), (3, 1)])
def test_a_seat_that_is_held_is_not_settled(held: int, returning: int) -> None:
    with pytest.raises(PoolSeatsLent) as refusal:
        offers.settle(bucket("PO-50", seats=3, free=0, borrowed=3, held=held, returning=returning))
    assert refusal.value.details == {"unit": "PO-50", "offered": held - returning}


def on_the_board(one: Nomination, stands: Bucket, lists: WaitingLists = LISTS) -> Board:
    return board([stands], [person("other")], [one], of=run(waiting_lists=lists))


def test_answers_on_a_board() -> None:
    before = offered()
    one, stands = before.nominations[0], before.bucket
    on = on_the_board(one, stands)
    assert on.decide(decide(Action.ACCEPT, "n"), CALLER, NOW).nomination.state is C
    with pytest.raises(NoOpenOffer):
        on.decide(decide(Action.ACCEPT, "n"), CALLER, NOW)
    on = on_the_board(one, stands, ENDING)
    on.decide(decide(Action.DECLINE, "n"), CALLER, NOW)
    assert states(on) == {"n": D.value}
    with pytest.raises(RunStarted):
        on_the_board(one, stands).decide(decide(Action.ACCEPT, "n"), CALLER, START)


def test_an_offer_is_live_and_nobody_gives_it_away() -> None:
    before = offered()
    one = before.nominations[0]
    on = board([before.bucket], [person(one.person), person("other")], [one], of=run(waiting_lists=LISTS))
    with pytest.raises(AlreadyNominated):
        on.decide(nominates(one.person), CALLER, NOW)
    with pytest.raises(OfferPending):
        on.decide(substitute("n", "other"), CALLER, NOW)
