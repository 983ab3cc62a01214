"""Programmes and their runs: both are keyed by the programme."""

from datetime import datetime
from typing import ClassVar, Final

from shared.events.envelope import Event, EventModel
from shared.events.topics import CATALOGUE

USUAL_CLOSE_OUT_DAYS: Final = 60
USUAL_REMINDERS: Final = ("D-7", "D-1")
MOST_REMINDER_DAYS: Final = 30


class Official(EventModel):
    """Somebody who acts in public at a programme; `on_behalf_of` when assigned by another official."""

    name: str
    position: str | None = None
    on_behalf_of: str | None = None


class Venue(EventModel):
    """Where it takes place; anything may be unknown."""

    name: str | None = None
    room: str | None = None
    floor: str | None = None
    building: str | None = None
    site: str | None = None
    district: str | None = None
    province_code: str | None = None


class Session(EventModel):
    """One sitting of a run; times with an offset."""

    starts_at: datetime
    ends_at: datetime
    title: str | None = None


class ProgrammeFact(Event):
    """What every event of a programme carries."""

    topic: ClassVar[str] = CATALOGUE.name
    key_field: ClassVar[str] = "programme"

    programme: str
    code: str
    title: str
    fiscal_year: int
    organiser: str | None


class ProgrammeCreated(ProgrammeFact):
    type: ClassVar[str] = "enrolment.programme-created.v1"

    kind: str
    framework_tags: tuple[str, ...]
    four_eyes: bool = True
    applications: bool = True


class ProgrammeRevised(ProgrammeFact):
    """A draft was rewritten."""

    type: ClassVar[str] = "enrolment.programme-revised.v1"

    kind: str
    framework_tags: tuple[str, ...]
    four_eyes: bool = True
    applications: bool = True


class ProgrammeSubmitted(ProgrammeFact):
    type: ClassVar[str] = "enrolment.programme-submitted.v1"


class ProgrammeApproved(ProgrammeFact):
    type: ClassVar[str] = "enrolment.programme-approved.v1"


class ProgrammePublished(ProgrammeFact):
    type: ClassVar[str] = "enrolment.programme-published.v1"


class ProgrammeClosed(ProgrammeFact):
    type: ClassVar[str] = "enrolment.programme-closed.v1"


class ProgrammeReopened(ProgrammeFact):
    """Nominations are taken again."""

    type: ClassVar[str] = "enrolment.programme-reopened.v1"


class ProgrammeCancelled(ProgrammeFact):
    type: ClassVar[str] = "enrolment.programme-cancelled.v1"


class RunFact(Event):
    """What every event of a run carries: enough to answer and to invite without asking back. Its close-out is due
    `close_out_days` after its last day, or on the first working day of the government after that. Seats that
    nobody has claimed are released at `release_at` (business time). `reminders`: so many days before its day
    (`D-7`, 30 at most) whoever has a seat is reminded."""

    topic: ClassVar[str] = CATALOGUE.name
    key_field: ClassVar[str] = "programme"
    aggregate_kind: ClassVar[str | None] = "run"

    programme: str
    run: str
    code: str
    title: str
    fiscal_year: int
    cohort: int
    capacity: int
    starts_at: datetime
    ends_at: datetime
    venue: Venue
    sessions: tuple[Session, ...]
    chair: Official | None = None
    offset_seconds: int = 0
    organiser: str | None = None
    close_out_days: int = USUAL_CLOSE_OUT_DAYS
    release_at: datetime | None = None
    reminders: tuple[str, ...] = USUAL_REMINDERS

    @property
    def aggregate(self) -> str:
        return self.run


class RunScheduled(RunFact):
    """A run is planned, or planned anew (`revision` counts from 0; calendar invitations follow it). `closes_at` null:
    nominations have no end of their own; absent (events of earlier releases): as it was."""

    type: ClassVar[str] = "enrolment.run-scheduled.v1"

    revision: int = 0
    closes_at: datetime | None = None


class RunOpened(RunFact):
    """Nomination is open; every unit in `units` is asked for nominations."""

    type: ClassVar[str] = "enrolment.run-opened.v1"

    units: tuple[str, ...]
    closes_at: datetime | None = None


class RunClosed(RunFact):
    """No more nominations."""

    type: ClassVar[str] = "enrolment.run-closed.v1"


class RunReopened(RunFact):
    """Nominations are taken again; every unit in `units` has open seats and is asked for them."""

    type: ClassVar[str] = "enrolment.run-reopened.v1"

    units: tuple[str, ...]
    closes_at: datetime | None = None


class RunCancelled(RunFact):
    """The run does not take place. `merged_into`: it has become one with this run, which its people are in now; they
    are told of that, and not that it is cancelled."""

    type: ClassVar[str] = "enrolment.run-cancelled.v1"

    merged_into: str | None = None


class RunCloseOutFiled(RunFact):
    """The organiser has filed the close-out of the run, once; business time."""

    type: ClassVar[str] = "enrolment.run-close-out-filed.v1"

    filed_at: datetime


class RunClockSet(Event):
    """The business time of one run differs from system time by this offset (rehearsals, past programmes)."""

    type: ClassVar[str] = "enrolment.run-clock-set.v1"
    topic: ClassVar[str] = CATALOGUE.name
    key_field: ClassVar[str] = "programme"
    aggregate_kind: ClassVar[str | None] = "run"

    programme: str
    run: str
    offset_seconds: int

    @property
    def aggregate(self) -> str:
        return self.run
