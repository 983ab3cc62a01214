"""What the handlers of one batch of events work on, in memory. Storage fills it and writes what has changed. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.notification.domain import (
    KINDS,
    NO_RUN,
    RELEASE_TOLD_AFTER,
    Addressee,
    Bucket,
    Delegation,
    FanOut,
    Kind,
    Message,
    Nomination,
    Run,
    RunState,
    SealedContact,
    ToDo,
    Unit,
    asked_reason,
    message_id,
    office_of,
    release_told_reason,
    seats_told_at,
    to_person,
    to_unit,
)
from services.notification.reacting.domain.absent import Absences
from shared.events.delegations import DelegationGiven
from shared.events.envelope import Envelope
from shared.events.evaluation import AnswersAsked
from shared.events.followups import FollowUpFact, FollowUpTask
from shared.events.plans import PlanFact
from shared.events.seats import BucketFact, BucketSeatsChanged, NominationFact, NominationMoved
from shared.rights import POOLS

_OVER = frozenset({RunState.CLOSED, RunState.CANCELLED})


@dataclass(slots=True)
class ReactionBatch:
    """`runs` and `nominations` hold what the batch may need; the `changed` sets name what is to be written. `turns` are
    those of the runs before the batch, `taken` how many it adds; `fan_outs` are the open ones of a run. `erased` are
    people of the batch whose contact is gone for good; of what is `forgotten` (source, subject) nothing is held any
    more. `seats` says of a run and a unit how many seats more are open than before the batch, and the last event of
    it; `seated` which units have seats of their own in a run that is cancelled. `silent`: the generation before this
    one has acted on the event in hand, which is only remembered. `to_do`: what is left to do more, or less; `dues`: by
    which days there is more, by run. `delegations` are None where nothing is decided by them any more."""

    now: datetime
    runs: dict[str, Run] = field(default_factory=dict)
    nominations: dict[str, Nomination] = field(default_factory=dict)
    contacts: dict[str, SealedContact] = field(default_factory=dict)
    changed_contacts: set[str] = field(default_factory=set)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    seats: dict[tuple[str, str], tuple[int, Envelope]] = field(default_factory=dict)
    seated: dict[str, set[str]] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    units: dict[str, Unit] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)
    fan_outs: dict[str, tuple[FanOut, ...]] = field(default_factory=dict)
    begun: list[FanOut] = field(default_factory=list)
    forgotten: set[tuple[str, str]] = field(default_factory=set)
    changed_runs: set[str] = field(default_factory=set)
    touched_runs: set[str] = field(default_factory=set)
    changed_nominations: set[str] = field(default_factory=set)
    to_do: dict[str, ToDo] = field(default_factory=dict)
    dues: dict[str, set[str]] = field(default_factory=dict)
    delegations: dict[str, Delegation | None] = field(default_factory=dict)
    absences: Absences = field(default_factory=Absences)
    silent: bool = False

    def put_contact(self, contact: SealedContact) -> None:
        self.contacts[contact.person] = contact
        self.changed_contacts.add(contact.person)

    def put_run(self, run: Run) -> None:
        self._take_turn(run.id)
        self.runs[run.id] = run
        self.changed_runs.add(run.id)

    def put_nomination(self, nomination: Nomination) -> None:
        """Also touches the run, known or not: two batches that concern one run must not miss each other. Whom an open
        fan-out has still to reach it reaches here, by the nomination as it was."""
        before = self.nominations.get(nomination.id)
        for fan_out in self.fan_outs.get(nomination.run, ()):
            if before is not None and before.run == nomination.run and fan_out.reaches(before):
                self._add(fan_out.message(before, self.now))
        self.nominations[nomination.id] = replace(nomination, turn=self._take_turn(nomination.run))
        self.changed_nominations.add(nomination.id)
        self.touched_runs.add(nomination.run)

    def notify_everybody(self, run: Run, kind: Kind, cause: Envelope) -> None:
        """The run's units at once, for the event names them all and is small, and those that have got seats since they
        were asked; the people with a live nomination by a fan-out. It takes the place of those whose messages are not
        true any more now. As far as the table of kinds names them."""
        if self.silent:
            return
        whom = KINDS[kind].whom
        units = (*run.units, *sorted(self.seated.get(run.id, set()) - {*run.units}))
        for unit in units if Addressee.UNIT in whom else ():
            self._notify_unit(unit, run.id, kind, cause)
        if Addressee.PERSON in whom:
            true = [other for other in self.fan_outs.get(run.id, ()) if other.overtaken(run, self.now) is None]
            self.begun.append(self._fan_out(run, kind, cause))
            self.fan_outs[run.id] = (*true, self.begun[-1])

    def notify_units(self, run: Run, units: Iterable[str], kind: Kind, cause: Envelope) -> None:
        """These of the run's units."""
        for unit in () if self.silent else units:
            self._notify_unit(unit, run.id, kind, cause)

    def outdated(self, event: NominationFact) -> bool:
        """Whether the nomination has gone to another run since: events of two buckets have no order."""
        known = self.nominations.get(event.nomination)
        return known is not None and known.transfers > event.transfers

    def open_seats(self, event: BucketFact, change: int, cause: Envelope) -> None:
        """The bucket has so many open seats more, or fewer."""
        if not self.silent:
            key = (event.run, event.bucket_unit)
            before, _ = self.seats.get(key, (0, cause))
            self.seats[key] = (before + change, cause)

    def tell_of_open_seats(self) -> None:
        """At the end of a batch: the units with more open seats than before, all at once a little later. What has
        become of the seats by then is looked up when the message is composed."""
        at = seats_told_at(self.now)
        for (key, unit), (more, cause) in self.seats.items():
            run = self.runs.get(key)
            if more > 0 and (run is None or run.state not in _OVER):
                reason = f"{key}|{unit}|{at.isoformat()}"
                self._notify_unit(unit, key, Kind.SEAT_OPEN, cause, reason=reason, due_at=at)
        self.seats.clear()

    def tell_of_move(self, event: NominationMoved, cause: Envelope) -> None:
        """The office of the seat, the one that is left and the new one, and the organiser where it is his to decide:
        each once for all who move within a few seconds, as an import moves them."""
        if self.silent:
            return
        at, run = seats_told_at(self.now), self.runs.get(event.run)
        offices = {office_of(unit) for unit in (event.place.unit, event.from_unit, event.to_unit)}
        told = [(unit, Kind.NOMINATIONS_MOVED) for unit in sorted(offices)]
        organiser = event.organiser or (run.organiser if run is not None else None)
        if event.asked and organiser is not None:
            told.append((organiser, Kind.MOVES_TO_DECIDE))
        for unit, kind in told:
            self._notify_unit(unit, event.run, kind, cause, reason=f"{event.run}|{unit}|{at.isoformat()}", due_at=at)

    def tell_of_release(self, event: BucketSeatsChanged, cause: Envelope) -> None:
        """Once for each unit of the run, when all pages of the release are likely to be there: how many seats it was is
        looked up when the message is composed. A pool is nobody's."""
        if not self.silent and event.bucket_unit not in POOLS:
            reason, due = release_told_reason(event.run, event.bucket_unit), self.now + RELEASE_TOLD_AFTER
            self._notify_unit(event.bucket_unit, event.run, Kind.SEATS_RELEASED, cause, reason=reason, due_at=due)

    def _fan_out(self, run: Run, kind: Kind, cause: Envelope) -> FanOut:
        return FanOut(
            id=f"{kind}|{cause.id}",
            run=run.id,
            kind=kind,
            reason=cause.id,
            upto=self._turn(run.id),
            revision=run.revision,
            causation=cause.id,
            correlation=cause.correlation,
            traceparent=cause.traceparent,
        )

    def _turn(self, run: str) -> int:
        return self.turns.get(run, 0) + self.taken[run]

    def _take_turn(self, run: str) -> int:
        self.taken[run] += 1
        return self._turn(run)

    def notify(
        self, nomination: Nomination, kind: Kind, cause: Envelope, *, seated: bool, reason: str | None = None
    ) -> None:
        """The person nominated. `reason` is the cause unless the message counts as made by an earlier event: then it
        may be due though the cause is silent."""
        if self.silent and reason is None:
            return
        run = self.runs.get(nomination.run)
        reason = reason or cause.id
        self._put_message(
            Message(
                id=message_id(reason, nomination.person, kind),
                kind=kind,
                recipient=nomination.person,
                addressee=Addressee.PERSON,
                unit=nomination.unit,
                run=nomination.run,
                reason=reason,
                created_at=self.now,
                due_at=self.now,
                nomination=nomination.id,
                revision=run.revision if run else 0,
                seated=seated,
            ),
            cause,
        )

    def tell_office(self, nomination: Nomination, kind: Kind, cause: Envelope) -> str | None:
        """The office of the person, once for all that happens to its nominations within a few seconds. The id of the
        message; None where nobody is told."""
        if self.silent:
            return None
        office, at = office_of(nomination.unit), seats_told_at(self.now)
        reason = f"{nomination.run}|{office}|{at.isoformat()}"
        self._notify_unit(office, nomination.run, kind, cause, reason=reason, due_at=at)
        return message_id(reason, office, kind)

    def left_to_do(self, task: FollowUpTask, event: FollowUpFact, change: int) -> None:
        """Whoever has the task has so much more to do, or less; of more it is looked at when to remind of it."""
        to_do = ToDo(event.run, task.person or task.place.unit, task.place.unit, task.person is not None)
        self.to_do.setdefault(to_do.id, to_do).add(event.due.isoformat(), change)
        if change > 0:
            self.dues.setdefault(event.run, set()).add(event.due.isoformat())

    def tell_of_task(self, task: FollowUpTask, run: str, kind: Kind, cause: Envelope) -> None:
        """The person or the office that has it, once for all that happens within a few seconds."""
        if self.silent:
            return
        at, whom = seats_told_at(self.now), task.person or task.place.unit
        reason = f"{run}|{whom}|{at.isoformat()}"
        if task.person is None:
            self._notify_unit(whom, run, kind, cause, reason=reason, due_at=at)
        else:
            message = to_person(whom, task.place.unit, kind, run=run, reason=reason, now=self.now, due_at=at)
            self._put_message(message, cause)

    def ask_for_answers(self, event: AnswersAsked, cause: Envelope) -> None:
        """Each of the people; an office once, in however many events its people are."""
        if self.silent:
            return
        kind = Kind.ANSWERS_REMINDED if event.again else Kind.ANSWERS_ASKED
        made = []
        for one in event.people:
            message = to_person(one.person, one.unit, kind, run=event.run, reason=cause.id, now=self.now)
            made.append(replace(message, nomination=one.nomination))
        for office in event.offices:
            reason = asked_reason(event.run, event.forms, office, again=event.again)
            made.append(to_unit(office, kind, run=event.run, reason=reason, now=self.now))
        for message in made:
            self._put_message(replace(message, forms=tuple(event.forms), closes_at=event.closes_at), cause)

    def tell_delegate(self, event: DelegationGiven, kind: Kind, cause: Envelope) -> None:
        """Of no run; until when is in the text."""
        if not self.silent:
            message = to_person(event.delegate, event.unit, kind, run=NO_RUN, reason=cause.id, now=self.now)
            self._put_message(replace(message, closes_at=event.ends_at), cause)

    def tell_of_plan(self, event: PlanFact, kind: Kind, cause: Envelope) -> None:
        """The person whose plan it is. Of no run."""
        if not self.silent:
            message = to_person(event.person, event.place.unit, kind, run=NO_RUN, reason=cause.id, now=self.now)
            self._put_message(message, cause)

    def tell_of_plans(self, event: PlanFact, kind: Kind, cause: Envelope) -> None:
        """The office of the person, once for all that is submitted within a few seconds."""
        if not self.silent:
            office, at = office_of(event.place.unit), seats_told_at(self.now)
            reason = f"plans|{office}|{at.isoformat()}"
            self._notify_unit(office, NO_RUN, kind, cause, reason=reason, due_at=at)

    def _notify_unit(
        self,
        unit: str,
        run: str,
        kind: Kind,
        cause: Envelope,
        *,
        reason: str | None = None,
        due_at: datetime | None = None,
    ) -> None:
        known, due = self.runs.get(run), due_at or self.now
        message = to_unit(unit, kind, run=run, reason=reason or cause.id, now=self.now, due_at=due)
        self._put_message(replace(message, revision=known.revision if known else 0), cause)

    def _put_message(self, message: Message, cause: Envelope) -> None:
        self._add(replace(message, causation=cause.id, correlation=cause.correlation, traceparent=cause.traceparent))

    def _add(self, message: Message) -> None:
        """Unless there is one with this id: the first counts, here as in the database."""
        self.messages.setdefault(message.id, message)
