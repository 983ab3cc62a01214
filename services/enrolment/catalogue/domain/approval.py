"""Who approves nominations of a programme, one after the other, and in which time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.enrolment.catalogue.domain.approval_refusals import NobodyToEscalateTo
from shared.events.seats import Approver

MOST_STEPS: Final = 6


class OnDeadline(StrEnum):
    """What becomes of a nomination that nobody has decided in time: the next step decides instead, or nobody does."""

    ESCALATE = "ESCALATE"
    EXPIRE = "EXPIRE"


@dataclass(frozen=True, slots=True)
class ApprovalStep:
    """`days` are working days; None: there is no deadline, and `on_deadline` says nothing."""

    by: Approver
    days: int | None = None
    on_deadline: OnDeadline | None = None


Route = tuple[ApprovalStep, ...]
NO_APPROVAL: Final[Route] = ()
SUPERVISOR_ALONE: Final[Route] = (ApprovalStep(Approver.SUPERVISOR),)


def check_route(route: Sequence[ApprovalStep]) -> None:
    """Raises NobodyToEscalateTo."""
    if route and route[-1].on_deadline is OnDeadline.ESCALATE:
        raise NobodyToEscalateTo(step=route[-1].by.value)
