"""Commands about seats. Ids are made before the first attempt, so that every attempt uses the same ones.

In every command `new_id` is the nomination that it makes, `nomination` the one that it decides on, `subject` the one
that its caller gets.
"""

from dataclasses import dataclass, field
from typing import Literal

from services.enrolment.seats.domain.nominations import Action
from shared.events.seats import Rank
from shared.rights import Scope

Decision = Literal[Action.APPROVE, Action.REJECT, Action.WITHDRAW]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, the scope of their rights for this command, whether what was never published is there for them, and
    where they may know how many compete for seats."""

    subject: str
    scope: Scope
    drafts: bool = False
    counts: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class Nominate:
    """A unit nominates a person, or a person applies (`target` None: the first group that fits)."""

    run: str
    person: str
    rank: Rank
    target: str | None
    note: str | None
    new_id: str

    @property
    def name(self) -> str:
        return Action.NOMINATE.value

    @property
    def nomination(self) -> None:
        return None

    @property
    def reason(self) -> None:
        return None

    @property
    def subject(self) -> str:
        return self.new_id


@dataclass(frozen=True, slots=True)
class Decide:
    """Approve, reject or withdraw one nomination."""

    run: str
    nomination: str
    action: Decision
    reason: str | None

    @property
    def name(self) -> str:
        return self.action.value

    @property
    def new_id(self) -> None:
        return None

    @property
    def note(self) -> None:
        return None

    @property
    def subject(self) -> str:
        return self.nomination


@dataclass(frozen=True, slots=True)
class Substitute:
    """Another person of the same unit takes over a confirmed seat."""

    run: str
    nomination: str
    person: str
    reason: str | None
    new_id: str

    @property
    def name(self) -> str:
        return Action.SUBSTITUTE.value

    @property
    def note(self) -> None:
        return None

    @property
    def subject(self) -> str:
        return self.new_id


Command = Nominate | Decide | Substitute
