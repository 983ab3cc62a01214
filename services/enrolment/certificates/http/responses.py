"""The JSON of certificates and of their issue. Pure."""

from datetime import datetime
from typing import Any

from typing_extensions import TypedDict

from services.enrolment.certificates.domain.certificates import Certificate, State
from services.enrolment.certificates.domain.tasks import Issue
from shared.answers import Day, Time
from shared.clock import BANGKOK


class ChangedCertificateAnswer(TypedDict):
    """What a command answers, and what is remembered of it: without the name and without the reason, which go when the
    person is erased. Times are the run's."""

    id: str
    number: str
    code: str
    state: State
    run: str
    nomination: str
    person: str
    unit: str
    nameErased: bool
    title: str
    issuer: str
    startsOn: Day
    endsOn: Day
    issuedAt: Time
    revokedAt: Time | None
    replaces: str | None
    replacedBy: str | None


class CertificateAnswer(ChangedCertificateAnswer):
    """`name` null: it was erased."""

    name: str | None
    reason: str | None


class IssueAnswer(TypedDict):
    """How far the issue of what is due in a run is. `seats`: looked at so far; `issued`: certificates given by this
    request; `held`: people who had one before; `lacking`: how many lack what (ATTENDANCE, or a form)."""

    run: str
    running: bool
    seats: int
    issued: int
    held: int
    lacking: dict[str, int]
    requestedAt: Time
    finishedAt: Time | None


def certificate_response(one: Certificate) -> dict[str, Any]:
    return {**changed_response(one), "name": one.wording.name, "reason": one.reason}


def changed_response(one: Certificate) -> dict[str, Any]:
    wording = one.wording
    return {
        "id": one.id,
        "number": one.number,
        "code": one.code,
        "state": one.state.value,
        "run": one.run,
        "nomination": one.nomination,
        "person": one.person,
        "unit": one.place.unit,
        "nameErased": one.name_erased,
        "title": wording.title,
        "issuer": wording.issuer,
        "startsOn": wording.starts_on.isoformat(),
        "endsOn": wording.ends_on.isoformat(),
        "issuedAt": _time(one.issued_at),
        "revokedAt": _time(one.revoked_at),
        "replaces": one.replaces,
        "replacedBy": one.replaced_by,
    }


def issue_response(issue: Issue) -> dict[str, Any]:
    return {
        "run": issue.run,
        "running": issue.running,
        "seats": issue.seen,
        "issued": issue.issued,
        "held": issue.held,
        "lacking": dict(sorted(issue.lacking.items())),
        "requestedAt": _time(issue.requested_at),
        "finishedAt": _time(issue.finished_at),
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(BANGKOK).isoformat()
