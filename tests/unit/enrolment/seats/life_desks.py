"""What the model of seats is made of: buckets, nominations and runs as plain lists. For drawn lives of seats."""

from dataclasses import dataclass, field
from datetime import datetime

from services.enrolment.directory import Held


@dataclass
class Desk:
    """One bucket. `lent`: seats of the pool that it has (the pool: below zero); `due`: how many it is to have soon."""

    seats: int
    lent: int = 0
    back: int = 0
    gave: int = 0
    due: int | None = None
    owed: bool = False  # the free seats, to who waits
    seated: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    line: list[str] = field(default_factory=list)
    lying: list[str] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return len(self.seated) + len(self.asked) + self.back

    @property
    def free(self) -> int:
        return self.seats - self.taken

    @property
    def given(self) -> int:
        return (self.seats if self.due is None else self.due) - self.lent


@dataclass
class Card:
    """A nomination: whose, of which office, in which run, for which post (None: none), and since when it waits (a
    count of all that happened)."""

    person: str
    unit: str
    run: str
    held: Held | None = None
    reserve: bool = False
    step: int = 0
    since: int = 0
    due: datetime | None = None  # of the step that it waits for
    until: datetime | None = None
    let_go: bool = False  # an offer


@dataclass
class ModelRun:
    starts: datetime
    ends: datetime
    state: str = "OPEN"
    moving: bool = False
    desks: dict[str, Desk] = field(default_factory=dict)
    after: str = ""  # the last unit whose seats were released
    page: list[str] = field(default_factory=list)  # units that give seats up now
    served: dict[str, tuple[int, int]] | None = None
    released: bool = False

    def phase(self, now: datetime) -> str:
        if self.state == "CANCELLED":
            return "CANCELLED"
        if now >= self.starts:
            return "ENDED" if now >= self.ends else "UNDER_WAY"
        return self.state

    def moves_up(self, now: datetime) -> bool:
        return self.phase(now) in ("OPEN", "CLOSED")

    def seats_over(self, now: datetime) -> str:
        """The refusal, once nobody is given seats any more."""
        phase = self.phase(now)
        if phase in ("ENDED", "CANCELLED"):
            return {"ENDED": "run-ended", "CANCELLED": "run-cancelled"}[phase]
        return "run-closed" if phase == "UNDER_WAY" and self.state == "CLOSED" else ""

    @property
    def given(self) -> int:
        return sum(one.given for one in self.desks.values())
