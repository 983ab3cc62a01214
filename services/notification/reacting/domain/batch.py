"""What the handlers of one batch of events work on, in memory. Storage fills it and writes what has changed. Pure."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.notification.domain import (
    KINDS,
    Addressee,
    FanOut,
    Kind,
    Message,
    Nomination,
    Run,
    SealedContact,
    Unit,
    message_id,
)
from shared.events.envelope import Envelope


@dataclass(slots=True)
class ReactionBatch:
    """`runs` and `nominations` hold what the batch may need; the `changed` sets name what is to be written. `turns` are
    those of the runs before the batch, `taken` how many it adds; `fan_outs` are the open ones of a run. `erased` are
    people of the batch whose contact is gone for good; of what is `forgotten` (source, subject) nothing is held any
    more. `silent`: the generation before this one has acted on the event in hand, which is only remembered."""

    now: datetime
    runs: dict[str, Run] = field(default_factory=dict)
    nominations: dict[str, Nomination] = field(default_factory=dict)
    contacts: dict[str, SealedContact] = field(default_factory=dict)
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
    silent: bool = False

    def put_run(self, run: Run) -> None:
        self._take_turn(run.id)
        self.runs[run.id] = run
        self.changed_runs.add(run.id)

    def put_nomination(self, nomination: Nomination) -> None:
        """Also touches the run, known or not: two batches that concern one run must not miss each other. Whom an open
        fan-out has still to reach it reaches here, by the nomination as it was."""
        before = self.nominations.get(nomination.id)
        for fan_out in self.fan_outs.get(nomination.run, ()):
            if before is not None and fan_out.reaches(before):
                self._add(fan_out.message(before, self.now))
        self.nominations[nomination.id] = replace(nomination, turn=self._take_turn(nomination.run))
        self.changed_nominations.add(nomination.id)
        self.touched_runs.add(nomination.run)

    def notify_everybody(self, run: Run, kind: Kind, cause: Envelope) -> None:
        """The run's units at once, for the event names them all and is small; the people with a live nomination by a
        fan-out. It takes the place of those whose messages are not true any more now. As far as the table of kinds
        names them."""
        if self.silent:
            return
        whom = KINDS[kind].whom
        for unit in run.units if Addressee.UNIT in whom else ():
            self._notify_unit(unit, run, kind, cause)
        if Addressee.PERSON in whom:
            true = [other for other in self.fan_outs.get(run.id, ()) if other.overtaken(run, self.now) is None]
            self.begun.append(self._fan_out(run, kind, cause))
            self.fan_outs[run.id] = (*true, self.begun[-1])

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

    def _notify_unit(self, unit: str, run: Run, kind: Kind, cause: Envelope) -> None:
        self._put_message(
            Message(
                id=message_id(cause.id, unit, kind),
                kind=kind,
                recipient=unit,
                addressee=Addressee.UNIT,
                unit=unit,
                run=run.id,
                reason=cause.id,
                created_at=self.now,
                due_at=self.now,
                revision=run.revision,
            ),
            cause,
        )

    def _put_message(self, message: Message, cause: Envelope) -> None:
        self._add(replace(message, causation=cause.id, correlation=cause.correlation, traceparent=cause.traceparent))

    def _add(self, message: Message) -> None:
        """Unless there is one with this id: the first counts, here as in the database."""
        self.messages.setdefault(message.id, message)
