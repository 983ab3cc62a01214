"""Rollups counted anew from rows: what the differences must have led to. It shares no code with what it checks."""

from collections import Counter
from collections.abc import Iterable, Mapping

from services.reporting.projecting.domain.nominations import NominationRow
from services.reporting.projecting.domain.rollups import Cell

LETTERS = {
    "SUBMITTED": "s",
    "CONFIRMED": "c",
    "WAITLISTED": "w",
    "REJECTED": "r",
    "WITHDRAWN": "x",
    "EXPIRED": "e",
    "OFFERED": "f",
}
IN_POST = {"HOLDER": "h", "ACTING": "a"}
DIGITS = {"PRIMARY": "1", "RESERVE": "2"}
Cells = dict[Cell, dict[str, int]]


def recount(rows: Iterable[NominationRow]) -> Cells:
    """All cells, without empty counters."""
    counts: Counter[tuple[Cell, str]] = Counter()
    for row in rows:
        name = LETTERS.get(str(row.state), "o") + DIGITS.get(str(row.rank), "0")
        counts[Cell(row.target, row.bucket_unit, row.place), name] += 1
        if row.state == "CONFIRMED" and row.ex_officio in IN_POST:
            counts[Cell(row.target, row.bucket_unit, row.place), IN_POST[str(row.ex_officio)]] += 1
    return nested(counts)


def nested(counts: Mapping[tuple[Cell, str], int]) -> Cells:
    """Counters by cell, without those that came back to zero."""
    cells: Cells = {}
    for (cell, name), count in counts.items():
        if count:
            cells.setdefault(cell, {})[name] = count
    return cells
