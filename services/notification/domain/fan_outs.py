"""Fan-outs: one message for each nomination of a run, made page by page after what caused them. Pure.

Every change of a run or of one of its nominations takes the next `turn` of the run, and a nomination keeps the turn of
its last change. So "as it was at turn T" needs no copy: whoever changes a nomination that an open fan-out has still to
reach makes its message first, from what the nomination was; the worker makes those of nominations with a turn of at
most T. Together that is everybody who would have been reached at T at once, and nobody else, in whatever order they
come. Both may make the same message: its id is the same.
"""

from dataclasses import dataclass
from datetime import datetime

from services.notification.domain.kinds import KINDS, Addressee, Kind
from services.notification.domain.message import Message, message_id
from services.notification.domain.read_model import Nomination, Run
from services.notification.domain.rules import Situation
from services.notification.domain.waves import wave_reason
from shared.clock import business


@dataclass(frozen=True, slots=True)
class FanOut:
    """`reason` is the event, or the wave of the run. `upto` is the last turn that it concerns, `after` the last that
    was looked at. `due` (business time) and `wave` are those of a reminder: it is for who was confirmed by then and
    still is; any other fan-out is for who was live at `upto`."""

    id: str
    run: str
    kind: Kind
    reason: str
    upto: int
    after: int = 0
    revision: int = 0
    wave: str | None = None
    due: datetime | None = None
    causation: str | None = None
    correlation: str | None = None
    traceparent: str | None = None

    @property
    def nomination(self) -> None:
        """It is about all of them; the rules of its kind ask (domain/rules.py)."""
        return None

    @property
    def recipient(self) -> str:
        """All of them."""
        return ""

    def reaches(self, nomination: Nomination) -> bool:
        """Whether somebody with this nomination is told, as it was when it concerned them."""
        if self.due is None:
            return nomination.live and nomination.turn <= self.upto
        return nomination.seated and nomination.confirmed_at is not None and nomination.confirmed_at <= self.due

    def overtaken(self, run: Run, now: datetime) -> str | None:
        """Why none of its messages is true any more, as a code; None while they may be. `now` is system time."""
        situation = Situation(self, run, None, business(now, run.offset_seconds))
        return next((rule.code for rule in KINDS[self.kind].still_true if not rule.holds(situation)), None)

    def message(self, nomination: Nomination, now: datetime) -> Message:
        """With the same id whoever makes it and whenever."""
        wave = self.wave if self.due is not None else None
        reason = self.reason if wave is None or self.due is None else wave_reason(nomination.id, wave, self.due)
        return Message(
            id=message_id(reason, nomination.person, self.kind),
            kind=self.kind,
            recipient=nomination.person,
            addressee=Addressee.PERSON,
            unit=nomination.unit,
            run=self.run,
            reason=reason,
            created_at=now,
            due_at=now,
            nomination=nomination.id,
            wave=wave,
            revision=self.revision,
            seated=nomination.seated and wave is None,
            causation=self.causation,
            correlation=self.correlation,
            traceparent=self.traceparent,
        )


def fan_out_of_wave(run: Run, wave: str, due: datetime, upto: int) -> FanOut:
    """The reminders of one wave; `upto`: what is known of the run's nominations so far."""
    reason = wave_reason(run.id, wave, due)
    return FanOut(
        id=f"{Kind.REMINDER}|{reason}",
        run=run.id,
        kind=Kind.REMINDER,
        reason=reason,
        upto=upto,
        revision=run.revision,
        wave=wave,
        due=due,
    )
