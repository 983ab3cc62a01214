"""Whoever gets a certificate is told, once, with a link of their own; and so is whoever loses one."""

from typing import Any

import pytest

from services.notification.composing.domain.links import Links
from services.notification.domain import Addressee, Kind
from services.notification.reacting import ReactionBatch
from shared import certificate_links
from shared.certificate_links import CertificateLink, CertificateLinks
from shared.events.certificates import (
    CertificateFact,
    CertificateIssued,
    CertificateIssueEnded,
    CertificateRevoked,
)
from shared.fresh_keys import new_key_ring, parse_key_ring
from shared.ids import new_id
from tests.unit.notification.builders import NOW, enveloped, seat_fields
from tests.unit.notification.test_handlers import notified, only, reacted

SERIES = "PERS:2563"


def fact(kind: type[CertificateFact], **more: Any) -> CertificateFact:
    fields = {key: value for key, value in seat_fields().items() if key in CertificateFact.model_fields}
    fields |= {"series": SERIES, "organiser": "PERS", "serial": 7, "certificate": "c1"}
    return kind(**{**fields, **more})


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (fact(CertificateIssued), Kind.CERTIFICATE_ISSUED),
        (fact(CertificateIssued, replaces="c0"), Kind.CERTIFICATE_REISSUED),
        (fact(CertificateRevoked), Kind.CERTIFICATE_REVOKED),
    ],
)
def test_the_person_is_told(event: CertificateFact, kind: Kind) -> None:
    message = only(reacted(enveloped(event, SERIES, 9)))
    assert (message.kind, message.recipient, message.addressee) == (kind, "person-1", Addressee.PERSON)
    assert (message.reason, message.causation, message.nomination) == ("c1", f"{SERIES}:9", "nomination-1")


def test_one_in_whose_place_another_one_is_issued_is_one_message() -> None:
    events = [
        enveloped(fact(CertificateRevoked, certificate="c0", replaced_by="c1"), SERIES, 8),
        enveloped(fact(CertificateIssued, replaces="c0"), SERIES, 9),
    ]
    assert notified(reacted(*events)) == [(Kind.CERTIFICATE_REISSUED, "person-1")]


def test_the_same_again_and_a_generation_that_only_remembers_tell_nobody() -> None:
    event = enveloped(fact(CertificateIssued), SERIES, 9)
    assert len(reacted(event, event).messages) == 1
    assert notified(reacted(event, batch=ReactionBatch(NOW, silent=True))) == []


def test_the_end_of_an_issue_is_nobodys_business() -> None:
    ended = CertificateIssueEnded(programme="p", run="run-1", fiscal_year=2563, seats=9, issued=1, held=0, lacking=())
    assert notified(reacted(enveloped(ended, "certificates:run-1", 1))) == []


def test_the_link_opens_this_certificate_and_names_no_code() -> None:
    ring, run, certificate = parse_key_ring(new_key_ring("k1")), new_id(), new_id()
    address = Links("https://gateway", ring).certificate(run, certificate)
    beginning = f"https://gateway{certificate_links.PATH}/"
    assert address.startswith(beginning)
    assert CertificateLinks(ring).read(address.removeprefix(beginning)) == CertificateLink(run, certificate)
