"""The audit of seats that the pool lends: histories of enrolment's rules have no fault, planted ones are reported."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pattana.audit.buckets import BucketFold
from pattana.audit.enrolled import divided_of
from pattana.audit.seats import stored_faults, sum_faults
from services.enrolment.seats.domain.model import Outcome, advanced, bucket_event
from services.enrolment.seats.domain.offers import regain, settle
from shared.errors import Refused
from shared.events.offers import BucketLoansSettled, SeatOffered
from shared.events.seats import BucketFact, NominationState, NominationWithdrawn, Rank, SeatConfirmed
from tests.unit.pattana.test_audit_buckets import documents, folded
from tests.unit.reporting.histories import CHIANG_MAI, ONCE, RUN_STARTS, History

OFFERED = NominationState.OFFERED


def example() -> History:
    """One has the seat; of three who wait one accepts, one is asked, and one has declined."""
    history = History.of(CHIANG_MAI, 1)
    for name in ("a", "b", "c", "d"):
        history.nominate(name, CHIANG_MAI)
    for name in ("b", "c", "d"):
        history.offer(name)
    return history.accept("b").decline("d")


def faults(history: History, events: list[BucketFact] | None = None) -> list[str]:
    bucket, rows = documents(history)
    for row in rows:
        known = history.nominations[row["_id"]]
        row |= {} if known.offered_until is None else {"offered_until": known.offered_until}
    fold = folded(history.events if events is None else events)
    return [*fold.overbooked, *fold.problems, *stored_faults(fold, bucket, rows, least=0)]


STEP = st.tuples(
    st.sampled_from(["nominate", "withdraw", "offer", "accept", "decline", "lapse", "end", "give_back", "seats"]),
    st.integers(0, 5),
)


@given(seats=st.integers(0, 3), steps=st.lists(STEP, max_size=40))
def test_every_possible_history_has_no_fault(seats: int, steps: list[tuple[str, int]]) -> None:
    history = History.of(CHIANG_MAI, seats)
    for number, (step, value) in enumerate(steps):
        take(history, step, value, f"n{number}")
    assert faults(history) == []


def take(history: History, step: str, value: int, name: str) -> None:
    known, first = list(history.nominations), history.waiting[:1]
    try:
        if step == "nominate":
            history.nominate(name, CHIANG_MAI)
        elif step == "seats":
            history.change_seats(value + history.bucket.borrowed)
        elif step == "give_back":
            _ = history.give_back() if history.bucket.returning else None
        elif step == "offer":
            _ = history.offer(first[0].id) if first else None
        elif step == "end":
            asked = history.names(OFFERED)
            _ = history.lapse(asked[0], ONCE) if asked else None
        elif known:
            getattr(history, step)(known[value % len(known)])
    except Refused:
        return


def test_the_pool_has_lent_what_its_units_have_got() -> None:
    office, pool = example().give_back(), History.of(CHIANG_MAI, 5, target="POOL").lend(3)
    pool.take(regain(pool.bucket, 1, ()))
    rows = [{"seats": one.bucket.seats, "borrowed": one.bucket.borrowed} for one in (office, pool)]
    run = {"allocated": 6, "capacity": 6, "state": "OPEN"}
    assert list(sum_faults("r1", divided_of(run, rows))) == []
    rows[0]["borrowed"] -= 1
    assert list(sum_faults("r1", divided_of(run, rows))) == [
        "run r1: the pools of  have lent other seats than its units have got"
    ]


def test_loans_that_are_settled_are_lent_no_more() -> None:
    history = example().give_back().withdraw("c").withdraw("d").give_back()
    pool = History.of(CHIANG_MAI, 5).lend(1)
    for one in (history, pool):
        one.take(settle(one.bucket))
        assert faults(one) == []
        assert one.bucket.borrowed == 0
    history.withdraw("b")
    assert faults(history) == []
    assert (history.bucket.free, history.bucket.returning) == (1, 0), "it goes back to nobody"


@pytest.mark.parametrize("settled", [0, 1, 3])
def test_only_all_that_is_lent_is_settled_and_nothing_that_is_held(settled: int) -> None:
    history = example()  # three are lent, of which two are held
    event = bucket_event(BucketLoansSettled, history.bucket, settled=settled)
    history.take(Outcome(advanced(history.bucket, borrowed=3 - settled), (), (event,)))
    assert [fault for fault in faults(history) if "settles" in fault] == [
        f"{history.bucket.id}:{history.bucket.seq} settles {settled} seats of the pool, of 3 that are lent"
    ]


def without(kind: type[BucketFact]) -> list[BucketFact]:
    events = list(example().events)
    events.remove(next(one for one in events if isinstance(one, kind)))
    return events


def test_an_offer_that_is_missing_is_noticed() -> None:
    assert any(
        "it was WAITLISTED, the event says OFFERED" in fault for fault in faults(example(), without(SeatOffered))
    )


def test_who_is_offered_a_seat_before_others_is_named() -> None:
    history = History.of(CHIANG_MAI, 0).nominate("a", CHIANG_MAI).nominate("b", CHIANG_MAI).offer("b")
    assert faults(history) == ["r1:HR:PO-50:5 nomination b moves up before a"]


@pytest.mark.parametrize("by", ["PROMOTION", "RELEASE"])
def test_a_seat_that_goes_to_somebody_who_is_not_the_first_is_found(by: str) -> None:
    """Also one that was released; who is no reserve comes before reserves where a seat is free."""
    history = History.of(CHIANG_MAI, 3).nominate("r", CHIANG_MAI, Rank.RESERVE).change_seats(1)
    for name in ("a", "b", "c"):
        history.nominate(name, CHIANG_MAI)
    events = list(history.events)
    last = events[-1]
    told = last.model_dump() | {"before": "WAITLISTED", "by": by}
    assert any(
        fault.endswith("nomination c moves up before r") for fault in faults(history, [*events, SeatConfirmed(**told)])
    )


def test_who_is_promoted_before_others_is_named() -> None:
    history = History.of(CHIANG_MAI, 1)
    for name in ("a", "b", "c"):
        history.nominate(name, CHIANG_MAI)
    waiting = history.waiting
    history.nominations = {name: one for name, one in history.nominations.items() if name != "b"}
    history.withdraw("a")
    history.nominations["b"] = waiting[0]
    assert any(fault.endswith("nomination c moves up before b") for fault in faults(history))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"held": 1}, "held is 1, its events say 2"),
        ({"borrowed": 2}, "borrowed is 2, its events say 3"),
        ({"returning": 0}, "returning is 0, its events say 1"),
        ({"free": 1}, "free is 1, its events say 0"),
    ],
)
def test_a_bucket_that_differs(changes: dict[str, Any], said: str) -> None:
    history = example()
    bucket, rows = documents(history)
    found = stored_faults(folded(history.events), bucket | changes, rows, least=0)
    assert any(said in fault for fault in found)


def test_an_offer_without_a_seat_of_the_pool_is_found() -> None:
    history = History.of(CHIANG_MAI, 2).nominate("a", CHIANG_MAI).change_seats(1).nominate("b", CHIANG_MAI)
    fold = BucketFold(history.bucket.id)
    for seq, event in enumerate(history.events, start=1):
        fold.apply(seq, event)
    planted = history.offer("b").events[-1]
    assert isinstance(planted, SeatOffered)
    fold.apply(fold.seq + 1, planted)
    assert fold.overbooked == ["r1:HR:PO-50:5 has 1 confirmed and 1 held on 1 seats"]
    assert fold.problems == ["r1:HR:PO-50:5 nomination b is offered a seat that the pool has not lent"]


def test_a_seat_that_nobody_had_does_not_return() -> None:
    history = History.of(CHIANG_MAI, 0).nominate("a", CHIANG_MAI).withdraw("a")
    last = history.events[-1]
    assert isinstance(last, NominationWithdrawn)
    history.events[-1] = last.model_copy(update={"seat_returns": True})
    assert any("returns a seat that nobody had" in fault for fault in faults(history))
    assert example().nominations["c"].offered_until == RUN_STARTS
