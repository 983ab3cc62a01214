"""Why somebody has no seat yet: every state and phase, and what is told to whom."""

from dataclasses import replace
from typing import Final

import pytest

from services.enrolment.catalogue import FromPool, PoolOrder, WaitingLists
from services.enrolment.seats.domain.model import Bucket, Growing
from services.enrolment.seats.domain.offer_reasons import OfferReason, OfferWhy
from services.enrolment.seats.domain.phases import Phase
from services.enrolment.seats.domain.released import Served
from services.enrolment.seats.domain.standing import AtPool, InUnit, Lines, Standing, Told, standing
from services.enrolment.seats.http.standing import POOL, UNIT, standing_response
from shared.events.seats import NominationState, Rank
from tests.unit.enrolment.seats.builders import W, bucket, nomination, run

OFFERING: Final = run(waiting_lists=WaitingLists(FromPool.OFFER))
NAME: Final = "run:PROV_HR:PO"
FULL: Final = bucket(free=0, waiting=3)
EVERYTHING: Final = Told(True, True)


BY_SHARE: Final = run(waiting_lists=WaitingLists(FromPool.OFFER, PoolOrder.UNDER_SERVED_FIRST))


def why(
    stands: Bucket = FULL,
    pool: Bucket | None = None,
    *,
    rank: Rank = Rank.PRIMARY,
    offers: bool = True,
    ahead: int = 2,
    at_pool: int = 5,
    told: Told = EVERYTHING,
    phase: Phase = Phase.OPEN,
    by_share: bool = False,
) -> Standing:
    one = nomination("n", W, "anan", queue=4, rank=rank, pool=NAME if offers else None)
    of = (BY_SHARE if by_share else OFFERING) if offers else run()
    return standing(of, phase, one, Lines(stands, pool, ahead, at_pool), told)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (NominationState.SUBMITTED, InUnit.WAITS_FOR_APPROVAL),
        (NominationState.CONFIRMED, InUnit.HAS_SEAT),
        (NominationState.OFFERED, InUnit.WAITS_FOR_ANSWER),
        (NominationState.REJECTED, InUnit.ENDED),
        (NominationState.WITHDRAWN, InUnit.ENDED),
        (NominationState.EXPIRED, InUnit.ENDED),
    ],
)
def test_who_waits_for_no_seat(state: NominationState, code: InUnit) -> None:
    found = standing(OFFERING, Phase.OPEN, nomination("n", state, "anan"), Lines(FULL, None, 0, 0), EVERYTHING)
    assert (found.unit, found.pool, found.ahead, found.ahead_at_pool) == (code, None, None, None)


@pytest.mark.parametrize("phase", Phase)
def test_nobody_moves_up_when_the_run_has_begun(phase: Phase) -> None:
    moves = phase in (Phase.OPEN, Phase.CLOSED)
    assert (why(phase=phase).unit is InUnit.NOBODY_MOVES_UP) == (not moves)


GIVING: Final = bucket("PO", seats=3, free=3)


@pytest.mark.parametrize(
    ("found", "unit", "pool"),
    [
        (why(), InUnit.NO_FREE_SEAT, AtPool.NO_FREE_SEAT),
        (why(pool=bucket("PO", seats=3, free=0)), InUnit.NO_FREE_SEAT, AtPool.NO_FREE_SEAT),
        (why(pool=GIVING), InUnit.NO_FREE_SEAT, AtPool.OTHERS_FIRST),
        (why(pool=GIVING, at_pool=2), InUnit.NO_FREE_SEAT, AtPool.ABOUT_TO_BE_OFFERED),
        (why(bucket(waiting=3), GIVING, rank=Rank.RESERVE), InUnit.RESERVE, AtPool.OWN_SEAT_FIRST),
        (why(bucket(waiting=3), GIVING), InUnit.IN_LINE, AtPool.OWN_SEAT_FIRST),
        (why(bucket(free=0, growing=Growing(9, "hr")), GIVING), InUnit.MOVING_UP, AtPool.OWN_SEAT_FIRST),
        (why(pool=GIVING, offers=False), InUnit.NO_FREE_SEAT, AtPool.NOT_USED),
        (why(pool=GIVING, by_share=True), InUnit.NO_FREE_SEAT, AtPool.UNDER_SERVED_FIRST),
        (why(bucket(waiting=3), GIVING, by_share=True), InUnit.IN_LINE, AtPool.OWN_SEAT_FIRST),
        (why(pool=bucket("PO", seats=3, free=0), by_share=True), InUnit.NO_FREE_SEAT, AtPool.NO_FREE_SEAT),
    ],
)
def test_what_stands_before_a_seat(found: Standing, unit: InUnit, pool: AtPool) -> None:
    assert (found.unit, found.pool) == (unit, pool)


@pytest.mark.parametrize(
    ("told", "unit", "pool", "places"),
    [
        (Told(True, True), InUnit.NO_FREE_SEAT, AtPool.OTHERS_FIRST, (2, 5)),
        (Told(True, False), InUnit.NO_FREE_SEAT, AtPool.IN_LINE, (2, None)),
        (Told(False, False), InUnit.IN_LINE, AtPool.IN_LINE, (None, None)),
    ],
)
def test_nothing_is_told_from_which_counts_could_be_worked_out(
    told: Told, unit: InUnit, pool: AtPool, places: tuple[int | None, int | None]
) -> None:
    found = why(pool=GIVING, told=told)
    assert (found.unit, found.pool, (found.ahead, found.ahead_at_pool)) == (unit, pool, places)
    if told == Told(False, False):
        others = [why(bucket(waiting=3), None, told=told), why(pool=GIVING, at_pool=0, ahead=0, told=told)]
        assert others == [found, found], "whatever there is, the same is told"


def test_where_shares_decide_nobody_has_a_place_in_the_line_of_the_pool() -> None:
    found = why(pool=GIVING, by_share=True)
    assert (found.ahead, found.ahead_at_pool) == (2, None)
    assert why(pool=GIVING, by_share=True, told=Told(True, False)).pool is AtPool.IN_LINE


@pytest.mark.parametrize("state", NominationState)
@pytest.mark.parametrize("knows", [True, False])
def test_why_this_one_was_offered_a_seat(state: NominationState, knows: bool) -> None:
    """As long as it is offered, and when it was accepted; what the office has had to those who may count it."""
    because = OfferReason(OfferWhy.UNDER_SERVED, Served(3, 8))
    one = replace(nomination("n", state, "anan"), offered_because=because)
    found = standing(OFFERING, Phase.OPEN, one, Lines(FULL, None, 0, 0), Told(knows, False)).offer
    if state not in (NominationState.OFFERED, NominationState.CONFIRMED):
        assert found is None
        return
    assert found == (because if knows else OfferReason(OfferWhy.UNDER_SERVED))


@pytest.mark.parametrize("reason", OfferWhy)
def test_the_reason_of_an_offer_in_words(reason: OfferWhy) -> None:
    one = nomination("n", NominationState.OFFERED, "anan")
    for served, counts in ((Served(3, 8), (3, 8)), (None, (None, None))):
        offer = standing_response(Standing(one, InUnit.WAITS_FOR_ANSWER, offer=OfferReason(reason, served)))["offer"]
        assert (offer["code"], (offer["confirmed"], offer["of"])) == (reason.value, counts)
        assert offer["th"]
        assert offer["en"]
    assert standing_response(Standing(one, InUnit.WAITS_FOR_ANSWER))["offer"] is None


def test_every_reason_has_words_and_places_begin_with_one() -> None:
    assert set(UNIT) == set(InUnit)
    assert set(POOL) == set(AtPool)
    body = standing_response(why(pool=GIVING))
    assert (body["unit"]["place"], body["pool"]["place"], body["state"]) == (3, 6, "WAITLISTED")
