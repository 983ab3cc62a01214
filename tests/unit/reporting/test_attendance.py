"""What attendance adds up to in reports: by difference, against a count of what everybody has in the end."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.attendance.domain.marks import Mark
from services.enrolment.attendance.domain.sheet import Change, apply
from services.reporting.answering import Visibility
from services.reporting.answering.domain.sums import By, broken_down, total
from services.reporting.projecting.domain.attendance import Absence, AttendanceChange, fold_gone, fold_marks
from services.reporting.projecting.domain.buckets import Bucket
from services.reporting.projecting.domain.nominations import Place
from services.reporting.projecting.domain.rollups import Cell, Rollup
from services.reporting.storage.documents import add_attendance, attendance_update
from shared.events.attendance import AttendanceRecorded, MarksFact, PersonMark, Presence, Via
from shared.events.directory import InPost
from shared.events.seats import (
    NominationFact,
    NominationState,
    NominationTransferred,
    NominationWithdrawn,
    SeatConfirmed,
    bucket_id,
)
from shared.rights import Scope
from tests.unit.enrolment.attendance.people import SHEET, SITTINGS, attendee, mark
from tests.unit.notification.builders import seat_fields
from tests.unit.reporting.histories import CHIANG_MAI, RUN_STARTS, YALA

ABSENT = mark(Presence.ABSENT, via=Via.CLOSE)
PEOPLE = {
    "a": attendee("a", ex_officio=InPost.HOLDER),
    "b": attendee("b", ex_officio=InPost.ACTING),
    "c": attendee("c", place=YALA, bucket_unit="PO-95"),
}
MARKS = st.sampled_from(
    [mark(), mark(Presence.LATE, minutes=60), mark(Presence.EXCUSED), ABSENT, mark(via=Via.CORRECTION, minutes=30)]
)
COMMANDS = st.lists(st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from([1, 2])), MARKS), max_size=6)


def summed(commands: list[dict[tuple[str, int], Mark]]) -> tuple[Counter[str], dict[tuple[str, int], Mark]]:
    """What is added in the end, whatever the order of the batches; and what everybody has."""
    sheet, people = SHEET, dict(PEOPLE)
    model: dict[tuple[str, int], Mark] = {}
    added: Counter[str] = Counter()
    absences: dict[str, Absence] = {}
    for command in commands:
        changes = [Change(*key, model.get(key), one) for key, one in command.items() if model.get(key) != one]
        outcome = apply(sheet, people, SITTINGS, changes)
        sheet, people, model = outcome.sheet, {**people, **outcome.attendees}, model | command
        batch: dict[str, AttendanceChange] = {}
        for event in outcome.events:
            if isinstance(event, MarksFact):
                fold_marks(batch, absences, event)
        for change in batch.values():
            for (_, name), by in change.added.items():
                added[name] += by
    return added, model


@given(COMMANDS)
def test_differences_come_to_what_there_is(commands: list[dict[tuple[str, int], Mark]]) -> None:
    added, model = summed(commands)
    present = {key for (key, _), one in model.items() if one.present}
    missing = {key for (key, _), one in model.items() if one.presence is Presence.ABSENT} - present
    expected = {
        "attended": len(present),
        "missed": len(missing),
        "heads": int("a" in present),
        "actors": int("b" in present),
        "present": sum(one.minutes for one in model.values()),
        "held": sum(SITTINGS[session].minutes for _, session in model),
    }
    assert {name: added[name] for name in expected} == expected


def rollup() -> Rollup:
    """Two provinces with a seat each, both taken; somebody of one of them was there half of the time."""
    places = [Place.of(place) for place in (CHIANG_MAI, YALA)]
    made = Rollup("r1", "p1", 2563, RUN_STARTS, RUN_STARTS)
    for place in places:
        unit = f"PO-{place.province}"
        made.buckets["PROV", unit] = Bucket("PROV", unit, place._replace(unit=unit), 1, 1, True, {})
        made.cells[Cell("PROV", unit, place)] = {"c1": 1}
    changes: dict[str, AttendanceChange] = {}
    people = {"a": attendee("a"), "c": attendee("c", place=YALA, bucket_unit="PO-95")}
    marks = [Change("a", 1, None, mark(Presence.LATE, minutes=90)), Change("c", 1, None, ABSENT)]
    for event in apply(SHEET, people, SITTINGS, marks).events:
        assert isinstance(event, MarksFact)
        fold_marks(changes, {}, event)
    add_attendance({"r1": made}, [stored(change) for change in changes.values()])
    return made


def stored(change: AttendanceChange) -> dict[str, object]:
    update, cells = attendance_update(change), dict[str, dict[str, int]]()
    for path, count in update["$inc"].items():
        _, place, name = path.split(".", 2)
        cells.setdefault(place, {})[name] = count
    return {"_id": bucket_id(change.run, change.target, change.bucket_unit), **update["$set"], "cells": cells}


def test_sums_have_attendance_beside_the_seats() -> None:
    whole = total([rollup()])
    assert (whole.confirmed, whole.nominations(), whole.attended, whole.no_show) == (2, 2, 1, 1)
    assert whole.minutes == (90, 360)
    assert (whole.covered, whole.attended_from) == ({"50", "95"}, {"50"})
    by_region = broken_down([rollup()], By.REGION)
    assert {key: part.attended for key, part in by_region.items()} == {"N": 1, "SB": 0}


def test_attendance_of_a_bucket_that_is_not_there_tells_nothing() -> None:
    made = Rollup("r1", "p1", 2563, RUN_STARTS, RUN_STARTS)
    document = {"run": "r1", "target": "PROV", "bucket_unit": "PO-50", "cells": {}}
    add_attendance({"r1": made}, [document, {**document, "run": "r2"}])
    assert made.cells == {}


def test_a_part_of_a_run_has_its_own_attendance_only() -> None:
    part = Visibility(Scope(unit="PO-95", names=True)).part_of(rollup())
    assert part is not None
    whole = total([part])
    assert (whole.attended, whole.no_show, whole.minutes) == (0, 1, (0, 180))


LEAVING = {
    "withdrawn": NominationWithdrawn(**seat_fields(), before=NominationState.CONFIRMED),
    "moved": NominationTransferred(**seat_fields(), before=NominationState.CONFIRMED, to_run="run-2"),
}
BACK = SeatConfirmed(**seat_fields(transfers=2), before=None, by="RUN_CHANGED")
UNSEATED = NominationWithdrawn(**seat_fields(), before=NominationState.WAITLISTED)


def marked(presence: Presence, times: int, missed: int, before: tuple[int, int] = (0, 0)) -> AttendanceRecorded:
    fields = {key: value for key, value in seat_fields().items() if key in PersonMark.model_fields}
    times_before, missed_before = before
    one = PersonMark(
        **fields,
        presence=presence,
        minutes=0,
        held=180,
        times=times,
        times_before=times_before,
        missed=missed,
        missed_before=missed_before,
    )
    return AttendanceRecorded(programme="p", run="run-1", fiscal_year=2563, session=1, via=Via.CLOSE, marks=(one,))


MISSED = marked(Presence.ABSENT, 0, 1)
PUT_RIGHT = marked(Presence.PRESENT, 1, 0, before=(0, 1))
AGAIN = marked(Presence.ABSENT, 0, 2, before=(0, 1))


@pytest.mark.parametrize(
    ("events", "no_shows"),
    [
        ([MISSED], 1),
        ([MISSED, AGAIN], 1),
        ([MISSED, LEAVING["withdrawn"]], 0),
        ([LEAVING["withdrawn"], MISSED], 0),
        ([MISSED, LEAVING["moved"]], 0),
        ([MISSED, LEAVING["withdrawn"], PUT_RIGHT], 0),
        ([MISSED, LEAVING["withdrawn"], BACK], 1),
        ([MISSED, LEAVING["withdrawn"], LEAVING["withdrawn"]], 0),
        ([MISSED, UNSEATED], 1),
        ([PUT_RIGHT, LEAVING["withdrawn"]], 0),
        ([MISSED, PUT_RIGHT], 0),
        ([LEAVING["withdrawn"]], 0),
    ],
)
def test_whoever_gives_back_the_seat_was_not_missed(events: list[NominationFact | MarksFact], no_shows: int) -> None:
    """In whatever order the two topics come, and in batches of whatever size."""
    sums = []
    for size in (1, len(events)):
        absences: dict[str, Absence] = {}
        total_of: Counter[str] = Counter()
        for start in range(0, len(events), size):
            changes: dict[str, AttendanceChange] = {}
            for event in events[start : start + size]:
                if isinstance(event, MarksFact):
                    fold_marks(changes, absences, event)
                else:
                    fold_gone(changes, absences, event)
            for change in changes.values():
                total_of.update({name: by for (_, name), by in change.added.items()})
        sums.append(total_of["missed"])
    assert sums == [no_shows, no_shows]
