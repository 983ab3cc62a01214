"""Runs of a programme: their plan, their state, and what is told of them. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from services.enrolment.catalogue.description import Description
from services.enrolment.catalogue.refusals import CapacityBelowAllocated, FiscalYearMismatch
from shared.events import enrolment as facts
from shared.events.enrolment import Session, Venue
from shared.events.envelope import Fact
from shared.thai import fiscal_year


class RunState(StrEnum):
    PLANNED = "PLANNED"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


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
    """`allocated` is the sum of its buckets, which seats keep. `revision` counts changes that invitations follow."""

    id: str
    programme: str
    plan: Plan
    state: RunState = RunState.PLANNED
    allocated: int = 0
    offset_seconds: int = 0
    revision: int = 0
    seq: int = 0


R = TypeVar("R", bound=facts.RunFact)


def check_run(run: Run, description: Description) -> None:
    """Raises FiscalYearMismatch (a run counts in the year of its start) and CapacityBelowAllocated."""
    year = fiscal_year(run.plan.starts_at)
    if year != description.fiscal_year:
        raise FiscalYearMismatch(given=description.fiscal_year, derived=year)
    if run.plan.capacity < run.allocated:
        raise CapacityBelowAllocated(capacity=run.plan.capacity, allocated=run.allocated)


def schedule(run: Run, description: Description) -> tuple[Run, list[Fact]]:
    """A run is planned, or told anew with its revision."""
    check_run(run, description)
    return _told_run(run, description, facts.RunScheduled, revision=run.revision)


def reschedule(run: Run, plan: Plan, description: Description) -> tuple[Run, list[Fact]]:
    """The same plan again is no revision."""
    if plan == run.plan:
        return run, []
    return schedule(replace(run, plan=plan, revision=run.revision + 1), description)


def open_run(run: Run, description: Description, units: tuple[str, ...]) -> tuple[Run, list[Fact]]:
    """Every unit in `units` is asked for nominations."""
    opened = replace(run, state=RunState.OPEN)
    return _told_run(opened, description, facts.RunOpened, units=units, closes_at=run.plan.closes_at)


def end_run(run: Run, description: Description, *, cancelled: bool) -> tuple[Run, list[Fact]]:
    ended = replace(run, state=RunState.CANCELLED if cancelled else RunState.CLOSED)
    return _told_run(ended, description, facts.RunCancelled if cancelled else facts.RunClosed)


def set_clock(run: Run, offset_seconds: int) -> tuple[Run, list[Fact]]:
    """The offset that it has already is no news."""
    if offset_seconds == run.offset_seconds:
        return run, []
    event = facts.RunClockSet(programme=run.programme, run=run.id, offset_seconds=offset_seconds)
    moved = replace(run, offset_seconds=offset_seconds, seq=run.seq + 1)
    return moved, [Fact(run.id, run.programme, event)]


def _told_run(run: Run, written: Description, kind: type[R], **more: Any) -> tuple[Run, list[Fact]]:
    plan = run.plan
    event = kind(
        programme=run.programme,
        run=run.id,
        code=written.code,
        title=written.title,
        fiscal_year=written.fiscal_year,
        cohort=plan.cohort,
        capacity=plan.capacity,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        venue=plan.venue,
        sessions=plan.sessions,
        chair=written.chair,
        offset_seconds=run.offset_seconds,
        **more,
    )
    return replace(run, seq=run.seq + 1), [Fact(run.id, run.programme, event)]
