"""Every state times every action, and the seats of a bucket under any sequence of commands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.enrolment.catalogue import ApprovalStep, FromPool, OnDeadline, WaitingLists
from services.enrolment.seats.domain import approvals, offers
from services.enrolment.seats.domain import nominations as rules
from services.enrolment.seats.domain.allocation_refusals import SeatsBelowConfirmed
from services.enrolment.seats.domain.approval_refusals import AlreadyExpired
from services.enrolment.seats.domain.approvals import Decider
from services.enrolment.seats.domain.buckets import change_seats
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome
from services.enrolment.seats.domain.offer_refusals import NoOpenOffer, OfferPending
from services.enrolment.seats.domain.refusals import (
    AlreadyApproved,
    AlreadyNominated,
    AlreadyRejected,
    AlreadyWithdrawn,
    BucketClosed,
    NoFreeSeat,
    NotConfirmed,
    OwnNomination,
    SubstituteOfOtherUnit,
)
from services.enrolment.seats.domain.transfers import keep, release
from services.enrolment.seats.domain.transitions import LATE, Action, require
from shared.errors import Refused
from shared.events.seats import Approver, ConfirmedBy, NominationState, Place, Rank, SeatConfirmed

NOW = datetime(2020, 8, 3, 3, tzinfo=UTC)
ROUTE = (ApprovalStep(Approver.SUPERVISOR, 3, OnDeadline.ESCALATE),)
CHIANG_MAI = Place(unit="PO-50.HR", province="50", group="NU1", region="N")
YALA = Place(unit="PO-95.HR", province="95", group="SB", region="SB")


def bucket(seats: int = 1, free: int = 1, waiting: int = 0, *, open: bool = True) -> Bucket:
    return Bucket(
        id="run:PROV_HR:PO-50",
        run="run",
        target="PROV_HR",
        bucket_unit="PO-50",
        programme="programme",
        fiscal_year=2563,
        run_starts_at=datetime(2020, 8, 31, 6, tzinfo=UTC),
        place=CHIANG_MAI,
        seats=seats,
        free=free,
        waiting=waiting,
        seq=7,
        open=open,
    )


def nomination(
    state: NominationState = NominationState.SUBMITTED,
    rank: Rank = Rank.PRIMARY,
    id: str = "n1",
    place: Place = CHIANG_MAI,
) -> Nomination:
    queue = 3 if state is NominationState.WAITLISTED else None
    made = Nomination(id, "run:PROV_HR:PO-50", f"person-{id}", rank, place, state, queue, nominated_by="officer")
    return replace(made, approver=Approver.SUPERVISOR) if state is NominationState.SUBMITTED else made


def approve(where: Bucket, of: Nomination, *, by: str = "superior", four_eyes: bool = True) -> Outcome:
    return approvals.approve(where, of, ROUTE, Decider(by, {}), four_eyes=four_eyes, now=NOW)


def reject(where: Bucket, of: Nomination) -> Outcome:
    return approvals.reject(where, of, Decider("superior", {}), four_eyes=True, reason="ไม่ตรงสายงาน")


def asked(new: Nomination, *, needs_approval: bool) -> Nomination:
    return approvals.waiting(replace(new, approver=None), ROUTE if needs_approval else (), NOW)


def possible(state: NominationState) -> tuple[Bucket, Nomination]:
    of = nomination(state)
    taken = 1 if state in (NominationState.CONFIRMED, NominationState.OFFERED) else 0
    where = bucket(seats=2, free=2 - taken, waiting=1 if state is NominationState.WAITLISTED else 0)
    if state is not NominationState.OFFERED:
        return where, of
    return replace(where, held=1, borrowed=1), replace(of, offered_until=NOW + timedelta(hours=1))


def act(action: Action, state: NominationState) -> Outcome:
    """Applies the action to a nomination in this state, in a bucket where the state is possible."""
    require(state, action)
    where, of = possible(state)
    if action in OFFERING:
        return OFFERING[action](where, of)
    if action is Action.APPROVE:
        return approve(where, of)
    if action is Action.REJECT:
        return reject(where, of)
    if action is Action.WITHDRAW:
        return rules.withdraw(where, of, ())
    if action is Action.KEEP:
        return keep(where, replace(of, asked=True))
    if action is Action.RELEASE:
        return release(where, replace(of, asked=True), ())
    if action in LATE:
        return approvals.overdue(where, of, (*ROUTE, *ROUTE) if action is Action.ESCALATE else ROUTE, NOW)
    return rules.substitute(where, of, nomination(id="n2"))


ONCE_MORE = WaitingLists(FromPool.OFFER)
OFFERING: dict[Action, Callable[[Bucket, Nomination], Outcome]] = {
    Action.OFFER: lambda where, of: offers.offer(where, of, NOW, "PO"),
    Action.ACCEPT: lambda where, of: offers.accept(where, of, NOW),
    Action.DECLINE: lambda where, of: offers.decline(where, of, ONCE_MORE, NOW),
    Action.LAPSE: lambda where, of: offers.lapse(where, of, ONCE_MORE),
}
S, C, W, R, D, X = (
    NominationState.SUBMITTED,
    NominationState.CONFIRMED,
    NominationState.WAITLISTED,
    NominationState.REJECTED,
    NominationState.WITHDRAWN,
    NominationState.EXPIRED,
)
OFFERED = NominationState.OFFERED
GRID: dict[tuple[NominationState, Action], NominationState | type[Refused]] = {
    (S, Action.APPROVE): C,
    (C, Action.APPROVE): AlreadyApproved,
    (W, Action.APPROVE): AlreadyApproved,
    (R, Action.APPROVE): AlreadyRejected,
    (D, Action.APPROVE): AlreadyWithdrawn,
    (S, Action.REJECT): R,
    (C, Action.REJECT): AlreadyApproved,
    (W, Action.REJECT): AlreadyApproved,
    (R, Action.REJECT): AlreadyRejected,
    (D, Action.REJECT): AlreadyWithdrawn,
    (S, Action.WITHDRAW): D,
    (C, Action.WITHDRAW): D,
    (W, Action.WITHDRAW): D,
    (R, Action.WITHDRAW): AlreadyRejected,
    (D, Action.WITHDRAW): AlreadyWithdrawn,
    (S, Action.SUBSTITUTE): NotConfirmed,
    (C, Action.SUBSTITUTE): D,
    (W, Action.SUBSTITUTE): NotConfirmed,
    (R, Action.SUBSTITUTE): AlreadyRejected,
    (D, Action.SUBSTITUTE): AlreadyWithdrawn,
    (S, Action.NOMINATE): AlreadyNominated,
    (C, Action.NOMINATE): AlreadyNominated,
    (W, Action.NOMINATE): AlreadyNominated,
    (R, Action.NOMINATE): AlreadyRejected,
    (D, Action.NOMINATE): AlreadyWithdrawn,
    (S, Action.ENTER_LATE): AlreadyNominated,
    (C, Action.ENTER_LATE): AlreadyNominated,
    (W, Action.ENTER_LATE): AlreadyNominated,
    (R, Action.ENTER_LATE): AlreadyRejected,
    (D, Action.ENTER_LATE): AlreadyWithdrawn,
    **{(state, Action.KEEP): state for state in (S, C, W, OFFERED)},
    **{(state, Action.RELEASE): D for state in (S, C, W, OFFERED)},
    **{(R, action): AlreadyRejected for action in (Action.KEEP, Action.RELEASE)},
    **{(D, action): AlreadyWithdrawn for action in (Action.KEEP, Action.RELEASE)},
    **{(X, action): AlreadyExpired for action in (Action.KEEP, Action.RELEASE)},
    (S, Action.PROMOTE): NotConfirmed,
    (C, Action.PROMOTE): AlreadyApproved,
    (W, Action.PROMOTE): C,
    (R, Action.PROMOTE): AlreadyRejected,
    (D, Action.PROMOTE): AlreadyWithdrawn,
    (S, Action.ESCALATE): S,
    (C, Action.ESCALATE): AlreadyApproved,
    (W, Action.ESCALATE): AlreadyApproved,
    (R, Action.ESCALATE): AlreadyRejected,
    (D, Action.ESCALATE): AlreadyWithdrawn,
    (S, Action.EXPIRE): X,
    (C, Action.EXPIRE): AlreadyApproved,
    (W, Action.EXPIRE): AlreadyApproved,
    (R, Action.EXPIRE): AlreadyRejected,
    (D, Action.EXPIRE): AlreadyWithdrawn,
    (X, Action.APPROVE): AlreadyExpired,
    (X, Action.REJECT): AlreadyExpired,
    (X, Action.WITHDRAW): AlreadyExpired,
    (X, Action.SUBSTITUTE): AlreadyExpired,
    (X, Action.NOMINATE): AlreadyExpired,
    (X, Action.ENTER_LATE): AlreadyExpired,
    (X, Action.PROMOTE): AlreadyExpired,
    (X, Action.ESCALATE): AlreadyExpired,
    (X, Action.EXPIRE): AlreadyExpired,
    (OFFERED, Action.APPROVE): AlreadyApproved,
    (OFFERED, Action.REJECT): AlreadyApproved,
    (OFFERED, Action.WITHDRAW): D,
    (OFFERED, Action.SUBSTITUTE): OfferPending,
    (OFFERED, Action.NOMINATE): AlreadyNominated,
    (OFFERED, Action.ENTER_LATE): AlreadyNominated,
    (OFFERED, Action.PROMOTE): OfferPending,
    (OFFERED, Action.ESCALATE): AlreadyApproved,
    (OFFERED, Action.EXPIRE): AlreadyApproved,
    (S, Action.OFFER): NotConfirmed,
    (C, Action.OFFER): AlreadyApproved,
    (W, Action.OFFER): OFFERED,
    (OFFERED, Action.OFFER): OfferPending,
    (R, Action.OFFER): AlreadyRejected,
    (D, Action.OFFER): AlreadyWithdrawn,
    (X, Action.OFFER): AlreadyExpired,
    (S, Action.ACCEPT): NoOpenOffer,
    (C, Action.ACCEPT): NoOpenOffer,
    (W, Action.ACCEPT): NoOpenOffer,
    (OFFERED, Action.ACCEPT): C,
    (R, Action.ACCEPT): AlreadyRejected,
    (D, Action.ACCEPT): AlreadyWithdrawn,
    (X, Action.ACCEPT): AlreadyExpired,
    (S, Action.DECLINE): NoOpenOffer,
    (C, Action.DECLINE): NoOpenOffer,
    (W, Action.DECLINE): NoOpenOffer,
    (OFFERED, Action.DECLINE): W,
    (R, Action.DECLINE): AlreadyRejected,
    (D, Action.DECLINE): AlreadyWithdrawn,
    (X, Action.DECLINE): AlreadyExpired,
    (S, Action.LAPSE): NoOpenOffer,
    (C, Action.LAPSE): NoOpenOffer,
    (W, Action.LAPSE): NoOpenOffer,
    (OFFERED, Action.LAPSE): W,
    (R, Action.LAPSE): AlreadyRejected,
    (D, Action.LAPSE): AlreadyWithdrawn,
    (X, Action.LAPSE): AlreadyExpired,
}


def test_the_grid_is_complete() -> None:
    assert set(GRID) == {(state, action) for state in NominationState for action in Action}


@pytest.mark.parametrize(("state", "action"), sorted(GRID))
def test_every_state_and_action(state: NominationState, action: Action) -> None:
    expected = GRID[(state, action)]
    if isinstance(expected, NominationState):
        require(state, action)
        if action not in (Action.PROMOTE, Action.NOMINATE, Action.ENTER_LATE):
            outcome = act(action, state)
            assert outcome.nominations[0].state is expected
            assert outcome.bucket.seq == 7 + len(outcome.events)
        return
    with pytest.raises(expected) as refusal:
        require(state, action)
    assert type(refusal.value) is expected
    if action not in (Action.PROMOTE, Action.NOMINATE, Action.ENTER_LATE):
        with pytest.raises(expected):
            act(action, state)


@pytest.mark.parametrize(
    ("rank", "free", "needs_approval", "expected"),
    [
        (Rank.PRIMARY, 1, True, S),
        (Rank.RESERVE, 1, True, S),
        (Rank.PRIMARY, 0, True, S),
        (Rank.PRIMARY, 1, False, C),
        (Rank.PRIMARY, 0, False, W),
        (Rank.RESERVE, 1, False, W),
    ],
)
def test_nominate(rank: Rank, free: int, needs_approval: bool, expected: NominationState) -> None:
    outcome = rules.nominate(bucket(free=free), asked(nomination(rank=rank), needs_approval=needs_approval))
    assert [n.state for n in outcome.nominations] == [expected]
    assert outcome.bucket.free == free - (expected is C)
    assert outcome.bucket.waiting == (expected is W)


def test_an_approved_reserve_is_waitlisted_although_a_seat_is_free() -> None:
    outcome = approve(bucket(free=1), nomination(rank=Rank.RESERVE))
    assert outcome.nominations[0].state is W
    assert outcome.nominations[0].queue == outcome.bucket.seq == 8


def test_a_freed_seat_promotes_the_first_on_the_waiting_list() -> None:
    reserve = nomination(W, Rank.RESERVE, "n2")
    outcome = rules.withdraw(bucket(free=0, waiting=1), nomination(C), [reserve])
    assert [(n.id, n.state) for n in outcome.nominations] == [("n1", D), ("n2", C)]
    assert (outcome.bucket.free, outcome.bucket.waiting) == (0, 0)
    last = outcome.events[-1]
    assert isinstance(last, SeatConfirmed)
    assert last.by is ConfirmedBy.PROMOTION


def test_a_freed_seat_without_a_waiting_list_is_free_again() -> None:
    outcome = rules.withdraw(bucket(free=0), nomination(C), [])
    assert outcome.bucket.free == 1
    assert len(outcome.events) == 1


@pytest.mark.parametrize("state", [S, W])
def test_withdrawing_without_a_seat_frees_none(state: NominationState) -> None:
    where = bucket(free=0, waiting=2)
    outcome = rules.withdraw(where, nomination(state), [nomination(W, id="n9")])
    assert outcome.bucket.free == 0
    assert outcome.bucket.waiting == 2 - (state is W)
    assert len(outcome.nominations) == 1


def test_a_substitute_takes_over_the_seat_in_one_step() -> None:
    outcome = rules.substitute(bucket(free=0), nomination(C), nomination(id="n2"))
    assert [(n.id, n.state, n.replaces) for n in outcome.nominations] == [("n1", D, None), ("n2", C, "n1")]
    assert outcome.bucket.free == 0
    assert outcome.bucket.seq == 9


def test_a_substitute_of_another_unit_is_refused() -> None:
    with pytest.raises(SubstituteOfOtherUnit):
        rules.substitute(bucket(free=0), nomination(C), nomination(id="n2", place=YALA))


@pytest.mark.parametrize("by", ["person-n1", "officer"])
def test_nobody_approves_the_own_nomination_or_one_that_he_or_she_made(by: str) -> None:
    with pytest.raises(OwnNomination):
        approve(bucket(), nomination(), by=by)
    assert approve(bucket(), nomination(), by=by, four_eyes=False).nominations[0].state is C
    for decide in (reject(bucket(), nomination()), rules.withdraw(bucket(), nomination(), ())):
        assert not decide.nominations[0].live  # giving up needs no second person


def test_what_is_decided_already_is_said_before_who_may_not_decide_it() -> None:
    with pytest.raises(AlreadyApproved):
        act(Action.APPROVE, C)


def test_a_closed_bucket_takes_no_nomination() -> None:
    """What else is done when is in test_phases.py."""
    for needs_approval in (True, False):
        with pytest.raises(BucketClosed):
            rules.nominate(bucket(open=False), asked(nomination(), needs_approval=needs_approval))


def test_who_enters_late_takes_a_free_seat_before_those_who_wait() -> None:
    outcome = rules.enter_late(bucket(seats=2, free=1, waiting=3, open=False), nomination())
    assert [one.state for one in outcome.nominations] == [C]
    assert (outcome.bucket.free, outcome.bucket.waiting, outcome.bucket.seq) == (0, 3, 8)
    (event,) = outcome.events
    assert isinstance(event, SeatConfirmed)
    assert (event.by, event.before) == (ConfirmedBy.LATE_ENTRY, None)
    with pytest.raises(NoFreeSeat) as refusal:
        rules.enter_late(outcome.bucket, nomination(id="n2"))
    assert refusal.value.details == {"unit": "PO-50", "target": "PROV_HR"}


def test_confirmed_seats_cannot_be_cut() -> None:
    with pytest.raises(SeatsBelowConfirmed):
        change_seats(bucket(seats=3, free=1), 1, ())


def test_new_seats_go_to_the_waiting_list_in_order() -> None:
    waiting = (nomination(W, id="a"), nomination(W, Rank.RESERVE, id="b"), nomination(W, id="c"))
    outcome = change_seats(bucket(seats=1, free=0, waiting=3), 3, waiting)
    assert [n.id for n in outcome.nominations] == ["a", "b"]
    assert (outcome.bucket.seats, outcome.bucket.free, outcome.bucket.waiting) == (3, 0, 1)
