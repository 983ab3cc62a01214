"""What becomes of the development plan of a person for a fiscal year: drafted, submitted, agreed, reopened, carried
out, closed. One aggregate of each plan, keyed by the person. Competencies, levels, notes and reasons stay at home."""

from enum import StrEnum
from typing import Annotated, ClassVar

from shared.events.envelope import Event, open_enum
from shared.events.seats import Place
from shared.events.topics import PLANS


class PlanState(StrEnum):
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    AGREED = "AGREED"
    CLOSED = "CLOSED"


class PlanReopenedBecause(StrEnum):
    """RECALLED: its person has taken it back before it was agreed. RETURNED: the supervisor has given it back. REVISED:
    its person changes what was agreed."""

    RECALLED = "RECALLED"
    RETURNED = "RETURNED"
    REVISED = "REVISED"


OpenPlanState = Annotated[PlanState | str, open_enum(PlanState)]
OpenPlanReopened = Annotated[PlanReopenedBecause | str, open_enum(PlanReopenedBecause)]


class PlanFact(Event):
    """What every event of a plan carries: whose it is, where that person belonged then, the fiscal year (Buddhist), who
    did it (`actor`, an id), how many rows it has and how many of them are done. `state` is that after it, `before` that
    before it, where there was one; `moved_from` the unit of the person then, if it was another: whoever counts plans
    counts this one there no more."""

    topic: ClassVar[str] = PLANS.name
    key_field: ClassVar[str] = "person"
    aggregate_kind: ClassVar[str | None] = "development-plan"

    plan: str
    person: str
    place: Place
    fiscal_year: int
    actor: str
    rows: int
    rows_done: int
    moved_from: str | None = None
    state: OpenPlanState | None = None
    before: OpenPlanState | None = None

    @property
    def aggregate(self) -> str:
        return self.plan


class PlanDrafted(PlanFact):
    """A person has begun a plan. Nobody has to look at it yet."""

    type: ClassVar[str] = "enrolment.plan-drafted.v1"


class PlanSubmitted(PlanFact):
    """It waits for the supervisor."""

    type: ClassVar[str] = "enrolment.plan-submitted.v1"


class PlanAgreed(PlanFact):
    """The supervisor agrees to it."""

    type: ClassVar[str] = "enrolment.plan-agreed.v1"


class PlanReopened(PlanFact):
    """It is a draft again."""

    type: ClassVar[str] = "enrolment.plan-reopened.v1"

    because: OpenPlanReopened


class PlanRowCompleted(PlanFact):
    """What a row says was done."""

    type: ClassVar[str] = "enrolment.plan-row-completed.v1"

    row: int


class PlanRowReopened(PlanFact):
    """A row that was done is to be done."""

    type: ClassVar[str] = "enrolment.plan-row-reopened.v1"

    row: int


class PlanRowNominated(PlanFact):
    """The person was nominated for a run because of a row."""

    type: ClassVar[str] = "enrolment.plan-row-nominated.v1"

    row: int
    run: str
    nomination: str


class PlanClosed(PlanFact):
    """Nothing more becomes of it."""

    type: ClassVar[str] = "enrolment.plan-closed.v1"
