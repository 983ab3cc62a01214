"""Commands about seats. Ids are made before the first attempt, so that every attempt uses the same ones.

In every command `new_id` is the nomination that it makes, `nomination` the one that it decides on, `subject` the one
that its caller gets.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from services.enrolment.directory import Held
from services.enrolment.seats.domain.approvals import Decider, Steps
from services.enrolment.seats.domain.transitions import Action
from shared.events.seats import Rank
from shared.rights import Scope

Decision = Literal[
    Action.APPROVE, Action.REJECT, Action.WITHDRAW, Action.KEEP, Action.RELEASE, Action.ACCEPT, Action.DECLINE
]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, the scope of their rights for this command, whether what was never published is there for them, where
    they may know how many compete for seats, which steps of approval they may decide, and in whose name and time
    they do so if not in their own."""

    subject: str
    scope: Scope
    drafts: bool = False
    counts: Scope = field(default_factory=Scope)
    steps: Steps = field(default_factory=dict)
    on_behalf_of: str | None = None
    period: tuple[datetime, datetime | None] | None = None

    @property
    def decider(self) -> Decider:
        return Decider(self.subject, self.steps, self.on_behalf_of, self.period)


@dataclass(frozen=True, slots=True)
class Nominate:
    """A unit nominates a person, or a person applies (`target` None: the first group that fits); or whoever is in the
    post `ex_officio` is nominated for it."""

    name: ClassVar[str] = Action.NOMINATE.value
    nomination: ClassVar[None] = None
    reason: ClassVar[None] = None
    run: str
    person: str
    rank: Rank
    target: str | None
    note: str | None
    new_id: str
    ex_officio: Held | None = None

    @property
    def subject(self) -> str:
        return self.new_id


@dataclass(frozen=True, slots=True)
class Decide:
    """Approve, reject or withdraw one nomination; keep or release that of somebody who has moved; accept or decline the
    seat that is offered to it."""

    new_id: ClassVar[None] = None
    note: ClassVar[None] = None
    run: str
    nomination: str
    action: Decision
    reason: str | None

    @property
    def name(self) -> str:
        return self.action.value

    @property
    def subject(self) -> str:
        return self.nomination


@dataclass(frozen=True, slots=True)
class Substitute:
    """Another person of the same unit takes over a confirmed seat; with `swap` also one who waits for a seat there."""

    name: ClassVar[str] = Action.SUBSTITUTE.value
    note: ClassVar[None] = None
    run: str
    nomination: str
    person: str
    reason: str | None
    new_id: str
    swap: bool = False

    @property
    def subject(self) -> str:
        return self.new_id


@dataclass(frozen=True, slots=True)
class EnterLate:
    """The organiser lets a person in while the run is under way (`target` None: the first group that fits)."""

    name: ClassVar[str] = Action.ENTER_LATE.value
    nomination: ClassVar[None] = None
    note: ClassVar[None] = None
    run: str
    person: str
    target: str | None
    reason: str
    new_id: str

    @property
    def subject(self) -> str:
        return self.new_id


Command = Nominate | Decide | Substitute | EnterLate
