"""Request bodies of the routes for seats."""

from typing import Annotated

from pydantic import AliasChoices, Field, model_validator

from shared.bodies import Body
from shared.events.seats import Rank
from shared.values import Id, Remark

MOST_ROWS = 500
MOST_BUCKETS = 2_000  # all of a run are opened, closed and moved in one transaction


class NominationRow(Body):
    """Who is nominated. Without a target group, the first that fits."""

    person: Id
    rank: Rank = Rank.PRIMARY
    target: Id | None = None
    note: Remark | None = None


class NominateBody(Body):
    """Either one person's fields, or `nominations`, a list of them."""

    person: Id | None = None
    rank: Rank | None = None
    target: Id | None = None
    note: Remark | None = None
    nominations: Annotated[tuple[NominationRow, ...], Field(min_length=1, max_length=MOST_ROWS)] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "NominateBody":
        single = (self.person, self.rank, self.target, self.note)
        if self.nominations is None and self.person is None:
            raise ValueError("person or nominations is needed")
        if self.nominations is not None and any(value is not None for value in single):
            raise ValueError("either one person or a list")
        return self


class ApplyBody(Body):
    target: Id | None = None
    note: Remark | None = None


class ReasonBody(Body):
    reason: Remark | None = None


class IdsBody(Body):
    ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_ROWS)]
    reason: Remark | None = None


class SubstituteBody(Body):
    person: Id
    reason: Remark | None = None


class BucketRow(Body):
    """`bucketUnit` is the unit whose seats these are; `unit` is accepted too."""

    target: Id
    bucket_unit: Annotated[Id, Field(validation_alias=AliasChoices("bucketUnit", "unit"))]
    seats: Annotated[int, Field(ge=0, le=1_000_000)]


class AllocationBody(Body):
    buckets: Annotated[tuple[BucketRow, ...], Field(min_length=1, max_length=MOST_BUCKETS)]
