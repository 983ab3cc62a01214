"""The approval of a nomination, step by step of its programme's route: who decides now, what a decision leads to, and
what becomes of it when nobody decides in time. Pure: `now` is business time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from services.enrolment.catalogue import ApprovalStep, OnDeadline, Route, is_organised_in, require_organised_in
from services.enrolment.directory import PersonErased
from services.enrolment.seats.domain.approval_refusals import DeadlineOver, DecidedBefore, NotYourStep, ReasonNeeded
from services.enrolment.seats.domain.delegation_refusals import DelegationNotNow
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome, Verdict, advanced, nomination_event
from services.enrolment.seats.domain.nominations import seat_or_wait
from services.enrolment.seats.domain.refusals import OwnNomination
from services.enrolment.seats.domain.transitions import EXPIRED, REJECTED, Action, require
from shared.clock import midnight
from shared.events import seats as events
from shared.events.seats import Approver, ConfirmedBy
from shared.rights import Principal, Role, Scope
from shared.thai import local_date, working_days_after

ROLES: Final[Mapping[Approver, Role]] = {
    Approver.SUPERVISOR: Role.SUPERVISOR,
    Approver.UNIT_HR: Role.PROVINCIAL_HR,
    Approver.ORGANISER: Role.HR_OFFICER,
}
ORGANISER_ALONE: Final = ApprovalStep(Approver.ORGANISER)
Steps = Mapping[Approver, Scope]


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides, in whose name if not the own and in which time then (business time, from and until, None: still),
    and the steps that this one may decide, each for which units."""

    subject: str
    steps: Steps
    on_behalf_of: str | None = None
    period: tuple[datetime, datetime | None] | None = None

    @property
    def people(self) -> tuple[str, ...]:
        return (self.subject,) if self.on_behalf_of is None else (self.subject, self.on_behalf_of)


def steps_of(principal: Principal) -> Steps:
    """Every role decides its step for the own unit, and what is below it."""
    return {step: Scope(unit=principal.unit) for step, role in ROLES.items() if role in principal.roles}


def route_of(nomination: Nomination, route: Route) -> Route:
    """Who is outside the target group and has applied alone was put forward by nobody: the organiser decides, too."""
    if not nomination.from_outside:
        return route
    return route if any(step.by is Approver.ORGANISER for step in route) else (*route, ORGANISER_ALONE)


def waiting(nomination: Nomination, route: Route, now: datetime, *, step: int = 0) -> Nomination:
    """It waits for this step of its route; without one as it is."""
    route = route_of(nomination, route)
    if step >= len(route):
        return nomination
    return replace(nomination, step=step, approver=route[step].by, due_at=_due_at(route[step], now))


def approve(
    bucket: Bucket, nomination: Nomination, route: Route, by: Decider, *, four_eyes: bool, now: datetime
) -> Outcome:
    """After the last step it is seated or waits for a seat. With `four_eyes` not by the person who is nominated, by who
    made the nomination, or by who has approved an earlier step. Nobody approves one who was erased."""
    if nomination.erased:
        raise PersonErased(person=nomination.person)
    if four_eyes:
        _require_another(nomination, by)
    if _is_last(nomination, route):
        outcome = seat_or_wait(bucket, nomination, before=nomination.state, by=ConfirmedBy.APPROVAL)
    else:
        known = replace(nomination, decided=(*nomination.decided, *by.people))
        outcome = _handed_on(events.NominationApproved, bucket, known, route, now)
    return _with(outcome, nomination, Verdict.APPROVED)


def reject(bucket: Bucket, nomination: Nomination, by: Decider, *, four_eyes: bool, reason: str | None) -> Outcome:
    """Whichever step it waits for. It is told why."""
    if four_eyes and set(nomination.decided).intersection(by.people):
        raise DecidedBefore()
    if not (reason or "").strip():
        raise ReasonNeeded()
    rejected = replace(nomination, state=REJECTED)
    event = nomination_event(events.NominationRejected, bucket, rejected)
    return _with(Outcome(advanced(bucket), (rejected,), (event,)), nomination, Verdict.REJECTED)


def late_action(nomination: Nomination, route: Route, *, begun: bool = False) -> Action:
    """What its deadline leads to. Once the run has `begun` there is nothing left to hand on."""
    if begun:
        return Action.EXPIRE
    route = route_of(nomination, route)
    escalates = not _is_last(nomination, route) and route[nomination.step].on_deadline is OnDeadline.ESCALATE
    return Action.ESCALATE if escalates else Action.EXPIRE


def overdue(bucket: Bucket, nomination: Nomination, route: Route, now: datetime, *, begun: bool = False) -> Outcome:
    """Nobody has decided in time: before the deadline, or before the run has begun."""
    action = late_action(nomination, route, begun=begun)
    require(nomination.state, action)
    if action is Action.ESCALATE:
        escalated = _handed_on(events.NominationEscalated, bucket, nomination, route, now)
        return _with(escalated, nomination, Verdict.ESCALATED)
    expired = replace(nomination, state=EXPIRED)
    event = nomination_event(events.NominationExpired, bucket, expired, step=nomination.approver)
    return _with(Outcome(advanced(bucket), (expired,), (event,)), nomination, Verdict.EXPIRED)


def require_step(nomination: Nomination, organiser: str | None, by: Decider, now: datetime) -> None:
    """The organiser's step is decided where the programme is organised, or where that is not known by any of those who
    may; the others where the person belongs; all of them before their deadline. Raises NotYourStep, DelegationNotNow
    and DeadlineOver."""
    if by.period is not None:
        starts_at, ends_at = by.period
        if now < starts_at or (ends_at is not None and now >= ends_at):
            raise DelegationNotNow()
    approver = nomination.approver
    scope = None if approver is None else by.steps.get(approver)
    if scope is None or approver is None:
        raise NotYourStep(step="" if approver is None else approver.value)
    unit = organiser if approver is Approver.ORGANISER else nomination.place.unit
    if unit is not None and not scope.covers_unit(unit):
        raise NotYourStep(step=approver.value)
    if nomination.due_at is not None and now >= nomination.due_at:
        raise DeadlineOver(step=approver.value)


def require_organiser(organiser: str | None, steps: Steps) -> None:
    """What is for the organiser alone, though of no route, is decided where the organiser's step is. Raises
    NotTheOrganiser."""
    require_organised_in(organiser, steps.get(Approver.ORGANISER, Scope()))


def is_organiser(organiser: str | None, steps: Steps) -> bool:
    """Whether what is for the organiser alone may be decided."""
    scope = steps.get(Approver.ORGANISER)
    return scope is not None and is_organised_in(organiser, scope)


def years_of(route: Iterable[ApprovalStep], now: datetime) -> set[int]:
    """The calendars that deadlines from now on are counted in."""
    day = local_date(now)
    return {year for step in route if step.days for year in (day.year, day.year + 1)}


def _require_another(nomination: Nomination, by: Decider) -> None:
    for one in by.people:
        if one in (nomination.person, nomination.nominated_by):
            raise OwnNomination()
        if one in nomination.decided:
            raise DecidedBefore()


def _is_last(nomination: Nomination, route: Route) -> bool:
    return nomination.step + 1 >= len(route_of(nomination, route))


def _handed_on(
    kind: type[events.HandedOnFact], bucket: Bucket, nomination: Nomination, route: Route, now: datetime
) -> Outcome:
    after = waiting(nomination, route, now, step=nomination.step + 1)
    more: dict[str, Any] = {"step": nomination.approver, "next_step": after.approver, "due_at": after.due_at}
    return Outcome(advanced(bucket), (after,), (nomination_event(kind, bucket, after, **more),))


def _due_at(step: ApprovalStep, now: datetime) -> datetime | None:
    """The end of the last of its working days; today is none of them."""
    if step.days is None:
        return None
    last = working_days_after(local_date(now), step.days)
    return midnight(last + timedelta(days=1))


def _with(outcome: Outcome, waited: Nomination, verdict: Verdict) -> Outcome:
    if waited.approver is None:
        return outcome
    return Outcome(outcome.bucket, outcome.nominations, outcome.events, (waited.approver, verdict))
