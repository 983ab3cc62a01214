"""Calendar entries as a calendar reads them: it acts on one object of a mail, and finds every session in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from services.notification.composing import Invitation, Mailbox
from services.notification.composing.domain.calendars import LONGEST_SERIES, MOST_SESSIONS, invitation
from services.notification.domain import Facts, Kind, Message, MessageSnapshot, Run
from shared.clock import BANGKOK
from shared.events.catalogue import Session
from tests.unit.notification.builders import OFFICE, START, TITLE, message, run, sitting

SOMCHAI = Mailbox("นายสมชาย ใจดี", "somchai@example.go.th")
UID = "nomination-1-0@moi.example.go.th"
TWO_DAYS = (sitting(0), sitting(1, title="วันที่สอง"))
Span = tuple[datetime, datetime]


@dataclass
class Client:
    """A calendar that does as the specifications of the usual ones say: of an object it acts on one UID alone, a later
    SEQUENCE replaces the whole entry, and what a rule leaves out or replaces is not there."""

    entries: dict[str, list[Any]] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)

    def receive(self, sent: Invitation | None) -> None:
        assert sent is not None
        calendar = Calendar.from_ical(sent.content)
        assert calendar["METHOD"] == sent.method
        events = calendar.walk("VEVENT")
        uid, sequence = str(events[0]["UID"]), int(events[0].decoded("SEQUENCE"))
        assert {str(event["UID"]) for event in events} == {uid}
        assert sequence >= self.sequences.get(uid, 0)
        self.sequences[uid] = sequence
        self.entries[uid] = [] if sent.method == "CANCEL" else events

    def shown(self) -> dict[datetime, tuple[datetime, str]]:
        return {start: (end, title) for events in self.entries.values() for start, end, title in _expanded(events)}

    def spans(self) -> list[Span]:
        return sorted((start, end) for start, (end, _) in self.shown().items())


def _expanded(events: list[Any]) -> Iterable[tuple[datetime, datetime, str]]:
    if not events:
        return
    master, *others = events
    start, end = master.decoded("DTSTART"), master.decoded("DTEND")
    days = [start]
    if "RRULE" in master:
        days = list(rrulestr(master["RRULE"].to_ical().decode(), dtstart=start))
    gone = {one.dt for one in master["EXDATE"].dts} if "EXDATE" in master else set()
    gone |= {event.decoded("RECURRENCE-ID") for event in others}
    assert gone <= set(days)
    for day in days:
        if day not in gone:
            yield day, day + (end - start), str(master["SUMMARY"])
    for event in others:
        yield event.decoded("DTSTART"), event.decoded("DTEND"), str(event["SUMMARY"])


def sent(a_message: Message, a_run: Run, **facts: Any) -> Invitation | None:
    return invitation(a_message, MessageSnapshot(a_run, facts=Facts(**facts)), OFFICE, SOMCHAI)


def events_of(an_invitation: Invitation | None) -> list[Any]:
    assert an_invitation is not None
    return list(Calendar.from_ical(an_invitation.content).walk("VEVENT"))


def in_calendar(a_run: Run) -> Client:
    client = Client()
    client.receive(sent(message(), a_run))
    return client


def of_sessions(*sessions: Session, **changes: Any) -> Run:
    return run(starts_at=sessions[0].starts_at, ends_at=sessions[-1].ends_at, sessions=sessions, **changes)


def spans(*sessions: Session) -> list[Span]:
    return [(session.starts_at, session.ends_at) for session in sessions]


def test_an_invitation_says_when_where_and_who() -> None:
    (event,) = events_of(sent(message(), run()))

    assert event["SUMMARY"] == TITLE
    assert event.decoded("DTSTART") == START
    assert event.decoded("DTEND") == START + timedelta(hours=3)
    assert event["DTSTART"].to_ical() == b"20200831T060000Z"
    assert event["LOCATION"] == "โรงแรมเอสดี อเวนิว เขตบางพลัด กรุงเทพมหานคร"
    assert event["STATUS"] == "CONFIRMED"
    assert (event["ORGANIZER"], event["ORGANIZER"].params["CN"]) == (f"mailto:{OFFICE.address}", OFFICE.name)
    assert (event["ATTENDEE"], event["ATTENDEE"].params["PARTSTAT"]) == (f"mailto:{SOMCHAI.address}", "ACCEPTED")
    assert "RRULE" not in event


def test_days_in_a_row_are_one_entry() -> None:
    client = in_calendar(of_sessions(*TWO_DAYS))

    assert client.spans() == spans(*TWO_DAYS)
    assert [title for _, (_, title) in sorted(client.shown().items())] == [TITLE, f"{TITLE} (วันที่สอง)"]
    assert client.sequences == {UID: 0}


def test_a_series_says_its_zone_in_full() -> None:
    invited = sent(message(), of_sessions(*TWO_DAYS))
    assert invited is not None

    (zone,) = Calendar.from_ical(invited.content).walk("VTIMEZONE")

    assert zone["TZID"] == "Asia/Bangkok"
    assert b"DTSTART;TZID=Asia/Bangkok:20200831T090000" in invited.content
    assert b"TZOFFSETTO:+0700" in invited.content


@pytest.mark.parametrize("gaps", [(0, 7, 14, 21), (0, 2, 3, 9), (0, 400), (0, 1, 2)])
def test_days_apart_with_other_hours(gaps: tuple[int, ...]) -> None:
    sessions = tuple(sitting(day, hour=9 + number % 2) for number, day in enumerate(gaps))

    assert in_calendar(of_sessions(*sessions)).spans() == spans(*sessions)


def test_one_day_is_one_occurrence_that_names_its_sessions() -> None:
    sessions = (sitting(0, title="พิธีเปิด"), sitting(0, hour=13), sitting(1), sitting(1, hour=13))
    first, *_ = events_of(sent(message(), of_sessions(*sessions)))

    assert in_calendar(of_sessions(*sessions)).spans() == [
        (sessions[0].starts_at, sessions[1].ends_at),
        (sessions[2].starts_at, sessions[3].ends_at),
    ]
    assert "วันจันทร์ที่ 31 สิงหาคม 2563 เวลา 09.00–12.00 น. (พิธีเปิด)" in first["DESCRIPTION"]
    assert first["DESCRIPTION"].count("13.00–16.00 น.") == 2


@pytest.mark.parametrize(
    "sessions",
    [(sitting(0, hours=30), sitting(3)), (sitting(0), sitting(1), sitting(LONGEST_SERIES + 1))],
    ids=["over midnight", "a series without end"],
)
def test_what_is_no_series_is_one_event_from_start_to_end(sessions: tuple[Session, ...]) -> None:
    assert in_calendar(of_sessions(*sessions)).spans() == [(sessions[0].starts_at, sessions[-1].ends_at)]


def test_a_change_replaces_everything_and_the_end_comes_last() -> None:
    three = (*TWO_DAYS, sitting(4))
    client = in_calendar(of_sessions(*three))
    before = of_sessions(*three).schedule

    client.receive(sent(message(kind=Kind.RUN_RESCHEDULED), of_sessions(*TWO_DAYS, revision=1), told=before))
    assert client.spans() == spans(*TWO_DAYS)
    client.receive(sent(message(kind=Kind.RUN_RESCHEDULED), run(revision=2)))
    assert client.spans() == [(START, START + timedelta(hours=3))]
    client.receive(sent(message(kind=Kind.RUN_RESCHEDULED), of_sessions(*three, revision=3)))
    assert client.spans() == spans(*three)
    client.receive(sent(message(kind=Kind.WITHDRAWN), of_sessions(*three, revision=3)))

    assert client.spans() == []
    assert client.sequences == {UID: 7}


def test_a_cancellation_has_the_times_that_its_recipient_knows() -> None:
    moved = run(revision=1, starts_at=START + timedelta(days=9), ends_at=START + timedelta(days=9, hours=3))

    (event,) = events_of(sent(message(kind=Kind.RUN_CANCELLED), moved, told=run().schedule))

    assert (event.decoded("DTSTART"), event["STATUS"], event["UID"]) == (START, "CANCELLED", UID)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("seated", [True, False])
def test_which_messages_bring_an_entry(kind: Kind, seated: bool) -> None:
    brought = sent(message(kind=kind, seated=seated), run())

    inviting = {Kind.CONFIRMED, Kind.PROMOTED, Kind.SUBSTITUTED, Kind.RUN_RESCHEDULED, Kind.RUN_CHANGED}
    ending = {Kind.WITHDRAWN, Kind.RUN_CANCELLED, Kind.ENTRY_RECALLED, Kind.SEAT_LEFT}
    expected = "REQUEST" if kind in inviting else "CANCEL" if kind in ending else None
    assert (brought and brought.method) == (expected if seated else None)


def test_a_name_with_signs_of_its_own_does_not_break_the_entry() -> None:
    somebody = Mailbox('นาย "ก"; ข: ค, ง\r\nX-EVIL:1', "a@example.go.th")

    brought = invitation(message(), MessageSnapshot(run()), OFFICE, somebody)

    (event,) = events_of(brought)
    assert "X-EVIL" not in event


def test_no_run_brings_entries_without_end() -> None:
    endless = of_sessions(*(sitting(day, hour=9 + day % 2) for day in range(3 * MOST_SESSIONS)))

    assert len(events_of(sent(message(), endless))) <= MOST_SESSIONS


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """As enrolment has them: sessions in order that do not overlap."""
    at = datetime(2020, 8, 31, draw(st.integers(0, 23)), tzinfo=BANGKOK)
    sessions = []
    for _ in range(draw(st.integers(1, 12))):
        ends = at + timedelta(minutes=30 * draw(st.integers(1, 20)))
        sessions.append(Session(starts_at=at.astimezone(UTC), ends_at=ends, title=draw(st.sampled_from([None, "ก"]))))
        at = ends + timedelta(minutes=30 * draw(st.integers(0, 200)))
    return of_sessions(*sessions)


@given(runs())
def test_every_session_lies_in_an_occurrence_and_none_overlap(a_run: Run) -> None:
    found = in_calendar(a_run).spans()

    assert all(any(start <= one.starts_at and one.ends_at <= end for start, end in found) for one in a_run.sessions)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(found))
    assert found[0][0] == a_run.starts_at
    assert found[-1][1] == a_run.ends_at
    days = [start.astimezone(BANGKOK).date() for start, _ in found]
    assert len(set(days)) == len(days)
