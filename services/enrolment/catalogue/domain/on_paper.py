"""A run as official papers speak of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.runs import Run, RunState
from shared.events.catalogue import Session, Venue


@dataclass(frozen=True, slots=True)
class RunOnPaper:
    """Times are business time. `targets`: what each target group is called."""

    run: str
    title: str
    organiser: str | None
    cohort: int
    capacity: int
    state: RunState
    opened: bool
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime | None
    sessions: tuple[Session, ...]
    venue: Venue
    targets: Mapping[str, str]

    @property
    def cancelled(self) -> bool:
        return self.state is RunState.CANCELLED


def on_paper(run: Run, description: Description) -> RunOnPaper:
    plan = run.plan
    return RunOnPaper(
        run=run.id,
        title=description.title,
        organiser=description.organiser,
        cohort=plan.cohort,
        capacity=plan.capacity,
        state=run.state,
        opened=run.opened,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        closes_at=plan.closes_at,
        sessions=plan.sessions,
        venue=plan.venue,
        targets={target.key: target.name or "" for target in description.target_groups},
    )
