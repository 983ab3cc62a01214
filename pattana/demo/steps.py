"""The steps of plays: which words each may have. Pure. What a step does is in `words`."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator
from pydantic.alias_generators import to_camel

from pattana.demo.moments import FileDay, moment_of
from shared.values import FiscalYear

Count = Annotated[int, Field(ge=0, le=100_000, strict=True)]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Units = tuple[Name, ...]
Places = Literal["ALL"] | Units
ALL: Final = "ALL"
ALL_GROUPS: Final = "EACH"


class Step(BaseModel):
    """`number` is its place in the file, from 1."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)

    do: str
    at: str | None = None
    expect: dict[str, Any] = {}
    twice: bool = False
    refused: Name | None = None
    _number: int = PrivateAttr(0)

    @field_validator("at")
    @classmethod
    def _is_a_time(cls, at: str | None) -> str | None:
        if at is not None:
            moment_of(at, date(2000, 1, 1))
        return at

    @property
    def number(self) -> int:
        return self._number

    def numbered(self, number: int) -> Self:
        self._number = number
        return self

    def __str__(self) -> str:
        return f"step {self.number} ({self.do})"


class Plain(Step):
    """Has no words of its own."""


class Posts(Step):
    post: Name
    holders: Places
    acting: Units = ()
    vacant: Units = ()


class Allocate(Step):
    """The rule's name, or its name with what it needs."""

    rule: Name | dict[str, Any]


class Nominate(Step):
    target: Name
    rank: Literal["PRIMARY", "RESERVE"]
    units: Places | None = None
    each: Count | None = None
    people: Count | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "Nominate":
        if (self.units is None) is not (self.each is None) or (self.units is None) is (self.people is None):
            raise ValueError("it needs either units with each, or people")
        return self


class Apply(Step):
    people: Count | None = None
    source: Annotated[Literal["CENTRAL"] | None, Field(alias="from")] = None
    units: Places | None = None
    each: Count | None = None
    target: Name | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "Apply":
        central = self.people is not None and self.source is not None
        units = self.units is not None and self.each is not None
        given = sum(value is not None for value in (self.people, self.source, self.units, self.each))
        if central is units or given != 2:
            raise ValueError("it needs either people with from, or units with each")
        return self


class ExOfficio(Step):
    target: Name


class Decide(Step):
    who: Literal["ALL", "WARNED"]
    reason: str | None = None


class Leave(Step):
    """One of unit and target."""

    unit: Name | None = None
    target: Name | None = None
    state: Name
    count: Count
    reason: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> "Leave":
        if (self.unit is None) is (self.target is None):
            raise ValueError("it needs either unit or target")
        return self


class Answer(Step):
    """`scores`: how many answer with each."""

    form: Literal["PRE", "POST", "REACTION", "TRANSFER"]
    scores: dict[Annotated[str, Field(pattern="^[1-5]$")], Count]


class Absent(BaseModel):
    """So many of a unit or of a target group."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: Name | None = None
    target: Name | None = None
    count: Count

    @model_validator(mode="after")
    def _one_place(self) -> "Absent":
        if (self.unit is None) is (self.target is None):
            raise ValueError("it needs either unit or target")
        return self


class CheckIn(Step):
    """`sessions` by number from 1."""

    sessions: Literal["ALL"] | tuple[Annotated[int, Field(ge=1, le=1000, strict=True)], ...] = ALL
    absent: tuple[Absent, ...] = ()
    again: Count = 0


class Groups(Step):
    count: Annotated[int, Field(ge=1, le=200, strict=True)]


class Idea(Step):
    """`groups` by number from 1; so many `indicators` each."""

    groups: Literal["EACH"] | tuple[Annotated[int, Field(ge=1, le=200, strict=True)], ...]
    indicators: Annotated[int, Field(ge=0, le=20, strict=True)]


class Award(Step):
    """So many ideas win."""

    ideas: Annotated[int, Field(ge=1, le=50, strict=True)]


class Deliverable(BaseModel):
    """What is asked of every province, group or person; `due` is a day."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)

    key: Name
    per: Literal["PROVINCE", "GROUP", "PERSON"]
    due: FileDay
    fiscal_year: Annotated[FiscalYear, Field(strict=True)] | None = None
    title: str | None = None
    only: Units = ()


class Assign(Step):
    deliverables: Annotated[tuple[Deliverable, ...], Field(min_length=1)]


class Complete(Step):
    """The first so many that are not done."""

    deliverable: Name
    count: Count


STEPS: Final[Mapping[str, type[Step]]] = {
    "posts": Posts,
    "allocate": Allocate,
    "open": Plain,
    "nominate": Nominate,
    "apply": Apply,
    "exOfficio": ExOfficio,
    "approve": Decide,
    "reject": Decide,
    "withdraw": Leave,
    "substitute": Leave,
    "remind": Plain,
    "wait": Plain,
    "answer": Answer,
    "checkIn": CheckIn,
    "groups": Groups,
    "idea": Idea,
    "award": Award,
    "certify": Plain,
    "assign": Assign,
    "complete": Complete,
    "close": Plain,
}
