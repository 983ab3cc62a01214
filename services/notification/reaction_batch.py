"""The batch: what the handlers of one batch work on, in memory. Storage fills it and writes what became of it. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from services.notification.domain import Addressee, Kind, Message, message_id
from services.notification.read_model import Nomination, Run, SealedContact, Unit
from shared.events.envelope import Envelope


@dataclass(slots=True)
class ReactionBatch:
    """`runs` and `nominations` hold what the batch may need; the `changed` sets say what to write."""

    now: datetime
    runs: dict[str, Run] = field(default_factory=dict)
    nominations: dict[str, Nomination] = field(default_factory=dict)
    contacts: dict[str, SealedContact] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    changed_runs: set[str] = field(default_factory=set)
    stirred_runs: set[str] = field(default_factory=set)
    changed_nominations: set[str] = field(default_factory=set)

    def put_run(self, run: Run) -> None:
        self.runs[run.id] = run
        self.changed_runs.add(run.id)

    def put_nomination(self, nomination: Nomination) -> None:
        """Also stirs the run, known or not: two batches that concern one run must not miss each other."""
        self.nominations[nomination.id] = nomination
        self.changed_nominations.add(nomination.id)
        self.stirred_runs.add(nomination.run)

    def live_nominations(self, run: str) -> list[Nomination]:
        return [one for one in self.nominations.values() if one.run == run and one.live]

    def tell_unit(self, unit: str, run: Run, kind: Kind, cause: Envelope, reason: str) -> None:
        self._put_message(
            Message(
                id=message_id(reason, unit, kind),
                kind=kind,
                recipient=unit,
                addressee=Addressee.UNIT,
                unit=unit,
                run=run.id,
                reason=reason,
                created_at=self.now,
                due_at=self.now,
                revision=run.revision,
            ),
            cause,
        )

    def tell_person(self, nomination: Nomination, kind: Kind, cause: Envelope, reason: str, *, seated: bool) -> None:
        run = self.runs.get(nomination.run)
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

    def _put_message(self, message: Message, cause: Envelope) -> None:
        self.messages[message.id] = replace(
            message, causation=cause.id, correlation=cause.correlation, traceparent=cause.traceparent
        )
