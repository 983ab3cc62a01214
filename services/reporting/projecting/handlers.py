"""Who reacts to what: events into rows, rollups and descriptions. The table at the end lists it all. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from services.reporting.projecting.domain.attendance import Absence, AttendanceChange, fold_gone, fold_marks
from services.reporting.projecting.domain.buckets import SeatsFact, fold_bucket, seated
from services.reporting.projecting.domain.certificates import Issue, fold_certificate, fold_issue
from services.reporting.projecting.domain.descriptions import (
    Programme,
    Run,
    Unit,
    fold_programme,
    fold_run,
    fold_unit,
)
from services.reporting.projecting.domain.evaluations import Evaluated, fold_evaluated
from services.reporting.projecting.domain.followups import FollowUpChange, fold_follow_up
from services.reporting.projecting.domain.nominations import NominationRow, fold, row_key
from services.reporting.projecting.domain.plans import PlansChange, fold_plan
from services.reporting.projecting.domain.rollups import RollupChange, cell_of, delta
from services.reporting.projecting.domain.workshops import Workshop, fold_workshop
from shared.events.attendance import AttendanceCorrected, AttendanceRecorded, MarksFact
from shared.events.catalogue import (
    ProgrammeApproved,
    ProgrammeCancelled,
    ProgrammeClosed,
    ProgrammeCreated,
    ProgrammeFact,
    ProgrammePublished,
    ProgrammeReopened,
    ProgrammeRevised,
    ProgrammeSubmitted,
    RunCancelled,
    RunClockSet,
    RunClosed,
    RunCloseOutFiled,
    RunFact,
    RunOpened,
    RunReopened,
    RunScheduled,
)
from shared.events.certificates import (
    CertificateFact,
    CertificateIssued,
    CertificateIssueEnded,
    CertificateRevoked,
)
from shared.events.directory import UnitRegistered
from shared.events.envelope import Envelope, Event
from shared.events.evaluation import AnswersReleased
from shared.events.followups import FollowUpCompleted, FollowUpFact, FollowUpReopened, FollowUpsAssigned
from shared.events.offers import OfferDeclined, OfferExpired, SeatOffered
from shared.events.plans import (
    PlanAgreed,
    PlanClosed,
    PlanDrafted,
    PlanFact,
    PlanReopened,
    PlanRowCompleted,
    PlanRowNominated,
    PlanRowReopened,
    PlanSubmitted,
)
from shared.events.seats import (
    BucketClosed,
    BucketOpened,
    BucketReopened,
    BucketRescheduled,
    BucketSeatsChanged,
    NominationApproved,
    NominationEscalated,
    NominationExpired,
    NominationFact,
    NominationKept,
    NominationMoved,
    NominationRejected,
    NominationSubmitted,
    NominationTransferred,
    NominationWaitlisted,
    NominationWithdrawn,
    SeatConfirmed,
)
from shared.events.workshops import (
    GroupMembersLeft,
    GroupMembersPlaced,
    GroupsLocked,
    GroupsMade,
    GroupsUnlocked,
    IdeaAdopted,
    IdeaAwarded,
    IdeaMeasured,
    IdeaReopened,
    IdeaSubmitted,
    IdeaWithdrawn,
    ScoringClosed,
    WorkshopFact,
)


@dataclass(slots=True)
class ProjectionBatch:
    """What a batch of events knows and changes. `stored` are the rows as they were before the batch."""

    stored: dict[str, NominationRow] = field(default_factory=dict)
    rows: dict[str, NominationRow] = field(default_factory=dict)
    changes: dict[str, RollupChange] = field(default_factory=dict)
    attendance: dict[str, AttendanceChange] = field(default_factory=dict)
    absences: dict[str, Absence] = field(default_factory=dict)
    issues: dict[str, Issue] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    evaluated: dict[str, Evaluated] = field(default_factory=dict)
    workshops: dict[str, Workshop] = field(default_factory=dict)
    follow_ups: dict[str, FollowUpChange] = field(default_factory=dict)
    plans: dict[int, PlansChange] = field(default_factory=dict)

    def change_of(self, envelope: Envelope) -> RollupChange:
        """The change of the bucket that the event belongs to."""
        change = self.changes.get(envelope.subject)
        if change is None:
            change = self.changes[envelope.subject] = RollupChange(envelope.subject)
        return change


def on_bucket(batch: ProjectionBatch, envelope: Envelope, event: SeatsFact) -> None:
    change = batch.change_of(envelope)
    change.put(fold_bucket(change.bucket, event), event, envelope.time)


def on_nomination(batch: ProjectionBatch, envelope: Envelope, event: NominationFact) -> None:
    key = row_key(event)
    before = batch.rows.get(key) or batch.stored.get(key)
    after = fold(before, event, envelope)
    change = batch.change_of(envelope)
    change.put(seated(change.bucket, before, after), event, envelope.time)
    change.add(delta(before, after))
    if before is None and event.warnings:
        change.warn(cell_of(after), event.warnings)
    batch.rows[key] = after
    fold_gone(batch.attendance, batch.absences, event)


def on_attendance(batch: ProjectionBatch, envelope: Envelope, event: MarksFact) -> None:
    fold_marks(batch.attendance, batch.absences, event)


def on_certificate(batch: ProjectionBatch, envelope: Envelope, event: CertificateFact) -> None:
    fold_certificate(batch.attendance, event)


def on_issue_ended(batch: ProjectionBatch, envelope: Envelope, event: CertificateIssueEnded) -> None:
    batch.issues[event.aggregate] = fold_issue(event, envelope)


def on_programme(batch: ProjectionBatch, envelope: Envelope, event: ProgrammeFact) -> None:
    known = batch.programmes.get(event.programme)
    batch.programmes[event.programme] = fold_programme(known, event, envelope)


def on_run(batch: ProjectionBatch, envelope: Envelope, event: RunFact | RunClockSet) -> None:
    batch.runs[event.run] = fold_run(batch.runs.get(event.run), event, envelope)


def on_answers(batch: ProjectionBatch, envelope: Envelope, event: AnswersReleased) -> None:
    known = batch.evaluated.get(event.aggregate)
    batch.evaluated[event.aggregate] = fold_evaluated(known, event, envelope)


def on_workshop(batch: ProjectionBatch, envelope: Envelope, event: WorkshopFact) -> None:
    known = batch.workshops.get(event.aggregate)
    batch.workshops[event.aggregate] = fold_workshop(known, event, envelope)


def on_follow_up(batch: ProjectionBatch, envelope: Envelope, event: FollowUpFact) -> None:
    fold_follow_up(batch.follow_ups, event, envelope)


def on_plan(batch: ProjectionBatch, envelope: Envelope, event: PlanFact) -> None:
    fold_plan(batch.plans, event, envelope)


def on_unit(batch: ProjectionBatch, envelope: Envelope, event: UnitRegistered) -> None:
    batch.units[event.unit] = fold_unit(event, envelope)


Handler = Callable[[ProjectionBatch, Envelope, Any], None]

HANDLERS: Final[Mapping[type[Event], Handler]] = {
    BucketOpened: on_bucket,
    BucketSeatsChanged: on_bucket,
    BucketRescheduled: on_bucket,
    BucketClosed: on_bucket,
    BucketReopened: on_bucket,
    NominationSubmitted: on_nomination,
    SeatConfirmed: on_nomination,
    NominationWaitlisted: on_nomination,
    NominationApproved: on_nomination,
    NominationEscalated: on_nomination,
    NominationExpired: on_nomination,
    NominationRejected: on_nomination,
    NominationWithdrawn: on_nomination,
    SeatOffered: on_nomination,
    OfferDeclined: on_nomination,
    OfferExpired: on_nomination,
    NominationMoved: on_nomination,
    NominationKept: on_nomination,
    NominationTransferred: on_nomination,
    AttendanceRecorded: on_attendance,
    AttendanceCorrected: on_attendance,
    ProgrammeCreated: on_programme,
    ProgrammeRevised: on_programme,
    ProgrammeSubmitted: on_programme,
    ProgrammeApproved: on_programme,
    ProgrammePublished: on_programme,
    ProgrammeClosed: on_programme,
    ProgrammeReopened: on_programme,
    ProgrammeCancelled: on_programme,
    RunScheduled: on_run,
    RunOpened: on_run,
    RunClosed: on_run,
    RunReopened: on_run,
    RunCloseOutFiled: on_run,
    RunCancelled: on_run,
    RunClockSet: on_run,
    UnitRegistered: on_unit,
    AnswersReleased: on_answers,
    GroupsMade: on_workshop,
    GroupMembersPlaced: on_workshop,
    GroupMembersLeft: on_workshop,
    GroupsLocked: on_workshop,
    GroupsUnlocked: on_workshop,
    IdeaSubmitted: on_workshop,
    IdeaReopened: on_workshop,
    IdeaWithdrawn: on_workshop,
    ScoringClosed: on_workshop,
    IdeaAwarded: on_workshop,
    IdeaAdopted: on_workshop,
    IdeaMeasured: on_workshop,
    CertificateIssued: on_certificate,
    CertificateRevoked: on_certificate,
    CertificateIssueEnded: on_issue_ended,
    FollowUpsAssigned: on_follow_up,
    FollowUpCompleted: on_follow_up,
    FollowUpReopened: on_follow_up,
    PlanDrafted: on_plan,
    PlanSubmitted: on_plan,
    PlanAgreed: on_plan,
    PlanReopened: on_plan,
    PlanRowCompleted: on_plan,
    PlanRowReopened: on_plan,
    PlanRowNominated: on_plan,
    PlanClosed: on_plan,
}
