"""Request bodies of the routes for groups, ideas and the jury."""

from typing import Annotated, Final

from pydantic import Field, model_validator

from services.enrolment.workshop.domain.groups import MOST_GROUPS
from services.enrolment.workshop.domain.ideas import Better, Content, Indicator, Prototype
from services.enrolment.workshop.domain.scoring import MOST_CRITERIA, MOST_JUDGES, Criterion
from shared.bodies import Body
from shared.events.workshops import MOST_MEMBERS, Spread
from shared.values import Day, Id, Line, Subject, Text, Title

MOST_INDICATORS: Final = 20
MOST_POINTS: Final = 1_000
MOST_WEIGHT: Final = 100
MOST_PRIZES: Final = 50
LARGEST: Final = 1e15
GroupNumber = Annotated[int, Field(ge=1, le=MOST_GROUPS)]
Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
Key = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]


class GroupsBody(Body):
    """Either so many groups, or groups of so many at most. By the rule people are spread by these, the first before
    all; `empty`: so many empty groups, and people are put into them by hand."""

    count: GroupNumber | None = None
    size: Annotated[int, Field(ge=1, le=MOST_MEMBERS)] | None = None
    spread: Annotated[tuple[Spread, ...], Field(max_length=len(Spread))] = (Spread.UNIT, Spread.LEVEL)
    empty: bool = False

    @model_validator(mode="after")
    def _how_many(self) -> "GroupsBody":
        if (self.count is None) is (self.size is None):
            raise ValueError("either count or size")
        if len(set(self.spread)) != len(self.spread):
            raise ValueError("spread by each once")
        return self


class MemberBody(Body):
    nomination: Id


class ExchangeBody(Body):
    nomination: Id
    other: Id


class EmptyBody(Body):
    pass


class IndicatorBody(Body):
    """`measure` is what the numbers count, as baht, days or per cent."""

    name: Line
    measure: Line
    better: Better = Better.HIGHER
    baseline: Number | None = None
    target: Number | None = None


class ContentBody(Body):
    """What is said here stays at home, and is never published."""

    title: Title
    problem: Text
    users: Text
    prototype: Prototype = Prototype.CONCEPT
    indicators: Annotated[tuple[IndicatorBody, ...], Field(max_length=MOST_INDICATORS)] = ()

    def content(self) -> Content:
        return Content(
            self.title,
            self.problem,
            self.users,
            self.prototype,
            tuple(Indicator(one.name, one.measure, one.better, one.baseline, one.target) for one in self.indicators),
        )


class IdeaBody(ContentBody):
    """`submit`: at once, or not at all."""

    group: GroupNumber
    submit: bool = False


class AwardBody(Body):
    """1 is the first prize."""

    award: Annotated[int, Field(ge=1, le=MOST_PRIZES)]


class AdoptionBody(Body):
    unit: Id
    since: Day


class MeasurementBody(Body):
    """`indicator` counts from 1."""

    unit: Id
    indicator: Annotated[int, Field(ge=1, le=MOST_INDICATORS)]
    on: Day
    value: Number


class CriterionBody(Body):
    """From 0 to `most` points, which count `weight` times."""

    key: Key
    th: Line
    en: Line | None = None
    most: Annotated[int, Field(ge=1, le=MOST_POINTS)]
    weight: Annotated[int, Field(ge=1, le=MOST_WEIGHT)] = 1

    def criterion(self) -> Criterion:
        return Criterion(self.key, self.th, self.most, self.weight, self.en)


class ScoringBody(Body):
    """`judges` are the subjects of their tokens: of people of the directory their ids."""

    criteria: Annotated[tuple[CriterionBody, ...], Field(min_length=1, max_length=MOST_CRITERIA)]
    judges: Annotated[tuple[Annotated[Subject, Field(min_length=1)], ...], Field(min_length=1, max_length=MOST_JUDGES)]

    @model_validator(mode="after")
    def _each_once(self) -> "ScoringBody":
        if len({one.key for one in self.criteria}) != len(self.criteria):
            raise ValueError("each key once")
        if len(set(self.judges)) != len(self.judges):
            raise ValueError("each judge once")
        return self


class ScoringEndBody(Body):
    """`incomplete`: also while judges have not scored every idea that was submitted."""

    incomplete: bool = False


class ScoreBody(Body):
    """Points by criterion. `judge`: whose sheet the organiser enters; without it the caller scores."""

    points: Annotated[
        dict[Key, Annotated[int, Field(ge=-MOST_POINTS, le=10 * MOST_POINTS)]],
        Field(min_length=1, max_length=MOST_CRITERIA),
    ]
    judge: Annotated[Subject, Field(min_length=1)] | None = None
