"""Request bodies of the routes for development plans."""

from typing import Annotated

from pydantic import Field

from services.enrolment.plans.domain.competencies import MOST_LEVEL, Competency, Method
from services.enrolment.plans.domain.rows import MOST_ROWS, Need, WantedRun, Written
from services.enrolment.plans.domain.texts import WrittenRow
from shared.bodies import Body
from shared.events.seats import Rank
from shared.values import Day, FiscalYear, Id, Remark

MOST_NUMBER = 100_000
Level = Annotated[int, Field(ge=0, le=MOST_LEVEL)]


class RowBody(Body):
    """`row`: the number of a row that the plan has; without one it is another. The period lies within the fiscal year.
    The note is told to whoever sees the plan, and never published."""

    row: Annotated[int, Field(ge=1, le=MOST_NUMBER)] | None = None
    competency: Competency
    required_level: Level
    current_level: Level
    method: Method
    starts_on: Day
    ends_on: Day
    note: Remark | None = None

    def written(self) -> WrittenRow:
        levels, days = (self.required_level, self.current_level), (self.starts_on, self.ends_on)
        return WrittenRow(Written(Need(self.competency, *levels, self.method, *days), self.row), self.note)


Rows = Annotated[tuple[RowBody, ...], Field(max_length=MOST_ROWS)]


class RowsBody(Body):
    """All rows that the plan is to have, in their order."""

    rows: Rows


class DraftBody(Body):
    fiscal_year: FiscalYear
    rows: Rows = ()


class NominateRowBody(Body):
    """As of any nomination: without a target group, the first that fits. The note is kept with the nomination."""

    run: Id
    rank: Rank = Rank.PRIMARY
    target: Id | None = None
    note: Remark | None = None

    def wanted(self) -> WantedRun:
        return WantedRun(self.run, self.rank, self.target, self.note)


class ApplyFromRowBody(Body):
    """As of any application."""

    run: Id
    target: Id | None = None
    note: Remark | None = None

    def wanted(self) -> WantedRun:
        return WantedRun(self.run, target=self.target, note=self.note)


class ReasonBody(Body):
    """The reason is told to whoever sees the plan, and never published."""

    reason: Remark


class NothingBody(Body):
    pass


class ResultBody(Body):
    """What came of it, in the person's words. Never published."""

    result: Remark | None = None
