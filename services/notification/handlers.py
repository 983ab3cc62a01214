"""What this service does about each fact: one table. It keeps its views and inserts messages; sending is not its work.

Events of two aggregates come in either order. A message needs no view to be inserted: the worker waits for what is
missing. Whoever comes late to a cancelled run is told so by the later of the two handlers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from services.notification.domain import Kind
from services.notification.reaction_batch import ReactionBatch
from services.notification.read_model import (
    Nomination,
    Run,
    RunState,
    SealedContact,
    nomination_after,
    run_after,
    unit_of,
)
from services.notification.storage import Views
from shared.clock import Clock
from shared.events.enrolment import (
    ConfirmedBy,
    ContactChanged,
    ContactErased,
    NominationFact,
    NominationRejected,
    NominationState,
    NominationSubmitted,
    NominationWaitlisted,
    NominationWithdrawn,
    RunCancelled,
    RunClockSet,
    RunClosed,
    RunOpened,
    RunScheduled,
    SeatConfirmed,
    UnitRegistered,
)
from shared.events.envelope import Envelope, Event
from shared.mongo import Session

CONFIRMED_KINDS: Final[Mapping[ConfirmedBy, Kind]] = {
    ConfirmedBy.NOMINATION: Kind.CONFIRMED,
    ConfirmedBy.APPROVAL: Kind.CONFIRMED,
    ConfirmedBy.PROMOTION: Kind.PROMOTED,
    ConfirmedBy.SUBSTITUTION: Kind.SUBSTITUTED,
}


def on_unit_registered(batch: ReactionBatch, envelope: Envelope, event: UnitRegistered) -> None:
    batch.units[event.unit] = unit_of(event)


def on_contact_changed(batch: ReactionBatch, envelope: Envelope, event: ContactChanged) -> None:
    batch.contacts[event.person] = SealedContact(event.person, envelope.subject, event.key_id, event.sealed)


def on_contact_erased(batch: ReactionBatch, envelope: Envelope, event: ContactErased) -> None:
    batch.contacts[event.person] = SealedContact(event.person, envelope.subject)


def on_run_scheduled(batch: ReactionBatch, envelope: Envelope, event: RunScheduled) -> None:
    """A later revision is told to everybody who has, or hopes for, a seat."""
    before = batch.runs.get(event.run)
    run = run_after(before, event, envelope.occurred_at)
    batch.put_run(run)
    if before is not None and event.revision > before.revision:
        for nomination in batch.live_nominations(run.id):
            batch.tell_person(nomination, Kind.RUN_RESCHEDULED, envelope, envelope.id, seated=nomination.seated)


def on_run_opened(batch: ReactionBatch, envelope: Envelope, event: RunOpened) -> None:
    run = run_after(batch.runs.get(event.run), event, envelope.occurred_at)
    batch.put_run(run)
    for unit in event.units:
        batch.tell_unit(unit, run, Kind.NOMINATION_REQUEST, envelope, envelope.id)


def on_run_closed(batch: ReactionBatch, envelope: Envelope, event: RunClosed) -> None:
    run = run_after(batch.runs.get(event.run), event, envelope.occurred_at)
    batch.put_run(replace(run, state=RunState.CLOSED))


def on_run_cancelled(batch: ReactionBatch, envelope: Envelope, event: RunCancelled) -> None:
    described = run_after(batch.runs.get(event.run), event, envelope.occurred_at)
    run = replace(described, state=RunState.CANCELLED, cancelled_by=envelope.id)
    batch.put_run(run)
    for unit in run.units:
        batch.tell_unit(unit, run, Kind.RUN_CANCELLED, envelope, envelope.id)
    for nomination in batch.live_nominations(run.id):
        batch.tell_person(nomination, Kind.RUN_CANCELLED, envelope, envelope.id, seated=nomination.seated)


def on_run_clock_set(batch: ReactionBatch, envelope: Envelope, event: RunClockSet) -> None:
    run = batch.runs.get(event.run)
    if run is not None:  # else its first event, which carries the offset too, is still to come
        batch.put_run(replace(run, offset_seconds=event.offset_seconds))


def on_nomination_submitted(batch: ReactionBatch, envelope: Envelope, event: NominationSubmitted) -> None:
    _remember(batch, envelope, event, NominationState.SUBMITTED)


def on_seat_confirmed(batch: ReactionBatch, envelope: Envelope, event: SeatConfirmed) -> None:
    nomination = _remember(batch, envelope, event, NominationState.CONFIRMED)
    batch.tell_person(nomination, CONFIRMED_KINDS[event.by], envelope, envelope.id, seated=True)


def on_nomination_waitlisted(batch: ReactionBatch, envelope: Envelope, event: NominationWaitlisted) -> None:
    nomination = _remember(batch, envelope, event, NominationState.WAITLISTED)
    batch.tell_person(nomination, Kind.WAITLISTED, envelope, envelope.id, seated=False)


def on_nomination_rejected(batch: ReactionBatch, envelope: Envelope, event: NominationRejected) -> None:
    nomination = _remember(batch, envelope, event, NominationState.REJECTED)
    batch.tell_person(nomination, Kind.REJECTED, envelope, envelope.id, seated=False)


def on_nomination_withdrawn(batch: ReactionBatch, envelope: Envelope, event: NominationWithdrawn) -> None:
    nomination = _remember(batch, envelope, event, NominationState.WITHDRAWN)
    seated = event.before is NominationState.CONFIRMED
    batch.tell_person(nomination, Kind.WITHDRAWN, envelope, envelope.id, seated=seated)


def _remember(batch: ReactionBatch, envelope: Envelope, event: NominationFact, state: NominationState) -> Nomination:
    nomination = nomination_after(event, state, envelope.occurred_at)
    batch.put_nomination(nomination)
    _tell_latecomer(batch, nomination, batch.runs.get(nomination.run), envelope)
    return nomination


def _tell_latecomer(batch: ReactionBatch, nomination: Nomination, run: Run | None, envelope: Envelope) -> None:
    """The run was cancelled before this was known here. The id is that of the notice to everybody else."""
    if run is not None and run.cancelled_by is not None and nomination.live:
        batch.tell_person(nomination, Kind.RUN_CANCELLED, envelope, run.cancelled_by, seated=False)


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


async def react(views: Views, clock: Clock, envelopes: Sequence[Envelope], session: Session) -> None:
    """What the consumer does with the events of one partition's batch, inside the batch's transaction."""
    batch = await views.batch(envelopes, clock(), session)
    for envelope in envelopes:
        if envelope.event is not None:
            HANDLERS[type(envelope.event)](batch, envelope, envelope.event)
    await views.save(batch, session)
