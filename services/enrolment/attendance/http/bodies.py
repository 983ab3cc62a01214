"""Request bodies of the routes for attendance."""

from typing import Annotated, Final

from pydantic import Field, model_validator

from services.enrolment.attendance.domain.scans import MOST_SCANS
from shared.bodies import Body
from shared.events.attendance import Presence
from shared.values import PRINTABLE, Id, Line, Moment, Remark

MOST_ROWS: Final = 500
MOST_SESSION: Final = 10_000
MOST_MINUTES: Final = 100_000
# Of any form: what is no pass is refused as that, row by row.
ScannedPass = Annotated[str, Field(min_length=1, max_length=400, pattern=PRINTABLE)]
ScannedCode = Annotated[str, Field(min_length=1, max_length=100, pattern=PRINTABLE)]
Nonce = Annotated[str, Field(min_length=8, max_length=64, pattern="^[A-Za-z0-9_-]{8,64}$")]
SessionNumber = Annotated[int, Field(ge=1, le=MOST_SESSION)]


class CheckInRow(Body):
    """Somebody by nomination, by person, or by a pass that was scanned. Without `presence` and `at`: came now. PRESENT
    without `at`: was there from the beginning. `at` says whether it was too late."""

    nomination: Id | None = None
    person: Id | None = None
    pass_: ScannedPass | None = Field(None, alias="pass")
    presence: Presence | None = None
    at: Moment | None = None

    @model_validator(mode="after")
    def _one_person(self) -> "CheckInRow":
        if sum(named is not None for named in (self.nomination, self.person, self.pass_)) != 1:
            raise ValueError("either nomination, person or pass")
        if self.pass_ is not None and self.presence is Presence.EXCUSED:
            raise ValueError("whoever shows a pass is there")
        if self.presence is Presence.LATE and self.at is None:
            raise ValueError("LATE needs at: when the person came")
        if self.presence is Presence.ABSENT:
            raise ValueError("whoever is missing is recorded when the session is closed, or by a correction")
        return self


class CheckInsBody(Body):
    session: SessionNumber
    rows: Annotated[tuple[CheckInRow, ...], Field(min_length=1, max_length=MOST_ROWS)]


class RoomCheckInBody(Body):
    code: ScannedCode


class InviteDeviceBody(Body):
    name: Line


class EnrolBody(Body):
    code: Annotated[str, Field(min_length=1, max_length=40, pattern=PRINTABLE)]


class AtTheDoorBody(Body):
    """Somebody who is on no list, as it is said at the door. `inPlaceOf`: the nomination of whom the person stands in
    for."""

    name: Line
    office: Line | None = None
    in_place_of: Id | None = None


class WalkInBody(AtTheDoorBody):
    """`at`: when the person came; without it now."""

    session: SessionNumber
    at: Moment | None = None


class MatchBody(Body):
    """Whose nomination it was. `reason`: what is worth knowing of it; it is never published. `session` and `at`: to
    which the person came, and when, where what was written down is no time of a session."""

    nomination: Id
    reason: Remark | None = None
    session: SessionNumber | None = None
    at: Moment | None = None


class DismissBody(Body):
    reason: Remark


class ScanRow(Body):
    """What a device has recorded, at its own time `at`: somebody by the nomination in its list, by a pass, or on no
    list. `nonce` is made by the device when it records, and stays with the record."""

    nonce: Nonce
    session: SessionNumber
    at: Moment
    nomination: Id | None = None
    pass_: ScannedPass | None = Field(None, alias="pass")
    walk_in: AtTheDoorBody | None = None

    @model_validator(mode="after")
    def _one_person(self) -> "ScanRow":
        if sum(said is not None for said in (self.nomination, self.pass_, self.walk_in)) != 1:
            raise ValueError("either nomination, pass or walkIn")
        return self


class UploadBody(Body):
    """`deviceTime` is what the clock of the device says now."""

    device_time: Moment
    records: Annotated[tuple[ScanRow, ...], Field(min_length=1, max_length=MOST_SCANS)]


class CorrectionBody(Body):
    """The reason is kept with the change, and never published."""

    presence: Presence
    minutes: Annotated[int, Field(ge=0, le=MOST_MINUTES)] | None = None
    reason: Remark

    @model_validator(mode="after")
    def _late_for_how_long(self) -> "CorrectionBody":
        if self.presence is Presence.LATE and self.minutes is None:
            raise ValueError("LATE needs minutes")
        return self


class CloseBody(Body):
    pass
