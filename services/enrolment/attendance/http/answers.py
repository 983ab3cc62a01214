"""What attendance answers, for the API document."""

from typing import Any

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from services.enrolment.attendance.domain.walk_ins import WalkInState
from shared.answers import Time
from shared.events.attendance import Presence, Via


class SessionAnswer(TypedDict):
    """`session` is its number. `closing`: whoever was not seen is being recorded as absent. The counts are told to the
    organiser; `missing` have a seat and nothing recorded."""

    session: int
    startsAt: Time
    endsAt: Time
    minutes: int
    halfDays: int
    state: str
    closedAt: Time | None
    closing: bool
    present: int | None
    late: int | None
    excused: int | None
    absent: int | None
    missing: int | None


class MarkAnswer(TypedDict):
    """`at` is when the person came, or when it was decided."""

    session: int
    presence: Presence
    minutes: int
    at: Time
    via: Via
    by: str | None


class MarkedAnswer(MarkAnswer):
    """`recorded`: whether this is new; otherwise it was there already, or an earlier one counts."""

    nomination: str
    person: str
    recorded: bool


class OwnMarkAnswer(TypedDict):
    """What somebody has recorded of him- or herself."""

    nomination: str
    person: str
    session: int
    presence: Presence
    minutes: int
    at: Time
    via: Via
    recorded: bool


class WalkInWritten(TypedDict):
    """Without what was typed: that is read, and stands in no record of an answer. `inPlaceOf`: the nomination of whom
    the person stands in for."""

    id: str
    session: int
    at: Time
    inPlaceOf: str | None
    recordedAt: Time
    by: str
    state: WalkInState


class WalkInDecided(WalkInWritten):
    """`nomination`: whose it was. `cameSession` and `cameAt`: what the organiser has said instead of `session` and
    `at`."""

    nomination: str | None
    person: str | None
    cameSession: int | None
    cameAt: Time | None
    decidedAt: Time | None
    decidedBy: str | None


class WalkInAnswer(WalkInDecided):
    """`name`, `office` and `reason` are gone after the time for which texts are kept, and when the person is erased.
    `device`: the one that has brought it."""

    device: str | None
    name: str | None
    office: str | None
    reason: str | None


class PassAnswer(TypedDict):
    """`token` is what the QR code holds. `expiresAt`: the end of the last session."""

    nomination: str
    person: str
    token: str
    expiresAt: Time


class RunKeyAnswer(TypedDict):
    """The public half of the key that signs the passes of a run, with the names of a JWK."""

    run: str
    kty: str
    crv: str
    x: str


class RoomCodeAnswer(TypedDict):
    """`code` is what the QR code holds. `shownUntil`, in system time: then there is another one."""

    session: int
    code: str
    shownUntil: Time


class AttendeeAnswer(TypedDict):
    """`minutesHeld` are those of all sessions in which somebody was seen or missed."""

    nomination: str
    person: str
    unit: str
    province: str | None
    target: str
    bucketUnit: str
    attended: bool
    minutesPresent: int
    minutesHeld: int
    percentage: float | None
    marks: list[MarkAnswer]


class ChangedMark(TypedDict):
    presence: Presence
    minutes: int
    at: Time
    via: Via
    by: str | None


class AttendanceChangeAnswer(TypedDict):
    """What took the place of what; `before` null: there was nothing."""

    id: str
    session: int
    before: ChangedMark | None
    after: ChangedMark
    changedAt: Time
    reason: str | None


class MissingAnswer(TypedDict):
    nomination: str
    person: str
    unit: str
    province: str | None
    target: str


class _CheckInResult(TypedDict):
    status: int


class CheckInResult(_CheckInResult, total=False):
    """Either `attendance` or `problem`."""

    attendance: MarkedAnswer
    problem: dict[str, Any]


class CheckInsAnswer(TypedDict):
    """One result for each row, in order."""

    results: list[CheckInResult]
