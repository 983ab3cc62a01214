"""A run is split in two, or two runs become one: what may be, and who is to go. Pure.

The people themselves are carried over afterwards, page by page; until that has ended both runs are `moving` and take no
command (ADR 40).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.enrolment.catalogue.domain.closing_refusals import RunBeingMoved, RunCancelled, RunStarted
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.dividing_refusals import (
    ClocksDiffer,
    NobodyToMove,
    OtherProgramme,
    RunNotOpened,
    SameRun,
    TooManySeats,
)
from services.enrolment.catalogue.domain.refusals import RunEnded
from services.enrolment.catalogue.domain.runs import Run, RunState, end_run, run_event, schedule
from shared.events import catalogue as events
from shared.events.envelope import Event


class DivideBy(StrEnum):
    """UNITS and REGIONS: by where people belonged when they were nominated. ALTERNATE: every second one, in order.
    LIST: these nominations."""

    UNITS = "UNITS"
    REGIONS = "REGIONS"
    ALTERNATE = "ALTERNATE"
    LIST = "LIST"


FIELDS: Final = {DivideBy.UNITS: "units", DivideBy.REGIONS: "regions", DivideBy.LIST: "nominations"}


@dataclass(frozen=True, slots=True)
class Division:
    """`names` are units, regions or nominations. Raises NobodyToMove."""

    by: DivideBy
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.by in FIELDS and not self.names:
            raise NobodyToMove(field=FIELDS[self.by])


def require_still(runs: Iterable[Run]) -> None:
    """Raises RunBeingMoved."""
    if any(run.moving for run in runs):
        raise RunBeingMoved()


def require_movable(run: Run, at: datetime) -> None:
    """Whether its people may go elsewhere, or others come. `at` is system time. Raises RunNotOpened, RunCancelled,
    RunBeingMoved, RunEnded and RunStarted."""
    if run.state is RunState.CANCELLED:
        raise RunCancelled()
    if not run.opened:
        raise RunNotOpened()
    require_still([run])
    if run.over(at):
        raise RunEnded()
    if run.begun(at):
        raise RunStarted()


def split_off(new: Run, before: Run, description: Description) -> tuple[Run, list[Event]]:
    """The new run, which asks nobody: its people come from the other one. Its revision is behind that of the other, so
    that an invitation to it replaces the one that they have. It may be where the other one may be moved to."""
    scheduled, planned = schedule(replace(new, revision=before.revision + 1), description, moved=True)
    opened = replace(scheduled, state=RunState.OPEN, opened=True)
    opened, opening = run_event(opened, description, events.RunOpened, units=(), closes_at=new.plan.closes_at)
    if before.state is not RunState.CLOSED:
        return opened, [*planned, *opening]
    closed, closing = end_run(opened, description, cancelled=False)
    return closed, [*planned, *opening, *closing]


def require_mergeable(source: Run, to: Run, at: datetime) -> None:
    """Raises SameRun, OtherProgramme, the refusals of `require_movable`, ClocksDiffer and TooManySeats."""
    if source.id == to.id:
        raise SameRun()
    if source.programme != to.programme:
        raise OtherProgramme()
    for run in (source, to):
        require_movable(run, at)
    if source.offset_seconds != to.offset_seconds:
        raise ClocksDiffer()
    seats = source.allocated + to.allocated
    if seats > to.plan.capacity:
        raise TooManySeats(seats=seats, capacity=to.plan.capacity)


def take_in(to: Run, source: Run, description: Description) -> tuple[Run, list[Event]]:
    """A revision behind those of both, for the same reason; nothing of its schedule is another."""
    return schedule(replace(to, revision=max(to.revision, source.revision) + 1), description)


def end_merged(run: Run, into: str, description: Description) -> tuple[Run, list[Event]]:
    ended = replace(run, state=RunState.CANCELLED)
    return run_event(ended, description, events.RunCancelled, merged_into=into)
