"""What a programme asks of people before they get its certificate, and what stands on it. Pure."""

from dataclasses import dataclass
from datetime import datetime

from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.rules_of_certificates import CertificateRule
from services.enrolment.catalogue.domain.runs import Run, RunState
from shared.clock import business


@dataclass(frozen=True, slots=True)
class Course:
    """A run as far as its certificates need it. Times are business time; `rule` None: it has no certificates."""

    run: str
    programme: str
    title: str
    fiscal_year: int
    organiser: str | None
    rule: CertificateRule | None
    state: RunState
    opened: bool
    starts_at: datetime
    ends_at: datetime
    offset_seconds: int

    @property
    def cancelled(self) -> bool:
        return self.state is RunState.CANCELLED

    def over(self, at: datetime) -> bool:
        """`at` is system time."""
        return business(at, self.offset_seconds) >= self.ends_at


def course_of(run: Run, description: Description) -> Course:
    return Course(
        run=run.id,
        programme=run.programme,
        title=description.title,
        fiscal_year=description.fiscal_year,
        organiser=description.organiser,
        rule=description.certificate,
        state=run.state,
        opened=run.opened,
        starts_at=run.plan.starts_at,
        ends_at=run.plan.ends_at,
        offset_seconds=run.offset_seconds,
    )
