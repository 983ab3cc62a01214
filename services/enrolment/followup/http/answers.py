"""What follow-up answers, for the API document."""

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from services.enrolment.followup.domain.tasks import Standing
from shared.answers import Day, Time
from shared.events.followups import Per, ReopenedBecause


class DeliverableAnswer(TypedDict):
    """`dueOn` is the working day on which it is due. `assigning`: not everybody has it yet. The counts are told to the
    organiser; what is not done is overdue after the day on which it is due, else pending."""

    deliverable: str
    title: str | None
    per: Per
    only: list[str]
    due: Day
    dueOn: Day
    fiscalYear: int
    assigning: bool
    tasks: int | None
    done: int | None
    overdue: int | None
    pending: int | None


class FollowUpsAnswer(TypedDict):
    """A run has so few that they are one page."""

    items: list[DeliverableAnswer]
    next: str | None


class TaskChangedAnswer(TypedDict):
    """`unit` reports it; `person` null: it is that of an office, or of a province group. `completedAt` is that of the
    last report, also when it was given back: then `reopened` says how. Times are the run's. The answer to a command is
    kept, so it has neither evidence nor reason."""

    id: str
    run: str
    deliverable: str
    per: Per
    unit: str
    province: str | None
    group: str | None
    person: str | None
    due: Day
    dueOn: Day
    fiscalYear: int
    state: Standing
    completedAt: Time | None
    completedBy: str | None
    reopened: ReopenedBecause | None
    reopenedAt: Time | None
    reopenedBy: str | None


class TaskAnswer(TaskChangedAnswer):
    """Evidence is that of the last report, also when it was given back: then `reason` says why."""

    link: str | None
    text: str | None
    reason: str | None
