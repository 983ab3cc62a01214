"""What the handlers of one batch of events work on, in memory. Storage fills it and writes what has changed. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from services.notification.domain import (
    KINDS,
    Addressee,
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
    """`runs` and `nominations` hold what the batch may need; the `changed` sets name what is to be written."""

    now: datetime
    runs: dict[str, Run] = field(default_factory=dict)
    nominations: dict[str, Nomination] = field(default_factory=dict)
    contacts: dict[str, SealedContact] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    changed_runs: set[str] = field(default_factory=set)
    touched_runs: set[str] = field(default_factory=set)
    changed_nominations: set[str] = field(default_factory=set)

    def put_run(self, run: Run) -> None:
        self.runs[run.id] = run
        self.changed_runs.add(run.id)

    def put_nomination(self, nomination: Nomination) -> None:
        """Also touches the run, known or not: two batches that concern one run must not miss each other."""
        self.nominations[nomination.id] = nomination
        self.changed_nominations.add(nomination.id)
        self.touched_runs.add(nomination.run)

    def live_nominations(self, run: str) -> list[Nomination]:
        return [nomination for nomination in self.nominations.values() if nomination.run == run and nomination.live]

    def notify_everybody(self, run: Run, kind: Kind, cause: Envelope) -> None:
        """The run's units and the people with a live nomination, as far as the table of kinds names them."""
        whom = KINDS[kind].whom
        for unit in run.units if Addressee.UNIT in whom else ():
            self._notify_unit(unit, run, kind, cause)
        for nomination in self.live_nominations(run.id) if Addressee.PERSON in whom else ():
            self.notify(nomination, kind, cause, seated=nomination.seated)

    def notify(
        self, nomination: Nomination, kind: Kind, cause: Envelope, *, seated: bool, reason: str | None = None
    ) -> None:
        """The person nominated. `reason` is the cause unless the message counts as made by an earlier event."""
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
        self.messages[message.id] = replace(
            message, causation=cause.id, correlation=cause.correlation, traceparent=cause.traceparent
        )
