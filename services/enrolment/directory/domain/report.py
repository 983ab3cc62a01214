"""What an import of people has done, row by row. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum

from services.enrolment.directory.domain.rows import Bad
from shared.events.envelope import Position
from shared.position_tokens import Reached


class Result(StrEnum):
    """What a good row did. CHANGED is a new name, address or the like without a move."""

    REGISTERED = "REGISTERED"
    MOVED = "MOVED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, slots=True)
class Imported:
    """One good row. `contact` is where the person's contact stands, if this import changed it: of a person that is all
    that others follow."""

    line: int
    person: str
    result: Result
    contact: Position | None = None


@dataclass
class Report:
    """The outcome of an import, in the order of the sheet."""

    rows: int
    ignored: tuple[str, ...]
    imported: list[Imported] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    reached: Reached = field(default_factory=Reached)
