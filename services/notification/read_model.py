"""What this service remembers of the other's facts: runs, nominations, contacts, units. Pure folds, no I/O."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.events.enrolment import (
    NominationFact,
    NominationState,
    Official,
    RunFact,
    RunOpened,
    RunScheduled,
    SeatConfirmed,
    Session,
    UnitRegistered,
    Venue,
)

LIVE: Final = frozenset({NominationState.SUBMITTED, NominationState.CONFIRMED, NominationState.WAITLISTED})


class RunState(StrEnum):
    PLANNED = "PLANNED"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Run:
    """`most_sessions` is the greatest number of sessions that any revision had: calendars may know so many.
    `cancelled_by` is the id of the event that cancelled the run; `moved_at` when its start was last changed."""

    id: str
    programme: str
    code: str
    title: str
    cohort: int
    starts_at: datetime
    ends_at: datetime
    venue: Venue
    sessions: tuple[Session, ...]
    chair: Official | None = None
    offset_seconds: int = 0
    revision: int = 0
    most_sessions: int = 1
    state: RunState = RunState.PLANNED
    units: tuple[str, ...] = ()
    closes_at: datetime | None = None
    cancelled_by: str | None = None
    moved_at: datetime | None = None

    @property
    def sittings(self) -> tuple[Session, ...]:
        """The sessions, or the run as one."""
        return self.sessions or (Session(starts_at=self.starts_at, ends_at=self.ends_at),)

    @property
    def starts_at_system_time(self) -> datetime:
        """When the clock on the wall shows this, the run's business time is its start."""
        return self.starts_at - timedelta(seconds=self.offset_seconds)


@dataclass(frozen=True, slots=True)
class Nomination:
    """`confirmed_at` is business time, and None for what is not confirmed."""

    id: str
    run: str
    person: str
    unit: str
    bucket_unit: str
    state: NominationState
    confirmed_at: datetime | None = None

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def seated(self) -> bool:
        return self.state is NominationState.CONFIRMED


@dataclass(frozen=True, slots=True)
class SealedContact:
    """Stays sealed here. `key_id` None: erased, and never to be written to again."""

    person: str
    subject: str
    key_id: str | None = None
    sealed: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    id: str
    name_th: str
    name_en: str
    email: str | None = None


def unit_of(event: UnitRegistered) -> Unit:
    return Unit(event.unit, event.name_th, event.name_en, event.email)


def run_after(run: Run | None, event: RunFact, occurred_at: datetime) -> Run:
    """The run as this event describes it; state and history are kept. `occurred_at` is business time."""
    described = _described(event)
    if run is not None:
        described = replace(
            described,
            revision=run.revision,
            most_sessions=max(described.most_sessions, run.most_sessions),
            state=run.state,
            units=run.units,
            closes_at=run.closes_at,
            cancelled_by=run.cancelled_by,
            moved_at=occurred_at if _moves(run, event) else run.moved_at,
        )
    if isinstance(event, RunScheduled):
        return replace(described, revision=event.revision)
    if isinstance(event, RunOpened):
        return replace(described, state=RunState.OPEN, units=event.units, closes_at=event.closes_at)
    return described


def _moves(run: Run, event: RunFact) -> bool:
    """Stores keep milliseconds, so the same start need not be equal to the microsecond."""
    return isinstance(event, RunScheduled) and abs(run.starts_at - event.starts_at) >= timedelta(seconds=1)


def _described(event: RunFact) -> Run:
    return Run(
        id=event.run,
        programme=event.programme,
        code=event.code,
        title=event.title,
        cohort=event.cohort,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        venue=event.venue,
        sessions=event.sessions,
        chair=event.chair,
        offset_seconds=event.offset_seconds,
        most_sessions=max(len(event.sessions), 1),
    )


def nomination_after(event: NominationFact, state: NominationState, occurred_at: datetime) -> Nomination:
    """`occurred_at` is business time; every event of a nomination tells all that is remembered of it."""
    return Nomination(
        id=event.nomination,
        run=event.run,
        person=event.person,
        unit=event.place.unit,
        bucket_unit=event.unit,
        state=state,
        confirmed_at=occurred_at if isinstance(event, SeatConfirmed) else None,
    )
