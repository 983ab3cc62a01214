"""What may be asked about seats. Ids are made before the first attempt, so that a repeated attempt is the same one."""

from dataclasses import dataclass
from typing import Literal

from services.enrolment.seats.domain import Action
from shared.events.enrolment import Rank

Decision = Literal[Action.APPROVE, Action.REJECT, Action.WITHDRAW]


@dataclass(frozen=True, slots=True)
class Nominate:
    """A unit names a person, or a person applies (`target` None: the first group that fits)."""

    run: str
    person: str
    rank: Rank
    target: str | None
    note: str | None
    new_id: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Approve, reject or withdraw one nomination."""

    run: str
    nomination: str
    action: Decision
    reason: str | None


@dataclass(frozen=True, slots=True)
class Substitute:
    """Another person of the same unit takes over a confirmed seat."""

    run: str
    nomination: str
    person: str
    reason: str | None
    new_id: str


Command = Nominate | Decide | Substitute


def name_of(command: Command) -> str:
    """For metrics and logs."""
    if isinstance(command, Decide):
        return command.action.value
    return "nominate" if isinstance(command, Nominate) else "substitute"
