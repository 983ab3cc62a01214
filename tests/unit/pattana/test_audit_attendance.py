"""What the audit makes of the attendance of a run: its events against each other, against what is stored, and against
the report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pattana.audit.attendance import AttendanceFold, report_differences, sheet_differences
from pattana.audit.projection import ReportedAttendance
from services.enrolment.attendance.domain.marks import Mark
from services.enrolment.attendance.domain.sheet import Attendee, Change, Outcome, apply, close
from services.enrolment.attendance.domain.sittings import Sitting
from services.enrolment.attendance.storage.documents import attendee_document, sheet_document
from services.reporting.projecting.domain.attendance import Absence, AttendanceChange, absence_id, fold_marks
from services.reporting.storage.documents import attendance_update, field_name
from shared.events.attendance import AttendanceFact, MarksFact, Presence, Via
from shared.events.directory import InPost
from tests.unit.enrolment.attendance.people import MORNING, SHEET, SITTINGS, attendee, mark

NOTHING = ReportedAttendance(0, [], {}, {})
ABSENT = mark(Presence.ABSENT, via=Via.CLOSE)
PLACE = field_name("PO-50.HR", "50", "NU1", "N")


class History:
    """Made by the rules of enrolment."""

    def __init__(self) -> None:
        self.sheet = SHEET
        self.people: dict[str, Attendee] = {
            "a": attendee("a"),
            "b": attendee("b", ex_officio=InPost.HOLDER),
            "c": attendee("c"),
        }
        self.events: list[AttendanceFact] = []

    def record(self, *marks: tuple[str, int, Mark], sittings: Mapping[int, Sitting] = SITTINGS) -> "History":
        changes = [Change(key, n, self.people[key].marks.get(n), one) for key, n, one in marks]
        return self._take(apply(self.sheet, self.people, sittings, changes))

    def close(self, number: int) -> "History":
        sitting = self.sheet.sittings.get(number) or SITTINGS[number]
        return self._take(close(self.sheet, sitting, "officer", sitting.ends_at))

    def _take(self, outcome: Outcome) -> "History":
        self.sheet, self.people = outcome.sheet, {**self.people, **outcome.attendees}
        self.events += outcome.events
        return self

    def folded(self) -> AttendanceFold:
        fold = AttendanceFold()
        for seq, event in enumerate(self.events, start=1):
            fold.apply(seq, event)
        return fold

    def stored(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        rows = [attendee_document(one) for one in self.people.values() if one.marks]
        return {"_id": "r1", **sheet_document(self.sheet)}, rows

    def reported(self, *gone: str) -> ReportedAttendance:
        """These have given back their seats."""
        changes: dict[str, AttendanceChange] = {}
        absences = {absence_id("r1", one): Absence(absence_id("r1", one), "r1", gone=True) for one in gone}
        for event in self.events:
            if isinstance(event, MarksFact):
                fold_marks(changes, absences, event)
        documents = [document(change) for change in changes.values()]
        flags = {key.removeprefix("r1:"): one.gone for key, one in absences.items()}
        return ReportedAttendance(
            len(self.events), documents, flags, {key: "WITHDRAWN" if flags[key] else "CONFIRMED" for key in flags}
        )


def document(change: AttendanceChange) -> dict[str, Any]:
    cells: dict[str, dict[str, int]] = {}
    for path, count in attendance_update(change)["$inc"].items():
        _, place, name = path.split(".", 2)
        cells.setdefault(place, {})[name] = count
    return {"_id": change.bucket, "cells": cells}


@pytest.fixture
def history() -> History:
    first = History().record(("a", 1, mark()), ("b", 1, mark(Presence.LATE, minute=30, minutes=150)))
    first.close(1).record(("c", 1, ABSENT)).record(("a", 2, mark(minutes=210)))
    return first.record(
        ("c", 1, mark(via=Via.CORRECTION, minutes=60)), ("a", 1, mark(Presence.ABSENT, via=Via.CORRECTION))
    )


def all_differences(history: History) -> list[str]:
    fold, (sheet, people) = history.folded(), history.stored()
    found = [*fold.problems, *sheet_differences(fold, sheet, people, len(history.events))]
    return [*found, *report_differences("r1", fold, history.reported())]


def test_nothing_differs(history: History) -> None:
    assert all_differences(history) == []
    counts = {name: count for (_, _, name), count in history.folded().counts().items()}
    assert counts == {"attended": 3, "heads": 1, "present": 420, "held": 750}


def change_of(history: History, place: int, **changes: Any) -> None:
    event = history.events[place]
    assert isinstance(event, MarksFact)
    marks = (event.marks[0].model_copy(update=changes), *event.marks[1:])
    history.events[place] = event.model_copy(update={"marks": marks})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"before": Presence.LATE}, "does not say of a what was before"),
        ({"times_before": 1}, "does not say of a what was before"),
        ({"times": 2}, "does not count the sessions of a"),
        ({"minutes": 181}, "gives a 181 of 180 minutes"),
        ({"presence": Presence.ABSENT}, "gives a 180 of 180 minutes"),
    ],
)
def test_an_event_that_cannot_follow_is_found(history: History, changes: dict[str, Any], says: str) -> None:
    change_of(history, 0, **changes)
    assert any(says in problem for problem in history.folded().problems)


def test_minutes_of_a_session_never_change(history: History) -> None:
    change_of(history, 2, held=200)
    assert any("session 1 has 200 minutes" in problem for problem in history.folded().problems)


def test_but_while_people_are_only_excused() -> None:
    longer = {1: replace(MORNING, ends_at=MORNING.ends_at + timedelta(hours=1))}
    history = History().record(("a", 1, mark(Presence.EXCUSED)), ("b", 1, mark(Presence.EXCUSED)))
    history.record(("a", 1, mark(minutes=240)), ("c", 1, mark(minutes=240)), sittings=longer)
    assert all_differences(history) == []
    change_of(history, 1, held=180)
    assert any("it had others before" in problem for problem in history.folded().problems)


def stored_differences(history: History, sheet: dict[str, Any], people: Sequence[dict[str, Any]]) -> str:
    return "; ".join(sheet_differences(history.folded(), sheet, people, len(history.events)))


def test_what_is_stored_is_compared_both_ways(history: History) -> None:
    sheet, people = history.stored()
    assert "has events and no document" in stored_differences(history, sheet, people[1:])
    more = [*people, {**people[0], "nomination": "z"}]
    assert "z has a document and no events" in stored_differences(history, sheet, more)
    assert "sums to (1," in stored_differences(history, sheet, [{**people[0], "minutes": 1}, *people[1:]])
    assert "is of nobody" in stored_differences(history, sheet, [{**people[0], "person": "nobody"}, *people[1:]])
    wrong = {**people[0], "marks": {}}
    assert "its events say" in stored_differences(history, sheet, [wrong, *people[1:]])


def test_the_sheet_is_compared(history: History) -> None:
    sheet, people = history.stored()
    assert "stands at event 1" in stored_differences(history, {**sheet, "seq": 1}, people)
    open_again = [{**sitting, "closed_at": None} for sitting in sheet["sittings"]]
    assert "its events say [1]" in stored_differences(history, {**sheet, "sittings": open_again}, people)
    counted = [{**sitting, "counts": {"LATE": 9}} for sitting in sheet["sittings"]]
    assert "session 1 counts" in stored_differences(history, {**sheet, "sittings": counted}, people)


def test_the_report_is_compared_both_ways(history: History) -> None:
    fold, report = history.folded(), history.reported()
    assert any("counts 0 attended, not 3" in said for said in report_differences("r1", fold, NOTHING))
    report.documents[0]["cells"][PLACE]["missed"] = 2
    assert any("counts 2 missed, not 0" in said for said in report_differences("r1", fold, report))


def test_whoever_has_given_back_the_seat_is_not_missed(history: History) -> None:
    history.people["d"] = attendee("d")
    history.record(("d", 1, ABSENT))
    fold, there, gone = history.folded(), history.reported(), history.reported("d")
    assert list(report_differences("r1", fold, there)) == list(report_differences("r1", fold, gone)) == []
    assert there.documents[0]["cells"][PLACE]["missed"] == 1
    said = list(report_differences("r1", fold, gone._replace(documents=there.documents)))
    assert any("counts 1 missed, not 0" in one for one in said)
    wrong = gone._replace(states={"d": "CONFIRMED"})
    assert any("d is gone and CONFIRMED" in one for one in report_differences("r1", fold, wrong))


def test_certificates_are_no_attendance(history: History) -> None:
    report = history.reported()
    report.documents[0]["cells"][PLACE]["certified"] = 2
    assert list(report_differences("r1", history.folded(), report)) == []
