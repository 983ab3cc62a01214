"""What this service remembers of other services' events: runs, nominations, contacts, units. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

from shared.events.catalogue import Official, Session, Venue
from shared.events.envelope import open_enum
from shared.events.seats import NominationState, OpenState

LIVE: Final = frozenset({NominationState.SUBMITTED, NominationState.CONFIRMED, NominationState.WAITLISTED})


class RunState(StrEnum):
    PLANNED = "PLANNED"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


OpenRunState = Annotated[RunState | str, open_enum(RunState)]


@dataclass(frozen=True, slots=True)
class Run:
    """`most_sessions` is the greatest number of sessions of any revision: calendars may hold that many entries.
    `cancelled_by` is the id of the event that cancelled the run, `cancelled_silently` that an earlier generation of the
    read model has told people of it; `moved_at` is when its start was last changed."""

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
    state: OpenRunState = RunState.PLANNED
    units: tuple[str, ...] = ()
    closes_at: datetime | None = None
    cancelled_by: str | None = None
    cancelled_silently: bool = False
    moved_at: datetime | None = None

    @property
    def sittings(self) -> tuple[Session, ...]:
        """The sessions, or the run as one."""
        return self.sessions or (Session(starts_at=self.starts_at, ends_at=self.ends_at),)

    @property
    def starts_at_system_time(self) -> datetime:
        """The system time at which the run's business time reaches its start."""
        return self.starts_at - timedelta(seconds=self.offset_seconds)


@dataclass(frozen=True, slots=True)
class Nomination:
    """`confirmed_at` is business time, and None unless the nomination is confirmed. `turn` is that of its last change
    (domain/fan_outs.py)."""

    id: str
    run: str
    person: str
    unit: str
    bucket_unit: str
    state: OpenState
    confirmed_at: datetime | None = None
    turn: int = 0

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def seated(self) -> bool:
        return self.state is NominationState.CONFIRMED


@dataclass(frozen=True, slots=True)
class SealedContact:
    """Stays sealed in the database. `key_id` None: erased, and never to be written to again."""

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
