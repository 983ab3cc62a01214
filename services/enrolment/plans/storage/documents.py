"""Development plans and what is written in them as documents. Days are stored as they are written."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from services.enrolment.directory import root_unit
from services.enrolment.plans.domain.competencies import Competency, Method
from services.enrolment.plans.domain.plans import Plan, State
from services.enrolment.plans.domain.rows import Need, Nominated, Row
from services.enrolment.plans.domain.texts import Texts
from shared.events.plans import PlanReopenedBecause
from shared.events.seats import Place
from shared.mongo import Document
from shared.rights import CENTRAL_POOL, pool_of

# What an erased plan has no more. How many rows were told, and as done, stays: reports count it.
ERASED: Final[Document] = {"rows": [], "erased": True}


def office_of(unit: str) -> str:
    """The provincial office above a unit, or OPS for all others."""
    return CENTRAL_POOL if pool_of(unit) == CENTRAL_POOL else root_unit(unit)


def place_key(unit: str, plan: str = "") -> str:
    """What lists are sorted by, or with what the keys of a unit begin."""
    return f"{office_of(unit)}|{unit}|{plan}" if plan else f"{office_of(unit)}|{unit}"


def place_document(place: Place, plan: str) -> Document:
    unit = place.unit
    return {
        "place": place_key(unit, plan),
        "unit": unit,
        "province": place.province,
        "group": place.group,
        "region": place.region,
    }


def plan_document(plan: Plan) -> Document:
    """All but its id."""
    reopened = plan.reopened
    return {
        "person": plan.person,
        "fiscal_year": plan.fiscal_year,
        **place_document(plan.place, plan.id),
        "state": plan.state.value,
        "rows": [_row_document(row) for row in plan.rows],
        "last_row": plan.last_row,
        "seq": plan.seq,
        "version": plan.version,
        "submitted_at": plan.submitted_at,
        "told_unit": plan.told_unit,
        "told_rows": plan.told_rows,
        "told_done": plan.told_done,
        "decided_by": plan.decided_by,
        "decided_at": plan.decided_at,
        "reopened": None if reopened is None else reopened.value,
    }


def plan_of(row: Document) -> Plan:
    place = Place.model_construct(unit=row["unit"], province=row["province"], group=row["group"], region=row["region"])
    return Plan(
        row["_id"],
        row["person"],
        place,
        row["fiscal_year"],
        State(row["state"]),
        tuple(_row_of(one) for one in row["rows"]),
        row["last_row"],
        row["seq"],
        row["version"],
        row["submitted_at"],
        row["told_unit"],
        State(row["state"]),
        row["told_rows"],
        row["told_done"],
        row["decided_by"],
        row["decided_at"],
        None if row["reopened"] is None else PlanReopenedBecause(row["reopened"]),
        row.get("erased", False),
    )


def _row_document(row: Row) -> Document:
    need, nominated = row.need, row.nominated
    document: Document = {
        "number": row.number,
        "competency": need.competency.value,
        "required": need.required,
        "held": need.held,
        "method": need.method.value,
        "starts": need.starts.isoformat(),
        "ends": need.ends.isoformat(),
        "done_at": row.done_at,
    }
    if nominated is None:
        return document
    of_run = {"run": nominated.run, "nomination": nominated.nomination, "at": nominated.at}
    return {**document, "nominated": of_run}


def _row_of(row: Document) -> Row:
    days = date.fromisoformat(row["starts"]), date.fromisoformat(row["ends"])
    need = Need(Competency(row["competency"]), row["required"], row["held"], Method(row["method"]), *days)
    nominated = Nominated(**row["nominated"]) if "nominated" in row else None
    return Row(row["number"], need, row["done_at"], nominated)


def texts_document(texts: Texts) -> Document:
    """Keys of documents are texts."""
    return {
        "notes": {str(number): text for number, text in texts.notes.items()},
        "results": {str(number): text for number, text in texts.results.items()},
        "reason": texts.reason,
    }


def texts_of(row: Document) -> Texts:
    return Texts(_by_number(row["notes"]), _by_number(row["results"]), row["reason"])


def _by_number(stored: Mapping[str, Any]) -> dict[int, str]:
    return {int(number): text for number, text in stored.items()}
