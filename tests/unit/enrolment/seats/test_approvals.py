"""The approval of a nomination: every step times every role, place, action and state; deadlines; and who may not decide
what. The whole of it against a model that knows a route as a list of names."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.enrolment.catalogue import ApprovalStep, OnDeadline, Route
from services.enrolment.directory import PersonErased
from services.enrolment.seats.domain import approvals
from services.enrolment.seats.domain import nominations as rules
from services.enrolment.seats.domain.approval_refusals import (
    AlreadyExpired,
    DeadlineOver,
    DecidedBefore,
    NotYourStep,
    ReasonNeeded,
)
from services.enrolment.seats.domain.approvals import Decider, require_step, steps_of
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome, Verdict, WaitsFor
from services.enrolment.seats.domain.refusals import AlreadyApproved, AlreadyRejected, AlreadyWithdrawn, OwnNomination
from services.enrolment.seats.domain.transitions import Action, require
from shared.clock import BANGKOK
from shared.errors import Refused
from shared.events.seats import (
    Approver,
    NominationApproved,
    NominationEscalated,
    NominationExpired,
    NominationState,
    NominationSubmitted,
    Rank,
    SeatConfirmed,
)
from shared.rights import Principal, Role, Scope
from tests.unit.enrolment.seats.builders import C, D, R, S, W, bucket, nomination

X = NominationState.EXPIRED
FRIDAY = datetime(2020, 7, 31, 10, tzinfo=BANGKOK)
SUPERVISOR, UNIT_HR, ORGANISER = Approver
ROUTES: list[Route] = [
    (ApprovalStep(SUPERVISOR),),
    (ApprovalStep(SUPERVISOR), ApprovalStep(ORGANISER)),
    (ApprovalStep(SUPERVISOR, 2, OnDeadline.ESCALATE), ApprovalStep(UNIT_HR, 1, OnDeadline.EXPIRE)),
    (ApprovalStep(UNIT_HR, 1, OnDeadline.EXPIRE), ApprovalStep(UNIT_HR), ApprovalStep(ORGANISER)),
]


def submitted(route: Route, id: str = "n", of: str = "anan", **changes: Any) -> Nomination:
    new = replace(nomination(id, S, of, **changes), approver=None, nominated_by="officer")
    (made,) = rules.nominate(bucket(), approvals.waiting(new, route, FRIDAY)).nominations
    return made


def approve(of: Nomination, route: Route, by: str, where: Bucket | None = None, **more: Any) -> Outcome:
    decider = Decider(by, {}, more.pop("on_behalf_of", None))
    how: dict[str, Any] = {"four_eyes": True, "now": FRIDAY} | more
    return approvals.approve(where or bucket(), of, route, decider, **how)


def reject(of: Nomination, by: str = "head", reason: str | None = "ไม่ตรงสายงาน", **more: Any) -> Outcome:
    return approvals.reject(bucket(), of, Decider(by, {}), **{"four_eyes": True, "reason": reason} | more)


@pytest.mark.parametrize("route", ROUTES)
def test_every_step_in_turn_and_the_last_one_gives_the_seat(route: Route) -> None:
    one, where = submitted(route), bucket()
    for place, step in enumerate(route):
        assert (one.state, one.waits_for, one.step) == (S, WaitsFor(step.by), place)
        outcome = approve(one, route, f"head-{place}", where)
        assert outcome.verdict == (step.by, Verdict.APPROVED)
        (event,) = outcome.events
        (one,), where = outcome.nominations, outcome.bucket
        if place + 1 < len(route):
            assert isinstance(event, NominationApproved)
            assert (event.step, event.next_step) == (step.by, route[place + 1].by)
            assert where.free == 1, "a seat is given after the last step"
    assert isinstance(event, SeatConfirmed)
    assert (one.state, one.waits_for, where.free, event.before) == (C, None, 0, S)


@pytest.mark.parametrize(("rank", "free"), [(Rank.PRIMARY, 0), (Rank.RESERVE, 1)])
def test_after_the_last_step_it_may_wait_for_a_seat(rank: Rank, free: int) -> None:
    one = approve(submitted(ROUTES[1], rank=rank), ROUTES[1], "head").nominations[0]
    (waits,) = approve(one, ROUTES[1], "organiser", bucket(free=free)).nominations
    assert (waits.state, waits.waits_for) == (W, WaitsFor.SEAT)


def test_without_a_step_nobody_is_asked() -> None:
    new = replace(nomination("n", S, "anan"), approver=None)
    assert approvals.waiting(new, (), FRIDAY) is new
    outcome = rules.nominate(bucket(), new)
    assert (outcome.nominations[0].state, outcome.verdict) == (C, None)


@pytest.mark.parametrize("route", ROUTES)
def test_whichever_step_rejects_it_is_rejected(route: Route) -> None:
    one = submitted(route)
    for place, step in enumerate(route):
        outcome = reject(one, f"head-{place}")
        assert (outcome.nominations[0].state, outcome.verdict) == (R, (step.by, Verdict.REJECTED))
        assert outcome.nominations[0].waits_for is None
        (one,) = approve(one, route, f"head-{place}").nominations


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_rejection_says_why(reason: str | None) -> None:
    with pytest.raises(ReasonNeeded):
        reject(submitted(ROUTES[0]), reason=reason)


# Who may decide the steps SUPERVISOR, UNIT_HR and ORGANISER of somebody of PO-50.HR in a programme of PERS.
DECIDERS: dict[tuple[Role, str | None], str] = {
    (Role.SUPERVISOR, "PO-50.HR"): "+--",
    (Role.SUPERVISOR, "PO-50"): "+--",
    (Role.SUPERVISOR, "PO-50.FIN"): "---",
    (Role.SUPERVISOR, "PO-95"): "---",
    (Role.SUPERVISOR, "PERS"): "---",
    (Role.SUPERVISOR, None): "---",
    (Role.PROVINCIAL_HR, "PO-50"): "-+-",
    (Role.PROVINCIAL_HR, "PO-95"): "---",
    (Role.PROVINCIAL_HR, "PERS"): "---",
    (Role.PROVINCIAL_HR, None): "---",
    (Role.HR_OFFICER, "PERS"): "--+",
    (Role.HR_OFFICER, "OPS"): "--+",
    (Role.HR_OFFICER, "PERS.TRAINING"): "---",
    (Role.HR_OFFICER, "DRI"): "---",
    (Role.HR_OFFICER, "PO-50"): "---",
    (Role.HR_OFFICER, None): "---",
    **{(role, "PO-50"): "---" for role in (Role.EXECUTIVE, Role.LEARNER, Role.OPERATOR, Role.INTEGRATION)},
    (Role.OCSC_OBSERVER, "PERS"): "---",
    (Role.DEVICE, None): "---",
}


def test_every_role_has_its_row() -> None:
    assert {role for role, _ in DECIDERS} == set(Role)


@pytest.mark.parametrize(("who", "step"), list(itertools.product(DECIDERS, Approver)))
def test_who_decides_which_step(who: tuple[Role, str | None], step: Approver) -> None:
    role, unit = who
    by = Decider("somebody", steps_of(Principal("somebody", frozenset({role}), unit)))
    one = replace(submitted(ROUTES[0]), approver=step)
    if DECIDERS[who][list(Approver).index(step)] == "+":
        require_step(one, "PERS", by, FRIDAY)
        return
    with pytest.raises(NotYourStep) as refusal:
        require_step(one, "PERS", by, FRIDAY)
    assert refusal.value.details == {"step": step.value}


def test_where_nobody_knows_who_organises_any_officer_decides() -> None:
    one = replace(submitted(ROUTES[0]), approver=ORGANISER)
    require_step(one, None, Decider("x", steps_of(Principal("x", frozenset({Role.HR_OFFICER}), "DRI"))), FRIDAY)
    with pytest.raises(NotYourStep):
        require_step(one, None, Decider("x", steps_of(Principal("x", frozenset({Role.SUPERVISOR}), "PO-50"))), FRIDAY)


def test_who_has_several_roles_decides_the_steps_of_all() -> None:
    steps = steps_of(Principal("x", frozenset({Role.SUPERVISOR, Role.PROVINCIAL_HR}), "PO-50"))
    assert set(steps) == {SUPERVISOR, UNIT_HR}


@pytest.mark.parametrize(
    ("by", "on_behalf_of", "refusal"),
    [
        ("anan", None, OwnNomination),
        ("officer", None, OwnNomination),
        ("delegate", "officer", OwnNomination),
        ("anan", "head", OwnNomination),
        ("head-0", None, DecidedBefore),
        ("delegate", "head-0", DecidedBefore),
        ("head-0", "other", DecidedBefore),
        ("other", None, None),
        ("delegate", "other", None),
    ],
)
def test_four_eyes(by: str, on_behalf_of: str | None, refusal: type[Refused] | None) -> None:
    route = ROUTES[1]
    (one,) = approve(submitted(route), route, "head-0").nominations
    if refusal is None:
        assert approve(one, route, by, on_behalf_of=on_behalf_of).nominations[0].state is C
        return
    with pytest.raises(refusal):
        approve(one, route, by, on_behalf_of=on_behalf_of)
    assert approve(one, route, by, on_behalf_of=on_behalf_of, four_eyes=False).nominations[0].state is C


def test_who_was_acted_for_has_decided_too() -> None:
    route = ROUTES[1]
    (one,) = approve(submitted(route), route, "delegate", on_behalf_of="head").nominations
    for by in ("delegate", "head"):
        with pytest.raises(DecidedBefore):
            approve(one, route, by)
        with pytest.raises(DecidedBefore):
            reject(one, by)
        assert reject(one, by, four_eyes=False).nominations[0].state is R


def test_nobody_approves_one_who_was_erased() -> None:
    with pytest.raises(PersonErased):
        approve(submitted(ROUTES[0], erased=True), ROUTES[0], "head")


@pytest.mark.parametrize(
    ("days", "from_", "over"),
    [
        (1, datetime(2020, 7, 30, 9, tzinfo=BANGKOK), datetime(2020, 8, 1, tzinfo=BANGKOK)),
        (1, FRIDAY, datetime(2020, 8, 4, tzinfo=BANGKOK)),  # a weekend between
        (2, datetime(2020, 8, 10, 9, tzinfo=BANGKOK), datetime(2020, 8, 14, tzinfo=BANGKOK)),  # 12 August
        (1, datetime(2017, 4, 28, 9, tzinfo=BANGKOK), datetime(2017, 5, 2, tzinfo=BANGKOK)),  # 1 May is one of them
        (1, datetime(2020, 7, 30, 20, tzinfo=UTC), datetime(2020, 8, 4, tzinfo=BANGKOK)),  # Friday in Bangkok
    ],
)
def test_a_deadline_is_the_end_of_a_working_day(days: int, from_: datetime, over: datetime) -> None:
    route = (ApprovalStep(SUPERVISOR, days, OnDeadline.EXPIRE),)
    assert approvals.waiting(nomination("n", S, "anan"), route, from_).due_at == over
    assert approvals.years_of(route, from_) == {from_.year, from_.year + 1}
    assert approvals.years_of(ROUTES[0], from_) == set()


def test_who_decides_next_has_the_whole_time_of_the_step() -> None:
    route = ROUTES[2]
    one = submitted(route)
    assert one.due_at == datetime(2020, 8, 5, tzinfo=BANGKOK)
    later = FRIDAY + timedelta(days=3)
    outcome = approve(one, route, "head", now=later)
    assert outcome.nominations[0].due_at == datetime(2020, 8, 5, tzinfo=BANGKOK)
    (event,) = outcome.events
    assert isinstance(event, NominationApproved)
    assert event.due_at == outcome.nominations[0].due_at


def test_a_decision_is_in_time_until_the_deadline_and_no_moment_longer() -> None:
    """Whether or not anybody has looked at what is overdue."""
    one, by = submitted(ROUTES[2]), Decider("head", {SUPERVISOR: Scope(unit="PO-50")})
    assert one.due_at is not None
    require_step(one, "PERS", by, one.due_at - timedelta(microseconds=1))
    for late in (timedelta(), timedelta(days=9)):
        with pytest.raises(DeadlineOver) as refusal:
            require_step(one, "PERS", by, one.due_at + late)
        assert refusal.value.details == {"step": "SUPERVISOR"}
    with pytest.raises(NotYourStep):
        require_step(one, "PERS", Decider("officer", {}), one.due_at)
    require_step(submitted(ROUTES[0]), "PERS", by, one.due_at)


def test_what_nobody_decides_goes_to_the_next_step_and_ends_at_last() -> None:
    route = ROUTES[2]
    first = approvals.overdue(bucket(), submitted(route), route, FRIDAY + timedelta(days=9))
    (one,), (event,) = first.nominations, first.events
    assert isinstance(event, NominationEscalated)
    assert (one.state, one.waits_for, event.step, event.next_step) == (S, WaitsFor.UNIT_HR, SUPERVISOR, UNIT_HR)
    assert first.verdict == (SUPERVISOR, Verdict.ESCALATED)
    assert one.due_at == event.due_at == datetime(2020, 8, 11, tzinfo=BANGKOK)
    last = approvals.overdue(first.bucket, one, route, FRIDAY + timedelta(days=20))
    (ended,), (expired,) = last.nominations, last.events
    assert isinstance(expired, NominationExpired)
    assert (ended.state, ended.live, ended.waits_for, expired.step) == (X, False, None, UNIT_HR)
    assert last.verdict == (UNIT_HR, Verdict.EXPIRED)
    assert last.bucket == replace(bucket(), seq=bucket().seq + 2), "no seat was held"


def test_what_nobody_has_decided_when_the_run_begins_expires_whatever_its_step_and_deadline() -> None:
    for route in ROUTES:
        one = submitted(route)
        if one.approver is None:
            continue
        outcome = approvals.overdue(bucket(), one, route, FRIDAY, begun=True)
        (ended,), (event,) = outcome.nominations, outcome.events
        assert (ended.state, ended.live, outcome.verdict) == (X, False, (one.approver, Verdict.EXPIRED))
        assert isinstance(event, NominationExpired)
        assert outcome.bucket == replace(bucket(), seq=bucket().seq + 1), "nobody moves up by it"


# By state: what approve, reject, withdraw, escalate and expire come to, whatever the step.
GRID: dict[NominationState, list[NominationState | type[Refused]]] = {
    S: [C, R, D, S, X],
    C: [AlreadyApproved, AlreadyApproved, D, AlreadyApproved, AlreadyApproved],
    W: [AlreadyApproved, AlreadyApproved, D, AlreadyApproved, AlreadyApproved],
    NominationState.OFFERED: [AlreadyApproved, AlreadyApproved, D, AlreadyApproved, AlreadyApproved],
    R: [AlreadyRejected] * 5,
    D: [AlreadyWithdrawn] * 5,
    X: [AlreadyExpired] * 5,
}
ACTIONS = (Action.APPROVE, Action.REJECT, Action.WITHDRAW, Action.ESCALATE, Action.EXPIRE)


@pytest.mark.parametrize(("state", "action"), list(itertools.product(NominationState, ACTIONS)))
def test_every_state_and_action_at_every_step(state: NominationState, action: Action) -> None:
    expected = GRID[state][ACTIONS.index(action)]
    for route, place in [(each, place) for each in ROUTES for place in range(len(each))]:
        one = replace(submitted(route), state=state, step=place, approver=route[place].by)
        if isinstance(expected, NominationState):
            require(state, action)
            continue
        with pytest.raises(expected):
            require(state, action)
        if action in (Action.ESCALATE, Action.EXPIRE):
            with pytest.raises(expected):
                approvals.overdue(bucket(), one, route, FRIDAY)


class RouteMachine(RuleBasedStateMachine):
    """One nomination of a person at a time along a route, decided by people who come and go, against a list of the
    steps that are left and of those who have decided."""

    @initialize(route=st.sampled_from(ROUTES), four_eyes=st.booleans(), seats=st.integers(0, 2))
    def begin(self, route: Route, four_eyes: bool, seats: int) -> None:
        self.route, self.four_eyes, self.now = route, four_eyes, FRIDAY
        self.bucket = bucket(seats=seats, free=seats, seq=0)
        self.events, self.made = 0, 0
        self.nominate()

    def nominate(self) -> None:
        self.made += 1
        new = replace(nomination(f"n{self.made}", S, "anan"), approver=None, nominated_by="officer")
        self.take(rules.nominate(self.bucket, approvals.waiting(new, self.route, self.now)))
        self.left, self.decided = [step.by for step in self.route], set[str]()

    def take(self, outcome: Outcome) -> None:
        self.events += len(outcome.events)
        self.bucket, self.one, self.last = outcome.bucket, outcome.nominations[0], outcome.events[0]

    @rule(by=st.sampled_from(["anan", "officer", "a", "b", "c"]), behind=st.sampled_from([None, "a", "b", "officer"]))
    def approve(self, by: str, behind: str | None) -> None:
        people = {by} if behind is None else {by, behind}
        barred = self.four_eyes and bool(people & ({"anan", "officer"} | self.decided))
        if self.one.state is not S:
            return
        decider = Decider(by, {}, behind)
        how: dict[str, Any] = {"four_eyes": self.four_eyes, "now": self.now}
        if barred:
            with pytest.raises((OwnNomination, DecidedBefore)):
                approvals.approve(self.bucket, self.one, self.route, decider, **how)
            return
        self.take(approvals.approve(self.bucket, self.one, self.route, decider, **how))
        self.left.pop(0)
        self.decided |= people
        assert isinstance(self.last, NominationApproved) == bool(self.left)

    @rule(days=st.integers(1, 6))
    def let_time_pass(self, days: int) -> None:
        """What is overdue then is dealt with once."""
        self.now += timedelta(days=days)
        if self.one.state is not S or self.one.due_at is None or self.now < self.one.due_at:
            return
        escalates = len(self.left) > 1 and self.route[-len(self.left)].on_deadline is OnDeadline.ESCALATE
        self.take(approvals.overdue(self.bucket, self.one, self.route, self.now))
        if escalates:
            self.left.pop(0)
            assert isinstance(self.last, NominationEscalated)
        else:
            assert isinstance(self.last, NominationExpired)

    @rule(how=st.sampled_from(["reject", "withdraw"]))
    def give_up(self, how: str) -> None:
        if self.one.state is S and how == "reject":
            decider = Decider("somebody", {})
            self.take(approvals.reject(self.bucket, self.one, decider, four_eyes=self.four_eyes, reason="x"))
            assert self.one.state is R
        elif self.one.live and how == "withdraw":
            self.take(rules.withdraw(self.bucket, self.one, ()))
            assert self.one.state is D

    @rule()
    def ask_again(self) -> None:
        if not self.one.live:
            self.nominate()
            assert isinstance(self.last, NominationSubmitted)

    @precondition(lambda self: hasattr(self, "one"))
    @invariant()
    def it_waits_for_the_first_step_that_is_left(self) -> None:
        assert self.bucket.seq == self.events
        assert (self.bucket.confirmed, self.bucket.waiting) == (self.one.state is C, self.one.state is W)
        if self.one.state is S:
            assert self.one.waits_for == self.left[0].value
        elif self.one.state in (C, W):
            assert not self.left, "no seat without every approval"


TestRoute = RouteMachine.TestCase
TestRoute.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
