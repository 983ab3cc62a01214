"""What this service does about each fact: one table. It keeps its views and inserts messages; sending is not its work.

Events of two aggregates come in either order. A message needs no view to be inserted: the worker waits for what is
missing. Whoever comes late to a cancelled run is told so by the later of the two handlers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from services.notification.desk import Desk
from services.notification.domain import Kind
from services.notification.storage import Views
from services.notification.views import (
    Nomination,
    Run,
    RunState,
    SealedContact,
    nomination_after,
    run_after,
    unit_of,
)
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


def on_unit_registered(desk: Desk, envelope: Envelope, event: UnitRegistered) -> None:
    desk.units[event.unit] = unit_of(event)


def on_contact_changed(desk: Desk, envelope: Envelope, event: ContactChanged) -> None:
    desk.contacts[event.person] = SealedContact(event.person, envelope.subject, event.key_id, event.sealed)


def on_contact_erased(desk: Desk, envelope: Envelope, event: ContactErased) -> None:
    desk.contacts[event.person] = SealedContact(event.person, envelope.subject)


def on_run_scheduled(desk: Desk, envelope: Envelope, event: RunScheduled) -> None:
    """A later revision is told to everybody who has, or hopes for, a seat."""
    before = desk.runs.get(event.run)
    run = run_after(before, event, envelope.occurred_at)
    desk.put_run(run)
    if before is not None and event.revision > before.revision:
        for nomination in desk.live_nominations(run.id):
            desk.tell_person(nomination, Kind.RUN_RESCHEDULED, envelope, envelope.id, seated=nomination.seated)


def on_run_opened(desk: Desk, envelope: Envelope, event: RunOpened) -> None:
    run = run_after(desk.runs.get(event.run), event, envelope.occurred_at)
    desk.put_run(run)
    for unit in event.units:
        desk.tell_unit(unit, run, Kind.NOMINATION_REQUEST, envelope, envelope.id)


def on_run_closed(desk: Desk, envelope: Envelope, event: RunClosed) -> None:
    run = run_after(desk.runs.get(event.run), event, envelope.occurred_at)
    desk.put_run(replace(run, state=RunState.CLOSED))


def on_run_cancelled(desk: Desk, envelope: Envelope, event: RunCancelled) -> None:
    described = run_after(desk.runs.get(event.run), event, envelope.occurred_at)
    run = replace(described, state=RunState.CANCELLED, cancelled_by=envelope.id)
    desk.put_run(run)
    for unit in run.units:
        desk.tell_unit(unit, run, Kind.RUN_CANCELLED, envelope, envelope.id)
    for nomination in desk.live_nominations(run.id):
        desk.tell_person(nomination, Kind.RUN_CANCELLED, envelope, envelope.id, seated=nomination.seated)


def on_run_clock_set(desk: Desk, envelope: Envelope, event: RunClockSet) -> None:
    run = desk.runs.get(event.run)
    if run is not None:  # else its first event, which carries the offset too, is still to come
        desk.put_run(replace(run, offset_seconds=event.offset_seconds))


def on_nomination_submitted(desk: Desk, envelope: Envelope, event: NominationSubmitted) -> None:
    _remember(desk, envelope, event, NominationState.SUBMITTED)


def on_seat_confirmed(desk: Desk, envelope: Envelope, event: SeatConfirmed) -> None:
    nomination = _remember(desk, envelope, event, NominationState.CONFIRMED)
    desk.tell_person(nomination, CONFIRMED_KINDS[event.by], envelope, envelope.id, seated=True)


def on_nomination_waitlisted(desk: Desk, envelope: Envelope, event: NominationWaitlisted) -> None:
    nomination = _remember(desk, envelope, event, NominationState.WAITLISTED)
    desk.tell_person(nomination, Kind.WAITLISTED, envelope, envelope.id, seated=False)


def on_nomination_rejected(desk: Desk, envelope: Envelope, event: NominationRejected) -> None:
    nomination = _remember(desk, envelope, event, NominationState.REJECTED)
    desk.tell_person(nomination, Kind.REJECTED, envelope, envelope.id, seated=False)


def on_nomination_withdrawn(desk: Desk, envelope: Envelope, event: NominationWithdrawn) -> None:
    nomination = _remember(desk, envelope, event, NominationState.WITHDRAWN)
    seated = event.before is NominationState.CONFIRMED
    desk.tell_person(nomination, Kind.WITHDRAWN, envelope, envelope.id, seated=seated)


def _remember(desk: Desk, envelope: Envelope, event: NominationFact, state: NominationState) -> Nomination:
    nomination = nomination_after(event, state, envelope.occurred_at)
    desk.put_nomination(nomination)
    _tell_latecomer(desk, nomination, desk.runs.get(nomination.run), envelope)
    return nomination


def _tell_latecomer(desk: Desk, nomination: Nomination, run: Run | None, envelope: Envelope) -> None:
    """The run was cancelled before this was known here. The id is that of the notice to everybody else."""
    if run is not None and run.cancelled_by is not None and nomination.live:
        desk.tell_person(nomination, Kind.RUN_CANCELLED, envelope, run.cancelled_by, seated=False)


Handler = Callable[[Desk, Envelope, Any], None]

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
    desk = await views.desk(envelopes, clock(), session)
    for envelope in envelopes:
        if envelope.event is not None:
            HANDLERS[type(envelope.event)](desk, envelope, envelope.event)
    await views.save(desk, session)
