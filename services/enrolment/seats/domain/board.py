"""The state that a batch of commands is decided on: buckets, nominations and people of one run, in memory.

Pure. Commands are decided one after the other; each sees the changes of those before it in the batch, and
a refused one leaves none. The board collects what storage will write.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from services.enrolment.catalogue import OfferedRun, TargetGroup
from services.enrolment.directory import Held, PersonErased, root_unit
from services.enrolment.seats.domain import approvals
from services.enrolment.seats.domain import nominations as rules
from services.enrolment.seats.domain.checks import Found, Warnings, bounded, judged
from services.enrolment.seats.domain.commands import Caller, Command, Decide, EnterLate, Nominate, Substitute
from services.enrolment.seats.domain.ex_officio_refusals import NotInPost
from services.enrolment.seats.domain.leaving import swap
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome, Verdict
from services.enrolment.seats.domain.needed import bucket_ids
from services.enrolment.seats.domain.nominees import Person, nomination_of
from services.enrolment.seats.domain.offers import accept, decline, pool_for
from services.enrolment.seats.domain.phases import ALLOWED, require_at_rest, require_phase, require_substitution
from services.enrolment.seats.domain.placing import admitted, placed
from services.enrolment.seats.domain.refusals import (
    AlreadyNominated,
    NoApplications,
    NominationNotOpen,
    OwnNomination,
    SubstituteWaits,
    UnknownNomination,
    UnknownPerson,
    UnknownRun,
    UnknownTarget,
)
from services.enrolment.seats.domain.transfer_refusals import SeatOfOtherOffice
from services.enrolment.seats.domain.transfers import keep, release
from services.enrolment.seats.domain.transitions import OF_ORGANISER, Action, require
from shared.clock import business
from shared.events.seats import Approver, BucketFact, NominationState, Rank
from shared.rights import Scope


@dataclass(frozen=True, slots=True)
class NominationChange:
    """A nomination after a command: created (`new`) or changed, by whom (and in whose name), when (system time), with
    which words. `verdict` is what a step of approval has come to by it. `offset_seconds` is that of the run's clock."""

    nomination: Nomination
    bucket: Bucket
    new: bool
    by: str
    at: datetime
    note: str | None = None
    reason: str | None = None
    on_behalf_of: str | None = None
    verdict: tuple[Approver, Verdict] | None = None
    offset_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """The result of a command: the nomination that its caller gets, its bucket, and the events in order."""

    nomination: Nomination
    bucket: Bucket
    events: tuple[BucketFact, ...]


@dataclass(slots=True)
class Board:
    """The state of one batch. `read` keeps the buckets as they were stored, for the guard of the write. `queues` holds
    the heads of waiting lists, as many as `waiters_needed` says, `found` what checks have found elsewhere."""

    run: OfferedRun
    buckets: dict[str, Bucket]
    nominations: dict[str, Nomination]
    people: Mapping[str, Person]
    live: dict[str, Nomination]
    queues: dict[str, list[Nomination]]
    found: Found = field(default_factory=dict)
    read: Mapping[str, Bucket] = field(init=False)
    changes: list[NominationChange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.read = dict(self.buckets)

    def decide(self, command: Command, caller: Caller, at: datetime) -> Decision:
        """Carries the command out on this board. `at` is system time. Raises Refused and changes nothing.

        What is outside the caller's scope is refused as if it were not there: an id that somebody has guessed or kept
        tells neither that there is such a nomination, person or run, nor of which unit.
        """
        if not (self.run.opened or caller.drafts):
            raise UnknownRun(run=self.run.id)
        require_at_rest(self.run)
        now = business(at, self.run.offset_seconds)
        if isinstance(command, Nominate):
            outcome = self._nominate(command, caller, now)
        elif isinstance(command, Decide):
            outcome = self._decide(command, caller, now)
        elif isinstance(command, Substitute):
            outcome = self._substitute(command, caller, now)
        else:
            outcome = self._enter_late(command, caller, now)
        self._keep(outcome)
        for nomination in outcome.nominations:
            self.changes.append(_change(nomination, outcome, command, caller, at, self.run))
        return Decision(self.nominations[command.subject], outcome.bucket, outcome.events)

    def changed_buckets(self) -> list[tuple[Bucket, Bucket]]:
        """(as read, as it is now) for every changed bucket."""
        return [(self.read[key], bucket) for key, bucket in self.buckets.items() if bucket.seq != self.read[key].seq]

    def _nominate(self, command: Nominate, caller: Caller, now: datetime) -> Outcome:
        person = self._person(command.person, caller.scope, command.ex_officio)
        require_phase(self.run, Action.NOMINATE, now)
        if not self.run.applications and not caller.scope.covers_unit(person.place.unit):
            raise NoApplications()
        if command.ex_officio is not None and person.ex_officio is None:
            raise NotInPost(unit=command.ex_officio.unit, post=command.ex_officio.post)
        self._require_window(now)
        bucket, outside = self._bucket_for(person, command.target)
        self._require_not_live(person.id, caller.scope)
        warnings = self._warnings(person, outside, caller.scope)
        pool = pool_for(self.run, bucket.id, person.place.unit)
        new = nomination_of(command.new_id, bucket, person, command.rank, caller.subject, warnings, pool)
        return rules.nominate(bucket, approvals.waiting(new, self.run.approval_route, now))

    def _enter_late(self, command: EnterLate, caller: Caller, now: datetime) -> Outcome:
        """Who enters somebody decides alone, and so not about himself."""
        person = self._person(command.person, caller.scope)
        approvals.require_organiser(self.run.organiser, caller.steps)
        require_phase(self.run, Action.ENTER_LATE, now)
        if person.id == caller.subject:
            raise OwnNomination()
        bucket, outside = self._bucket_for(person, command.target)
        self._require_not_live(person.id, caller.scope)
        warnings = self._warnings(person, outside, caller.scope)
        new = nomination_of(command.new_id, bucket, person, Rank.PRIMARY, caller.subject, warnings)
        return rules.enter_late(bucket, new)

    def _substitute(self, command: Substitute, caller: Caller, now: datetime) -> Outcome:
        """Late it is decided by one alone, and so not about himself."""
        nomination, bucket = self._nomination(command.nomination, caller.scope, Action.SUBSTITUTE)
        other = self._person(command.person, caller.scope, nomination.ex_officio)
        late = command.reason is not None and approvals.is_organiser(self.run.organiser, caller.steps)
        require_substitution(self.run, now, late=late and other.id != caller.subject)
        require(nomination.state, Action.SUBSTITUTE)
        outside = admitted(self._target(bucket.target), other.assignment, self.run.checks)
        warnings = self._warnings(other, outside, caller.scope)
        new = nomination_of(command.new_id, bucket, other, nomination.rank, caller.subject, warnings)
        waits = self.live.get(other.id)
        if waits is None or waits.state is not NominationState.WAITLISTED or waits.bucket != bucket.id:
            self._require_not_live(other.id, caller.scope)
            return rules.substitute(bucket, nomination, new)
        if not command.swap:
            raise SubstituteWaits(**self._linked(waits, caller.scope))
        return swap(bucket, nomination, new, waits)

    def _decide(self, command: Decide, caller: Caller, now: datetime) -> Outcome:
        """A seat that comes free when the run has begun promotes nobody."""
        nomination, bucket = self._nomination(command.nomination, caller.scope, command.action)
        if command.action in OF_ORGANISER:
            approvals.require_organiser(self.run.organiser, caller.steps)
        phase = require_phase(self.run, command.action, now)
        if command.action is Action.KEEP:
            return keep(bucket, nomination)
        if command.action is Action.ACCEPT:
            return accept(bucket, nomination, now)
        if command.action is Action.DECLINE:
            return decline(bucket, nomination, self.run.waiting_lists, now)
        if command.action not in (Action.WITHDRAW, Action.RELEASE):
            return self._decide_step(command, bucket, nomination, caller.decider, now)
        waiting = self.queues.get(bucket.id, ()) if Action.PROMOTE in ALLOWED[phase] else ()
        leave = release if command.action is Action.RELEASE else rules.withdraw
        return leave(bucket, nomination, waiting)

    def _decide_step(
        self, command: Decide, bucket: Bucket, nomination: Nomination, by: approvals.Decider, now: datetime
    ) -> Outcome:
        require(nomination.state, command.action)
        approvals.require_step(nomination, self.run.organiser, by, now)
        four_eyes = self.run.four_eyes
        if command.action is Action.REJECT:
            return approvals.reject(bucket, nomination, by, four_eyes=four_eyes, reason=command.reason)
        return approvals.approve(bucket, nomination, self.run.approval_route, by, four_eyes=four_eyes, now=now)

    def _person(self, person: str, scope: Scope, post: Held | None = None) -> Person:
        """As the `post` is seen, when he or she is in it."""
        known = self.people.get(person)
        if known is not None and post is not None:
            known = known.in_post(post.unit, post.post)
        if known is None or not _covers(scope, known.place.unit, person):
            raise UnknownPerson(person=person)
        if known.assignment.erased:
            raise PersonErased(person=person)
        return known

    def _nomination(self, nomination: str, scope: Scope, action: Action) -> tuple[Nomination, Bucket]:
        """The office that somebody has moved to sees it, and may withdraw; all else is for the office of the seat."""
        known = self.nominations.get(nomination)
        if known is None or not _sees(scope, known):
            raise UnknownNomination(nomination=nomination)
        if action is not Action.WITHDRAW and not _covers(scope, known.place.unit, known.person):
            raise SeatOfOtherOffice(unit=root_unit(known.place.unit))
        return known, self.buckets[known.bucket]

    def _require_window(self, now: datetime) -> None:
        opens, closes = self.run.opens_at, self.run.closes_at
        if (opens is not None and now < opens) or (closes is not None and now >= closes):
            raise NominationNotOpen()

    def _require_not_live(self, person: str, scope: Scope) -> None:
        if (known := self.live.get(person)) is not None:
            raise AlreadyNominated(**self._linked(known, scope))

    def _linked(self, known: Nomination, scope: Scope) -> dict[str, str]:
        """Where it is found, by those who may find it: somebody may have been nominated by another office."""
        if not _sees(scope, known):
            return {}
        path = f"/api/enrolment/runs/{self.run.id}/nominations/{known.id}"
        return {"nomination": known.id, "path": path, "state": known.state.value}

    def _warnings(self, person: Person, outside: Warnings, scope: Scope) -> Warnings:
        found = self.found.get(person.id)
        return bounded((*outside, *judged(self.run, found, person.id, scope))) if found else outside

    def _bucket_for(self, person: Person, target_key: str | None) -> tuple[Bucket, Warnings]:
        """Of that target group or of all that there are, and what is to be said of the person in it."""
        targets = (self._target(target_key),) if target_key is not None else self.run.targets
        bucket_in = partial(self._bucket_in, person)
        return placed(targets, person.assignment, self.run.checks, bucket_in)

    def _bucket_in(self, person: Person, target: TargetGroup, outsider: bool) -> Bucket | None:
        """The first bucket of the person's unit in this target group."""
        for key in bucket_ids(self.run.id, (target.key,), person.place.unit, outsider=outsider):
            if key in self.buckets:
                return self.buckets[key]
        return None

    def _target(self, key: str) -> TargetGroup:
        for target in self.run.targets:
            if target.key == key:
                return target
        raise UnknownTarget(target=key)

    def _keep(self, outcome: Outcome) -> None:
        self.buckets[outcome.bucket.id] = outcome.bucket
        for nomination in outcome.nominations:
            self.nominations[nomination.id] = nomination
            if nomination.live:
                self.live[nomination.person] = nomination
            else:
                self.live.pop(nomination.person, None)
            self._queue(nomination)

    def _queue(self, nomination: Nomination) -> None:
        queue = self.queues.get(nomination.bucket)
        if queue is None:
            return  # nobody can be promoted in this batch
        queue[:] = [waiting for waiting in queue if waiting.id != nomination.id]
        if nomination.state is NominationState.WAITLISTED:
            queue.append(nomination)


def _change(
    nomination: Nomination, outcome: Outcome, command: Command, caller: Caller, at: datetime, run: OfferedRun
) -> NominationChange:
    """Note and reason belong to the nomination that the command makes or decides on, not to a promoted one. About an
    erased person nothing more is kept."""
    decided = command.nomination or command.new_id
    return NominationChange(
        nomination,
        outcome.bucket,
        new=nomination.id == command.new_id,
        by=caller.subject,
        at=at,
        note=command.note if nomination.id == command.new_id else None,
        reason=command.reason if nomination.id == decided and not nomination.erased else None,
        on_behalf_of=caller.on_behalf_of,
        verdict=outcome.verdict if nomination.id == decided else None,
        offset_seconds=run.offset_seconds,
    )


def _covers(scope: Scope, unit: str, person: str) -> bool:
    return scope.covers_unit(unit) or scope.covers_person(person)


def _sees(scope: Scope, nomination: Nomination) -> bool:
    return _covers(scope, nomination.place.unit, nomination.person) or scope.covers_unit(nomination.unit_now)
