"""What the audit makes of the events of a register, and of a certificate beside its event."""

from typing import Any

import pytest

from pattana.audit.certificates import Numbers, faults
from shared.events.certificates import CertificateFact, CertificateIssued, CertificateRevoked
from shared.events.examples import EXAMPLES

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
