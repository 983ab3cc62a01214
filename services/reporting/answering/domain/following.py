"""What is to be done after runs, and what of it is overdue at the moment of asking, by the clock of each run. Pure.

Of what single people have to do an observer is told nothing. The first call of a year reads the calendar of the
government (0.3 s): call it from a thread.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.reporting.answering.domain.visibility import Visibility
from services.reporting.projecting import CANCELLED, OF_OFFICES, FollowUp, Place, Run
from shared.clock import business
from shared.thai import local_date, next_working_day


class ByTask(StrEnum):
    """What tasks are broken down by."""

    PROVINCE = "province"
    GROUP = "group"
    REGION = "region"
    RUN = "run"
    DELIVERABLE = "deliverable"


_KEYS: Final[Mapping[ByTask, Callable[[FollowUp, Place], str | None]]] = {
    ByTask.PROVINCE: lambda _, place: place.province,
    ByTask.GROUP: lambda _, place: place.group,
    ByTask.REGION: lambda _, place: place.region,
    ByTask.RUN: lambda one, _: one.run,
    ByTask.DELIVERABLE: lambda one, _: one.deliverable,
}


@dataclass(slots=True)
class Progress:
    """What is not done is overdue or pending."""

    tasks: int = 0
    done: int = 0
    overdue: int = 0

    @property
    def pending(self) -> int:
        return self.tasks - self.done - self.overdue

    def add(self, tasks: int, done: int, *, late: bool) -> None:
        self.tasks += tasks
        self.done += done
        self.overdue += tasks - done if late else 0


@dataclass(slots=True)
class FollowingUp:
    """Many deliverables summed up along one dimension, one portion after the other: none is kept. `newest` is the
    system time of the newest event of all."""

    by: ByTask
    visibility: Visibility
    rows: dict[str, Progress] = field(default_factory=dict)
    whole: Progress = field(default_factory=Progress)
    newest: datetime | None = None

    def add(self, follow_ups: Iterable[FollowUp], runs: Mapping[str, Run], now: datetime) -> None:
        """Of runs that do not take place nothing. `now` is system time; of a run that is not known yet it counts."""
        for one in follow_ups:
            run = runs.get(one.run)
            if run is not None and run.state == CANCELLED:
                continue
            late = is_late(one, run, now)
            for place, (tasks, done) in visible(one, self.visibility).items():
                self.whole.add(tasks, done, late=late)
                if (key := _KEYS[self.by](one, place)) is not None:
                    self.rows.setdefault(key, Progress()).add(tasks, done, late=late)
            self.newest = one.last if self.newest is None else max(self.newest, one.last)


def is_late(one: FollowUp, run: Run | None, now: datetime) -> bool:
    """Whether what is not done of it is overdue: the day on which it was due is over by the clock of the run."""
    offset = 0 if run is None else run.offset_seconds
    return local_date(business(now, offset)) > next_working_day(one.due)


def visible(one: FollowUp, visibility: Visibility) -> Mapping[Place, tuple[int, int]]:
    if visibility.coarse and one.per not in OF_OFFICES:
        return {}
    if visibility.scope.all:
        return one.cells
    return {place: counts for place, counts in one.cells.items() if visibility.scope.covers_unit(place.unit)}


def progress_of(follow_ups: Iterable[FollowUp], run: Run | None, visibility: Visibility, now: datetime) -> Progress:
    """Of one run."""
    whole = FollowingUp(ByTask.RUN, visibility)
    whole.add(follow_ups, {} if run is None else {run.id: run}, now)
    return whole.whole
