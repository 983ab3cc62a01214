"""Request bodies of the routes for seats."""

from typing import Annotated

from pydantic import Field, model_validator

from shared.bodies import Body
from shared.events.seats import Rank
from shared.values import Id, Remark, Term

MOST_ROWS = 500


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


class ExOfficioBody(Body):
    """`after`: `next` of the answer before."""

    target: Id
    after: Term | None = None


class ApplyBody(Body):
    target: Id | None = None
    note: Remark | None = None


class ReasonBody(Body):
    reason: Remark | None = None


class IdsBody(Body):
    ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_ROWS)]
    reason: Remark | None = None


class SubstituteBody(Body):
    """`swap`: the person may wait for a seat of the same office and group, and then waits no longer. With a reason the
    organiser may do so also while the run is under way, and for 30 days after it."""

    person: Id
    reason: Remark | None = None
    swap: bool = False


class MoveBody(Body):
    """`keep`: the nomination stays though the person has moved; otherwise it is withdrawn. The reason is kept with the
    nomination and never published."""

    keep: bool
    reason: Remark | None = None


class LateEntryBody(Body):
    """The reason is kept with the nomination and never published."""

    person: Id
    target: Id | None = None
    reason: Remark
