"""What answers about delegations look like."""

from typing import Any

from typing_extensions import TypedDict

from services.enrolment.seats.domain.delegations import Delegation
from shared.answers import Time
from shared.clock import BANGKOK
from shared.events.seats import Approver


class DelegationAnswer(TypedDict):
    """`absent` and `delegate` are subjects. Times are Bangkok time, and those of the run on which is decided. Of a post
    in which the caller acts `id` is that of the holding, and `absent` and `createdAt` are null: whose post it is on the
    day of a decision stands with the decision. `endsAt` null: still."""

    id: str
    absent: str | None
    delegate: str
    unit: str
    steps: list[Approver]
    startsAt: Time
    endsAt: Time | None
    ended: bool
    createdAt: Time | None


def delegation_response(delegation: Delegation) -> dict[str, Any]:
    times = {"startsAt": delegation.starts_at, "endsAt": delegation.ends_at, "createdAt": delegation.created_at}
    return {
        "id": delegation.id,
        "absent": delegation.absent,
        "delegate": delegation.delegate,
        "unit": delegation.unit,
        "steps": [step.value for step in delegation.steps],
        "ended": delegation.ended,
        **{name: at and at.astimezone(BANGKOK).isoformat() for name, at in times.items()},
    }
