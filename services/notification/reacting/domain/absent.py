"""Absences in a batch of events. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.notification.domain import Absence, Known
from shared.events.envelope import Envelope


@dataclass(slots=True)
class Absences:
    """`known` are those that the events may change, and `states` those of their messages. `fresh` names absences whose
    message was made in this batch; `taken_out` are messages that were there before, and say less now, with the event
    that has led to it."""

    known: dict[str, Absence] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    taken_out: dict[str, Envelope] = field(default_factory=dict)

    def put(self, absence: Absence) -> None:
        if self.known.get(absence.id) != absence:
            self.known[absence.id] = absence
            self.changed.add(absence.id)

    def known_of(self, absence: Absence) -> str:
        """What the office knows, or is about to."""
        if absence.id in self.fresh:
            return Known.SOON if absence.known == Known.MISSED else absence.known
        return absence.known_by(self.states)

    def tell(self, absence: Absence, message: str | None) -> Absence:
        """None: nobody is told anything now."""
        self.fresh.discard(absence.id)
        if message is not None:
            self.fresh.add(absence.id)
        return replace(absence, message=message)

    def take_out(self, absence: Absence, cause: Envelope) -> None:
        if absence.message is not None and absence.id not in self.fresh:
            self.taken_out[absence.message] = cause
        self.fresh.discard(absence.id)

    def to_store(self, joined: Mapping[str, str]) -> list[Absence]:
        """`joined`: which message a message of this batch has become."""
        return [
            replace(one, message=joined.get(one.message or "", one.message)) if one.id in self.fresh else one
            for one in map(self.known.__getitem__, sorted(self.changed))
        ]
