"""How events change what is remembered: one fold for each kind of aggregate. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.notification.domain import Nomination, Run, RunState, Unit
from shared.events.catalogue import RunFact, RunOpened, RunScheduled
from shared.events.directory import UnitRegistered
from shared.events.seats import NominationFact, NominationState, SeatConfirmed


def unit_of(event: UnitRegistered) -> Unit:
    return Unit(event.unit, event.name_th, event.name_en, event.email)


def run_after(run: Run | None, event: RunFact, occurred_at: datetime) -> Run:
    """The run as this event describes it, with its state and history kept. `occurred_at` is business time."""
    described = _described(event)
    if run is not None:
        described = replace(
            described,
            revision=run.revision,
            most_sessions=max(described.most_sessions, run.most_sessions),
            state=run.state,
            units=run.units,
            closes_at=run.closes_at,
            cancelled_by=run.cancelled_by,
            cancelled_silently=run.cancelled_silently,
            moved_at=occurred_at if _moves(run, event) else run.moved_at,
        )
    if isinstance(event, RunScheduled):
        return replace(described, revision=event.revision)
    if isinstance(event, RunOpened):
        return replace(described, state=RunState.OPEN, units=event.units, closes_at=event.closes_at)
    return described


def _moves(run: Run, event: RunFact) -> bool:
    """Databases keep milliseconds, so the same start need not be equal to the microsecond."""
    return isinstance(event, RunScheduled) and abs(run.starts_at - event.starts_at) >= timedelta(seconds=1)


def _described(event: RunFact) -> Run:
    return Run(
        id=event.run,
        programme=event.programme,
        code=event.code,
        title=event.title,
        cohort=event.cohort,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        venue=event.venue,
        sessions=event.sessions,
        chair=event.chair,
        offset_seconds=event.offset_seconds,
        most_sessions=max(len(event.sessions), 1),
    )


def nomination_after(event: NominationFact, state: NominationState, occurred_at: datetime) -> Nomination:
    """`occurred_at` is business time. Every event of a nomination carries all that is remembered of it."""
    return Nomination(
        id=event.nomination,
        run=event.run,
        person=event.person,
        unit=event.place.unit,
        bucket_unit=event.bucket_unit,
        state=state,
        confirmed_at=occurred_at if isinstance(event, SeatConfirmed) else None,
    )
