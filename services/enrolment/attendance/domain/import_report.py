"""What an import of check-ins has done, row by row. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from services.enrolment.directory import Bad
from shared.sheets.table import LeftOut

MOST_BAD: Final = 1_000  # problems that are listed; the others are counted


@dataclass
class CheckInReport:
    """`recorded` are marks that are new; `unchanged` were there, or something earlier counts. `left_out` are
    none of the rows."""

    rows: int
    ignored: tuple[str, ...]
    left_out_rows: int = 0
    left_out: tuple[LeftOut, ...] = ()
    recorded: int = 0
    unchanged: int = 0
    bad_rows: int = 0
    bad: list[Bad] = field(default_factory=list)

    def refuse(self, problems: Iterable[Bad]) -> None:
        """Adds the problems of the next rows."""
        found = sorted(problems, key=lambda bad: bad.line)
        self.bad_rows += len({bad.line for bad in found})
        self.bad += found[: MOST_BAD - len(self.bad)]
