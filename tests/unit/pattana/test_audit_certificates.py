"""What the audit makes of the events of a register, and of a certificate beside its event."""

from typing import Any

import pytest

from pattana.audit.asked import messages_for
from pattana.audit.certificates import Numbers, faults
from pattana.audit.certified import Certified
from services.notification.domain import Kind, message_id
from shared.events.certificates import CertificateFact, CertificateIssued, CertificateRevoked
from shared.events.examples import EXAMPLES
from shared.events.seats import Place

CHIANG_MAI = Place(unit="PO-50", province="50", group="NU1", region="N")
PLACE = "PO-50|50|NU1|N"
ISSUED, REVOKED = EXAMPLES[CertificateIssued.type], EXAMPLES[CertificateRevoked.type]


def issued(serial: int) -> CertificateFact:
    found = ISSUED.model_copy(update={"serial": serial, "certificate": f"c{serial}"})
    assert isinstance(found, CertificateFact)
    return found


def revoked(serial: int) -> CertificateFact:
    found = REVOKED.model_copy(update={"serial": serial, "certificate": f"c{serial}"})
    assert isinstance(found, CertificateFact)
    return found


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ([issued(1), issued(2), revoked(1), issued(3)], []),
        ([issued(1), issued(3)], ["number 2 of X is missing, 3 was given"]),
        ([issued(2)], ["number 1 of X is missing, 2 was given"]),
        ([issued(1), issued(1)], ["number 1 of X was given twice"]),
        ([issued(1), issued(2), issued(1)], ["number 1 of X was given twice"]),
        ([issued(1), revoked(2)], ["number 2 of X was revoked and never given"]),
    ],
)
def test_numbers_follow_one_another(events: list[CertificateFact], says: list[str]) -> None:
    numbers = Numbers("X")
    assert [fault for event in events for fault in numbers.apply(event)] == says


def row(**changes: Any) -> dict[str, Any]:
    return {"register": "PERS:2563", "serial": 1, "state": "VALID"} | changes


@pytest.mark.parametrize(
    ("changes", "gone", "says"),
    [
        ({}, set(), ""),
        ({"state": "REVOKED"}, {"c1"}, ""),
        ({"state": "REVOKED"}, set(), ""),  # it may be so since
        ({}, {"c1"}, "certificate c1 is valid and was revoked"),
        ({"serial": 2}, set(), "certificate c1: serial is 2, its event says 1"),
        ({"person": "p"}, set(), "certificate c1: person is 'p'"),
    ],
)
def test_a_certificate_is_as_its_event_says(changes: dict[str, Any], gone: set[str], says: str) -> None:
    event = issued(1)
    assert isinstance(event, CertificateIssued)
    found = list(faults(event, {"person": event.person, "run": event.run, **row(run=event.run), **changes}, gone))
    assert [fault.startswith(says) for fault in found] == [True] * bool(says)


def test_one_without_a_document_is_told() -> None:
    event = issued(1)
    assert isinstance(event, CertificateIssued)
    assert list(faults(event, None, set())) == ["certificate c1 has a number and no document"]


BUCKET = "r1:PROV:PO-50"


def valid(serial: int, kind: type[CertificateFact] = CertificateIssued, run: str = "r1") -> CertificateFact:
    of = {"run": run, "target": "PROV", "bucket_unit": "PO-50", "place": CHIANG_MAI, "serial": serial}
    found = EXAMPLES[kind.type].model_copy(update=of)
    assert isinstance(found, CertificateFact)
    return found


def certified(reported: int) -> Certified:
    """Three were issued and one revoked; the report has come to that event."""
    made = Certified({"X": reported})
    events = [valid(1), valid(2), valid(3), valid(2, CertificateRevoked)]
    for seq, event in enumerate(events, start=1):
        made.take("X", seq, event)
    return made


def document(count: int) -> dict[str, Any]:
    return {"_id": BUCKET, "run": "r1", "cells": {PLACE: {"certified": count, "attended": 9}}}


@pytest.mark.parametrize(
    ("reported", "count", "says"),
    [
        (4, 2, []),
        (4, 3, ["report of bucket r1:PROV:PO-50: PO-50|50|NU1|N counts 3 certified, not 2"]),
        (3, 7, []),  # it may have come further since
        (0, 1, []),
    ],
)
def test_what_is_reported_of_certificates_is_compared(reported: int, count: int, says: list[str]) -> None:
    made = certified(reported)
    assert [*made.differences(document(count)), *made.left()] == says


def test_what_is_not_reported_at_all_is_found_and_what_is_nobodys_too() -> None:
    assert list(certified(4).left()) == ["report of bucket r1:PROV:PO-50: PO-50|50|NU1|N counts 0 certified, not 2"]
    other = {**document(1), "_id": "r2:PROV:PO-50", "run": "r2"}
    assert list(certified(4).differences(other)) == [
        "report of bucket r2:PROV:PO-50: PO-50|50|NU1|N counts 1 certified, not 0"
    ]


@pytest.mark.parametrize(
    ("kind", "changes", "told"),
    [
        (CertificateIssued, {"replaces": None}, [Kind.CERTIFICATE_ISSUED]),
        (CertificateIssued, {"replaces": "c0"}, [Kind.CERTIFICATE_REISSUED]),
        (CertificateRevoked, {"replaced_by": None}, [Kind.CERTIFICATE_REVOKED]),
        (CertificateRevoked, {"replaced_by": "c9"}, []),
    ],
)
def test_the_messages_that_there_must_be(
    kind: type[CertificateFact], changes: dict[str, Any], told: list[Kind]
) -> None:
    event = valid(1, kind).model_copy(update=changes)
    expected = [message_id(event.certificate, event.person, one) for one in told]
    assert [key for key, _ in messages_for("X", 1, event)] == expected
