"""Any sheet as rows of the columns that somebody asks for, cut to the limits. Blocks: runs in a process of its own.

A row that cannot be read has no cells; the rows around it are read normally.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from shared.sheets.csv_rows import csv_rows
from shared.sheets.refusals import SheetEmpty, SheetTooLong, SheetTooWide
from shared.sheets.xlsx_rows import xlsx_rows

MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200
LONGEST_CELL: Final = 300  # a longer one is cut to one character more, which says so
_ZIP: Final = b"PK\x03\x04"

MOST_ABOVE_HEADER: Final = 20  # rows with a title or a date

Header = tuple[str, ...]
# Which columns are wanted; None when this is no header yet.
Choose = Callable[[Header], Sequence[int] | None]


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is what an editor or Excel shows, `width` the number of cells without empty ones behind the header.
    `cells` are those of the columns asked for; None for a row that cannot be read."""

    line: int
    width: int
    cells: tuple[str, ...] | None


def parse(data: bytes, choose: Choose) -> Iterator[Row]:
    """The rows below the header that have anything in them. `choose` is told the first rows, one after the other, until
    it takes one for the header. Raises the refusals of a whole file, at any row."""
    workbook = data.startswith(_ZIP)
    found = xlsx_rows(data) if workbook else csv_rows(data)
    rows = ((line, cells) for line, cells in found if cells is None or any(cells))
    header, places = _header(rows, choose)
    for count, (line, cells) in enumerate(rows):
        if count == MOST_ROWS:
            raise SheetTooLong(limit=MOST_ROWS)
        yield Row(line, 0, None) if cells is None else _row(line, cells, places, len(header), padded=workbook)


def _header(rows: Iterator[tuple[int, list[str] | None]], choose: Choose) -> tuple[list[str], Sequence[int]]:
    for _, cells in islice(rows, MOST_ABOVE_HEADER + 1):
        header = _trimmed(cells or [])
        if len(header) > MOST_COLUMNS:
            raise SheetTooWide(limit=MOST_COLUMNS)
        if header and (places := choose(tuple(map(_cut, header)))) is not None:
            return header, places
    raise SheetEmpty()


def _row(line: int, cells: list[str], places: Sequence[int], width: int, *, padded: bool) -> Row:
    """In a workbook a row ends with its last cell; in text one with fewer cells than the header has lost some."""
    complete = padded or len(cells) >= width
    found = max(width, len(_trimmed(cells))) if complete else len(cells)
    return Row(line, found, tuple(_cut(cells[place]) if place < len(cells) else "" for place in places))


def _trimmed(cells: list[str]) -> list[str]:
    """Without empty cells at the end, which editors leave behind."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _cut(cell: str) -> str:
    return cell[: LONGEST_CELL + 1]
