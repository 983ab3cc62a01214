"""What a change of many marks comes to: counts, people and events, against a simple count of the marks."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.attendance.domain.corrections import corrected
from services.enrolment.attendance.domain.marks import Mark
from services.enrolment.attendance.domain.refusals import (
    MinutesAboveSession,
    MinutesWithoutPresence,
    SessionAhead,
    SessionNotOver,
)
from services.enrolment.attendance.domain.shares import Share
from services.enrolment.attendance.domain.sheet import MOST_MARKS, Change, apply, close, went_on
from shared.events.attendance import AttendanceCorrected, AttendanceRecorded, MarksFact, Presence, SessionClosed, Via
from tests.unit.enrolment.attendance.people import MORNING, NINE, SHEET, SITTINGS, attendee, mark

ABSENT = mark(Presence.ABSENT, via=Via.CLOSE)


def test_a_mark_is_counted_and_told() -> None:
    outcome = apply(SHEET, {"a": attendee("a")}, SITTINGS, [Change("a", 1, None, mark())])
    [event] = outcome.events
    assert isinstance(event, AttendanceRecorded)
    [told] = event.marks
    assert (event.run, event.session, event.via, event.aggregate) == ("r1", 1, Via.LIST, "attendance:r1")
    assert (told.person, told.presence, told.minutes, told.held) == ("person-a", Presence.PRESENT, 180, 180)
    assert (told.before, told.times, told.missed) == (None, 1, 0)
    assert outcome.sheet.seq == 1
    assert outcome.sheet.sittings[1].counts == {"PRESENT": 1}
    assert (outcome.sheet.held, outcome.attendees["a"].minutes) == (180, 180)


def test_a_correction_is_an_event_of_its_own_and_says_what_was_before() -> None:
    known = apply(SHEET, {"a": attendee("a")}, SITTINGS, [Change("a", 1, None, ABSENT)])
    better = mark(Presence.LATE, via=Via.CORRECTION, minutes=90)
    outcome = apply(known.sheet, known.attendees, SITTINGS, [Change("a", 1, ABSENT, better, "ใบลงชื่อ")])
    [event] = outcome.events
    assert isinstance(event, AttendanceCorrected)
    assert (event.marks[0].before, event.marks[0].before_minutes, event.marks[0].minutes) == (Presence.ABSENT, 0, 90)
    assert (event.marks[0].times, event.marks[0].missed) == (1, 0)
    assert outcome.sheet.sittings[1].counts == {"ABSENT": 0, "LATE": 1}
    assert "ใบลงชื่อ" not in event.model_dump_json()


def test_events_have_so_many_marks_and_no_more() -> None:
    people = {f"n{number:03}": attendee(f"n{number:03}") for number in range(2 * MOST_MARKS + 1)}
    outcome = apply(SHEET, people, SITTINGS, [Change(key, 1, None, mark()) for key in people])
    assert [len(event.marks) for event in outcome.events if isinstance(event, MarksFact)] == [100, 100, 1]
    assert outcome.sheet.seq == 3


def test_both_sessions_at_once_are_told_one_after_the_other() -> None:
    """A reader who follows the events must not see a person attend twice."""
    changes = [Change("a", 2, None, mark()), Change("a", 1, None, mark())]
    outcome = apply(SHEET, {"a": attendee("a")}, SITTINGS, changes)
    told = [(e.session, e.marks[0].times) for e in outcome.events if isinstance(e, MarksFact)]
    assert told == [(1, 1), (2, 2)]


MARKS = st.sampled_from(
    [mark(), mark(Presence.LATE, minutes=60), mark(Presence.EXCUSED), ABSENT, mark(via=Via.CORRECTION, minutes=30)]
)


@given(st.lists(st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from([1, 2])), MARKS), max_size=6))
def test_sheet_people_and_events_agree_with_the_marks(commands: list[dict[tuple[str, int], Mark]]) -> None:
    sheet, people = SHEET, {key: attendee(key) for key in "abc"}
    model: dict[tuple[str, int], Mark] = {}
    attended: Counter[str] = Counter()
    minutes = 0
    for command in commands:
        changes = [
            Change(key, session, model.get((key, session)), one)
            for (key, session), one in command.items()
            if model.get((key, session)) != one
        ]
        outcome = apply(sheet, people, SITTINGS, changes)
        model |= command
        assert outcome.sheet.seq == sheet.seq + len(outcome.events)
        sheet, people = outcome.sheet, {**people, **outcome.attendees}
        for event in outcome.events:
            for told in event.marks if isinstance(event, MarksFact) else ():
                minutes += told.minutes - told.before_minutes
                attended[told.nomination] = told.times
    assert {(key, number): one for key, who in people.items() for number, one in who.marks.items()} == model
    for number, sitting in sheet.sittings.items():
        expected = Counter(one.presence.value for (_, session), one in model.items() if session == number)
        assert {name: count for name, count in sitting.counts.items() if count} == expected
    assert minutes == sum(one.minutes for one in model.values())
    assert {key: who.times for key, who in people.items() if who.times} == {k: n for k, n in attended.items() if n}


def test_a_session_is_closed_once_and_when_it_is_over() -> None:
    with pytest.raises(SessionNotOver):
        close(SHEET, MORNING, "officer", MORNING.ends_at - timedelta(seconds=1))
    closed = close(SHEET, MORNING, "officer", MORNING.ends_at)
    assert [type(event) for event in closed.events] == [SessionClosed]
    assert closed.sheet.closing
    again = close(closed.sheet, closed.sheet.sittings[1], "other", MORNING.ends_at + timedelta(days=1))
    assert (again.events, again.sheet) == ((), closed.sheet)
    assert went_on(closed.sheet, 1, "n5").sittings[1].after == "n5"
    assert not went_on(closed.sheet, 1, None).closing


def test_a_kept_session_keeps_its_time() -> None:
    first = apply(SHEET, {"a": attendee("a")}, SITTINGS, [Change("a", 1, None, mark())])
    moved = {1: replace(MORNING, ends_at=NINE + timedelta(hours=9))}
    outcome = apply(first.sheet, {"b": attendee("b")}, moved, [Change("b", 1, None, mark())])
    assert outcome.sheet.sittings[1].minutes == 180


def test_whoever_is_excused_ahead_leaves_the_time_to_the_plan() -> None:
    first = apply(SHEET, {"a": attendee("a")}, SITTINGS, [Change("a", 1, None, mark(Presence.EXCUSED))])
    assert (first.sheet.held, first.sheet.sittings[1].counts) == (0, {"EXCUSED": 1})
    moved = {1: replace(MORNING, starts_at=NINE + timedelta(days=2), ends_at=NINE + timedelta(days=2, hours=4))}
    second = apply(first.sheet, {"b": attendee("b")}, moved, [Change("b", 1, None, mark(minutes=240))])
    sitting = second.sheet.sittings[1]
    assert (sitting.starts_at, sitting.minutes, second.sheet.held) == (moved[1].starts_at, 240, 240)
    assert sitting.counts == {"EXCUSED": 1, "PRESENT": 1}
    # Once somebody was there it stays, also when that turns out to be wrong.
    wrong = mark(Presence.EXCUSED, via=Via.CORRECTION)
    third = apply(second.sheet, second.attendees, SITTINGS, [Change("b", 1, mark(minutes=240), wrong)])
    assert third.sheet.sittings[1].minutes == third.sheet.held == 240


def test_corrections() -> None:
    with pytest.raises(SessionAhead):
        corrected(MORNING, Presence.ABSENT, None, "officer", NINE - timedelta(seconds=1))
    with pytest.raises(MinutesAboveSession):
        corrected(MORNING, Presence.LATE, 181, "officer", NINE)
    for presence in (Presence.ABSENT, Presence.EXCUSED):
        with pytest.raises(MinutesWithoutPresence):
            corrected(MORNING, presence, 1, "officer", NINE)
        assert corrected(MORNING, presence, None, "officer", NINE).minutes == 0
    assert corrected(MORNING, Presence.PRESENT, None, "officer", NINE).minutes == 180
    assert corrected(MORNING, Presence.PRESENT, 60, "officer", NINE).minutes == 60


@pytest.mark.parametrize(
    ("present", "held", "percentage", "reached"),
    [(80, 100, 80, True), (79, 100, 80, False), (0, 0, 0, False), (0, 100, 0, True), (312, 390, 80, True)],
)
def test_shares(present: int, held: int, percentage: int, reached: bool) -> None:
    assert Share(present, held).reaches(percentage) is reached
    assert not Share(present, held).attended
    assert Share(present, held, 1).attended
