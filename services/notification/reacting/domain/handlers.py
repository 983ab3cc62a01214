"""What this service does about each event: one table, HANDLERS. Handlers keep the read model and make messages; they
send nothing. Pure.

Events of two aggregates come in either order. A message can be made before the read model is complete: its worker waits
for what is missing. Whoever is nominated for a run that was already cancelled learns of it from the later of the two
handlers.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from services.notification.domain import Kind, Nomination, RunState, SealedContact
from services.notification.reacting.domain.attendance import on_marks
from services.notification.reacting.domain.batch import ReactionBatch
from services.notification.reacting.domain.certificates import on_certificate_issued, on_certificate_revoked
from services.notification.reacting.domain.delegating import ON_DELEGATIONS
from services.notification.reacting.domain.folds import (
    bucket_of,
    contact_after,
    nomination_after,
    run_after,
    unit_of,
)
from services.notification.reacting.domain.following_up import ON_FOLLOW_UPS
from services.notification.reacting.domain.planning import ON_PLANS
from services.notification.reacting.domain.workshops import ON_WORKSHOPS, on_nothing
from shared.events.attendance import AttendanceCorrected, AttendanceRecorded
from shared.events.catalogue import RunCancelled, RunClockSet, RunClosed, RunOpened, RunReopened, RunScheduled
from shared.events.certificates import CertificateIssued, CertificateIssueEnded, CertificateRevoked
from shared.events.directory import ContactChanged, ContactErased, UnitRegistered
from shared.events.envelope import Envelope, Event
from shared.events.evaluation import AnswersAsked, AnswersReleased
from shared.events.offers import OfferDeclined, OfferExpired, SeatOffered
from shared.events.seats import (
    BucketOpened,
    BucketSeatsChanged,
    ConfirmedBy,
    HandedOnFact,
    NominationApproved,
    NominationEscalated,
    NominationExpired,
    NominationFact,
    NominationMoved,
    NominationRejected,
    NominationState,
    NominationSubmitted,
    NominationTransferred,
    NominationWaitlisted,
    NominationWithdrawn,
    SeatConfirmed,
    SeatsChangedBecause,
    WithdrawnBecause,
)

# A reason that only a later release knows is a confirmation like any other.
CONFIRMED_KINDS: Final[Mapping[str, Kind]] = {
    ConfirmedBy.NOMINATION: Kind.CONFIRMED,
    ConfirmedBy.APPROVAL: Kind.CONFIRMED,
    ConfirmedBy.PROMOTION: Kind.PROMOTED,
    ConfirmedBy.SUBSTITUTION: Kind.SUBSTITUTED,
    ConfirmedBy.RUN_CHANGED: Kind.RUN_CHANGED,
    ConfirmedBy.OFFER: Kind.CONFIRMED,
    ConfirmedBy.RELEASE: Kind.PROMOTED,
}
# Nobody is there to be told, or is told of the seat in the same moment, or that the time for an answer is over.
WITHDRAWN_UNTOLD: Final = frozenset({WithdrawnBecause.ERASED, WithdrawnBecause.SWAPPED, WithdrawnBecause.OFFER_EXPIRED})
# A seat that is offered is open to nobody else.
SEATS_ON_THE_WAY: Final = frozenset({*SeatsChangedBecause})
# The person has another nomination instead, and is told of that; an invitation to this seat is taken back.
WITHDRAWN_ELSEWHERE: Final = frozenset({WithdrawnBecause.FOLLOWED, WithdrawnBecause.MERGED})
TRANSFERRED: Final = "TRANSFERRED"


def on_unit_registered(batch: ReactionBatch, envelope: Envelope, event: UnitRegistered) -> None:
    batch.units[event.unit] = unit_of(event)


def on_contact_changed(batch: ReactionBatch, envelope: Envelope, event: ContactChanged) -> None:
    """Whoever was erased stays erased, whatever comes later or is read again."""
    if event.person in batch.erased:
        batch.put_contact(SealedContact(event.person, envelope.subject))
    else:
        batch.put_contact(contact_after(batch.contacts.get(event.person), event, envelope.subject))


def on_contact_erased(batch: ReactionBatch, envelope: Envelope, event: ContactErased) -> None:
    batch.put_contact(SealedContact(event.person, envelope.subject))
    batch.erased.add(event.person)
    batch.forgotten.add((envelope.source, envelope.subject))


def on_run_scheduled(batch: ReactionBatch, envelope: Envelope, event: RunScheduled) -> None:
    """Everybody who has a seat, or hopes for one, is told of another schedule, and of nothing else in a revision."""
    before = batch.runs.get(event.run)
    run = run_after(before, event, envelope.occurred_at)
    batch.put_run(run)
    if before is not None and run.schedule_revision > before.revision:
        batch.notify_everybody(run, Kind.RUN_RESCHEDULED, envelope)


def on_run_opened(batch: ReactionBatch, envelope: Envelope, event: RunOpened) -> None:
    run = run_after(batch.runs.get(event.run), event, envelope.occurred_at)
    batch.put_run(run)
    batch.notify_everybody(run, Kind.NOMINATION_REQUEST, envelope)


def on_run_reopened(batch: ReactionBatch, envelope: Envelope, event: RunReopened) -> None:
    """Whoever has a seat or waits for one is told nothing: for them nothing has changed."""
    run = run_after(batch.runs.get(event.run), event, envelope.occurred_at)
    batch.put_run(run)
    batch.notify_units(run, event.units, Kind.NOMINATIONS_REOPENED, envelope)


def on_run_closed(batch: ReactionBatch, envelope: Envelope, event: RunClosed) -> None:
    run = run_after(batch.runs.get(event.run), event, envelope.occurred_at)
    batch.put_run(replace(run, state=RunState.CLOSED))


def on_run_cancelled(batch: ReactionBatch, envelope: Envelope, event: RunCancelled) -> None:
    described = run_after(batch.runs.get(event.run), event, envelope.occurred_at)
    if event.merged_into is not None:  # its people are told of the other run, whether they are known to be there or not
        batch.put_run(replace(described, state=RunState.CANCELLED))
        return
    run = replace(described, state=RunState.CANCELLED, cancelled_by=envelope.id, cancelled_silently=batch.silent)
    batch.put_run(run)
    batch.notify_everybody(run, Kind.RUN_CANCELLED, envelope)


def on_run_clock_set(batch: ReactionBatch, envelope: Envelope, event: RunClockSet) -> None:
    run = batch.runs.get(event.run)
    if run is not None:  # otherwise its first event, which carries the offset too, is still to come
        batch.put_run(replace(run, offset_seconds=event.offset_seconds))


def on_bucket_opened(batch: ReactionBatch, envelope: Envelope, event: BucketOpened) -> None:
    batch.buckets[event.aggregate] = bucket_of(event)


def on_bucket_seats_changed(batch: ReactionBatch, envelope: Envelope, event: BucketSeatsChanged) -> None:
    batch.buckets[event.aggregate] = bucket_of(event)
    if event.because == SeatsChangedBecause.RELEASED:
        batch.tell_of_release(event, envelope)
    elif event.because not in SEATS_ON_THE_WAY:
        batch.open_seats(event, event.seats - event.before, envelope)


def on_nomination_submitted(batch: ReactionBatch, envelope: Envelope, event: NominationSubmitted) -> None:
    nomination = _remember(batch, envelope, event, NominationState.SUBMITTED)
    if event.from_run is not None:
        batch.notify(nomination, Kind.RUN_CHANGED, envelope, seated=False)


def on_seat_confirmed(batch: ReactionBatch, envelope: Envelope, event: SeatConfirmed) -> None:
    nomination = _remember(batch, envelope, event, NominationState.CONFIRMED)
    batch.notify(nomination, CONFIRMED_KINDS.get(event.by, Kind.CONFIRMED), envelope, seated=True)
    if event.by in (ConfirmedBy.PROMOTION, ConfirmedBy.RUN_CHANGED):  # the seat was never open to others
        batch.open_seats(event, -1, envelope)


def on_nomination_waitlisted(batch: ReactionBatch, envelope: Envelope, event: NominationWaitlisted) -> None:
    """Who has let an offer go knows the list already."""
    nomination = _remember(batch, envelope, event, NominationState.WAITLISTED)
    if event.before != NominationState.OFFERED:
        kind = Kind.WAITLISTED if event.from_run is None else Kind.RUN_CHANGED
        batch.notify(nomination, kind, envelope, seated=False)


def on_nomination_handed_on(batch: ReactionBatch, envelope: Envelope, event: HandedOnFact) -> None:
    """Whoever approves now reads of it in the digest of the day."""
    _remember(batch, envelope, event, NominationState.SUBMITTED)


def on_nomination_expired(batch: ReactionBatch, envelope: Envelope, event: NominationExpired) -> None:
    """The person is told, and the office, which may nominate again."""
    nomination = _remember(batch, envelope, event, NominationState.EXPIRED)
    batch.notify(nomination, Kind.EXPIRED, envelope, seated=False)
    batch.tell_office(nomination, Kind.EXPIRED_AT_OFFICE, envelope)


def on_nomination_rejected(batch: ReactionBatch, envelope: Envelope, event: NominationRejected) -> None:
    nomination = _remember(batch, envelope, event, NominationState.REJECTED)
    batch.notify(nomination, Kind.REJECTED, envelope, seated=False)


def on_nomination_withdrawn(batch: ReactionBatch, envelope: Envelope, event: NominationWithdrawn) -> None:
    """Of an erasure the office hears, whatever the nomination was and whoever moves up: nobody else would say it."""
    nomination = _remember(batch, envelope, event, NominationState.WITHDRAWN)
    seated = event.before == NominationState.CONFIRMED
    if event.because in WITHDRAWN_ELSEWHERE:
        if seated:  # an invitation is taken back; what has come of it is told by the other nomination
            batch.notify(nomination, Kind.SEAT_LEFT, envelope, seated=True)
    elif event.because not in WITHDRAWN_UNTOLD:
        batch.notify(nomination, Kind.WITHDRAWN, envelope, seated=seated)
    if event.because == WithdrawnBecause.ERASED:
        batch.tell_office(nomination, Kind.NOMINATIONS_ERASED, envelope)
    if seated and event.replaced_by is None and not event.seat_returns:
        batch.open_seats(event, 1, envelope)


def on_seat_offered(batch: ReactionBatch, envelope: Envelope, event: SeatOffered) -> None:
    nomination = _remember(batch, envelope, event, NominationState.OFFERED)
    batch.notify(nomination, Kind.SEAT_OFFERED, envelope, seated=False)


def on_offer_declined(batch: ReactionBatch, envelope: Envelope, event: OfferDeclined) -> None:
    """What becomes of the nomination says the next event."""
    _remember(batch, envelope, event, NominationState.OFFERED)


def on_offer_expired(batch: ReactionBatch, envelope: Envelope, event: OfferExpired) -> None:
    nomination = _remember(batch, envelope, event, NominationState.OFFERED)
    batch.notify(nomination, Kind.OFFER_EXPIRED, envelope, seated=False)


def on_nomination_moved(batch: ReactionBatch, envelope: Envelope, event: NominationMoved) -> None:
    """The person is told of nothing: the seat, or the hope for it, is as it was. Of what is said again in another run
    nobody is."""
    if event.from_run is None:
        batch.tell_of_move(event, envelope)


def on_answers_asked(batch: ReactionBatch, envelope: Envelope, event: AnswersAsked) -> None:
    batch.ask_for_answers(event, envelope)


def _remember(batch: ReactionBatch, envelope: Envelope, event: NominationFact, state: NominationState) -> Nomination:
    """Events of two buckets have no order: what is told of a run that the nomination has left since is made all the
    same, and dropped before it is sent."""
    nomination = nomination_after(event, state, envelope.occurred_at)
    if batch.outdated(event):
        return nomination
    batch.put_nomination(nomination)
    _notify_of_cancellation(batch, nomination, envelope)
    return nomination


def _notify_of_cancellation(batch: ReactionBatch, nomination: Nomination, envelope: Envelope) -> None:
    """The run was cancelled before the nomination was known here. The id is that of the message to everybody else.
    Whoever had acted on both has told them."""
    run = batch.runs.get(nomination.run)
    if run is None or (batch.silent and run.cancelled_silently):
        return
    if run.cancelled_by is not None and nomination.live:
        batch.notify(nomination, Kind.RUN_CANCELLED, envelope, seated=False, reason=run.cancelled_by)


def on_nomination_transferred(batch: ReactionBatch, envelope: Envelope, event: NominationTransferred) -> None:
    """Nothing more is told about this run; what it is in the other one is told there."""
    if not batch.outdated(event):
        batch.put_nomination(nomination_after(event, TRANSFERRED, envelope.occurred_at))


Handler = Callable[[ReactionBatch, Envelope, Any], None]

HANDLERS: Final[Mapping[type[Event], Handler]] = {
    UnitRegistered: on_unit_registered,
    ContactChanged: on_contact_changed,
    ContactErased: on_contact_erased,
    RunScheduled: on_run_scheduled,
    RunOpened: on_run_opened,
    RunClosed: on_run_closed,
    RunReopened: on_run_reopened,
    RunCancelled: on_run_cancelled,
    RunClockSet: on_run_clock_set,
    BucketOpened: on_bucket_opened,
    BucketSeatsChanged: on_bucket_seats_changed,
    NominationSubmitted: on_nomination_submitted,
    SeatConfirmed: on_seat_confirmed,
    NominationWaitlisted: on_nomination_waitlisted,
    NominationApproved: on_nomination_handed_on,
    NominationEscalated: on_nomination_handed_on,
    NominationExpired: on_nomination_expired,
    NominationRejected: on_nomination_rejected,
    NominationWithdrawn: on_nomination_withdrawn,
    NominationMoved: on_nomination_moved,
    NominationTransferred: on_nomination_transferred,
    SeatOffered: on_seat_offered,
    OfferDeclined: on_offer_declined,
    OfferExpired: on_offer_expired,
    AttendanceRecorded: on_marks,
    AttendanceCorrected: on_marks,
    AnswersReleased: on_nothing,
    AnswersAsked: on_answers_asked,
    **ON_WORKSHOPS,
    CertificateIssued: on_certificate_issued,
    CertificateRevoked: on_certificate_revoked,
    CertificateIssueEnded: on_nothing,
    **ON_FOLLOW_UPS,
    **ON_PLANS,
    **ON_DELEGATIONS,
}
