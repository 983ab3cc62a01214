"""What a batch of commands is decided on: the buckets, nominations and people of one run, held in memory.

Pure. Commands are decided one after the other; each sees what the ones before it in the batch have changed, and one
that is refused leaves no trace for the next.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.enrolment.catalogue.eligibility import Candidate, TargetGroup, check
from services.enrolment.seats import domain
from services.enrolment.seats.commands import Command, Decide, Nominate, Substitute
from services.enrolment.seats.domain import Action, Bucket, Nomination, Outcome, root_unit
from services.enrolment.seats.refusals import (
    AlreadyNominated,
    BucketClosed,
    NominationNotOpen,
    NoSeatsForUnit,
    UnknownNomination,
    UnknownPerson,
    UnknownTarget,
)
from shared.errors import Refused, UnitOutOfScope
from shared.events.enrolment import NominationState, Place
from shared.rights import CENTRAL_POOL, Scope


@dataclass(frozen=True, slots=True)
class Run:
    """What seats need to know of a run. Times are business time. Neither open nor ended: it is still planned."""

    id: str
    open: bool
    ended: bool
    opens_at: datetime | None
    closes_at: datetime | None
    needs_approval: bool
    offset_seconds: int
    targets: tuple[TargetGroup, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """What seats need to know of a person. `place` is the snapshot that a nomination takes."""

    id: str
    candidate: Candidate
    place: Place


@dataclass(slots=True)
class Board:
    """The state of one batch. `read` keeps the buckets as they were stored, for the guard of the write."""

    run: Run
    buckets: dict[str, Bucket]
    nominations: dict[str, Nomination]
    people: Mapping[str, Person]
    live: dict[str, str]
    queues: dict[str, list[Nomination]]
    read: Mapping[str, Bucket] = field(init=False)
    changed: dict[str, Nomination] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.read = dict(self.buckets)

    def decide(self, command: Command, scope: Scope, now: datetime) -> Outcome:
        """Carries the command out on this board. `now` is business time. Raises Refused and changes nothing."""
        if isinstance(command, Nominate):
            outcome = self._nominate(command, scope, now)
        elif isinstance(command, Substitute):
            outcome = self._substitute(command, scope)
        else:
            outcome = self._decide(command, scope)
        self._keep(outcome)
        return outcome

    def changed_buckets(self) -> list[tuple[Bucket, Bucket]]:
        """(as read, as it is now) of every bucket with news."""
        return [(self.read[key], bucket) for key, bucket in self.buckets.items() if bucket.seq != self.read[key].seq]

    def _nominate(self, command: Nominate, scope: Scope, now: datetime) -> Outcome:
        person = self._person(command.person, scope)
        self._require_window(now)
        bucket = self._bucket_for(person, command.target)
        self._require_not_live(person.id)
        new = Nomination(
            id=command.new_id,
            bucket=bucket.id,
            person=person.id,
            rank=command.rank,
            place=person.place,
            state=NominationState.SUBMITTED,
        )
        return domain.nominate(bucket, new, needs_approval=self.run.needs_approval)

    def _substitute(self, command: Substitute, scope: Scope) -> Outcome:
        nomination, bucket = self._nomination(command.nomination, scope)
        other = self._person(command.person, scope)
        domain.require(nomination.state, Action.SUBSTITUTE)
        check(self._target(bucket.target), other.candidate)
        self._require_not_live(other.id)
        new = Nomination(
            id=command.new_id,
            bucket=bucket.id,
            person=other.id,
            rank=nomination.rank,
            place=other.place,
            state=NominationState.SUBMITTED,
        )
        return domain.substitute(bucket, nomination, new)

    def _decide(self, command: Decide, scope: Scope) -> Outcome:
        nomination, bucket = self._nomination(command.nomination, scope)
        if command.action is Action.APPROVE:
            return domain.approve(bucket, nomination)
        if command.action is Action.REJECT:
            return domain.reject(bucket, nomination)
        queue = self.queues.get(bucket.id)
        return domain.withdraw(bucket, nomination, queue[0] if queue else None)

    def _person(self, person: str, scope: Scope) -> Person:
        found = self.people.get(person)
        if found is None:
            raise UnknownPerson(person=person)
        if not (scope.covers_unit(found.place.unit) or scope.covers_person(person)):
            raise UnitOutOfScope(unit=root_unit(found.place.unit))
        return found

    def _nomination(self, nomination: str, scope: Scope) -> tuple[Nomination, Bucket]:
        found = self.nominations.get(nomination)
        if found is None:
            raise UnknownNomination(nomination=nomination)
        if not (scope.covers_unit(found.place.unit) or scope.covers_person(found.person)):
            raise UnitOutOfScope(unit=root_unit(found.place.unit))
        return found, self.buckets[found.bucket]

    def _require_window(self, now: datetime) -> None:
        if not self.run.open:
            raise BucketClosed() if self.run.ended else NominationNotOpen()
        opens, closes = self.run.opens_at, self.run.closes_at
        if (opens is not None and now < opens) or (closes is not None and now >= closes):
            raise NominationNotOpen()

    def _require_not_live(self, person: str) -> None:
        if person in self.live:
            raise AlreadyNominated(nomination=self.live[person])

    def _bucket_for(self, person: Person, wanted: str | None) -> Bucket:
        """The first bucket of the person's unit in the wanted target group, or in the first one that fits him."""
        targets = (self._target(wanted),) if wanted is not None else self.run.targets
        misfits: list[Refused] = []
        for target in targets:
            try:
                check(target, person.candidate)
            except Refused as error:
                misfits.append(error)
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
            self.nominations[nomination.id] = self.changed[nomination.id] = nomination
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


def bucket_ids(run: str, targets: Iterable[str], unit: str) -> list[str]:
    """Where the seats for somebody of this unit may be, nearest first: own unit, its office, the pool."""
    units = dict.fromkeys((unit, root_unit(unit), CENTRAL_POOL))
    return [f"{run}:{target}:{where}" for target in targets for where in units]


def freeing(commands: Sequence[Command]) -> list[str]:
    """The nominations whose withdrawal may free a seat: their buckets' queues must be on the board."""
    return [c.nomination for c in commands if isinstance(c, Decide) and c.action is Action.WITHDRAW]
