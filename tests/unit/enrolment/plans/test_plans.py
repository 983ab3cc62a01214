"""The life of a plan: every action in every state, who may not, and what is told of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pattana.audit.aggregates import document_differences
from services.enrolment.plans.domain import plans as domain
from services.enrolment.plans.domain import refusals
from services.enrolment.plans.domain.plans import BY_SUPERVISOR, TRANSITIONS, Action, Doing, Outcome, Plan, State
from services.enrolment.plans.domain.rows import Written
from services.enrolment.plans.storage.documents import plan_document, plan_of
from shared.errors import Refused
from shared.events.plans import PlanFact, PlanReopened, PlanReopenedBecause
from tests.unit.enrolment.plans.making import AT, PERSON, SUPERVISOR, YALA, draft, need, plan_in

STEPS: Final[dict[Action, Callable[[Plan, Doing], Outcome]]] = {
    Action.WRITE: lambda plan, _: domain.rewritten(plan, [Written(need())]),
    Action.SUBMIT: domain.submitted,
    Action.RECALL: lambda plan, doing: domain.reopened(plan, Action.RECALL, doing),
    Action.AGREE: domain.agreed,
    Action.RETURN: lambda plan, doing: domain.reopened(plan, Action.RETURN, doing),
    Action.REVISE: lambda plan, doing: domain.reopened(plan, Action.REVISE, doing),
    Action.COMPLETE: lambda plan, doing: domain.completed(plan, 1, doing),
    Action.REOPEN: lambda plan, doing: domain.row_reopened(plan, 1, doing),
    Action.NOMINATE: lambda plan, _: Outcome(plan, (domain.require_nominable(plan, 1), ())[1]),
    Action.CLOSE: domain.closed,
}
# Written down a second time, as people read it: what is not in here is refused with the code.
GRID: Final = {
    "DRAFT": "write:DRAFT submit:SUBMITTED recall:plan-not-submitted agree:plan-not-submitted "
    "return:plan-not-submitted revise:plan-not-agreed complete:plan-not-agreed reopen:plan-not-agreed "
    "nominate:plan-not-agreed close:plan-not-agreed",
    "SUBMITTED": "write:plan-submitted submit:plan-submitted recall:DRAFT agree:AGREED return:DRAFT "
    "revise:plan-not-agreed complete:plan-not-agreed reopen:plan-not-agreed nominate:plan-not-agreed "
    "close:plan-not-agreed",
    "AGREED": "write:plan-agreed submit:plan-agreed recall:plan-agreed agree:plan-agreed return:plan-agreed "
    "revise:DRAFT complete:AGREED reopen:row-not-done nominate:AGREED close:CLOSED",
    "CLOSED": " ".join(f"{action}:plan-closed" for action in Action),
}
CELLS: Final = [
    (State(state), Action(action), expected)
    for state, row in GRID.items()
    for action, _, expected in (cell.partition(":") for cell in row.split())
]


def doing(action: Action) -> Doing:
    return SUPERVISOR if action in BY_SUPERVISOR else PERSON


def done(plan: Plan, action: Action) -> Outcome | Refused:
    try:
        return STEPS[action](plan, doing(action))
    except Refused as refused:
        return refused


def test_the_grid_has_every_cell() -> None:
    assert {(state, action) for state, action, _ in CELLS} == {(state, action) for state in State for action in Action}
    assert set(STEPS) == set(Action)


@pytest.mark.parametrize(("state", "action", "expected"), CELLS)
def test_every_action_in_every_state(state: State, action: Action, expected: str) -> None:
    before = plan_in(state)
    outcome = done(before, action)
    if isinstance(outcome, Refused):
        assert outcome.code == expected
        assert ((state, action) in TRANSITIONS) is (expected == "row-not-done")
    else:
        assert outcome.plan.state.value == expected
        assert TRANSITIONS[state, action] is outcome.plan.state
        assert outcome.plan.seq == before.seq + len(outcome.events)


@pytest.mark.parametrize("action", [Action.AGREE, Action.RETURN, Action.CLOSE])
@pytest.mark.parametrize("state", list(State))
def test_nobody_decides_on_the_own_plan(state: State, action: Action) -> None:
    with pytest.raises(refusals.OwnPlan):
        STEPS[action](plan_in(state), PERSON)


@pytest.mark.parametrize("action", list(Action))
def test_nothing_is_done_with_what_was_erased(action: Action) -> None:
    erased = replace(plan_in(State.AGREED), rows=(), erased=True)
    with pytest.raises(refusals.PlanErased):
        STEPS[action](erased, doing(action))


def test_an_event_says_who_for_whom_and_nothing_that_was_written() -> None:
    plan = domain.agreed(plan_in(State.SUBMITTED), SUPERVISOR)
    (agreed,) = plan.events
    assert (agreed.actor, agreed.person, agreed.fiscal_year, agreed.rows) == ("boss", "anan", 2570, 2)
    assert (plan.plan.decided_by, plan.plan.decided_at) == ("boss", AT)
    told = {name for event in PlanFact.__subclasses__() for name in event.model_fields}
    assert told == {
        *("plan", "person", "place", "fiscal_year", "actor", "rows", "rows_done"),
        *("because", "row", "run", "nomination", "state", "before", "moved_from"),
    }


@pytest.mark.parametrize(
    ("action", "because"),
    [(Action.RECALL, "RECALLED"), (Action.RETURN, "RETURNED"), (Action.REVISE, "REVISED")],
)
def test_a_draft_again_says_why(action: Action, because: str) -> None:
    state = State.AGREED if action is Action.REVISE else State.SUBMITTED
    outcome = STEPS[action](plan_in(state), doing(action))
    (event,) = outcome.events
    assert isinstance(event, PlanReopened)
    assert event.because is PlanReopenedBecause(because) is outcome.plan.reopened


def test_an_event_says_where_its_plan_was_counted_before() -> None:
    plan = plan_in(State.SUBMITTED)
    (agreed,) = domain.agreed(plan, SUPERVISOR).events
    assert (agreed.before, agreed.state, agreed.moved_from) == (State.SUBMITTED, State.AGREED, None)
    (elsewhere,) = domain.agreed(replace(plan, place=YALA), SUPERVISOR).events
    assert (elsewhere.moved_from, elsewhere.place.unit) == ("PO-50.HR", "PO-95.HR")
    (first,) = domain.drafted(Plan("plan-2", "anan", YALA, 2570), [], PERSON).events
    assert (first.before, first.state, first.moved_from) == (None, State.DRAFT, None)


def test_without_rows_nothing_is_submitted() -> None:
    empty = domain.rewritten(draft(), []).plan
    with pytest.raises(refusals.PlanWithoutRows):
        domain.submitted(empty, PERSON)


def test_a_nomination_is_noted_once_whatever_became_of_the_plan() -> None:
    plan = plan_in(State.CLOSED)
    first = domain.nominated(plan, 1, "run-1", "nom-1", SUPERVISOR)
    assert [event.type for event in first.events] == ["enrolment.plan-row-nominated.v1"]
    again = domain.nominated(first.plan, 1, "run-1", "nom-1", SUPERVISOR)
    assert again == Outcome(first.plan)
    with pytest.raises(refusals.UnknownRow):
        domain.nominated(plan, 7, "run-1", "nom-1", SUPERVISOR)


@given(st.lists(st.sampled_from([*Action]), max_size=25))
def test_whatever_is_done_the_document_is_what_its_events_say(actions: list[Action]) -> None:
    """And what is stored is what was decided."""
    new = domain.drafted(Plan("plan-1", "anan", draft().place, 2570), [Written(need())], PERSON)
    plan, events = new.plan, [*new.events]
    for action in actions:
        outcome = done(plan, action)
        if isinstance(outcome, Outcome):
            plan = outcome.plan
            events += outcome.events
    document: dict[str, Any] = {"_id": plan.id, **plan_document(plan)}
    assert plan_of(document) == plan
    assert list(document_differences("plan", document, events, plan.seq)) == []
    wrong = document | {"told_done": plan.told_done + 1}
    assert list(document_differences("plan", wrong, events, plan.seq)) != []
