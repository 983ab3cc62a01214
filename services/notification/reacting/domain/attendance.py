"""What is told of those who did not come. Pure."""

from collections.abc import Iterator

from services.notification.domain import Kind, message_id, missed_reason
from services.notification.reacting.domain.batch import ReactionBatch
from services.notification.reacting.domain.folds import attendee_of
from shared.events.attendance import AttendanceRecorded, PersonMark, Presence, Via
from shared.events.envelope import Envelope, Event


def on_attendance_recorded(batch: ReactionBatch, envelope: Envelope, event: AttendanceRecorded) -> None:
    """Whoever was missing when a session was closed, and the office: for the first session that was missed, so that
    they can say what is wrong with it, and not for each. What was missed may be corrected, and another session be the
    first one then: who was told of one in this run is told no more, nor is the office."""
    if batch.silent:
        return
    for mark, message in missing(event):
        if message not in batch.made and message not in batch.messages:
            attendee = attendee_of(event, mark)
            reason = missed_reason(event.run, mark.nomination)
            batch.notify(attendee, Kind.NO_SHOW, envelope, seated=False, reason=reason)
            batch.tell_office(attendee, Kind.NO_SHOWS_OF_OFFICE, envelope)


def missing(event: Event | None) -> Iterator[tuple[PersonMark, str]]:
    """Whoever has missed a first session by this event, and the id of the message that says so."""
    if isinstance(event, AttendanceRecorded) and event.via == Via.CLOSE:
        for mark in event.marks:
            if mark.presence == Presence.ABSENT and mark.missed == 1:
                yield mark, message_id(missed_reason(event.run, mark.nomination), mark.person, Kind.NO_SHOW)
