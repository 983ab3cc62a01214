"""What groups and ideas answer, for the API document."""

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from services.enrolment.workshop.domain.ideas import Better, Prototype, State
from shared.answers import Day
from shared.events.workshops import PlacedBy


class GroupAnswer(TypedDict):
    """`group` is its number; how many are in it is told to the organiser."""

    group: int
    locked: bool
    size: int | None


class GroupsAnswer(TypedDict):
    """All groups, in the order of their numbers."""

    groups: list[GroupAnswer]


class MemberAnswer(TypedDict):
    """`by` says why this one is in the group."""

    nomination: str
    person: str
    unit: str
    province: str | None
    target: str
    group: int | None
    by: PlacedBy


class MembersAnswer(TypedDict):
    members: list[MemberAnswer]


class UngroupedAnswer(TypedDict):
    nomination: str
    person: str
    unit: str
    province: str | None
    target: str


class IndicatorAnswer(TypedDict):
    """`measure` is what the numbers count."""

    name: str
    measure: str
    better: Better
    baseline: float | None
    target: float | None


class AdoptionAnswer(TypedDict):
    unit: str
    since: Day


class MeasurementAnswer(TypedDict):
    """`indicator` counts from 1; `reached` null: no target was set."""

    unit: str
    indicator: int
    on: Day
    value: float
    reached: bool | None


class IdeaAnswer(TypedDict):
    """`award` 1 is the first prize. `rank` and `points` are known when scoring is closed; `tied`: another idea has the
    same rank."""

    id: str
    version: int
    run: str
    group: int
    state: State
    title: str
    problem: str
    users: str
    prototype: Prototype
    indicators: list[IndicatorAnswer]
    award: int | None
    rank: int | None
    points: float | None
    judges: int
    tied: bool
    adoptions: list[AdoptionAnswer]
    measurements: list[MeasurementAnswer]


class CriterionAnswer(TypedDict):
    key: str
    th: str
    en: str | None
    most: int
    weight: int


class ScoringAnswer(TypedDict):
    """`begun`: somebody has scored. `judges` are told to the organiser."""

    open: bool
    begun: bool
    criteria: list[CriterionAnswer]
    judges: list[str] | None


class ScoreAnswer(TypedDict):
    """Points by criterion."""

    idea: str
    judge: str
    points: dict[str, int]


class RankedAnswer(TypedDict):
    """`points` are the mean of so many judges; `tied`: another idea has the same rank."""

    rank: int
    idea: str
    group: int
    title: str
    points: float
    judges: int
    tied: bool
    award: int | None
