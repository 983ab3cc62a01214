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
from services.notification.reacting.domain.batch import ReactionBatch
from services.notification.reacting.domain.folds import nomination_after, run_after, unit_of
from shared.events.catalogue import RunCancelled, RunClockSet, RunClosed, RunOpened, RunScheduled
from shared.events.directory import ContactChanged, ContactErased, UnitRegistered
from shared.events.envelope import Envelope, Event
from shared.events.seats import (
    ConfirmedBy,
    NominationFact,
    NominationRejected,
    NominationState,
    NominationSubmitted,
    NominationWaitlisted,
    NominationWithdrawn,
    SeatConfirmed,
)

# A reason that only a later release knows is a confirmation like any other.
CONFIRMED_KINDS: Final[Mapping[str, Kind]] = {
    ConfirmedBy.NOMINATION: Kind.CONFIRMED,
    ConfirmedBy.APPROVAL: Kind.CONFIRMED,
    ConfirmedBy.PROMOTION: Kind.PROMOTED,
    ConfirmedBy.SUBSTITUTION: Kind.SUBSTITUTED,
}


def on_unit_registered(batch: ReactionBatch, envelope: Envelope, event: UnitRegistered) -> None:
    batch.units[event.unit] = unit_of(event)


def on_contact_changed(batch: ReactionBatch, envelope: Envelope, event: ContactChanged) -> None:
    """Whoever was erased stays erased, whatever comes later or is read again."""
    if event.person in batch.erased:
        batch.contacts[event.person] = SealedContact(event.person, envelope.subject)
    else:
        batch.contacts[event.person] = SealedContact(event.person, envelope.subject, event.key_id, event.sealed)


def on_contact_erased(batch: ReactionBatch, envelope: Envelope, event: ContactErased) -> None:
    batch.contacts[event.person] = SealedContact(event.person, envelope.subject)
    batch.erased.add(event.person)
    batch.forgotten.add((envelope.source, envelope.subject))


def on_run_scheduled(batch: ReactionBatch, envelope: Envelope, event: RunScheduled) -> None:
    """Everybody who has a seat, or hopes for one, is notified of a later revision."""
    before = batch.runs.get(event.run)
    run = run_after(before, event, envelope.occurred_at)
    batch.put_run(run)
    if before is not None and event.revision > before.revision:
        batch.notify_everybody(run, Kind.RUN_RESCHEDULED, envelope)


def on_run_opened(batch: ReactionBatch, envelope: Envelope, event: RunOpened) -> None:
    run = run_after(batch.runs.get(event.run), event, envelope.occurred_at)
    batch.put_run(run)
    batch.notify_everybody(run, Kind.NOMINATION_REQUEST, envelope)


def on_run_closed(batch: ReactionBatch, envelope: Envelope, event: RunClosed) -> None:
    run = run_after(batch.runs.get(event.run), event, envelope.occurred_at)
    batch.put_run(replace(run, state=RunState.CLOSED))


def on_run_cancelled(batch: ReactionBatch, envelope: Envelope, event: RunCancelled) -> None:
    described = run_after(batch.runs.get(event.run), event, envelope.occurred_at)
    run = replace(described, state=RunState.CANCELLED, cancelled_by=envelope.id, cancelled_silently=batch.silent)
    batch.put_run(run)
    batch.notify_everybody(run, Kind.RUN_CANCELLED, envelope)


def on_run_clock_set(batch: ReactionBatch, envelope: Envelope, event: RunClockSet) -> None:
    run = batch.runs.get(event.run)
    if run is not None:  # otherwise its first event, which carries the offset too, is still to come
        batch.put_run(replace(run, offset_seconds=event.offset_seconds))


def on_nomination_submitted(batch: ReactionBatch, envelope: Envelope, event: NominationSubmitted) -> None:
    _remember(batch, envelope, event, NominationState.SUBMITTED)


def on_seat_confirmed(batch: ReactionBatch, envelope: Envelope, event: SeatConfirmed) -> None:
    nomination = _remember(batch, envelope, event, NominationState.CONFIRMED)
    batch.notify(nomination, CONFIRMED_KINDS.get(event.by, Kind.CONFIRMED), envelope, seated=True)


def on_nomination_waitlisted(batch: ReactionBatch, envelope: Envelope, event: NominationWaitlisted) -> None:
    nomination = _remember(batch, envelope, event, NominationState.WAITLISTED)
    batch.notify(nomination, Kind.WAITLISTED, envelope, seated=False)


def on_nomination_rejected(batch: ReactionBatch, envelope: Envelope, event: NominationRejected) -> None:
    nomination = _remember(batch, envelope, event, NominationState.REJECTED)
    batch.notify(nomination, Kind.REJECTED, envelope, seated=False)


def on_nomination_withdrawn(batch: ReactionBatch, envelope: Envelope, event: NominationWithdrawn) -> None:
    nomination = _remember(batch, envelope, event, NominationState.WITHDRAWN)
    seated = event.before == NominationState.CONFIRMED
    batch.notify(nomination, Kind.WITHDRAWN, envelope, seated=seated)


def _remember(batch: ReactionBatch, envelope: Envelope, event: NominationFact, state: NominationState) -> Nomination:
    nomination = nomination_after(event, state, envelope.occurred_at)
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


Handler = Callable[[ReactionBatch, Envelope, Any], None]

HANDLERS: Final[Mapping[type[Event], Handler]] = {
    UnitRegistered: on_unit_registered,
    ContactChanged: on_contact_changed,
    ContactErased: on_contact_erased,
    RunScheduled: on_run_scheduled,
    RunOpened: on_run_opened,
    RunClosed: on_run_closed,
    RunCancelled: on_run_cancelled,
    RunClockSet: on_run_clock_set,
    NominationSubmitted: on_nomination_submitted,
    SeatConfirmed: on_seat_confirmed,
    NominationWaitlisted: on_nomination_waitlisted,
    NominationRejected: on_nomination_rejected,
    NominationWithdrawn: on_nomination_withdrawn,
}
