"""Calendar entries as a calendar reads them: which, with which UID, in which order, and what they contain."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from services.notification.composing import Invitation, Mailbox
from services.notification.composing.domain.calendars import MOST_ENTRIES, invitations
from services.notification.domain import Kind, Message, MessageSnapshot, Run
from tests.unit.notification.builders import OFFICE, START, TITLE, message, run, sitting

SOMCHAI = Mailbox("นายสมชาย ใจดี", "somchai@example.go.th")
TWO_DAYS = (sitting(0), sitting(1, title="วันที่สอง"))


def entries(a_message: Message, a_run: Run) -> list[tuple[str, Any]]:
    return [opened(each) for each in invitations(a_message, MessageSnapshot(a_run), OFFICE, SOMCHAI)]


def opened(invitation: Invitation) -> tuple[str, Any]:
    calendar = Calendar.from_ical(invitation.content)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == invitation.method
    return invitation.method, event


def keys(entries: list[tuple[str, Any]]) -> list[tuple[str, str, int]]:
    return [(method, str(event["UID"]), int(event["SEQUENCE"])) for method, event in entries]


def test_an_invitation_says_when_where_and_who() -> None:
    ((method, event),) = entries(message(), run())

    assert method == "REQUEST"
    assert event["SUMMARY"] == TITLE
    assert event.decoded("DTSTART") == START
    assert event.decoded("DTEND") == START + timedelta(hours=3)
    assert event["DTSTART"].to_ical() == b"20200831T060000Z"
    assert event["LOCATION"] == "โรงแรมเอสดี อเวนิว เขตบางพลัด"
    assert event["STATUS"] == "CONFIRMED"
    assert (event["ORGANIZER"], event["ORGANIZER"].params["CN"]) == (f"mailto:{OFFICE.address}", OFFICE.name)
    assert (event["ATTENDEE"], event["ATTENDEE"].params["PARTSTAT"]) == (f"mailto:{SOMCHAI.address}", "ACCEPTED")


def test_one_entry_for_each_session() -> None:
    both = entries(message(), run(sessions=TWO_DAYS, most_sessions=2))

    assert keys(both) == [
        ("REQUEST", "nomination-1-0@moi.example.go.th", 0),
        ("REQUEST", "nomination-1-1@moi.example.go.th", 0),
    ]
    assert [event["SUMMARY"] for _, event in both] == [TITLE, f"{TITLE} (วันที่สอง)"]


def test_a_seat_keeps_its_entry_through_changes_and_the_end_comes_last() -> None:
    invited = entries(message(), run())
    moved = entries(message(kind=Kind.RUN_RESCHEDULED), run(revision=1, starts_at=START + timedelta(days=1)))
    ended = entries(message(kind=Kind.WITHDRAWN), run(revision=1))

    history = keys(invited + moved + ended)

    assert [method for method, _, _ in history] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({uid for _, uid, _ in history}) == 1
    assert [sequence for _, _, sequence in history] == [0, 2, 3]
    assert ended[0][1]["STATUS"] == "CANCELLED"


def test_a_session_that_is_no_more_is_taken_back_and_may_return() -> None:
    shorter = keys(entries(message(kind=Kind.RUN_RESCHEDULED), run(revision=1, sessions=(), most_sessions=2)))
    longer = keys(entries(message(kind=Kind.RUN_RESCHEDULED), run(revision=2, sessions=TWO_DAYS, most_sessions=2)))

    assert shorter == [
        ("REQUEST", "nomination-1-0@moi.example.go.th", 2),
        ("CANCEL", "nomination-1-1@moi.example.go.th", 3),
    ]
    assert longer[1] == ("REQUEST", "nomination-1-1@moi.example.go.th", 4)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("seated", [True, False])
def test_which_messages_bring_an_entry(kind: Kind, seated: bool) -> None:
    methods = [method for method, _ in entries(message(kind=kind, seated=seated), run())]

    inviting = {Kind.CONFIRMED, Kind.PROMOTED, Kind.SUBSTITUTED, Kind.RUN_RESCHEDULED}
    expected = ["REQUEST"] if kind in inviting else ["CANCEL"] if kind in {Kind.WITHDRAWN, Kind.RUN_CANCELLED} else []
    assert methods == (expected if seated else [])


def test_a_name_with_signs_of_its_own_does_not_break_the_entry() -> None:
    somebody = Mailbox('นาย "ก"; ข: ค, ง\r\nX-EVIL:1', "a@example.go.th")

    (invitation,) = invitations(message(), MessageSnapshot(run()), OFFICE, somebody)

    assert "X-EVIL" not in Calendar.from_ical(invitation.content).walk("VEVENT")[0]


@pytest.mark.parametrize("kind", [Kind.CONFIRMED, Kind.RUN_RESCHEDULED])
def test_no_run_brings_entries_without_end(kind: Kind) -> None:
    endless = run(sessions=tuple(sitting(day) for day in range(3 * MOST_ENTRIES)), most_sessions=9 * MOST_ENTRIES)

    assert len(entries(message(kind=kind), endless)) == MOST_ENTRIES
