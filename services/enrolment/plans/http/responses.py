"""The JSON of development plans. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.enrolment.attendance import Trained, TrainingTarget
from services.enrolment.plans.domain.competencies import COMPETENCIES, METHODS
from services.enrolment.plans.domain.plans import Plan
from services.enrolment.plans.domain.rows import Nominated, Row
from services.enrolment.plans.domain.texts import Texts
from services.enrolment.seats import SeatNow
from shared.clock import BANGKOK
from shared.rounding import rounded

CODES: Final[dict[str, Any]] = {
    "competencies": [
        {"code": code.value, "kind": named.kind.value, "th": named.th, "en": named.en}
        for code, named in COMPETENCIES.items()
    ],
    "methods": [{"code": code.value, "th": th, "en": en} for code, (th, en) in METHODS.items()],
}


def plan_changed_response(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "person": plan.person,
        "unit": plan.place.unit,
        "fiscalYear": plan.fiscal_year,
        "state": plan.state.value,
        "version": plan.version,
        "rowCount": plan.told_rows if plan.erased else len(plan.rows),
        "doneCount": plan.told_done if plan.erased else plan.rows_done,
        "submittedAt": _time(plan.submitted_at),
        "decidedAt": _time(plan.decided_at),
        "decidedBy": plan.decided_by,
        "reopened": None if plan.reopened is None else plan.reopened.value,
        "erased": plan.erased,
    }


def plan_response(plan: Plan, texts: Texts, standing: Mapping[str, SeatNow]) -> dict[str, Any]:
    """`standing`: how the nominations of its rows stand now."""
    rows = [{**_row(row, texts), **_nominated(row.nominated, standing)} for row in plan.rows]
    return {**plan_changed_response(plan), "rows": rows, "reason": texts.reason}


def _row(row: Row, texts: Texts) -> dict[str, Any]:
    need = row.need
    return {
        "row": row.number,
        "competency": need.competency.value,
        "requiredLevel": need.required,
        "currentLevel": need.held,
        "gap": need.required - need.held,
        "method": need.method.value,
        "startsOn": need.starts.isoformat(),
        "endsOn": need.ends.isoformat(),
        "note": texts.notes.get(row.number),
        "doneAt": _time(row.done_at),
        "result": texts.results.get(row.number),
    }


def _nominated(nominated: Nominated | None, standing: Mapping[str, SeatNow]) -> dict[str, Any]:
    if nominated is None:
        return dict.fromkeys(("nomination", "nominationRun", "nominationState", "nominatedAt"))
    now = standing.get(nominated.nomination)
    return {
        "nomination": nominated.nomination,
        "nominationRun": nominated.run,
        "nominationState": None if now is None else now.state.value,
        "nominatedAt": _time(nominated.at),
    }


def training_response(
    person: str, unit: str, year: int, trained: Trained, target: TrainingTarget, plan: Plan | None
) -> dict[str, Any]:
    return {
        "person": person,
        "unit": unit,
        "fiscalYear": year,
        "sessions": trained.sessions,
        "minutes": trained.minutes,
        "hours": rounded(trained.minutes, 60),
        "days": rounded(trained.minutes, target.minutes_of_day),
        "targetHours": rounded(target.minutes, 60),
        "targetDays": target.days,
        "targetReached": target.reached(trained),
        "plan": None if plan is None else plan.id,
        "planState": None if plan is None else plan.state.value,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(BANGKOK).replace(microsecond=0).isoformat()
