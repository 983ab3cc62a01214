"""The state that a batch of commands is decided on: buckets, nominations and people of one run, in memory.

Pure. Commands are decided one after the other; each sees the changes of those before it in the batch, and
a refused one leaves none. The board collects what storage will write.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.enrolment.catalogue import OfferedRun, TargetGroup, misfit
from services.enrolment.directory import Assignment, PersonErased, root_unit
from services.enrolment.seats.domain import nominations as rules
from services.enrolment.seats.domain.commands import Caller, Command, Decide, Nominate, Substitute
from services.enrolment.seats.domain.nominations import Action, Bucket, Nomination, Outcome
from services.enrolment.seats.domain.refusals import (
    AlreadyNominated,
    BucketClosed,
    NominationNotOpen,
    NoSeatsForUnit,
    UnknownNomination,
    UnknownPerson,
    UnknownRun,
    UnknownTarget,
)
from shared.errors import Refused
from shared.events.seats import BucketFact, NominationState, Place, Rank, bucket_id
from shared.rights import CENTRAL_POOL, Scope


@dataclass(frozen=True, slots=True)
class Person:
    """What seats need to know about a person. `place` is copied into the nomination."""

    id: str
    assignment: Assignment
    place: Place


@dataclass(frozen=True, slots=True)
class NominationChange:
    """A nomination after a command: created (`new`) or changed, by whom, when (system time), with which words."""

    nomination: Nomination
    bucket: Bucket
    new: bool
    by: str
    at: datetime
    note: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The result of a command: the nomination that its caller gets, its bucket, and the events in order."""

    nomination: Nomination
    bucket: Bucket
    events: tuple[BucketFact, ...]


@dataclass(slots=True)
class Board:
    """The state of one batch. `read` keeps the buckets as they were stored, for the guard of the write. `queues` holds
    the heads of waiting lists, as many as `waiters_needed` says."""

    run: OfferedRun
    buckets: dict[str, Bucket]
    nominations: dict[str, Nomination]
    people: Mapping[str, Person]
    live: dict[str, str]
    queues: dict[str, list[Nomination]]
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
        if isinstance(command, Nominate):
            outcome = self._nominate(command, caller, at + timedelta(seconds=self.run.offset_seconds))
        elif isinstance(command, Substitute):
            outcome = self._substitute(command, caller)
        else:
            outcome = self._decide(command, caller)
        self._keep(outcome)
        for nomination in outcome.nominations:
            self.changes.append(_change(nomination, outcome.bucket, command, caller, at))
        return Decision(self.nominations[command.subject], outcome.bucket, outcome.events)

    def changed_buckets(self) -> list[tuple[Bucket, Bucket]]:
        """(as read, as it is now) for every changed bucket."""
        return [(self.read[key], bucket) for key, bucket in self.buckets.items() if bucket.seq != self.read[key].seq]

    def _nominate(self, command: Nominate, caller: Caller, now: datetime) -> Outcome:
        person = self._person(command.person, caller.scope)
        self._require_window(now)
        bucket = self._bucket_for(person, command.target)
        self._require_not_live(person.id)
        new = _nomination(command.new_id, bucket, person, command.rank, caller.subject)
        return rules.nominate(bucket, new, needs_approval=self.run.needs_approval)

    def _substitute(self, command: Substitute, caller: Caller) -> Outcome:
        nomination, bucket = self._nomination(command.nomination, caller.scope)
        other = self._person(command.person, caller.scope)
        rules.require(nomination.state, Action.SUBSTITUTE)
        if (refusal := misfit(self._target(bucket.target), other.assignment)) is not None:
            raise refusal
        self._require_not_live(other.id)
        new = _nomination(command.new_id, bucket, other, nomination.rank, caller.subject)
        return rules.substitute(bucket, nomination, new)

    def _decide(self, command: Decide, caller: Caller) -> Outcome:
        nomination, bucket = self._nomination(command.nomination, caller.scope)
        if command.action is Action.APPROVE:
            return rules.approve(bucket, nomination, by=caller.subject, four_eyes=self.run.four_eyes)
        if command.action is Action.REJECT:
            return rules.reject(bucket, nomination)
        return rules.withdraw(bucket, nomination, self.queues.get(bucket.id, ()))

    def _person(self, person: str, scope: Scope) -> Person:
        known = self.people.get(person)
        if known is None or not _covers(scope, known.place.unit, person):
            raise UnknownPerson(person=person)
        if known.assignment.erased:
            raise PersonErased(person=person)
        return known

    def _nomination(self, nomination: str, scope: Scope) -> tuple[Nomination, Bucket]:
        known = self.nominations.get(nomination)
        if known is None or not _covers(scope, known.place.unit, known.person):
            raise UnknownNomination(nomination=nomination)
        return known, self.buckets[known.bucket]

    def _require_window(self, now: datetime) -> None:
        if not self.run.open:
            raise BucketClosed() if self.run.ended else NominationNotOpen()
        opens, closes = self.run.opens_at, self.run.closes_at
        if (opens is not None and now < opens) or (closes is not None and now >= closes):
            raise NominationNotOpen()

    def _require_not_live(self, person: str) -> None:
        if person in self.live:
            raise AlreadyNominated(nomination=self.live[person])

    def _bucket_for(self, person: Person, target_key: str | None) -> Bucket:
        """The first bucket of the person's unit in that target group, or in the first that fits."""
        targets = (self._target(target_key),) if target_key is not None else self.run.targets
        misfits: list[Refused] = []
        for target in targets:
            if (refusal := misfit(target, person.assignment)) is not None:
                misfits.append(refusal)
                continue
            for key in bucket_ids(self.run.id, (target.key,), person.place.unit):
                if key in self.buckets:
                    return self.buckets[key]
        if misfits and len(misfits) == len(targets):
            raise misfits[0]
        raise NoSeatsForUnit(unit=root_unit(person.place.unit))

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
                self.live[nomination.person] = nomination.id
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


def _nomination(id: str, bucket: Bucket, person: Person, rank: Rank, by: str) -> Nomination:
    return Nomination(id, bucket.id, person.id, rank, person.place, NominationState.SUBMITTED, nominated_by=by)


def _change(nomination: Nomination, bucket: Bucket, command: Command, caller: Caller, at: datetime) -> NominationChange:
    """Note and reason belong to the nomination that the command makes or decides on, not to a promoted one. About an
    erased person nothing more is kept."""
    return NominationChange(
        nomination,
        bucket,
        new=nomination.id == command.new_id,
        by=caller.subject,
        at=at,
        note=command.note if nomination.id == command.new_id else None,
        reason=command.reason if nomination.id == command.nomination and not nomination.erased else None,
    )


def _covers(scope: Scope, unit: str, person: str) -> bool:
    return scope.covers_unit(unit) or scope.covers_person(person)


def bucket_ids(run: str, targets: Iterable[str], unit: str) -> list[str]:
    """Buckets that may hold a seat for this unit, nearest first: the unit's own, its office's, the pool's."""
    units = dict.fromkeys((unit, root_unit(unit), CENTRAL_POOL))
    return [bucket_id(run, target, where) for target in targets for where in units]


def waiters_needed(commands: Sequence[Command], nominations: Mapping[str, Nomination]) -> dict[str, int]:
    """By bucket, how many from the head of its waiting list must be on the board for these commands.

    A withdrawal takes at most one of them: the person who gets the seat that it frees, or the one who waits no longer.
    So the first n are enough for n withdrawals, in whatever order they come and whoever they name. What the batch
    itself makes cannot be named in it: its id has been told to nobody.
    """
    withdrawn = (c.nomination for c in commands if isinstance(c, Decide) and c.action is Action.WITHDRAW)
    return dict(Counter(nominations[one].bucket for one in withdrawn if one in nominations))
