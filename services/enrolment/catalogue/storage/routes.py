"""Routes of approval as they stand in the documents of programmes and runs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.enrolment.catalogue.domain.approval import ApprovalStep, OnDeadline, Route
from services.enrolment.catalogue.domain.description import Description
from shared.events.seats import Approver


def route_of(steps: Iterable[Mapping[str, Any]]) -> Route:
    """From its documents."""
    return tuple(
        ApprovalStep(Approver(step["by"]), step.get("days"), OnDeadline(late) if (late := step.get("late")) else None)
        for step in steps
    )


def route_documents(route: Sequence[ApprovalStep]) -> list[dict[str, Any]]:
    """As stored, without what a step does not have."""
    return [_document(step) for step in route]


def approving(description: Description) -> dict[str, Any]:
    """What a run copies of its programme, for those who approve."""
    return {"approval_route": route_documents(description.approval_route), "organiser": description.organiser}


def _document(step: ApprovalStep) -> dict[str, Any]:
    late = {} if step.on_deadline is None else {"days": step.days, "late": step.on_deadline.value}
    return {"by": step.by.value, **late}
