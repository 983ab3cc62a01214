"""Registers: the numbers of an organiser and fiscal year, one after the other. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from services.enrolment.certificates.domain.certificates import Certificate, Wording, replaced, revoked
from services.enrolment.directory import OPS
from shared.events import certificates as events
from shared.events.certificates import series_of
from shared.events.envelope import Event
from shared.events.seats import Place
from shared.thai import fiscal_year

F = TypeVar("F", bound=events.CertificateFact)


@dataclass(frozen=True, slots=True)
class Register:
    """`last` is the last number given, `seq` the sequence of the last event."""

    organiser: str
    fiscal_year: int
    last: int = 0
    seq: int = 0

    @property
    def id(self) -> str:
        return series_of(self.organiser, self.fiscal_year)


@dataclass(frozen=True, slots=True)
class Draft:
    """A certificate that has no number yet; id and code are made beforehand."""

    id: str
    code: str
    run: str
    programme: str
    nomination: str
    person: str
    target: str
    bucket_unit: str
    place: Place
    wording: Wording
    replaces: str | None = None


def register_of(organiser: str | None, at: datetime) -> str:
    """Where a certificate gets its number that is issued then (business time). Programmes of nobody in particular are
    the ministry's."""
    return series_of(organiser or OPS, fiscal_year(at))


def issue(register: Register, drafts: Sequence[Draft], at: datetime) -> tuple[Register, list[Certificate], list[Event]]:
    """The next numbers, in the order of the drafts."""
    issued = [_numbered(draft, register.id, serial, at) for serial, draft in enumerate(drafts, start=register.last + 1)]
    made: list[Event] = [_event(one, register, events.CertificateIssued, replaces=one.replaces) for one in issued]
    return _after(register, len(issued), made), issued, made


def revoke(
    register: Register, certificate: Certificate, reason: str, at: datetime
) -> tuple[Register, Certificate, list[Event]]:
    """Raises the refusals of the transition."""
    after = revoked(certificate, reason, at)
    made: list[Event] = [_event(after, register, events.CertificateRevoked)]
    return _after(register, 0, made), after, made


def put_in_place(
    register: Register, certificate: Certificate, by: Draft, reason: str, at: datetime
) -> tuple[Register, Certificate, list[Event]]:
    """The certificate makes room for another one. One that was revoked before has nothing more to tell. Raises the
    refusals of the transition."""
    after = replaced(certificate, by.id, reason, at)
    made: list[Event] = [_event(after, register, events.CertificateRevoked, replaced_by=by.id)]
    if not certificate.valid:
        made = []
    return _after(register, 0, made), after, made


def _after(register: Register, given: int, made: Sequence[Event]) -> Register:
    return replace(register, last=register.last + given, seq=register.seq + len(made))


def _numbered(draft: Draft, register: str, serial: int, at: datetime) -> Certificate:
    return Certificate(
        id=draft.id,
        code=draft.code,
        register=register,
        serial=serial,
        run=draft.run,
        programme=draft.programme,
        nomination=draft.nomination,
        person=draft.person,
        target=draft.target,
        bucket_unit=draft.bucket_unit,
        place=draft.place,
        wording=draft.wording,
        issued_at=at,
        replaces=draft.replaces,
    )


def _event(certificate: Certificate, register: Register, kind: type[F], **more: str | None) -> F:
    return kind(
        series=certificate.register,
        organiser=register.organiser,
        fiscal_year=register.fiscal_year,
        serial=certificate.serial,
        certificate=certificate.id,
        programme=certificate.programme,
        run=certificate.run,
        nomination=certificate.nomination,
        person=certificate.person,
        target=certificate.target,
        bucket_unit=certificate.bucket_unit,
        place=certificate.place,
        **more,
    )
