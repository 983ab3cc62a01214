"""Certificates: issued and revoked. Never a name, and never the code that a name is found by."""

from typing import ClassVar

from shared.events.envelope import Event
from shared.events.seats import Place
from shared.events.topics import CERTIFICATES


def series_of(organiser: str, fiscal_year: int) -> str:
    """The name of the numbers that an organiser gives in a fiscal year (Buddhist)."""
    return f"{organiser}:{fiscal_year}"


class CertificateFact(Event):
    """What every event of a certificate carries. Its number is `serial` in `series`, those of an organiser and fiscal
    year. `place` is where the person was nominated from."""

    topic: ClassVar[str] = CERTIFICATES.name
    quiet: ClassVar[bool] = True  # nothing follows from it in another service
    key_field: ClassVar[str] = "series"

    series: str
    organiser: str
    fiscal_year: int
    serial: int
    certificate: str
    programme: str
    run: str
    nomination: str
    person: str
    target: str
    bucket_unit: str
    place: Place


class CertificateIssued(CertificateFact):
    """A person has got a certificate; `replaces`: in place of that one."""

    type: ClassVar[str] = "enrolment.certificate-issued.v1"

    replaces: str | None = None


class CertificateRevoked(CertificateFact):
    """A certificate is valid no more; `replaced_by`: because another one takes its place."""

    type: ClassVar[str] = "enrolment.certificate-revoked.v1"

    replaced_by: str | None = None
