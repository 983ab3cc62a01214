"""What is to be done after a run, added up by difference: every event says which task it is about, so nothing has to be
looked up. Whether something is overdue is told when somebody asks (answering/domain/following.py). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple

from services.reporting.projecting.domain.nominations import Place
from shared.events.envelope import Envelope
from shared.events.followups import FollowUpCompleted, FollowUpFact, FollowUpReopened, FollowUpsAssigned, Per
from shared.events.followups import FollowUpTask as Task

# Counters of a place.
TASKS, DONE = "tasks", "done"
OF_OFFICES: Final = frozenset({Per.PROVINCE, Per.GROUP})  # no one person has them


class FollowUp(NamedTuple):
    """One deliverable of a run, or what of it somebody may see: tasks and how many of them are done, by place. `due` is
    the day as it was written; `last` the system time of its newest event."""

    run: str
    deliverable: str
    per: Per | str
    due: date
    fiscal_year: int
    last: datetime
    cells: Mapping[Place, tuple[int, int]]


@dataclass(slots=True)
class FollowUpChange:
    """One deliverable within a batch: what it is, and what to add to its stored counters, by place."""

    id: str
    run: str
    programme: str
    deliverable: str
    per: Per | str
    due: date
    fiscal_year: int
    last: datetime
    added: dict[tuple[Place, str], int] = field(default_factory=dict)

    def add(self, task: Task, counter: str, change: int) -> None:
        key = Place.of(task.place), counter
        self.added[key] = self.added.get(key, 0) + change


def fold_follow_up(changes: dict[str, FollowUpChange], event: FollowUpFact, envelope: Envelope) -> None:
    """Adds an event to the changes by deliverable."""
    id = f"{event.run}:{event.deliverable}"
    change = changes.get(id)
    if change is None:
        change = changes[id] = FollowUpChange(
            id,
            event.run,
            event.programme,
            event.deliverable,
            event.per,
            event.due,
            event.fiscal_year,
            envelope.time,
        )
    change.last = max(change.last, envelope.time)
    if isinstance(event, FollowUpsAssigned):
        for task in event.tasks:
            change.add(task, TASKS, 1)
    elif isinstance(event, FollowUpCompleted):
        change.add(event.task, DONE, 1)
    elif isinstance(event, FollowUpReopened):
        change.add(event.task, DONE, -1)
