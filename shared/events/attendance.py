"""Who was there: the attendance of a run, which is one aggregate, keyed by the run."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from shared.events.directory import OpenInPost
from shared.events.envelope import Event, EventModel, open_enum
from shared.events.seats import Place
from shared.events.topics import ATTENDANCE


class Presence(StrEnum):
    """LATE is present for the minutes that were left. EXCUSED and ABSENT are not present."""

    PRESENT = "PRESENT"
    LATE = "LATE"
    EXCUSED = "EXCUSED"
    ABSENT = "ABSENT"


class Via(StrEnum):
    """How it was recorded. QR: that of the person; ROOM: that of the room. WALK_IN: written down at the door, on no
    list, and matched later. CLOSE: the session was closed, and nobody had seen the person."""

    LIST = "LIST"
    IMPORT = "IMPORT"
    QR = "QR"
    ROOM = "ROOM"
    DEVICE = "DEVICE"
    WALK_IN = "WALK_IN"
    CLOSE = "CLOSE"
    CORRECTION = "CORRECTION"


OpenPresence = Annotated[Presence | str, open_enum(Presence)]
OpenVia = Annotated[Via | str, open_enum(Via)]


_PREFIX: Final = "attendance:"


def attendance_aggregate(run: str) -> str:
    """The run itself is another aggregate, of the catalogue."""
    return f"{_PREFIX}{run}"


class PersonMark(EventModel):
    """What one person has in one session now, and had `before`; the rest is that of the nomination. `held` are the
    minutes of the session. `times` and `missed`: in how many sessions of the run the person is present and absent
    now, and was before."""

    nomination: str
    person: str
    target: str
    bucket_unit: str
    place: Place
    ex_officio: OpenInPost | None = None
    presence: OpenPresence
    minutes: int
    held: int
    before: OpenPresence | None = None
    before_minutes: int = 0
    times: int
    times_before: int = 0
    missed: int
    missed_before: int = 0


class AttendanceFact(Event):
    """What every event of the attendance of a run carries. Sessions are numbered from 1, in order of their times."""

    topic: ClassVar[str] = ATTENDANCE.name
    key_field: ClassVar[str] = "run"
    aggregate_kind: ClassVar[str | None] = "attendance"

    programme: str
    run: str
    fiscal_year: int
    session: int

    @property
    def aggregate(self) -> str:
        return attendance_aggregate(self.run)


class MarksFact(AttendanceFact):
    """Marks of up to a hundred people, each person once."""

    via: OpenVia
    marks: tuple[PersonMark, ...]


class AttendanceRecorded(MarksFact):
    """People were seen in a session, were excused, or were missing when it was closed."""

    type: ClassVar[str] = "enrolment.attendance-recorded.v1"


class AttendanceCorrected(MarksFact):
    """Somebody has put right what was recorded. The reason stays at home."""

    type: ClassVar[str] = "enrolment.attendance-corrected.v1"


class SessionClosed(AttendanceFact):
    """The session is over. Whoever has a seat and was not seen is recorded as absent after this."""

    type: ClassVar[str] = "enrolment.session-closed.v1"

    starts_at: datetime
    ends_at: datetime
    minutes: int
