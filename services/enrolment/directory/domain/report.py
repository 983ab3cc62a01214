"""What an import of people has done, row by row. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from services.enrolment.directory.domain.changes import FieldChange, Move
from services.enrolment.directory.domain.questions import Question
from services.enrolment.directory.domain.row_cells import Bad
from shared.events.envelope import Position
from shared.position_tokens import Reached
from shared.sheets.table import LeftOut

MOST_BAD: Final = 1_000  # problems that are listed; the others are counted
MOST_CHANGES: Final = 1_000  # likewise of changed fields; moves are all listed
MOST_PEOPLE: Final = 10_000  # good rows that are kept for the end of a report; each has been told with its step


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


@dataclass(frozen=True, slots=True)
class SheetRead:
    """Of a workbook. Hidden rows, by a filter or by hand, and hidden columns are part of the file and imported; the
    first of these rows are listed, and of the columns that are read all, by name."""

    name: str
    hidden_rows: int
    hidden_lines: tuple[int, ...]
    hidden_columns: tuple[str, ...]


@dataclass
class Report:
    """The outcome of an import so far, in the order of the sheet: `read` of its `rows`. `left_out` are not of these."""

    rows: int
    ignored: tuple[str, ...]
    preview: bool = False
    sheet: SheetRead | None = None
    left_out_rows: int = 0
    left_out: tuple[LeftOut, ...] = ()
    read: int = 0
    counts: Counter[Result] = field(default_factory=Counter)
    imported: list[Imported] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    bad_rows: int = 0
    warnings: list[Bad] = field(default_factory=list)
    changes: list[FieldChange] = field(default_factory=list)
    changed_fields: int = 0
    moves: list[Move] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    asked_rows: int = 0
    reached: Reached = field(default_factory=Reached)

    def store(self, read: int, imported: Sequence[Imported]) -> None:
        """Adds the good ones of the next rows."""
        self.read += read
        self.counts.update(row.result for row in imported)
        self.imported += imported[: MOST_PEOPLE - len(self.imported)]

    def tell(self, changes: Sequence[FieldChange], moves: Iterable[Move]) -> None:
        """Adds what the next rows have changed of people who were known."""
        self.changed_fields += len(changes)
        self.changes += changes[: MOST_CHANGES - len(self.changes)]
        self.moves += moves

    def ask(self, questions: Sequence[Question]) -> None:
        """Adds what is asked about the next rows, each of which was not imported."""
        self.asked_rows += len(questions)
        self.questions += questions[: MOST_BAD - len(self.questions)]

    def warn(self, problems: Iterable[Bad]) -> None:
        """Adds the warnings about the next rows, as far as they are listed."""
        found = sorted(problems, key=lambda bad: bad.line)
        self.warnings += found[: MOST_BAD - len(self.warnings)]

    def refuse(self, problems: Iterable[Bad]) -> None:
        """Adds the problems of the next rows."""
        found = sorted(problems, key=lambda bad: bad.line)
        self.bad_rows += len({bad.line for bad in found})
        self.bad += found[: MOST_BAD - len(self.bad)]
