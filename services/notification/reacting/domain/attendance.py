"""What is told of those who did not come. Pure."""

from services.notification.domain import Kind, missed_reason
from services.notification.reacting.domain.batch import ReactionBatch
from services.notification.reacting.domain.folds import attendee_of
from shared.events.attendance import AttendanceRecorded, Presence, Via
from shared.events.envelope import Envelope


def on_attendance_recorded(batch: ReactionBatch, envelope: Envelope, event: AttendanceRecorded) -> None:
    """Whoever was missing when a session was closed, and the office: for the first session that was missed, so that
    they can say what is wrong with it, and not for each. What was missed may be corrected, and another session be the
    first one then: the person is told once in a run all the same."""
    if event.via != Via.CLOSE or batch.silent:
        return
    for mark in event.marks:
        if mark.presence == Presence.ABSENT and mark.missed == 1:
            attendee = attendee_of(event, mark)
            reason = missed_reason(event.run, mark.nomination)
            batch.notify(attendee, Kind.NO_SHOW, envelope, seated=False, reason=reason)
            batch.tell_office(attendee, Kind.NO_SHOWS_OF_OFFICE, envelope)
