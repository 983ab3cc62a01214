"""What development plans answer, for the API document."""

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from services.enrolment.plans.domain.competencies import Competency, CompetencyKind, Method
from services.enrolment.plans.domain.plans import State
from shared.answers import Day, Time
from shared.events.plans import PlanReopenedBecause
from shared.events.seats import NominationState


class CompetencyAnswer(TypedDict):
    code: Competency
    kind: CompetencyKind
    th: str
    en: str


class MethodAnswer(TypedDict):
    code: Method
    th: str
    en: str


class CompetenciesAnswer(TypedDict):
    """What rows of plans may name. There are so few that they are one page."""

    competencies: list[CompetencyAnswer]
    methods: list[MethodAnswer]


class PlanChangedAnswer(TypedDict):
    """`unit` is where the person belonged when it was changed last, or has moved to since. `reopened`: how it became a
    draft again. The answer to a command is kept, so it has no rows and nothing that somebody has written."""

    id: str
    person: str
    unit: str
    fiscalYear: int
    state: State
    version: int
    rowCount: int
    doneCount: int
    submittedAt: Time | None
    decidedAt: Time | None
    decidedBy: str | None
    reopened: PlanReopenedBecause | None
    erased: bool


class RowAnswer(TypedDict):
    """`gap` is the level that is required less the one that is held. `result` is what its person says came of it.
    `nomination`: the last one that was made because of it, and how that stands now."""

    row: int
    competency: Competency
    requiredLevel: int
    currentLevel: int
    gap: int
    method: Method
    startsOn: Day
    endsOn: Day
    note: str | None
    doneAt: Time | None
    result: str | None
    nomination: str | None
    nominationRun: str | None
    nominationState: NominationState | None
    nominatedAt: Time | None


class PlanAnswer(PlanChangedAnswer):
    """`reason`: why the supervisor has given it back, until it is submitted again."""

    rows: list[RowAnswer]
    reason: str | None


class TrainingAnswer(TypedDict):
    """What somebody was present in sessions of a fiscal year, and what is expected. A day is so many hours as the
    office counts for one. `plan` and `planState` are null where there is none for the year."""

    person: str
    unit: str
    fiscalYear: int
    sessions: int
    minutes: int
    hours: float
    days: float
    targetHours: float
    targetDays: int
    targetReached: bool
    plan: str | None
    planState: State | None
