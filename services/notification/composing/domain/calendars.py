"""Calendar entries (iCalendar, RFC 5545 and 5546) that go with messages about a seat. Pure.

There is one entry for each session, because METHOD applies to a whole calendar object, whose components must all belong
to one event. The UID never changes for the same seat and session; SEQUENCE grows with the run's revision, and a
cancellation comes after the revision that it ends.
"""

from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import Final, Literal

from icalendar import Calendar, Event, vCalAddress, vText

from services.notification.composing.domain import wording
from services.notification.composing.domain.recipients import Mailbox
from services.notification.domain import KINDS, CalendarAction, Message, MessageSnapshot
from shared.events.catalogue import Session

Method = Literal["REQUEST", "CANCEL"]
# A run has at most fifty sessions (enrolment refuses more). Whoever sends others still gets no endless mail out of us.
MOST_ENTRIES: Final = 100


@dataclass(frozen=True, slots=True)
class Invitation:
    method: Method
    content: bytes


def invitations(
    message: Message, snapshot: MessageSnapshot, organiser: Mailbox, attendee: Mailbox
) -> tuple[Invitation, ...]:
    """What goes with this message: invitations, changes, cancellations, or nothing."""
    action = KINDS[message.kind].invitation
    if action is None or not message.seated:
        return ()
    kept = min(len(snapshot.run.sittings), MOST_ENTRIES)
    known = min(snapshot.run.most_sessions, MOST_ENTRIES) if action is CalendarAction.UPDATE else kept
    method: Method = "CANCEL" if action is CalendarAction.CANCEL else "REQUEST"
    entry = partial(_entry, message, snapshot, organiser, attendee)
    return (*(entry(method, number) for number in range(kept)), *(entry("CANCEL", n) for n in range(kept, known)))


def _entry(
    message: Message, snapshot: MessageSnapshot, organiser: Mailbox, attendee: Mailbox, method: Method, number: int
) -> Invitation:
    run = snapshot.run
    # A session that was dropped has no times of its own; calendars find a cancellation by its UID.
    session = run.sittings[number] if number < len(run.sittings) else run.sittings[-1]
    event = Event()
    event.add("uid", f"{message.nomination}-{number}@{organiser.address.rpartition('@')[2]}")
    event.add("sequence", run.revision * 2 + (method == "CANCEL"))
    event.add("dtstamp", message.created_at.astimezone(UTC))
    event.add("dtstart", session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at.astimezone(UTC))
    event.add("summary", _summary(run.title, session))
    if place := wording.place(run.venue, "th"):
        event.add("location", place)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", _address(organiser))
    event.add("attendee", _address(attendee, attending=True), encode=False)
    return Invitation(method, _calendar(method, event))


def _summary(title: str, session: Session) -> str:
    return f"{title} ({session.title})" if session.title else title


def _address(mailbox: Mailbox, *, attending: bool = False) -> vCalAddress:
    address = vCalAddress(f"mailto:{mailbox.address}")
    if mailbox.name:
        address.params["CN"] = vText(mailbox.name)
    if attending:
        address.params["ROLE"] = vText("REQ-PARTICIPANT")
        address.params["PARTSTAT"] = vText("ACCEPTED")
        address.params["RSVP"] = vText("FALSE")
    return address


def _calendar(method: Method, event: Event) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Pattana//Notification//TH")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
