"""Tasks: the whole grid of states and actions, what is told on which day, and counts that are those of the tasks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.followup.domain.deliverables import FollowUps
from services.enrolment.followup.domain.recipients import Recipient
from services.enrolment.followup.domain.tasks import (
    MOST_OF_AN_EVENT,
    TRANSITIONS,
    Action,
    Outcome,
    Standing,
    State,
    Task,
    assign,
    complete,
    standing_of,
    take_back,
)
from shared.errors import Refused
from shared.events.followups import FollowUpReopened, FollowUpsAssigned, ReopenedBecause
from tests.unit.enrolment.followup.boards import AT, CHIANG_MAI, assigned, board

# Rows are states, in the order of the actions: complete, reopen, return.
GRID = {State.PENDING: "DONE task-not-done task-not-done", State.DONE: "task-done PENDING PENDING"}
STEPS: dict[Action, Callable[[FollowUps, Task], Outcome]] = {
    Action.COMPLETE: lambda board, task: complete(board, task, "clerk", AT),
    Action.REOPEN: lambda board, task: take_back(board, task, Action.REOPEN, "clerk", AT),
    Action.RETURN: lambda board, task: take_back(board, task, Action.RETURN, "officer", AT),
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_action_in_every_state(state: State, action: Action) -> None:
    expected = dict(zip(Action, GRID[state].split(), strict=True))[action]
    before, (task, _) = assigned()
    if state is State.DONE:
        before, task, _ = _parts(complete(before, task, "clerk", AT))
    assert ((state, action) in TRANSITIONS) is (expected in State.__members__)
    if expected not in State.__members__:
        with pytest.raises(Refused) as refusal:
            STEPS[action](before, task)
        assert refusal.value.code == expected
        return
    outcome = STEPS[action](before, task)
    assert outcome.task.state.value == expected
    assert outcome.task.version == task.version + 1
    assert (outcome.board.seq, outcome.board.version) == (before.seq + 1, before.version + 1)
    assert outcome.board.of("PLAN").done == (1 if expected == "DONE" else 0)
    [event] = outcome.events
    assert (event.run, event.deliverable, event.fiscal_year) == ("r1", "PLAN", 2568)
    if isinstance(event, FollowUpReopened):
        assert event.because == (ReopenedBecause.RETURNED if action is Action.RETURN else ReopenedBecause.REOPENED)


def _parts(outcome: Outcome) -> tuple[FollowUps, Task, object]:
    return outcome.board, outcome.task, outcome.events


# 29 November 2024 is a Friday, 30 and 1 a weekend; 5 December is a holiday.
@pytest.mark.parametrize(
    ("due", "today", "standing"),
    [
        (date(2024, 11, 29), date(2024, 11, 28), Standing.PENDING),
        (date(2024, 11, 29), date(2024, 11, 29), Standing.PENDING),
        (date(2024, 11, 29), date(2024, 11, 30), Standing.OVERDUE),
        (date(2024, 11, 30), date(2024, 12, 2), Standing.PENDING),
        (date(2024, 11, 30), date(2024, 12, 3), Standing.OVERDUE),
        (date(2024, 12, 5), date(2024, 12, 6), Standing.PENDING),
        (date(2024, 12, 5), date(2024, 12, 7), Standing.OVERDUE),
    ],
)
def test_overdue_is_a_question_of_the_day(due: date, today: date, standing: Standing) -> None:
    _, (task, _) = assigned()
    assert standing_of(replace(task, due=due), today) is standing
    assert standing_of(replace(task, due=due, state=State.DONE), today) is Standing.DONE


def test_what_was_reported_stays_told_until_it_is_reported_anew() -> None:
    after, (task, _) = assigned()
    done = complete(after, task, "clerk", AT)
    returned = take_back(done.board, done.task, Action.RETURN, "officer", AT + timedelta(days=1))
    again = complete(returned.board, returned.task, "other", AT + timedelta(days=2))
    assert (returned.task.done_by, returned.task.reopened_by) == ("clerk", "officer")
    assert (again.task.done_by, again.task.done_at) == ("other", AT + timedelta(days=2))
    assert [one.board.of("PLAN").done for one in (done, returned, again)] == [1, 0, 1]


@given(st.integers(min_value=0, max_value=350))
def test_events_of_an_assignment_are_bounded_and_whole(count: int) -> None:
    before = board()
    given_to = [(f"t{n}", Recipient(f"n{n}", CHIANG_MAI, f"person-{n}")) for n in range(count)]
    after, tasks, made = assign(before, before.deliverables[0], given_to, None)
    events = [event for event in made if isinstance(event, FollowUpsAssigned)]
    assert all(1 <= len(event.tasks) <= MOST_OF_AN_EVENT for event in events)
    assert [task.task for event in events for task in event.tasks] == [task.id for task in tasks]
    assert (after.seq, after.of("PLAN").tasks, after.assigning) == (before.seq + len(made), count, None)


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(Action)), max_size=30))
def test_counts_are_those_of_the_tasks(steps: list[tuple[int, Action]]) -> None:
    after, tasks = assigned()
    for number, action in steps:
        try:
            after, tasks[number], _ = _parts(STEPS[action](after, tasks[number]))
        except Refused:
            continue
    assert after.of("PLAN").done == sum(task.state is State.DONE for task in tasks)
    assert after.seq == 1 + sum(task.version - 1 for task in tasks)
