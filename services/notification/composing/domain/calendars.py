"""The calendar entry (iCalendar, RFC 5545 and 5546) that goes with a message about a seat. Pure.

There is one entry for each seat, and the whole of it in one calendar object: clients act on one object of a mail, and
of several events in it on the first alone. A run of several days is a recurrence set, with one occurrence for each day
(docs/adr/0031-one-calendar-object.md). The UID never changes; SEQUENCE grows with the run's revision, and a
cancellation comes after the revision that it ends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from math import gcd
from typing import Final, Literal

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vCalAddress, vText

from services.notification.composing.domain import wording
from services.notification.composing.domain.recipients import Mailbox
from services.notification.domain import KINDS, CalendarAction, Message, MessageSnapshot, Schedule
from shared.clock import BANGKOK
from shared.events.catalogue import Session
from shared.thai import local_date
from shared.venues import written

Method = Literal["REQUEST", "CANCEL"]
# A run has at most fifty sessions (enrolment refuses more). Whoever sends others still gets no endless mail out of us.
MOST_SESSIONS: Final = 100
# Clients read a COUNT of three digits at most.
LONGEST_SERIES: Final = 999


@dataclass(frozen=True, slots=True)
class Invitation:
    method: Method
    content: bytes


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A day of the run: from when to when, and what it is called if it has one session that has a name."""

    starts_at: datetime
    ends_at: datetime
    title: str | None = None

    def on(self, day: date) -> "Occurrence":
        """The same on another day."""
        moved = datetime.combine(day, self.starts_at.timetz())
        return Occurrence(moved, moved + (self.ends_at - self.starts_at), self.title)


def invitation(message: Message, snapshot: MessageSnapshot, organiser: Mailbox, attendee: Mailbox) -> Invitation | None:
    """What goes with this message: an invitation, which a change replaces as a whole, a cancellation, or nothing."""
    action = KINDS[message.kind].invitation
    if action is None or not message.seated:
        return None
    if action is CalendarAction.CANCEL:
        return cancellation(message, snapshot, organiser, attendee)
    days = occurrences(snapshot.run.schedule)
    common = _Common(message, snapshot, organiser, attendee, "REQUEST")
    if len(days) == 1:
        return _calendar("REQUEST", [common.event(days[0], UTC)])
    return _calendar("REQUEST", [*_series(common, days)])


def cancellation(message: Message, snapshot: MessageSnapshot, organiser: Mailbox, attendee: Mailbox) -> Invitation:
    """Takes back the whole entry, which stands in the calendar as its owner was told last."""
    schedule = snapshot.facts.told or snapshot.run.schedule
    common = _Common(message, snapshot, organiser, attendee, "CANCEL")
    return _calendar("CANCEL", [common.event(occurrences(schedule)[0], UTC)])


def occurrences(schedule: Schedule) -> list[Occurrence]:
    """One for each day, as no more recur in Outlook, or one for all where that cannot be: a session over midnight, or
    more days than a series may have."""
    sessions = sorted(schedule.sessions[:MOST_SESSIONS], key=lambda session: session.starts_at)
    days = [_day(list(group)) for _, group in groupby(sessions, key=lambda session: local_date(session.starts_at))]
    whole = [Occurrence(_local(sessions[0].starts_at), _local(max(one.ends_at for one in sessions)))]
    if len(days) == 1:
        return days
    if any(local_date(day.starts_at) != local_date(day.ends_at) for day in days):
        return whole
    return days if _steps(days) <= LONGEST_SERIES else whole


def _day(sessions: Sequence[Session]) -> Occurrence:
    title = sessions[0].title if len(sessions) == 1 else None
    return Occurrence(_local(sessions[0].starts_at), _local(max(one.ends_at for one in sessions)), title)


def _local(at: datetime) -> datetime:
    return at.astimezone(BANGKOK)


def _numbers(days: Sequence[Occurrence]) -> list[int]:
    """Of each day, how many days it is after the first."""
    return [(local_date(day.starts_at) - local_date(days[0].starts_at)).days for day in days]


def _steps(days: Sequence[Occurrence]) -> int:
    """How many the rule makes, those included that are left out."""
    numbers = _numbers(days)
    return numbers[-1] // gcd(*numbers) + 1


def _series(common: "_Common", days: Sequence[Occurrence]) -> Iterator[Event]:
    """A rule from the first day on; days without training are left out, and days that differ replace theirs."""
    numbers = dict(zip(_numbers(days), days, strict=True))
    interval, first = gcd(*numbers), local_date(days[0].starts_at)
    usual = Occurrence(days[0].starts_at, days[0].ends_at)
    ruled = {number: usual.on(first + timedelta(days=number)) for number in range(0, max(numbers) + 1, interval)}
    master = common.event(usual, BANGKOK)
    master.add("rrule", {"freq": "daily", "interval": interval, "count": len(ruled)})
    if left_out := [one.starts_at for number, one in ruled.items() if number not in numbers]:
        master.add("exdate", left_out)
    yield master
    for number, day in numbers.items():
        if day != ruled[number]:
            event = common.event(day, BANGKOK)
            event.add("recurrence-id", ruled[number].starts_at)
            yield event


@dataclass(frozen=True, slots=True)
class _Common:
    """What all events of an entry have."""

    message: Message
    snapshot: MessageSnapshot
    organiser: Mailbox
    attendee: Mailbox
    method: Method

    def event(self, occurrence: Occurrence, zone: object) -> Event:
        run, title = self.snapshot.run, occurrence.title
        event = Event()
        event.add("uid", f"{self.message.nomination}-0@{self.organiser.address.rpartition('@')[2]}")
        event.add("sequence", run.revision * 2 + (self.method == "CANCEL"))
        event.add("dtstamp", self.message.created_at.astimezone(UTC))
        event.add("dtstart", occurrence.starts_at.astimezone(zone))  # type: ignore[arg-type]
        event.add("dtend", occurrence.ends_at.astimezone(zone))  # type: ignore[arg-type]
        event.add("summary", f"{run.title} ({title})" if title else run.title)
        if place := written(run.venue, "th"):
            event.add("location", place)
        if len(run.sittings) > 1:
            event.add("description", "\n".join(wording.period(one, "th") for one in run.sittings[:MOST_SESSIONS]))
        event.add("status", "CANCELLED" if self.method == "CANCEL" else "CONFIRMED")
        event.add("organizer", _address(self.organiser))
        event.add("attendee", _address(self.attendee, attending=True), encode=False)
        return event


def _address(mailbox: Mailbox, *, attending: bool = False) -> vCalAddress:
    address = vCalAddress(f"mailto:{mailbox.address}")
    if mailbox.name:
        address.params["CN"] = vText(mailbox.name)
    if attending:
        address.params["ROLE"] = vText("REQ-PARTICIPANT")
        address.params["PARTSTAT"] = vText("ACCEPTED")
        address.params["RSVP"] = vText("FALSE")
    return address


def _calendar(method: Method, events: Sequence[Event]) -> Invitation:
    calendar = Calendar()
    calendar.add("prodid", "-//Pattana//Notification//TH")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if "RRULE" in events[0]:
        calendar.add_component(_bangkok())
    for event in events:
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return Invitation(method, content)


def _bangkok() -> Timezone:
    """Said in full, because clients need not know the name."""
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))
    standard.add("tzoffsetfrom", timedelta(hours=7))
    standard.add("tzoffsetto", timedelta(hours=7))
    zone = Timezone()
    zone.add("tzid", BANGKOK.key)
    zone.add_component(standard)
    return zone
