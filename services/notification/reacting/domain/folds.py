"""How events change what is remembered: one fold for each kind of aggregate. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from services.notification.domain import Bucket, Delegation, Nomination, Run, RunState, SealedContact, Unit
from shared.events.attendance import MarksFact, PersonMark
from shared.events.catalogue import RunFact, RunOpened, RunReopened, RunScheduled
from shared.events.certificates import CertificateFact
from shared.events.delegations import DelegationGiven
from shared.events.directory import ContactChanged, UnitRegistered
from shared.events.offers import SeatOffered
from shared.events.seats import (
    BucketOpened,
    BucketSeatsChanged,
    HandedOnFact,
    NominationFact,
    NominationState,
    NominationSubmitted,
    SeatConfirmed,
)
from shared.events.workshops import GroupMember, GroupMembersPlaced, IdeaAwarded

FORMER_CONTACTS: Final = 3


def bucket_of(event: BucketOpened | BucketSeatsChanged) -> Bucket:
    if isinstance(event, BucketOpened):
        return Bucket(event.aggregate, event.run, event.bucket_unit, event.seats)
    return Bucket(event.aggregate, event.run, event.bucket_unit, event.seats, event.released, event.received)


def contact_after(before: SealedContact | None, event: ContactChanged, subject: str) -> SealedContact:
    """The one before it is kept for a while."""
    former = () if before is None or before.seal is None else (before.seal, *before.former)
    return SealedContact(event.person, subject, event.key_id, event.sealed, former[:FORMER_CONTACTS])


def delegation_of(event: DelegationGiven) -> Delegation:
    return Delegation(event.delegation, event.unit, event.delegate, event.steps, event.starts_at, event.ends_at)


def unit_of(event: UnitRegistered) -> Unit:
    return Unit(event.unit, event.name_th, event.name_en, event.email)


def run_after(run: Run | None, event: RunFact, occurred_at: datetime) -> Run:
    """The run as this event describes it, with its state and history kept. `occurred_at` is business time."""
    described = _described(event)
    if run is not None:
        described = replace(
            described,
            revision=run.revision,
            schedule_revision=run.schedule_revision,
            before=run.before,
            state=run.state,
            units=run.units,
            closes_at=run.closes_at,
            organiser=event.organiser or run.organiser,
            opened_at=run.opened_at,
            cancelled_by=run.cancelled_by,
            cancelled_silently=run.cancelled_silently,
            moved_at=occurred_at if _moves(run, event) else run.moved_at,
        )
    if isinstance(event, RunScheduled):
        return _scheduled(run, described, event)
    if isinstance(event, RunOpened):
        opened = replace(described, state=RunState.OPEN, opened_at=occurred_at)
        return replace(opened, units=event.units, closes_at=event.closes_at)
    if isinstance(event, RunReopened):
        return replace(described, state=RunState.OPEN, opened_at=occurred_at, closes_at=event.closes_at)
    return described


def _scheduled(before: Run | None, described: Run, event: RunScheduled) -> Run:
    """An event of an earlier release does not say until when there are nominations: that is as it was."""
    if "closes_at" in event.model_fields_set:
        described = replace(described, closes_at=event.closes_at)
    if before is not None and described.schedule.differs(before.schedule):
        described = replace(described, schedule_revision=event.revision, before=before.schedule)
    return replace(described, revision=event.revision)


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
        organiser=event.organiser,
        release_at=event.release_at,
        reminders=event.reminders,
    )


def nomination_after(event: NominationFact, state: NominationState | str, occurred_at: datetime) -> Nomination:
    """`occurred_at` is business time. Every event of a nomination carries all that is remembered of it."""
    return Nomination(
        id=event.nomination,
        run=event.run,
        person=event.person,
        unit=event.place.unit,
        bucket_unit=event.bucket_unit,
        state=state,
        confirmed_at=occurred_at if isinstance(event, SeatConfirmed) else None,
        approver=_approver(event),
        due_at=_due_at(event),
        transfers=event.transfers,
    )


def attendee_of(event: MarksFact, mark: PersonMark) -> Nomination:
    """Who is meant by a mark. It is not remembered: what was said of the nomination itself stays."""
    return Nomination(
        id=mark.nomination,
        run=event.run,
        person=mark.person,
        unit=mark.place.unit,
        bucket_unit=mark.bucket_unit,
        state=NominationState.CONFIRMED,
    )


def member_of(event: GroupMembersPlaced | IdeaAwarded, member: GroupMember) -> Nomination:
    """Who is meant by a member of a group. It is not remembered either."""
    return Nomination(
        id=member.nomination,
        run=event.run,
        person=member.person,
        unit=member.place.unit,
        bucket_unit=member.bucket_unit,
        state=NominationState.CONFIRMED,
    )


def certified_of(event: CertificateFact) -> Nomination:
    """Whose certificate it is. Not remembered either."""
    return Nomination(
        id=event.nomination,
        run=event.run,
        person=event.person,
        unit=event.place.unit,
        bucket_unit=event.bucket_unit,
        state=NominationState.CONFIRMED,
    )


def _due_at(event: NominationFact) -> datetime | None:
    if isinstance(event, SeatOffered):
        return event.expires_at
    return event.due_at if isinstance(event, NominationSubmitted | HandedOnFact) else None


def _approver(event: NominationFact) -> str | None:
    if isinstance(event, NominationSubmitted):
        return event.step
    return event.next_step if isinstance(event, HandedOnFact) else None
