"""What this service remembers of other services' events: runs, nominations, contacts, units. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final

from shared.events.catalogue import USUAL_REMINDERS, Official, Session, Venue
from shared.events.envelope import open_enum
from shared.events.seats import NominationState, OpenApprover, OpenState

LIVE: Final = frozenset(
    {
        NominationState.SUBMITTED,
        NominationState.CONFIRMED,
        NominationState.WAITLISTED,
        NominationState.OFFERED,
    }
)


class RunState(StrEnum):
    PLANNED = "PLANNED"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


OpenRunState = Annotated[RunState | str, open_enum(RunState)]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When and where: all that a participant is told of when it changes. `sessions` are never empty."""

    starts_at: datetime
    ends_at: datetime
    venue: Venue
    sessions: tuple[Session, ...]

    @property
    def times(self) -> tuple[int, ...]:
        """In whole seconds: databases keep milliseconds only."""
        whole = (self.starts_at, self.ends_at, *(at for one in self.sessions for at in (one.starts_at, one.ends_at)))
        return tuple(round(at.timestamp()) for at in whole)

    @property
    def place(self) -> tuple[str, ...]:
        """What is written of the venue; the same with other spaces is the same place."""
        venue = self.venue
        where = (venue.room, venue.floor, venue.building, venue.name, venue.site, venue.district, venue.province_code)
        return tuple(" ".join((part or "").split()) for part in where)

    def differs(self, other: "Schedule") -> bool:
        """Whether it matters to a participant. How a session is called does not."""
        return self.times != other.times or self.place != other.place


@dataclass(frozen=True, slots=True)
class Run:
    """`schedule_revision` is the revision in which the schedule last became another one, `before` what it was until
    then; other revisions (a seat more, a later deadline) are news to nobody. `cancelled_by` is the id of the event that
    cancelled the run, `cancelled_silently` that an earlier generation of the read model has told people of it;
    `moved_at` is when its start was last changed, `opened_at` when it was opened,
    `release_at` when its unclaimed seats are released, in business time, and `reminders` are its waves."""

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
    schedule_revision: int = 0
    before: Schedule | None = None
    state: OpenRunState = RunState.PLANNED
    units: tuple[str, ...] = ()
    closes_at: datetime | None = None
    organiser: str | None = None
    opened_at: datetime | None = None
    cancelled_by: str | None = None
    cancelled_silently: bool = False
    moved_at: datetime | None = None
    release_at: datetime | None = None
    reminders: tuple[str, ...] = USUAL_REMINDERS

    @property
    def sittings(self) -> tuple[Session, ...]:
        """The sessions, or the run as one."""
        return self.sessions or (Session(starts_at=self.starts_at, ends_at=self.ends_at),)

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.starts_at, self.ends_at, self.venue, self.sittings)

    def system_time(self, at: datetime) -> datetime:
        """The system time at which the run's business time is `at`."""
        return at - timedelta(seconds=self.offset_seconds)

    @property
    def nominations_end(self) -> datetime:
        """Business time: without a deadline of its own a run takes nominations until it starts."""
        return self.starts_at if self.closes_at is None else self.closes_at

    def takes_nominations(self, now: datetime) -> bool:
        """At this business time."""
        return self.state is RunState.OPEN and now < min(self.starts_at, self.nominations_end)


NO_RUN: Final = ""
# What messages that are about no run are about, so that they go the way of all others.
WITHOUT_RUN: Final = Run(
    NO_RUN, "", "", "", 0, datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC), Venue(), ()
)


@dataclass(frozen=True, slots=True)
class Bucket:
    """The seats of one unit in one target group of a run. `released` and `received`: how many it has given up because
    nobody had claimed them, and got of those of others."""

    id: str
    run: str
    bucket_unit: str
    seats: int
    released: int = 0
    received: int = 0


@dataclass(frozen=True, slots=True)
class Nomination:
    """`confirmed_at` is business time, and None unless the nomination is confirmed. `turn` is that of its last change
    (domain/fan_outs.py). While it is submitted `approver` decides, in time until `due_at`, which is business time; of
    one that is offered a seat the answer is due then. `transfers`: how often it has gone to another run; what happened
    in an earlier one comes too late."""

    id: str
    run: str
    person: str
    unit: str
    bucket_unit: str
    state: OpenState
    confirmed_at: datetime | None = None
    turn: int = 0
    approver: OpenApprover | None = None
    due_at: datetime | None = None
    transfers: int = 0

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def seated(self) -> bool:
        return self.state is NominationState.CONFIRMED


@dataclass(frozen=True, slots=True)
class Seal:
    """A contact as it was, still sealed."""

    key_id: str
    sealed: str

    @property
    def mark(self) -> str:
        """Tells it from every other one, and nothing of what is in it: sealing the same again makes another text."""
        return sha256(self.sealed.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class SealedContact:
    """Stays sealed in the database. `key_id` None: erased, and never to be written to again. `former` are those before
    it, the newest first: an invitation may lie at an address of theirs."""

    person: str
    subject: str
    key_id: str | None = None
    sealed: str = ""
    former: tuple[Seal, ...] = ()

    @property
    def seal(self) -> Seal | None:
        return None if self.key_id is None else Seal(self.key_id, self.sealed)


@dataclass(frozen=True, slots=True)
class Delegation:
    """Who decides these steps of approval of a unit in somebody's place, from when until when (excluded), by the clock
    of the run on which is decided."""

    id: str
    unit: str
    delegate: str
    steps: tuple[OpenApprover, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Unit:
    id: str
    name_th: str
    name_en: str
    email: str | None = None
