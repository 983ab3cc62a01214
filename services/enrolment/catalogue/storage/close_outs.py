"""The close-out of a run as it stands in its document."""

from collections.abc import Mapping
from typing import Any

from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.runs import Filed, Run


def close_out_document(run: Run, description: Description) -> dict[str, Any]:
    """With a copy of the days, which the events of the run carry."""
    return {
        "close_out_days": description.close_out_days,
        "close_out_filed_by": None if run.filed is None else run.filed.by,
        "close_out_filed_at": None if run.filed is None else run.filed.at,
    }


def filed_of(row: Mapping[str, Any]) -> Filed | None:
    """A run of before there were close-outs has no such fields."""
    return Filed(row["close_out_filed_by"], row["close_out_filed_at"]) if row.get("close_out_filed_at") else None
