"""What an import of posts has done, row by row. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.enrolment.directory.domain.posts import Recorded
from services.enrolment.directory.domain.report import MOST_BAD, MOST_PEOPLE, SheetRead
from services.enrolment.directory.domain.row_cells import Bad
from shared.sheets.table import LeftOut


@dataclass(frozen=True, slots=True)
class Taken:
    """One good row, and the holding that it is about."""

    line: int
    holding: str
    result: Recorded


@dataclass(frozen=True, slots=True)
class Ended:
    """A predecessor who has a last day now, since somebody has confirmed the row that follows."""

    line: int
    holding: str
    valid_to: date


@dataclass
class PostReport:
    """The outcome so far, in the order of the sheet: `read` of its `rows`."""

    rows: int
    ignored: tuple[str, ...]
    preview: bool = False
    sheet: SheetRead | None = None
    left_out_rows: int = 0
    left_out: tuple[LeftOut, ...] = ()
    read: int = 0
    counts: Counter[Recorded] = field(default_factory=Counter)
    taken: list[Taken] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    bad_rows: int = 0
    questions: list[Bad] = field(default_factory=list)
    asked_rows: int = 0

    def store(self, read: int, taken: Sequence[Taken], ended: Iterable[Ended]) -> None:
        """Adds the good ones of the next rows. At most as many predecessors end as lines were confirmed."""
        self.read += read
        self.counts.update(row.result for row in taken)
        self.taken += taken[: MOST_PEOPLE - len(self.taken)]
        self.ended += ended

    def ask(self, questions: Sequence[Bad]) -> None:
        """Adds what is asked about the next rows, each of which was not recorded."""
        self.asked_rows += len(questions)
        self.questions += questions[: MOST_BAD - len(self.questions)]

    def refuse(self, problems: Iterable[Bad]) -> None:
        """Adds the problems of the next rows."""
        found = sorted(problems, key=lambda bad: bad.line)
        self.bad_rows += len({bad.line for bad in found})
        self.bad += found[: MOST_BAD - len(self.bad)]
