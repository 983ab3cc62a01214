"""Sequences of outboxes and logs: kept as ranges, and missing ones are named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pattana.audit.aggregates import document_differences
from pattana.audit.history import KIND_OF, Histories, Kind, gaps, lost_by_log, take_row
from pattana.audit.spans import Spans
from pattana.audit.verdict import EXAMPLES, Promise, Verdict
from shared.events.catalogue import ProgrammeCreated, ProgrammePublished
from shared.events.registry import EVENTS


def row(seq: int, aggregate: str = "r1:HR:PO-50", **changes: Any) -> dict[str, Any]:
    return {
        "_id": f"{aggregate}:{seq}",
        "aggregate": aggregate,
        "seq": seq,
        "type": "enrolment.seat-confirmed.v1",
        "published_at": "now",
        "partition": 1,
        "offset": seq,
    } | changes


def taken(*rows: dict[str, Any]) -> tuple[Histories, list[str]]:
    histories: Histories = {}
    return histories, [fault for taken_row in rows for fault in take_row(histories, taken_row)]


@given(st.lists(st.integers(1, 60)))
def test_spans_are_a_set(numbers: list[int]) -> None:
    spans, known = Spans(), set[int]()
    for number in numbers:
        assert spans.add(number) is (number not in known)
        known.add(number)
    assert [number for number in range(62) if number in spans] == sorted(known)
    assert (len(spans), spans.last) == (len(known), max(known, default=0))
    assert list(spans.missing()) == sorted(set(range(1, max(known, default=0))) - known)


@given(st.sets(st.integers(1, 30)), st.sets(st.integers(1, 30)))
def test_the_difference_of_two_sets(first: set[int], second: set[int]) -> None:
    here, there = Spans(), Spans()
    for number in first:
        here.add(number)
    for number in second:
        there.add(number)
    assert list(here.without(there)) == sorted(first - second)


def test_every_event_belongs_to_a_kind_of_aggregate() -> None:
    assert KIND_OF.keys() == EVENTS.keys()


def test_complete_rows_have_no_fault() -> None:
    histories, faults = taken(row(1), row(2), row(3, pending=True, published_at=None, partition=None, offset=None))
    assert faults == []
    assert list(gaps(histories)) == []
    assert list(lost_by_log(histories)) != []
    for seq in (1, 2):
        histories["r1:HR:PO-50"].in_log.add(seq)
    assert list(lost_by_log(histories)) == []


def test_a_missing_row_is_a_gap() -> None:
    histories, _ = taken(row(1), row(3))
    assert list(gaps(histories)) == ["bucket r1:HR:PO-50: event 2 is missing in the outbox, 3 is there"]


@pytest.mark.parametrize(
    "changes",
    [{"_id": "r1:HR:PO-50:9"}, {"published_at": None}, {"offset": None}, {"type": "enrolment.unheard-of.v1"}],
)
def test_an_impossible_row_is_a_fault(changes: dict[str, Any]) -> None:
    assert len(taken(row(1, **changes))[1]) == 1


def test_the_log_of_contacts_keeps_only_the_last() -> None:
    changed = {"type": "enrolment.contact-changed.v1", "aggregate": "contact:p1"}
    histories, _ = taken(*(row(seq, **changed, _id=f"contact:p1:{seq}") for seq in (1, 2, 3)))
    assert histories["contact:p1"].kind is Kind.CONTACT
    histories["contact:p1"].in_log.add(2)
    assert len(list(lost_by_log(histories))) == 1
    histories["contact:p1"].in_log.add(3)
    assert list(lost_by_log(histories)) == []


def test_documents_are_compared_with_their_events() -> None:
    described = {"programme": "p1", "code": "A-1", "title": "โครงการ", "fiscal_year": 2563, "organiser": None}
    events = [ProgrammeCreated(**described, kind="TRAINING", framework_tags=()), ProgrammePublished(**described)]
    document = {"_id": "p1", "seq": 2, "state": "PUBLISHED", **described}
    assert list(document_differences("programme p1", document, events, 2)) == []
    assert list(document_differences("programme p1", document | {"state": "DRAFT"}, events, 2)) == [
        "programme p1: state is 'DRAFT', its events say 'PUBLISHED'"
    ]
    assert len(list(document_differences("programme p1", document, events[:1], 2))) == 1
    assert len(list(document_differences("programme p1", document, events, 3))) == 1


def test_a_verdict_counts_everything_and_lists_the_first_examples() -> None:
    verdict = Verdict()
    assert verdict.kept
    verdict.p3.count("records", 1200)
    verdict.p3.all_broken(f"example {number}" for number in range(20))
    assert not verdict.kept
    assert verdict.p3.examples == [f"example {number}" for number in range(EXAMPLES)]
    assert verdict.p3.line() == "P3 BROKEN nothing took effect twice (1,200 records; 20 counter-examples)"


def test_a_promise_with_nothing_to_check_says_so() -> None:
    assert Promise("P1", "no bucket").line() == "P1 kept   no bucket (nothing to check)"
