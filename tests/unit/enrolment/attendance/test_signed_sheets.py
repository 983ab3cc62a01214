"""Rows of sheets that people have signed: who, whether, when; and what is wrong with each."""

from datetime import timedelta

import pytest

from services.enrolment.attendance.domain.sheet_refusals import (
    CheckInColumnsMissing,
    PresenceUnknown,
    TimeUnreadable,
)
from services.enrolment.attendance.domain.signed_sheets import (
    SignedReader,
    SignedRow,
    find_check_in_columns,
    minute_of,
    presence_of,
)
from shared.events.attendance import Presence
from shared.sheets.table import Row
from tests.unit.enrolment.attendance.people import MORNING, NINE


def read(header: str, *lines: str) -> tuple[list[SignedRow], list[tuple[int, str | None, str]]]:
    columns = find_check_in_columns(tuple(header.split(",")))
    rows = []
    for number, line in enumerate(lines, start=2):
        cells = line.split(",")
        rows.append(Row(number, len(cells), tuple(cells[place] for place in columns.kept)))
    good, bad = SignedReader(columns).read(rows)
    return good, [(one.line, one.column, one.error.code) for one in bad]


def test_who_it_is_and_when_that_one_came() -> None:
    good, bad = read("ลำดับ,รหัสบุคลากร,เวลา,สถานะ", "1,A-1,08:55 น.,", "2,A-2,,ลา", "3,A-3,๙.๓๐,มา")
    assert bad == []
    assert [(one.external_id, one.presence, one.minute) for one in good] == [
        ("A-1", Presence.PRESENT, 535),
        ("A-2", Presence.EXCUSED, None),
        ("A-3", Presence.PRESENT, 570),
    ]
    assert good[0].came_at(MORNING) == NINE - timedelta(minutes=5)
    assert good[1].came_at(MORNING) == MORNING.starts_at


def test_the_first_id_counts_and_a_second_row_is_a_problem() -> None:
    good, bad = read("person,nomination,note", "p1,n1,", "p1,,", "p9,n1,", ",,x")
    assert [(one.nomination, one.person) for one in good] == [("n1", None), (None, "p1")]
    assert bad == [(4, None, "duplicate-in-file"), (5, "nomination", "identity-missing")]


def test_every_bad_cell_is_named() -> None:
    _, bad = read("pass,time,presence", "x,25:00,", "y,,อาจจะ", "1.2e10,,")
    assert bad == [
        (2, "time", "time-unreadable"),
        (3, "presence", "presence-unknown"),
        (4, "pass", "identity-damaged"),
    ]


def test_a_hyphen_is_not_taken_for_an_empty_cell() -> None:
    good, bad = read("person,time,presence", "p1,,", "p2,-,", "p3,,-", "-,,")
    assert [one.person for one in good] == ["p1"]
    assert bad == [
        (3, "time", "time-unreadable"),
        (4, "presence", "presence-unknown"),
        (5, "person", "identity-missing"),
    ]


def test_nobody_is_known_by_a_word_for_no_id() -> None:
    good, bad = read("person,externalId", "p1,ไม่มี", ",ไม่มี")
    assert [(one.person, one.external_id) for one in good] == [("p1", None)]
    assert bad == [(3, "person", "identity-missing")]


def test_a_header_must_say_who() -> None:
    with pytest.raises(CheckInColumnsMissing):
        find_check_in_columns(("ลำดับ", "เวลา"))


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        *[("0:00", 0), ("08:55", 535), ("8.55 น.", 535), ("23:59:59", 1439), ("๑๓:๐๕", 785), ("เวลา 8.55 น.", 535)],
        *[("8:55 AM", 535), ("1:05 p.m.", 785), ("12:05 AM", 5), ("12:05 PM", 725), ("13:05 PM", 785)],
    ],
)
def test_times(text: str, minute: int) -> None:
    assert minute_of(text) == minute


@pytest.mark.parametrize("text", ["24:00", "8:5", "เช้า", "8", "8.3", "08:60", "2026-01-01", "13:00 AM"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(TimeUnreadable):
        minute_of(text)


@pytest.mark.parametrize(
    ("text", "presence"),
    [
        *[("มา", Presence.PRESENT), ("late", Presence.PRESENT), ("✓", Presence.PRESENT)],
        *[("ลาป่วย", Presence.EXCUSED), ("ลาพักผ่อน", Presence.EXCUSED)],
    ],
)
def test_words(text: str, presence: Presence) -> None:
    assert presence_of(text) is presence


@pytest.mark.parametrize("text", ["ขาด", "ABSENT", "?", "-", "x", "/"])
def test_what_says_nothing(text: str) -> None:
    """Whoever is missing is recorded when the session is closed."""
    with pytest.raises(PresenceUnknown):
        presence_of(text)
