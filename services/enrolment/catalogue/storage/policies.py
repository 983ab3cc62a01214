"""What a run's document copies of the checks of its programme. A run of before there were checks has the defaults."""

from dataclasses import fields
from typing import Any, Final

from services.enrolment.catalogue.domain.checks import Checks, Policy
from services.enrolment.catalogue.domain.description import REPEATED_YEARS, Description
from shared.mongo import Document

_NAMES: Final = tuple(field.name for field in fields(Checks))


def policies_document(description: Description) -> Document:
    policies = {name: getattr(description.checks, name).value for name in _NAMES}
    return {
        "checks": policies,
        "course": description.course_key,
        "repeated_years": description.repeated_years,
        "prerequisites": list(description.prerequisites),
    }


def policies_of(row: Document) -> dict[str, Any]:
    """As fields of an offered run."""
    stored = row.get("checks") or {}
    return {
        "checks": Checks(**{name: Policy(stored[name]) for name in _NAMES if name in stored}),
        "course": row.get("course") or row["code"],
        "repeated_years": row.get("repeated_years", REPEATED_YEARS),
        "prerequisites": tuple(row.get("prerequisites", ())),
    }
