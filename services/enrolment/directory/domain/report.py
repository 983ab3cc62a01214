"""What an import of people has done, row by row. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Final

from services.enrolment.directory.domain.rows import Bad
from shared.events.envelope import Position
from shared.position_tokens import Reached

MOST_BAD: Final = 1_000  # problems that are listed; the others are counted


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
    bad_rows: int = 0
    warnings: list[Bad] = field(default_factory=list)
    reached: Reached = field(default_factory=Reached)

    def warn(self, problems: Iterable[Bad]) -> None:
        """Adds what was left out of the next rows, as far as that is listed."""
        self.warnings += islice(problems, MOST_BAD - len(self.warnings))

    def refuse(self, problems: Iterable[Bad]) -> None:
        """Adds the problems of the next rows."""
        found = sorted(problems, key=lambda bad: bad.line)
        self.bad_rows += len({bad.line for bad in found})
        self.bad += found[: MOST_BAD - len(self.bad)]
