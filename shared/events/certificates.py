"""Certificates: issued and revoked, and what a run still lacks. Never a name, and never the code that a name is found
by."""

from typing import ClassVar, Final

from shared.events.envelope import Event, EventModel
from shared.events.seats import Place
from shared.events.topics import CERTIFICATES


def series_of(organiser: str, fiscal_year: int) -> str:
    """The name of the numbers that an organiser gives in a fiscal year (Buddhist)."""
    return f"{organiser}:{fiscal_year}"


_PREFIX: Final = "certificates:"


def issue_aggregate(run: str) -> str:
    """The issue of what is due in a run; the run itself is another aggregate, of the catalogue."""
    return f"{_PREFIX}{run}"


class CertificateFact(Event):
    """What every event of a certificate carries. Its number is `serial` in `series`, those of an organiser and fiscal
    year. `place` is where the person was nominated from."""

    topic: ClassVar[str] = CERTIFICATES.name
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


class Lack(EventModel):
    """So many people have no certificate because of `what`: ATTENDANCE, a form, or ERASED."""

    what: str
    people: int


class CertificateIssueEnded(Event):
    """Everybody with a seat in a run has been looked at once more: so many have got a certificate now, so many had one
    before, and the others lack what the programme's rule asks for. The last one counts."""

    type: ClassVar[str] = "enrolment.certificate-issue-ended.v1"
    topic: ClassVar[str] = CERTIFICATES.name
    key_field: ClassVar[str] = "run"
    aggregate_kind: ClassVar[str | None] = "issue"

    programme: str
    run: str
    fiscal_year: int
    seats: int
    issued: int
    held: int
    lacking: tuple[Lack, ...]

    @property
    def aggregate(self) -> str:
        return issue_aggregate(self.run)
