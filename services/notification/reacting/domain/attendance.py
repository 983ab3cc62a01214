"""What is told of those who did not come. Pure."""

from services.notification.domain import Kind
from services.notification.reacting.domain.batch import ReactionBatch
from services.notification.reacting.domain.folds import attendee_of
from shared.events.attendance import AttendanceRecorded, Presence, Via
from shared.events.envelope import Envelope


def on_attendance_recorded(batch: ReactionBatch, envelope: Envelope, event: AttendanceRecorded) -> None:
    """Whoever was missing when a session was closed, and the office: once in a run, so that they can say what is wrong
    with it, and not once for each session."""
    if event.via != Via.CLOSE or batch.silent:
        return
    for mark in event.marks:
        if mark.presence == Presence.ABSENT and mark.missed == 1:
            attendee = attendee_of(event, mark)
            batch.notify(attendee, Kind.NO_SHOW, envelope, seated=False)
            batch.tell_office(attendee, Kind.NO_SHOWS_OF_OFFICE, envelope)
