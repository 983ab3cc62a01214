"""What the report of what is to be done after runs looks like."""

from typing_extensions import TypedDict

from services.reporting.http.answers import FiscalYearBy, Fresh
from shared.answers import Time


class ProgressAnswer(TypedDict):
    tasks: int
    done: int
    overdue: int
    pending: int
    donePct: float | None


class _CalledSo(TypedDict, total=False):
    """What a row is called, by what it is a row of."""

    nameTh: str | None
    nameEn: str | None
    group: str | None
    region: str | None
    programme: str | None
    code: str | None
    title: str | None
    fiscalYear: int | None
    fiscalYearBy: FiscalYearBy
    startFiscalYear: int | None
    cohort: int | None
    state: str | None
    startsAt: Time | None
    endsAt: Time | None


class FollowUpRow(ProgressAnswer, _CalledSo):
    key: str


class FollowUpAnswer(Fresh):
    """Tasks after runs, whose fiscal year is that in which they count; the offices of province groups count where the
    hub is."""

    by: str
    fiscalYear: int | None
    fiscalYearBy: FiscalYearBy
    rows: list[FollowUpRow]
    totals: ProgressAnswer
