"""Valid certificates by bucket and place, and what the last issue in a run has come to. Pure."""

from datetime import datetime
from typing import NamedTuple

from services.reporting.projecting.domain.attendance import CERTIFIED, Changes, change_of
from services.reporting.projecting.domain.nominations import Place
from shared.events.certificates import CertificateFact, CertificateIssued, CertificateIssueEnded
from shared.events.envelope import Envelope


class Issue(NamedTuple):
    """Of a run: so many people have no certificate because of what they lack."""

    id: str
    run: str
    seats: int
    lacking: tuple[tuple[str, int], ...]
    last: datetime


def fold_certificate(changes: Changes, event: CertificateFact) -> None:
    """One that takes the place of another has made that one invalid before, in its own register."""
    change = change_of(changes, event.run, event.target, event.bucket_unit)
    change.add(Place.of(event.place), CERTIFIED, 1 if isinstance(event, CertificateIssued) else -1)


def fold_issue(event: CertificateIssueEnded, envelope: Envelope) -> Issue:
    lacking = tuple((one.what, one.people) for one in event.lacking)
    return Issue(event.aggregate, event.run, event.seats, lacking, envelope.time)
