"""The life cycle of a programme: what may be done in which state, and the event of each step. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from services.enrolment.catalogue.domain.closing_refusals import ProgrammeNotClosed, RunNotApproved, RunStarted
from services.enrolment.catalogue.domain.description import Description, check_description, split_seats
from services.enrolment.catalogue.domain.dividing_refusals import RunNotOpened
from services.enrolment.catalogue.domain.refusals import (
    NoRuns,
    NoTargetGroups,
    OwnProgramme,
    ProgrammeEnded,
    ProgrammeNotApproved,
    ProgrammeNotDraft,
    ProgrammeNotPublished,
    ProgrammeNotSubmitted,
    RunEnded,
    RunsFixed,
    RunWithoutSeats,
    SeatsAboveRuns,
    TargetWithSeats,
)
from services.enrolment.catalogue.domain.runs import Run, RunState, check_run
from shared.errors import Refused
from shared.events import catalogue as events
from shared.events.envelope import Event


class State(StrEnum):
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class Action(StrEnum):
    REVISE = "revise"
    ADD_RUN = "add-run"
    RESCHEDULE = "reschedule"
    SUBMIT = "submit"
    APPROVE = "approve"
    PUBLISH = "publish"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"
    CANCEL_RUN = "cancel-run"
    DIVIDE = "divide"


# What may be done in which state, and where it leads. Everything else is refused.
TRANSITIONS: Final[Mapping[tuple[State, Action], State]] = {
    (State.DRAFT, Action.REVISE): State.DRAFT,
    (State.DRAFT, Action.ADD_RUN): State.DRAFT,
    (State.DRAFT, Action.RESCHEDULE): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Action.CANCEL): State.CANCELLED,
    (State.SUBMITTED, Action.RESCHEDULE): State.SUBMITTED,
    (State.SUBMITTED, Action.APPROVE): State.APPROVED,
    (State.SUBMITTED, Action.CANCEL): State.CANCELLED,
    (State.APPROVED, Action.ADD_RUN): State.APPROVED,
    (State.APPROVED, Action.RESCHEDULE): State.APPROVED,
    (State.APPROVED, Action.PUBLISH): State.PUBLISHED,
    (State.APPROVED, Action.CANCEL): State.CANCELLED,
    (State.APPROVED, Action.CANCEL_RUN): State.APPROVED,
    (State.PUBLISHED, Action.RESCHEDULE): State.PUBLISHED,
    (State.PUBLISHED, Action.CLOSE): State.CLOSED,
    (State.PUBLISHED, Action.CANCEL): State.CANCELLED,
    (State.PUBLISHED, Action.CANCEL_RUN): State.PUBLISHED,
    (State.PUBLISHED, Action.DIVIDE): State.PUBLISHED,
    # Nobody else is nominated; the runs are still to come.
    (State.CLOSED, Action.RESCHEDULE): State.CLOSED,
    (State.CLOSED, Action.REOPEN): State.PUBLISHED,
    (State.CLOSED, Action.CANCEL): State.CANCELLED,
    (State.CLOSED, Action.CANCEL_RUN): State.CLOSED,
    (State.CLOSED, Action.DIVIDE): State.CLOSED,
}

_ENDED: Final = frozenset({State.CLOSED, State.CANCELLED})
_REFUSALS: Final[Mapping[Action, type[Refused]]] = {
    Action.REVISE: ProgrammeNotDraft,
    Action.SUBMIT: ProgrammeNotDraft,
    Action.ADD_RUN: RunsFixed,
    Action.APPROVE: ProgrammeNotSubmitted,
    Action.PUBLISH: ProgrammeNotApproved,
    Action.CLOSE: ProgrammeNotPublished,
    Action.REOPEN: ProgrammeNotClosed,
    Action.CANCEL_RUN: RunNotApproved,
    Action.DIVIDE: RunNotOpened,
}


@dataclass(frozen=True)
class Programme:
    id: str
    description: Description
    created_by: str
    created_unit: str | None = None
    state: State = State.DRAFT
    submitted_by: str | None = None
    seq: int = 0
    version: int = 0


P = TypeVar("P", bound=events.ProgrammeFact)


def next_state(state: State, action: Action) -> State:
    """Raises the refusal that says why the action does not fit the state."""
    allowed = TRANSITIONS.get((state, action))
    if allowed is not None:
        return allowed
    if state in _ENDED:
        raise ProgrammeEnded(state=state.value)
    raise _REFUSALS[action](state=state.value)


def create(programme: Programme) -> tuple[Programme, list[Event]]:
    check_description(programme.description)
    return _with_event(programme, events.ProgrammeCreated, **_subject_matter(programme.description))


def revise(programme: Programme, description: Description, runs: list[Run]) -> tuple[Programme, list[Event]]:
    """Rewrites a draft. A target group with allocated seats must stay."""
    next_state(programme.state, Action.REVISE)
    check_description(description)
    kept = {target.key for target in description.target_groups}
    gone = [target.key for target in programme.description.target_groups if target.key not in kept]
    if gone and any(run.allocated for run in runs):
        raise TargetWithSeats(target=gone[0])
    for run in runs:
        check_run(run, description, planned=description.fiscal_year == programme.description.fiscal_year)
    revised = replace(programme, description=description)
    return _with_event(revised, events.ProgrammeRevised, **_subject_matter(description))


def submit(programme: Programme, runs: list[Run], by: str) -> tuple[Programme, list[Event]]:
    """Submits a programme with runs and target groups to the executive."""
    state = next_state(programme.state, Action.SUBMIT)
    if not runs:
        raise NoRuns()
    if not programme.description.target_groups:
        raise NoTargetGroups()
    seats, capacity = split_seats(programme.description), sum(run.plan.capacity for run in runs)
    if seats > capacity:
        raise SeatsAboveRuns(seats=seats, capacity=capacity)
    return _with_event(replace(programme, state=state, submitted_by=by), events.ProgrammeSubmitted)


def approve(programme: Programme, by: str) -> tuple[Programme, list[Event]]:
    """Not by the person who created or submitted it."""
    state = next_state(programme.state, Action.APPROVE)
    if by in (programme.created_by, programme.submitted_by):
        raise OwnProgramme()
    return _with_event(replace(programme, state=state), events.ProgrammeApproved)


def publish(programme: Programme, runs: list[Run]) -> tuple[Programme, list[Event]]:
    """Every run must have allocated seats. `open_run` opens the runs."""
    state = next_state(programme.state, Action.PUBLISH)
    for run in _standing(runs):
        if not run.allocated:
            raise RunWithoutSeats(run=run.id, cohort=run.plan.cohort)
    return _with_event(replace(programme, state=state), events.ProgrammePublished)


def close(programme: Programme) -> tuple[Programme, list[Event]]:
    state = next_state(programme.state, Action.CLOSE)
    return _with_event(replace(programme, state=state), events.ProgrammeClosed)


def reopen(programme: Programme, runs: list[Run], at: datetime) -> tuple[Programme, list[Event]]:
    """Not when all of it has begun: `at` is system time. `reopen_run` reopens the runs. Raises RunStarted."""
    state = next_state(programme.state, Action.REOPEN)
    if all(run.begun(at) for run in _standing(runs)):
        raise RunStarted()
    return _with_event(replace(programme, state=state), events.ProgrammeReopened)


def reopens(run: Run, at: datetime) -> bool:
    """Whether this run takes nominations again with its programme. What has begun already stays closed, and what was
    cancelled stays so."""
    return run.state is not RunState.CANCELLED and not run.begun(at)


def cancel(programme: Programme, runs: list[Run], at: datetime) -> tuple[Programme, list[Event]]:
    """Not when all of it has taken place: `at` is system time. Raises RunEnded."""
    state = next_state(programme.state, Action.CANCEL)
    if runs and all(run.over(at) for run in _standing(runs)):
        raise RunEnded()
    return _with_event(replace(programme, state=state), events.ProgrammeCancelled)


def _standing(runs: list[Run]) -> list[Run]:
    return [run for run in runs if run.state is not RunState.CANCELLED]


def _subject_matter(description: Description) -> dict[str, Any]:
    return {
        "kind": description.kind.value,
        "framework_tags": description.framework_tags,
        "four_eyes": description.four_eyes,
        "applications": description.applications,
    }


def _with_event(programme: Programme, kind: type[P], /, **more: Any) -> tuple[Programme, list[Event]]:
    description = programme.description
    event = kind(
        programme=programme.id,
        code=description.code,
        title=description.title,
        fiscal_year=description.fiscal_year,
        organiser=description.organiser,
        **more,
    )
    return replace(programme, seq=programme.seq + 1), [event]
