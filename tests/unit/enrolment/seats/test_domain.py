"""Every state times every action, and the seats of a bucket under any sequence of commands."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.enrolment.seats.domain import nominations as rules
from services.enrolment.seats.domain.nominations import Action, Bucket, Nomination, Outcome
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
from shared.events.seats import ConfirmedBy, NominationState, Place, Rank, SeatConfirmed

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
    return Nomination(id, "run:PROV_HR:PO-50", f"person-{id}", rank, place, state, queue, nominated_by="officer")


def approve(where: Bucket, of: Nomination, *, by: str = "superior", four_eyes: bool = True) -> Outcome:
    return rules.approve(where, of, by=by, four_eyes=four_eyes)


def act(action: Action, state: NominationState) -> Outcome:
    """Applies the action to a nomination in this state, in a bucket where the state is possible."""
    of = nomination(state)
    taken = 1 if state is NominationState.CONFIRMED else 0
    where = bucket(seats=2, free=2 - taken, waiting=1 if state is NominationState.WAITLISTED else 0)
    if action is Action.APPROVE:
        return approve(where, of)
    if action is Action.REJECT:
        return rules.reject(where, of)
    if action is Action.WITHDRAW:
        return rules.withdraw(where, of, ())
    return rules.substitute(where, of, nomination(id="n2"))


S, C, W, R, D = (
    NominationState.SUBMITTED,
    NominationState.CONFIRMED,
    NominationState.WAITLISTED,
    NominationState.REJECTED,
    NominationState.WITHDRAWN,
)
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
    (S, Action.PROMOTE): NotConfirmed,
    (C, Action.PROMOTE): AlreadyApproved,
    (W, Action.PROMOTE): C,
    (R, Action.PROMOTE): AlreadyRejected,
    (D, Action.PROMOTE): AlreadyWithdrawn,
}


def test_the_grid_is_complete() -> None:
    assert set(GRID) == {(state, action) for state in NominationState for action in Action}


@pytest.mark.parametrize(("state", "action"), sorted(GRID))
def test_every_state_and_action(state: NominationState, action: Action) -> None:
    expected = GRID[(state, action)]
    if isinstance(expected, NominationState):
        rules.require(state, action)
        if action not in (Action.PROMOTE, Action.NOMINATE):
            outcome = act(action, state)
            assert outcome.nominations[0].state is expected
            assert outcome.bucket.seq == 7 + len(outcome.events)
        return
    with pytest.raises(expected) as refusal:
        rules.require(state, action)
    assert type(refusal.value) is expected
    if action not in (Action.PROMOTE, Action.NOMINATE):
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
    outcome = rules.nominate(bucket(free=free), nomination(rank=rank), needs_approval=needs_approval)
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
    for decide in (rules.reject(bucket(), nomination()), rules.withdraw(bucket(), nomination(), ())):
        assert not decide.nominations[0].live  # giving up needs no second person


def test_what_is_decided_already_is_said_before_who_may_not_decide_it() -> None:
    with pytest.raises(AlreadyApproved):
        approve(bucket(free=0), nomination(C), by="officer")


def test_a_closed_bucket_refuses_every_command() -> None:
    closed = bucket(open=False)
    commands: tuple[Callable[[], Outcome], ...] = (
        lambda: rules.nominate(closed, nomination(), needs_approval=True),
        lambda: approve(closed, nomination()),
        lambda: rules.reject(closed, nomination()),
        lambda: rules.withdraw(closed, nomination(), []),
        lambda: rules.substitute(closed, nomination(C), nomination(id="n2")),
    )
    for command in commands:
        with pytest.raises(BucketClosed):
            command()


def test_confirmed_seats_cannot_be_cut() -> None:
    with pytest.raises(SeatsBelowConfirmed):
        rules.change_seats(bucket(seats=3, free=1), 1, ())


def test_new_seats_go_to_the_waiting_list_in_order() -> None:
    waiting = (nomination(W, id="a"), nomination(W, Rank.RESERVE, id="b"), nomination(W, id="c"))
    outcome = rules.change_seats(bucket(seats=1, free=0, waiting=3), 3, waiting)
    assert [n.id for n in outcome.nominations] == ["a", "b"]
    assert (outcome.bucket.seats, outcome.bucket.free, outcome.bucket.waiting) == (3, 0, 1)


class BucketMachine(RuleBasedStateMachine):
    """Compares a bucket with a model that only counts: nominations by state, and the waiting list."""

    @initialize(seats=st.integers(0, 4), needs_approval=st.booleans())
    def begin(self, seats: int, needs_approval: bool) -> None:
        self.bucket = replace(bucket(seats=seats, free=seats), seq=0)
        self.needs_approval = needs_approval
        self.nominations: dict[str, Nomination] = {}
        self.waiting: list[str] = []
        self.events = 0

    def take(self, outcome: Outcome) -> None:
        self.events += len(outcome.events)
        assert outcome.bucket.seq == self.events, "every event has the next sequence"
        self.bucket = outcome.bucket
        for changed in outcome.nominations:
            before = self.nominations.get(changed.id)
            if before is not None and before.state is W:
                self.waiting.remove(changed.id)
            if changed.state is W:
                self.waiting.append(changed.id)
            self.nominations[changed.id] = changed

    def some(self, data: st.DataObject, *states: NominationState) -> Nomination | None:
        chosen = sorted(key for key, n in self.nominations.items() if n.state in states)
        return self.nominations[data.draw(st.sampled_from(chosen))] if chosen else None

    @rule(rank=st.sampled_from(Rank))
    def nominate(self, rank: Rank) -> None:
        new = nomination(rank=rank, id=f"n{len(self.nominations):03}")
        free_before = self.bucket.free
        self.take(rules.nominate(self.bucket, new, needs_approval=self.needs_approval))
        if not self.needs_approval:
            seated = self.nominations[new.id].state is C
            assert seated == (rank is Rank.PRIMARY and free_before > 0)

    @rule(data=st.data())
    def approve(self, data: st.DataObject) -> None:
        if (one := self.some(data, S)) is not None:
            self.take(approve(self.bucket, one))

    @rule(data=st.data())
    def reject(self, data: st.DataObject) -> None:
        if (one := self.some(data, S)) is not None:
            self.take(rules.reject(self.bucket, one))

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        if (one := self.some(data, S, C, W)) is None:
            return
        first = self.nominations[self.waiting[0]] if self.waiting else None
        self.take(rules.withdraw(self.bucket, one, [self.nominations[id] for id in self.waiting]))
        if one.state is C and first is not None:
            assert self.nominations[first.id].state is C, "the first who waited has the seat"

    @rule(data=st.data())
    def substitute(self, data: st.DataObject) -> None:
        if (one := self.some(data, C)) is not None:
            other = nomination(rank=one.rank, id=f"n{len(self.nominations):03}")
            self.take(rules.substitute(self.bucket, one, other))

    @rule(seats=st.integers(0, 6))
    def change_seats(self, seats: int) -> None:
        queue = tuple(self.nominations[key] for key in self.waiting)
        try:
            self.take(rules.change_seats(self.bucket, seats, queue))
        except SeatsBelowConfirmed:
            assert seats < self.bucket.confirmed

    @precondition(lambda self: hasattr(self, "bucket"))
    @invariant()
    def seats_add_up(self) -> None:
        counts = Counter(n.state for n in self.nominations.values())
        assert 0 <= counts[C] <= self.bucket.seats
        assert self.bucket.confirmed == counts[C]
        assert self.bucket.waiting == counts[W] == len(self.waiting)
        queue = sorted((n for n in self.nominations.values() if n.state is W), key=lambda n: n.queue or 0)
        assert [n.id for n in queue] == self.waiting, "the queue is the order of waiting"


TestBucket = BucketMachine.TestCase
TestBucket.settings = settings(max_examples=150, stateful_step_count=40)
