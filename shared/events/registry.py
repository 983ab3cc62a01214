"""Every event there is, by its type. A test holds this list against the modules and the committed schemas."""

from shared.events import enrolment, notification
from shared.events.envelope import Event

_ALL: tuple[type[Event], ...] = (
    enrolment.UnitRegistered,
    enrolment.PersonRegistered,
    enrolment.PersonMoved,
    enrolment.ContactChanged,
    enrolment.ContactErased,
    enrolment.ProgrammeCreated,
    enrolment.ProgrammeRevised,
    enrolment.ProgrammeSubmitted,
    enrolment.ProgrammeApproved,
    enrolment.ProgrammePublished,
    enrolment.ProgrammeClosed,
    enrolment.ProgrammeCancelled,
    enrolment.RunScheduled,
    enrolment.RunOpened,
    enrolment.RunClosed,
    enrolment.RunCancelled,
    enrolment.RunClockSet,
    enrolment.BucketOpened,
    enrolment.BucketSeatsChanged,
    enrolment.BucketClosed,
    enrolment.NominationSubmitted,
    enrolment.SeatConfirmed,
    enrolment.NominationWaitlisted,
    enrolment.NominationRejected,
    enrolment.NominationWithdrawn,
    notification.MessageSent,
    notification.MessageFailed,
)

EVENTS: dict[str, type[Event]] = {event.type: event for event in _ALL}
OWNERS = ("enrolment", "notification")
