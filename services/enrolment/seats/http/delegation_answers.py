"""What answers about delegations look like."""

from typing import Any

from typing_extensions import TypedDict

from services.enrolment.seats.domain.delegations import Delegation
from shared.answers import Time
from shared.clock import BANGKOK
from shared.events.seats import Approver


class DelegationAnswer(TypedDict):
    """`absent` and `delegate` are subjects. Times are Bangkok time, and those of the run on which is decided."""

    id: str
    absent: str
    delegate: str
    unit: str
    steps: list[Approver]
    startsAt: Time
    endsAt: Time
    ended: bool
    createdAt: Time


def delegation_response(delegation: Delegation) -> dict[str, Any]:
    times = {"startsAt": delegation.starts_at, "endsAt": delegation.ends_at, "createdAt": delegation.created_at}
    return {
        "id": delegation.id,
        "absent": delegation.absent,
        "delegate": delegation.delegate,
        "unit": delegation.unit,
        "steps": [step.value for step in delegation.steps],
        "ended": delegation.ended,
        **{name: at.astimezone(BANGKOK).isoformat() for name, at in times.items()},
    }
