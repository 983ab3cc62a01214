"""Runs of a programme: their plan, their state, and the events of their changes. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.eligibility import TargetGroup
from services.enrolment.catalogue.domain.refusals import CapacityBelowAllocated, FiscalYearMismatch
from shared.events import catalogue as events
from shared.events.catalogue import Session, Venue
from shared.events.envelope import Event
from shared.thai import fiscal_year


class RunState(StrEnum):
    PLANNED = "PLANNED"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


ENDED: Final = frozenset({RunState.CLOSED, RunState.CANCELLED})


def was_opened(state: str, noted: bool | None) -> bool:
    """A run of before this was noted tells by its state, unless it was cancelled: then nobody is told of it."""
    return state in (RunState.OPEN, RunState.CLOSED) if noted is None else noted


@dataclass(frozen=True)
class Plan:
    """When and where a run takes place, and for how many. Times are business time."""

    cohort: int
    capacity: int
    starts_at: datetime
    ends_at: datetime
    sessions: tuple[Session, ...]
    venue: Venue
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True)
class Run:
    """`allocated` is the sum of its buckets, written by seats. `revision` counts changes, for calendar invitations;
    `version` and `seats_version` number the programme's changes that touched the run and its seats last. `opened`: it
    is or was once open, and everybody may know of it."""

    id: str
    programme: str
    plan: Plan
    state: RunState = RunState.PLANNED
    allocated: int = 0
    offset_seconds: int = 0
    revision: int = 0
    seq: int = 0
    version: int = 0
    seats_version: int = 0
    opened: bool = False


@dataclass(frozen=True, slots=True)
class OfferedRun:
    """A run with what seats need of its programme. Times are business time."""

    id: str
    programme: str
    state: RunState
    opened: bool
    capacity: int
    fiscal_year: int
    starts_at: datetime
    opens_at: datetime | None
    closes_at: datetime | None
    needs_approval: bool
    four_eyes: bool
    offset_seconds: int
    targets: tuple[TargetGroup, ...]

    @property
    def open(self) -> bool:
        return self.state is RunState.OPEN

    @property
    def ended(self) -> bool:
        return self.state in ENDED


def offered(run: Run, description: Description) -> OfferedRun:
    plan = run.plan
    return OfferedRun(
        id=run.id,
        programme=run.programme,
        state=run.state,
        opened=run.opened,
        capacity=plan.capacity,
        fiscal_year=description.fiscal_year,
        starts_at=plan.starts_at,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        needs_approval=description.approval_route,
        four_eyes=description.four_eyes,
        offset_seconds=run.offset_seconds,
        targets=description.target_groups,
    )


R = TypeVar("R", bound=events.RunFact)


def check_run(run: Run, description: Description) -> None:
    """Raises FiscalYearMismatch (a run counts in the year of its start) and CapacityBelowAllocated."""
    year = fiscal_year(run.plan.starts_at)
    if year != description.fiscal_year:
        raise FiscalYearMismatch(given=description.fiscal_year, derived=year)
    if run.plan.capacity < run.allocated:
        raise CapacityBelowAllocated(capacity=run.plan.capacity, allocated=run.allocated)


def schedule(run: Run, description: Description) -> tuple[Run, list[Event]]:
    """Schedules a new run, or a changed one with its revision."""
    check_run(run, description)
    return _run_event(run, description, events.RunScheduled, revision=run.revision)


def reschedule(run: Run, plan: Plan, description: Description) -> tuple[Run, list[Event]]:
    """An unchanged plan is no revision."""
    if plan == run.plan:
        return run, []
    return schedule(replace(run, plan=plan, revision=run.revision + 1), description)


def open_run(run: Run, description: Description, units: tuple[str, ...]) -> tuple[Run, list[Event]]:
    """Every unit in `units` is asked for nominations."""
    opened = replace(run, state=RunState.OPEN, opened=True)
    return _run_event(opened, description, events.RunOpened, units=units, closes_at=run.plan.closes_at)


def end_run(run: Run, description: Description, *, cancelled: bool) -> tuple[Run, list[Event]]:
    ended = replace(run, state=RunState.CANCELLED if cancelled else RunState.CLOSED)
    return _run_event(ended, description, events.RunCancelled if cancelled else events.RunClosed)


def set_clock(run: Run, offset_seconds: int) -> tuple[Run, list[Event]]:
    """An unchanged offset makes no event."""
    if offset_seconds == run.offset_seconds:
        return run, []
    event = events.RunClockSet(programme=run.programme, run=run.id, offset_seconds=offset_seconds)
    moved = replace(run, offset_seconds=offset_seconds, seq=run.seq + 1)
    return moved, [event]


def _run_event(run: Run, description: Description, kind: type[R], **more: Any) -> tuple[Run, list[Event]]:
    plan = run.plan
    event = kind(
        programme=run.programme,
        run=run.id,
        code=description.code,
        title=description.title,
        fiscal_year=description.fiscal_year,
        cohort=plan.cohort,
        capacity=plan.capacity,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        venue=plan.venue,
        sessions=plan.sessions,
        chair=description.chair,
        offset_seconds=run.offset_seconds,
        **more,
    )
    return replace(run, seq=run.seq + 1), [event]
