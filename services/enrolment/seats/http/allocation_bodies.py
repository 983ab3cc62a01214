"""Request bodies about how many seats each unit has."""

from typing import Annotated

from pydantic import AliasChoices, Field, model_validator

from services.enrolment.seats.domain.allocation import Seating
from services.enrolment.seats.domain.asks import Ask, Combination, Rule
from services.enrolment.seats.domain.reallocating import Where
from shared.bodies import Body
from shared.values import Id, Line

MOST_BUCKETS = 2_000  # all of a run are opened, closed and moved in one transaction
MOST_RULES = 50
MOST_SEATS = 1_000_000
Unit = Annotated[Id, Field(validation_alias=AliasChoices("bucketUnit", "unit"))]
Count = Annotated[int, Field(ge=0, le=MOST_SEATS)]
Some = Annotated[int, Field(ge=1, le=MOST_SEATS)]


class ReasonBody(Body):
    """As a proposal says it. It is not kept."""

    code: Id
    th: Line
    en: Line
    each: Count | None = None
    people: Count | None = None
    of: Count | None = None
    holders: Count | None = None
    confirmed: Count | None = None


class BucketRow(Body):
    """`bucketUnit` is the unit whose seats these are; `unit` is accepted too. A row of a proposal is taken as it is."""

    target: Id
    bucket_unit: Unit
    seats: Count
    reason: ReasonBody | None = None


class AllocationBody(Body):
    """Either the buckets, or the run `from` which they are copied."""

    buckets: Annotated[tuple[BucketRow, ...], Field(min_length=1, max_length=MOST_BUCKETS)] | None = None
    copied_from: Annotated[Id | None, Field(alias="from")] = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "AllocationBody":
        if (self.buckets is None) == (self.copied_from is None):
            raise ValueError("buckets or from")
        return self

    def seatings(self) -> list[Seating]:
        return [Seating(row.target, row.bucket_unit, row.seats) for row in self.buckets or ()]


class RuleBody(Body):
    """The rule of a target group. `each` is for PER_UNIT, `from` the run that BY_LAST_YEAR goes by."""

    target: Id
    rule: Rule
    each: Some | None = None
    seats: Some | None = None
    units: Annotated[tuple[Id, ...], Field(max_length=MOST_BUCKETS)] = ()
    like: Annotated[Id | None, Field(alias="from")] = None

    def ask(self) -> Ask:
        return Ask(**dict(self))


class ProposalBody(Body):
    """Either one rule for all target groups, or a rule for each of some."""

    rule: Combination | None = None
    targets: Annotated[tuple[RuleBody, ...], Field(min_length=1, max_length=MOST_RULES)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "ProposalBody":
        if (self.rule is None) == (self.targets is None):
            raise ValueError("rule or targets")
        return self

    def asked(self) -> Combination | list[Ask]:
        return self.rule if self.rule is not None else [one.ask() for one in self.targets or ()]


class PlaceBody(Body):
    target: Id
    bucket_unit: Unit

    def where(self) -> Where:
        return self.target, self.bucket_unit


class MoveBody(Body):
    """So many seats of one bucket for another."""

    source: Annotated[PlaceBody, Field(alias="from")]
    to: PlaceBody
    seats: Some
