"""Calendar entries (iCalendar, RFC 5545 and 5546) that go with messages about a seat. Pure.

One entry for each session: METHOD applies to a whole calendar object, and all its components must be one event. The
UID is the same for the same seat and session for ever; SEQUENCE grows with the run's revision, and a cancellation
comes after the revision that it ends.
"""

from dataclasses import dataclass
from datetime import UTC
from typing import Final, Literal

from icalendar import Calendar, Event, vCalAddress, vText

from services.notification import wording
from services.notification.domain import Kind, Message, MessageSnapshot
from shared.events.enrolment import Session

Method = Literal["REQUEST", "CANCEL"]

_INVITING: Final = frozenset({Kind.CONFIRMED, Kind.PROMOTED, Kind.SUBSTITUTED, Kind.RUN_RESCHEDULED})
_ENDING: Final = frozenset({Kind.WITHDRAWN, Kind.RUN_CANCELLED})


@dataclass(frozen=True, slots=True)
class Invitation:
    method: Method
    content: bytes


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address with the name that is shown for it."""

    name: str
    email: str


def invitations(
    message: Message, told: MessageSnapshot, organiser: Recipient, attendee: Recipient
) -> tuple[Invitation, ...]:
    """What goes with this message: invitations, changes, cancellations, or nothing."""
    if not message.seated or message.kind not in _INVITING | _ENDING:
        return ()
    sittings = told.run.sittings
    if message.kind in _ENDING:
        return tuple(_entry("CANCEL", message, told, n, organiser, attendee) for n in range(len(sittings)))
    changed = [_entry("REQUEST", message, told, n, organiser, attendee) for n in range(len(sittings))]
    gone = range(len(sittings), told.run.most_sessions) if message.kind is Kind.RUN_RESCHEDULED else ()
    return (*changed, *(_entry("CANCEL", message, told, n, organiser, attendee) for n in gone))


def _entry(
    method: Method, message: Message, told: MessageSnapshot, number: int, organiser: Recipient, attendee: Recipient
) -> Invitation:
    run = told.run
    # A session that is no more has no times of its own; a cancellation is found by its UID.
    session = run.sittings[number] if number < len(run.sittings) else run.sittings[-1]
    event = Event()
    event.add("uid", f"{message.nomination}-{number}@{organiser.email.rpartition('@')[2]}")
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


def _address(recipient: Recipient, *, attending: bool = False) -> vCalAddress:
    address = vCalAddress(f"mailto:{recipient.email}")
    if recipient.name:
        address.params["CN"] = vText(recipient.name)
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
