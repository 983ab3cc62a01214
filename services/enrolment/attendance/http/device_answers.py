"""What the routes for devices answer, for the API document."""

from typing_extensions import TypedDict

from services.enrolment.attendance.domain.devices import DeviceState
from services.enrolment.attendance.domain.scans import Outcome
from shared.answers import Time


class _Device(TypedDict):
    id: str
    name: str
    state: DeviceState
    createdAt: Time
    createdBy: str
    enrolledAt: Time | None


class InvitedAnswer(_Device):
    """`code` is told once, and enrols the device until `codeUntil`."""

    code: str
    codeUntil: Time | None


class RevokedAnswer(_Device):
    """`skewSeconds`: by how much its clock was behind at its last upload, `seenAt`."""

    revokedAt: Time | None
    seenAt: Time | None
    skewSeconds: int | None


class DeviceAnswer(RevokedAnswer):
    """`codeUntil`: as long as a code is open that enrols it."""

    codeUntil: Time | None


class EnrolledAnswer(TypedDict):
    """`token` is told once; it is sent as `Authorization: Bearer`. `now`: compare it with the clock of the device."""

    device: str
    name: str
    run: str
    token: str
    now: Time


class ListedSession(TypedDict):
    session: int
    startsAt: Time
    endsAt: Time


class ListedPerson(TypedDict):
    """`name`: first name and an initial; null for somebody who was erased."""

    nomination: str
    name: str | None
    unit: str


class DeviceListAnswer(TypedDict):
    """`goodUntil`: whoever holds it throws it away then, and asks for another one: names may have been erased since.
    `signature`: Ed25519 by the key of the run, over the canonical JSON (RFC 8785) of everything else here, as
    base64url."""

    run: str
    listedAt: Time
    goodUntil: Time
    sessions: list[ListedSession]
    items: list[ListedPerson]
    next: str | None
    signature: str


class UploadedScan(TypedDict):
    """`code`: why it was refused; it is kept all the same. `known`: it was uploaded before, with this outcome."""

    nonce: str
    outcome: Outcome
    code: str | None
    known: bool


class UploadAnswer(TypedDict):
    """One result for each record, in order. `skewSeconds`: what was added to every time that the device has said."""

    skewSeconds: int
    results: list[UploadedScan]


class ScanAnswer(TypedDict):
    """What a device has recorded of somebody. `at` is what it was taken for, `deviceAt` what the device said."""

    device: str
    nonce: str
    session: int
    at: Time
    deviceAt: Time
    skewSeconds: int
    receivedAt: Time
    outcome: Outcome
    code: str | None
