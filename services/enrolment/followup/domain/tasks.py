"""Tasks and their life: what may be done in which state, and what is told of one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from services.enrolment.followup.domain.deliverables import Deliverable, FollowUps, due_on
from services.enrolment.followup.domain.recipients import Recipient
from services.enrolment.followup.domain.refusals import TaskDone, TaskNotDone
from shared.errors import Refused
from shared.events import followups as events
from shared.events.followups import FollowUpTask, Per, ReopenedBecause
from shared.events.seats import Place

F = TypeVar("F", bound=events.FollowUpFact)
MOST_OF_AN_EVENT: Final = 100


class State(StrEnum):
    """As it is stored."""

    PENDING = "PENDING"
    DONE = "DONE"


class Standing(StrEnum):
    """As it is told: what is pending is overdue from the day after the one on which it was due."""

    PENDING = "PENDING"
    OVERDUE = "OVERDUE"
    DONE = "DONE"


class Action(StrEnum):
    COMPLETE = "complete"
    REOPEN = "reopen"  # by whoever reports
    RETURN = "return"  # by the organiser


# What may be done in which state, and where it leads. Everything else is refused.
TRANSITIONS: Final[Mapping[tuple[State, Action], State]] = {
    (State.PENDING, Action.COMPLETE): State.DONE,
    (State.DONE, Action.REOPEN): State.PENDING,
    (State.DONE, Action.RETURN): State.PENDING,
}
_REFUSALS: Final[Mapping[tuple[State, Action], type[Refused]]] = {
    (State.DONE, Action.COMPLETE): TaskDone,
    (State.PENDING, Action.REOPEN): TaskNotDone,
    (State.PENDING, Action.RETURN): TaskNotDone,
}
BECAUSE: Final[Mapping[Action, ReopenedBecause]] = {
    Action.REOPEN: ReopenedBecause.REOPENED,
    Action.RETURN: ReopenedBecause.RETURNED,
}


@dataclass(frozen=True, slots=True)
class Task:
    """`whom` as of Recipient. `done_by` and `done_at` (business time) are those of the last report, which stands while
    the task is done; `reopened` says how it came back last. `version` counts changes."""

    id: str
    run: str
    deliverable: str
    per: Per
    whom: str
    place: Place
    person: str | None
    due: date
    fiscal_year: int
    state: State = State.PENDING
    done_by: str | None = None
    done_at: datetime | None = None
    reopened: ReopenedBecause | None = None
    reopened_by: str | None = None
    reopened_at: datetime | None = None
    version: int = 1

    @property
    def fact(self) -> FollowUpTask:
        return FollowUpTask.model_construct(task=self.id, place=self.place, person=self.person)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The follow-ups and the task as they are now, and what happened."""

    board: FollowUps
    task: Task
    events: tuple[events.FollowUpFact, ...]


def next_state(state: State, action: Action) -> State:
    """Raises TaskDone and TaskNotDone."""
    allowed = TRANSITIONS.get((state, action))
    if allowed is None:
        raise _REFUSALS[state, action]()
    return allowed


def standing_of(task: Task, today: date) -> Standing:
    """`today` is the run's: the day by its clock."""
    if task.state is State.DONE:
        return Standing.DONE
    return Standing.OVERDUE if today > due_on(task.due) else Standing.PENDING


def assign(
    board: FollowUps, deliverable: Deliverable, given: Sequence[tuple[str, Recipient]], after: str | None
) -> tuple[FollowUps, list[Task], list[events.FollowUpFact]]:
    """A page of them, each with the id of its task. `after`: whom it was assigned to last; None when that was all."""
    asked = deliverable.asked
    tasks = [
        Task(id, board.run, asked.key, asked.per, one.whom, one.place, one.person, asked.due, asked.fiscal_year)
        for id, one in given
    ]
    made = [
        _event(
            events.FollowUpsAssigned,
            board,
            deliverable,
            tasks=tuple(task.fact for task in tasks[start : start + MOST_OF_AN_EVENT]),
        )
        for start in range(0, len(tasks), MOST_OF_AN_EVENT)
    ]
    changed = replace(deliverable, after=after, tasks=deliverable.tasks + len(tasks))
    return _after(board, changed, len(made)), tasks, list(made)


def complete(board: FollowUps, task: Task, by: str, at: datetime) -> Outcome:
    """`at` is business time. Raises TaskDone."""
    done = replace(
        task, state=next_state(task.state, Action.COMPLETE), done_by=by, done_at=at, version=task.version + 1
    )
    deliverable = board.of(task.deliverable)
    event = _event(events.FollowUpCompleted, board, deliverable, task=task.fact)
    return Outcome(_after(board, replace(deliverable, done=deliverable.done + 1), 1), done, (event,))


def take_back(board: FollowUps, task: Task, action: Action, by: str, at: datetime) -> Outcome:
    """It is to be done again; who had reported it stays told until it is. `at` is business time. Raises TaskNotDone."""
    state, because = next_state(task.state, action), BECAUSE[action]
    pending = replace(task, state=state, reopened=because, reopened_by=by, reopened_at=at, version=task.version + 1)
    deliverable = board.of(task.deliverable)
    event = _event(events.FollowUpReopened, board, deliverable, task=task.fact, because=because)
    return Outcome(_after(board, replace(deliverable, done=deliverable.done - 1), 1), pending, (event,))


def _after(board: FollowUps, changed: Deliverable, made: int) -> FollowUps:
    return replace(board, seq=board.seq + made, version=board.version + 1, deliverables=board.put(changed))


def _event(kind: type[F], board: FollowUps, deliverable: Deliverable, **more: Any) -> F:
    asked = deliverable.asked
    return kind(
        programme=board.programme,
        run=board.run,
        deliverable=asked.key,
        per=asked.per,
        due=asked.due,
        fiscal_year=asked.fiscal_year,
        **more,
    )
