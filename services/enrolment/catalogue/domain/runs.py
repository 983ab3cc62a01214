"""Runs of a programme: their plan, their state, and the events of their changes. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from services.enrolment.catalogue.domain.approval import Route
from services.enrolment.catalogue.domain.checks import DEFAULTS, Checks
from services.enrolment.catalogue.domain.closing_refusals import RunCancelled
from services.enrolment.catalogue.domain.description import REPEATED_YEARS, Description, OnMove
from services.enrolment.catalogue.domain.eligibility import TargetGroup
from services.enrolment.catalogue.domain.past_refusals import EndsInPast, IntakeOver, StartsInPast
from services.enrolment.catalogue.domain.refusals import CapacityBelowAllocated, FiscalYearMismatch, RunEnded
from services.enrolment.catalogue.domain.release import Release, ReleaseAt, check_release, release_moment
from services.enrolment.catalogue.domain.spans import Span
from services.enrolment.catalogue.domain.waiting_lists import OWN_UNIT_ALONE, WaitingLists
from shared.clock import business
from shared.events import catalogue as events
from shared.events.catalogue import Session, Venue
from shared.events.envelope import Event
from shared.events.evaluation import FormKind
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
    release_at: ReleaseAt | None = None  # None: as the programme has it


@dataclass(frozen=True)
class Filed:
    """The close-out of a run, in business time."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Run:
    """`allocated` is the sum of its buckets, written by seats. `revision` counts changes, for calendar invitations;
    `version` and `seats_version` number the programme's changes that touched the run and its seats last. `opened`: it
    is or was once open, and everybody may know of it. `moving`: people are carried from it to another run, or to it."""

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
    filed: Filed | None = None
    moving: bool = False

    def begun(self, at: datetime) -> bool:
        """`at` is system time."""
        return business(at, self.offset_seconds) >= self.plan.starts_at

    def over(self, at: datetime) -> bool:
        """Whether it was opened and has ended. `at` is system time."""
        return self.opened and business(at, self.offset_seconds) >= self.plan.ends_at


@dataclass(frozen=True, slots=True)
class OfferedRun:
    """A run with what seats need of its programme. Times are business time; `course` tells courses apart."""

    id: str
    programme: str
    state: RunState
    opened: bool
    capacity: int
    fiscal_year: int
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime | None
    closes_at: datetime | None
    approval_route: Route
    organiser: str | None
    four_eyes: bool
    offset_seconds: int
    targets: tuple[TargetGroup, ...]
    sessions: tuple[Span, ...] = ()
    checks: Checks = DEFAULTS
    course: str = ""
    repeated_years: int = REPEATED_YEARS
    prerequisites: tuple[str, ...] = ()
    on_move: OnMove = OnMove.STAY
    moving: bool = False
    forms: tuple[FormKind, ...] = ()
    waiting_lists: WaitingLists = OWN_UNIT_ALONE
    release: Release | None = None
    applications: bool = True

    @property
    def lasts(self) -> Span:
        return self.starts_at, self.ends_at

    @property
    def open(self) -> bool:
        return self.state is RunState.OPEN

    def begun(self, at: datetime) -> bool:
        """`at` is system time."""
        return business(at, self.offset_seconds) >= self.starts_at

    def over(self, at: datetime) -> bool:
        """`at` is system time."""
        return business(at, self.offset_seconds) >= self.ends_at

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
        ends_at=plan.ends_at,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        approval_route=description.approval_route,
        organiser=description.organiser,
        four_eyes=description.four_eyes,
        applications=description.applications,
        offset_seconds=run.offset_seconds,
        targets=description.target_groups,
        sessions=tuple((session.starts_at, session.ends_at) for session in plan.sessions),
        checks=description.checks,
        course=description.course_key,
        repeated_years=description.repeated_years,
        prerequisites=description.prerequisites,
        on_move=description.on_move,
        moving=run.moving,
        forms=description.forms,
        waiting_lists=description.waiting_lists,
        release=release_of(run, description),
    )


def release_of(run: Run, description: Description) -> Release | None:
    at = release_moment(description.release_for(run.plan.release_at), run.plan.starts_at)
    return None if at is None else Release(at, description.release_rule)


R = TypeVar("R", bound=events.RunFact)


def check_run(run: Run, description: Description, *, planned: bool) -> None:
    """A run counts in the year of its programme. It is planned in that year; what is `planned` may be moved into the
    next one. Raises FiscalYearMismatch, CapacityBelowAllocated and ReleaseTooLate."""
    year = fiscal_year(run.plan.starts_at)
    latest = description.fiscal_year + planned
    if not description.fiscal_year <= year <= latest:
        raise FiscalYearMismatch(given=description.fiscal_year, derived=year)
    if run.plan.capacity < run.allocated:
        raise CapacityBelowAllocated(capacity=run.plan.capacity, allocated=run.allocated)
    check_release(description.release_for(run.plan.release_at), run.plan.starts_at, run.plan.cohort)


def schedule(run: Run, description: Description, *, moved: bool = False) -> tuple[Run, list[Event]]:
    """Schedules a new run, or a changed one with its revision. `moved`: a new one for people who are moved to it."""
    check_run(run, description, planned=moved or run.seq > 0)
    return run_event(run, description, events.RunScheduled, revision=run.revision, closes_at=run.plan.closes_at)


def require_ahead(plan: Plan, at: datetime, offset_seconds: int = 0) -> None:
    """Nothing is planned, opened or moved to begin in the past. `at` is system time. Raises StartsInPast."""
    if plan.starts_at <= business(at, offset_seconds):
        raise StartsInPast(cohort=plan.cohort)


def _require_end_ahead(plan: Plan, at: datetime, offset_seconds: int) -> None:
    """Nothing ends by a change before it, and for good. `at` is system time. Raises EndsInPast."""
    if plan.ends_at <= business(at, offset_seconds):
        raise EndsInPast(cohort=plan.cohort)


def _require_intake(plan: Plan, at: datetime, offset_seconds: int) -> None:
    """Nobody is asked for nominations that would all be refused. `at` is system time. Raises IntakeOver."""
    if plan.closes_at is not None and plan.closes_at <= business(at, offset_seconds):
        raise IntakeOver(cohort=plan.cohort)


def reschedule(
    run: Run, plan: Plan, description: Description, at: datetime, *, past_drafts: bool = False
) -> tuple[Run, list[Event]]:
    """An unchanged plan is no revision. What has begun may still get another hall, another end, or a later day.

    `past_drafts`: the clock of a run that is not open yet may be set to its time. Raises RunCancelled, RunEnded,
    StartsInPast, EndsInPast and IntakeOver.
    """
    if run.state is RunState.CANCELLED:
        raise RunCancelled()
    if plan == run.plan:
        return run, []
    if run.over(at):
        raise RunEnded()
    drafted = past_drafts and not run.opened
    if plan.starts_at != run.plan.starts_at and not drafted:
        require_ahead(plan, at, run.offset_seconds)
    if plan.ends_at != run.plan.ends_at and not drafted:
        _require_end_ahead(plan, at, run.offset_seconds)
    if run.opened and plan.closes_at != run.plan.closes_at:
        _require_intake(plan, at, run.offset_seconds)
    return schedule(replace(run, plan=plan, revision=run.revision + 1), description)


def open_run(run: Run, description: Description, units: tuple[str, ...], at: datetime) -> tuple[Run, list[Event]]:
    """Every unit in `units` is asked for nominations. Raises StartsInPast and IntakeOver."""
    require_ahead(run.plan, at, run.offset_seconds)
    _require_intake(run.plan, at, run.offset_seconds)
    opened = replace(run, state=RunState.OPEN, opened=True)
    return run_event(opened, description, events.RunOpened, units=units, closes_at=run.plan.closes_at)


def reopen_run(run: Run, description: Description, units: tuple[str, ...], at: datetime) -> tuple[Run, list[Event]]:
    """The `units` have open seats and are asked again. A run that has begun stays closed. Raises IntakeOver."""
    _require_intake(run.plan, at, run.offset_seconds)
    reopened = replace(run, state=RunState.OPEN)
    return run_event(reopened, description, events.RunReopened, units=units, closes_at=run.plan.closes_at)


def end_run(run: Run, description: Description, *, cancelled: bool) -> tuple[Run, list[Event]]:
    ended = replace(run, state=RunState.CANCELLED if cancelled else RunState.CLOSED)
    return run_event(ended, description, events.RunCancelled if cancelled else events.RunClosed)


def set_clock(run: Run, offset_seconds: int) -> tuple[Run, list[Event]]:
    """An unchanged offset makes no event."""
    if offset_seconds == run.offset_seconds:
        return run, []
    event = events.RunClockSet(programme=run.programme, run=run.id, offset_seconds=offset_seconds)
    moved = replace(run, offset_seconds=offset_seconds, seq=run.seq + 1)
    return moved, [event]


def run_event(run: Run, description: Description, kind: type[R], **more: Any) -> tuple[Run, list[Event]]:
    """The run with one more event of that kind."""
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
        organiser=description.organiser,
        close_out_days=description.close_out_days,
        release_at=release_moment(description.release_for(run.plan.release_at), plan.starts_at),
        reminders=description.reminders,
        **more,
    )
    return replace(run, seq=run.seq + 1), [event]
