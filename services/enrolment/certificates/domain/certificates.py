"""Certificates and their life: what may be done in which state. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from services.enrolment.certificates.domain.refusals import (
    CertificateNameErased,
    CertificateReplaced,
    CertificateRevokedAlready,
)
from shared.errors import Refused
from shared.events.seats import Place


class State(StrEnum):
    VALID = "VALID"
    REVOKED = "REVOKED"
    REPLACED = "REPLACED"  # revoked, and another one was issued in its place


class Action(StrEnum):
    REVOKE = "revoke"
    REISSUE = "reissue"


# What may be done in which state, and where it leads. Everything else is refused.
TRANSITIONS: Final[Mapping[tuple[State, Action], State]] = {
    (State.VALID, Action.REVOKE): State.REVOKED,
    (State.VALID, Action.REISSUE): State.REPLACED,
    (State.REVOKED, Action.REISSUE): State.REPLACED,
}
_REFUSALS: Final[Mapping[tuple[State, Action], type[Refused]]] = {
    (State.REVOKED, Action.REVOKE): CertificateRevokedAlready,
    (State.REPLACED, Action.REVOKE): CertificateReplaced,
    (State.REPLACED, Action.REISSUE): CertificateReplaced,
}
SERIAL_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Wording:
    """What stands on a certificate, and stays when programme, unit or person change. `name` None: it was erased."""

    name: str | None
    title: str
    issuer: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Certificate:
    """`register` and `serial` are its number; `code` is what it is found by without rights, and nobody can guess it.
    Moments are business time."""

    id: str
    code: str
    register: str
    serial: int
    run: str
    programme: str
    nomination: str
    person: str
    target: str
    bucket_unit: str
    place: Place
    wording: Wording
    issued_at: datetime
    state: State = State.VALID
    revoked_at: datetime | None = None
    reason: str | None = None
    replaces: str | None = None
    replaced_by: str | None = None

    @property
    def number(self) -> str:
        return f"{self.register.replace(':', '-')}-{self.serial:0{SERIAL_DIGITS}d}"

    @property
    def valid(self) -> bool:
        return self.state is State.VALID

    @property
    def name_erased(self) -> bool:
        return self.wording.name is None


def next_state(state: State, action: Action) -> State:
    """Raises CertificateRevokedAlready and CertificateReplaced."""
    allowed = TRANSITIONS.get((state, action))
    if allowed is None:
        raise _REFUSALS[state, action]()
    return allowed


def revoked(certificate: Certificate, reason: str, at: datetime) -> Certificate:
    """Of somebody who was erased no reason is kept. Raises the refusals of `next_state`."""
    state = next_state(certificate.state, Action.REVOKE)
    return replace(certificate, state=state, revoked_at=at, reason=None if certificate.name_erased else reason)


def replaced(certificate: Certificate, by: str, reason: str, at: datetime) -> Certificate:
    """Whoever revoked it before, and when, stays. Raises CertificateNameErased and the refusals of `next_state`."""
    state = next_state(certificate.state, Action.REISSUE)
    if certificate.name_erased:
        raise CertificateNameErased()
    if certificate.valid:
        certificate = replace(certificate, revoked_at=at, reason=reason)
    return replace(certificate, state=state, replaced_by=by)
