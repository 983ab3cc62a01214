"""How far development plans have come, as it goes out."""

from collections.abc import Mapping
from typing import Final

from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from services.reporting.answering import By, ByPlace, PlanRow
from services.reporting.answering.answers import PlanReport
from services.reporting.http.answers import Fresh
from services.reporting.http.headings import Body, heading
from shared.events.plans import PlanState

_NAMED: Final[Mapping[ByPlace, By]] = {
    ByPlace.PROVINCE: By.PROVINCE,
    ByPlace.GROUP: By.GROUP,
    ByPlace.REGION: By.REGION,
    ByPlace.UNIT: By.UNIT,
}


class PlanCounts(TypedDict, total=False):
    """How many people have a plan, and how far these are. `agreed` counts those that were closed since, too. A count is
    null where it is not told; where that is because of few people, `suppressed` says so."""

    plans: int | None
    draft: int | None
    submitted: int | None
    agreed: int | None
    closed: int | None
    suppressed: bool


class PlanRowAnswer(PlanCounts, total=False):
    """What a row is called, by what it is a row of."""

    key: str
    nameTh: str | None
    nameEn: str | None
    province: str | None
    group: str | None
    region: str | None


class PlansAnswer(Fresh):
    by: str
    fiscalYear: int
    rows: list[PlanRowAnswer]
    totals: PlanCounts


def plans_response(report: PlanReport) -> Body:
    planning = report.planning
    rows = [
        {"key": key, **heading(_NAMED[planning.by], key, report.descriptions), **_counts(row)}
        for key, row in planning.rows.items()
    ]
    return {
        "by": planning.by.value,
        "fiscalYear": planning.fiscal_year,
        "rows": rows,
        "totals": _counts(planning.whole),
    }


def _counts(row: PlanRow) -> Body:
    """To whom small counts are not told, only one that is told by itself."""
    if row.coarse:
        told: Body = {**dict.fromkeys(("plans", "draft", "submitted", "closed")), "agreed": row.agreed}
        return {**told, "agreed": None, "suppressed": True} if row.hidden else told
    return {
        "plans": row.plans,
        "draft": row.of(PlanState.DRAFT),
        "submitted": row.of(PlanState.SUBMITTED),
        "agreed": row.agreed,
        "closed": row.of(PlanState.CLOSED),
    }
