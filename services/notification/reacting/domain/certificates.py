"""What is told of certificates: to the person, once about each of them. Pure."""

from services.notification.domain import Kind
from services.notification.reacting.domain.batch import ReactionBatch
from services.notification.reacting.domain.folds import certified_of
from shared.events.certificates import CertificateFact, CertificateIssued, CertificateRevoked
from shared.events.envelope import Envelope


def on_certificate_issued(batch: ReactionBatch, envelope: Envelope, event: CertificateIssued) -> None:
    kind = Kind.CERTIFICATE_ISSUED if event.replaces is None else Kind.CERTIFICATE_REISSUED
    _tell_of_certificate(batch, envelope, event, kind)


def on_certificate_revoked(batch: ReactionBatch, envelope: Envelope, event: CertificateRevoked) -> None:
    """Whoever gets another one in its place is told of that."""
    if event.replaced_by is None:
        _tell_of_certificate(batch, envelope, event, Kind.CERTIFICATE_REVOKED)


def _tell_of_certificate(batch: ReactionBatch, envelope: Envelope, event: CertificateFact, kind: Kind) -> None:
    """The certificate is the reason: there is one such message about it, and the link is made of it."""
    if not batch.silent:
        batch.notify(certified_of(event), kind, envelope, seated=False, reason=event.certificate)
