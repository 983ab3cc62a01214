"""What the audit makes of records of devices and of marks of people: what is right is silent, each defect is told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from pattana.audit.scans import First, scan_differences, source_differences, sources_of, take
from services.enrolment.attendance.storage.documents import attendee_document
from shared.events.attendance import Via
from tests.unit.enrolment.attendance.people import NINE, attendee, mark

SCANNED = mark(minute=5, via=Via.DEVICE, source="d1:n1", device="d1")
ROW: Mapping[str, Any] = {
    "_id": "d1:n1",
    "run": "r1",
    "nomination": "a",
    "session": 1,
    "at": NINE + timedelta(minutes=5),
    "outcome": "COUNTED",
}


def people(**changes: Any) -> list[dict[str, Any]]:
    return [attendee_document(attendee("a", marks={1: SCANNED} | changes.get("marks", {})))]


def firsts(*rows: Mapping[str, Any]) -> First:
    first = First()
    take(first, rows)
    return first


def test_what_is_right_is_silent() -> None:
    later = {**ROW, "_id": "d2:n9", "at": NINE + timedelta(minutes=9), "outcome": "KEPT"}
    refused = {**ROW, "_id": "d2:n0", "at": NINE, "outcome": "REFUSED"}
    assert list(scan_differences(firsts(later, ROW, refused), people())) == []
    assert sources_of(people()) == {"d1:n1": ("a", 1)}
    assert list(source_differences("r1", sources_of(people()), [ROW])) == []


def test_a_correction_has_the_last_word() -> None:
    corrected = people(marks={1: mark(minute=60, via=Via.CORRECTION)})
    assert list(scan_differences(firsts(ROW), corrected)) == []


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"at": NINE + timedelta(minutes=4)}, "a has in session 1 what is later than d1:n1"),
        ({"_id": "d0:n1"}, "a has in session 1 what is later than d0:n1"),
        ({"session": 2}, "a has nothing in session 2, and d1:n1 has recorded it"),
        ({"nomination": "b"}, "b has nothing in session 1, and d1:n1 has recorded it"),
    ],
)
def test_what_is_later_than_it_was_recorded(row: dict[str, Any], says: str) -> None:
    assert list(scan_differences(firsts({**ROW, **row}), people())) == [says]


@pytest.mark.parametrize("change", [{"run": "r2"}, {"nomination": "b"}, {"session": 2}, {"_id": "d1:n2"}])
def test_a_mark_without_its_record(change: dict[str, Any]) -> None:
    told = list(source_differences("r1", sources_of(people()), [{**ROW, **change}]))
    assert told == ["a has in session 1 what no device has uploaded: d1:n1"]
