"""Warnings as they stand in the documents of nominations: `warned` only where there are any, for an index."""

from services.enrolment.seats.domain.checks import NominationWarning, Warnings
from shared.events.seats import WarningCode
from shared.mongo import Document


def warned_fields(warnings: Warnings) -> Document:
    rows = [{"code": one.code.value, "run": one.run, "unit": one.unit} for one in warnings]
    return {"warned": True, "warnings": rows}


def warnings_of(row: Document) -> Warnings:
    stored = row.get("warnings")
    if not stored:
        return ()
    return tuple(NominationWarning(WarningCode(one["code"]), one["run"], one["unit"]) for one in stored)
