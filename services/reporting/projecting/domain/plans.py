"""Development plans of a fiscal year, added up by difference: every event says where its plan counted before it and
where it counts now, so nothing has to be looked up. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shared.events.envelope import Envelope
from shared.events.plans import PlanFact


class PlansOfYear(NamedTuple):
    """How many plans of a fiscal year are in which state, by unit; a state that only a later release knows is there,
    too. `last` is the system time of the newest event."""

    fiscal_year: int
    last: datetime
    cells: Mapping[str, Mapping[str, int]]


@dataclass(slots=True)
class PlansChange:
    """A fiscal year within a batch: what to add to its stored counters, by unit and state."""

    fiscal_year: int
    last: datetime
    added: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.fiscal_year)

    def add(self, unit: str, state: str, change: int) -> None:
        self.added[unit, state] = self.added.get((unit, state), 0) + change


def fold_plan(changes: dict[int, PlansChange], event: PlanFact, envelope: Envelope) -> None:
    """Adds an event to the changes by fiscal year."""
    change = changes.get(event.fiscal_year)
    if change is None:
        change = changes[event.fiscal_year] = PlansChange(event.fiscal_year, envelope.time)
    change.last = max(change.last, envelope.time)
    if event.before is not None:
        change.add(event.moved_from or event.place.unit, str(event.before), -1)
    if event.state is not None:
        change.add(event.place.unit, str(event.state), 1)
