"""Certificates in reports: valid ones by place, whatever the order of registers; and what the last issue came to."""

from collections import Counter
from itertools import permutations
from typing import Any

import pytest

from services.reporting.answering.domain.reports import pending_forms
from services.reporting.projecting import Issue
from services.reporting.projecting.domain.rollups import is_of_all
from services.reporting.projecting.handlers import HANDLERS, ProjectionBatch
from shared.events.certificates import (
    CertificateFact,
    CertificateIssued,
    CertificateIssueEnded,
    CertificateRevoked,
    Lack,
)
from shared.events.envelope import Event
from tests.unit.reporting.histories import CHIANG_MAI, RUN_STARTS, YALA, envelope

PLACES = {"a": CHIANG_MAI, "b": CHIANG_MAI, "c": YALA}


def fact(kind: type[CertificateFact], person: str, **more: Any) -> CertificateFact:
    place = PLACES[person]
    return kind(
        series="PERS:2563",
        organiser="PERS",
        fiscal_year=2563,
        serial=1,
        certificate=f"c-{person}",
        programme="p1",
        run="r1",
        nomination=f"n-{person}",
        person=person,
        target="PROV",
        bucket_unit=f"PO-{place.province}",
        place=place,
        **more,
    )


ISSUED = [fact(CertificateIssued, person) for person in PLACES]
REVOKED = fact(CertificateRevoked, "a")
REPLACED = fact(CertificateRevoked, "b", replaced_by="c-b2")
IN_ITS_PLACE = fact(CertificateIssued, "b", replaces="c-b")
AFTER_REVOKED = fact(CertificateIssued, "a", replaces="c-a")


def folded(events: list[Event]) -> ProjectionBatch:
    batch = ProjectionBatch()
    for seq, event in enumerate(events, start=1):
        HANDLERS[type(event)](batch, envelope(event, event.aggregate, seq), event)
    return batch


def counted(events: list[Event]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for change in folded(events).attendance.values():
        assert change.run == "r1"
        for (place, name), by in change.added.items():
            assert name == "certified"
            counts[str(place.province)] += by
    return dict(counts)


@pytest.mark.parametrize(
    ("events", "counts"),
    [
        (ISSUED, {"50": 2, "95": 1}),
        ([*ISSUED, REVOKED], {"50": 1, "95": 1}),
        ([*ISSUED, REPLACED, IN_ITS_PLACE], {"50": 2, "95": 1}),
        ([*ISSUED, REVOKED, AFTER_REVOKED], {"50": 2, "95": 1}),
    ],
)
def test_valid_ones_count_where_their_people_were_nominated(events: list[Event], counts: dict[str, int]) -> None:
    assert counted(events) == counts


def test_registers_have_no_order() -> None:
    """Of one that takes the place of another the two events are of two registers, where a year has ended between."""
    first = [ISSUED[1], REPLACED]
    assert {tuple(counted(list(order)).items()) for order in permutations([*first, IN_ITS_PLACE])} == {(("50", 1),)}


def test_certificates_are_not_nominations() -> None:
    assert not is_of_all("certified")


def ended(**lacking: int) -> CertificateIssueEnded:
    lacks = tuple(Lack(what=what, people=people) for what, people in lacking.items())
    return CertificateIssueEnded(programme="p1", run="r1", fiscal_year=2563, seats=9, issued=0, held=0, lacking=lacks)


def test_the_last_issue_says_who_lacks_what() -> None:
    batch = folded([ended(REACTION=7, ATTENDANCE=3), ended(REACTION=2, POST=1, ATTENDANCE=3, ERASED=1)])
    (issue,) = batch.issues.values()
    assert (issue.id, issue.run, issue.seats) == ("certificates:r1", "r1", 9)
    assert issue.lacking == (("REACTION", 2), ("POST", 1), ("ATTENDANCE", 3), ("ERASED", 1))
    assert pending_forms(issue) == 3


def test_before_an_issue_nothing_is_pending_and_after_it_perhaps_nobody() -> None:
    assert pending_forms(None) is None
    assert pending_forms(Issue("certificates:r1", "r1", 9, (("ATTENDANCE", 3),), RUN_STARTS)) == 0
