"""The rows of one sheet of a workbook as text, and the areas of it that are merged."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Final

from shared.sheets.found import MOST_COLUMNS, NOT_COMPUTED, Area, Found
from shared.sheets.markup import pieces_of, read, stream
from shared.sheets.refusals import SheetTooCostly, SheetTooLong
from shared.sheets.xlsx_cells import CellTexts

MOST_LINES: Final = 1_048_576  # as many as Excel has
MOST_COLUMNS_OF_EXCEL: Final = 16_384
MOST_AREAS: Final = 100_000
_AREA: Final = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_DIGITS: Final = "0123456789"
_TRUE: Final = frozenset({"1", "true"})
_BEHIND_ROWS: Final = re.compile(rb"<(?:/(\w*:?)sheetData|(\w*:?)sheetData\s*/)\s*>")
_LONGEST_MARK: Final = 64


def rows_of(part: IO[bytes], texts: CellTexts, hidden: set[int]) -> Iterator[Found]:
    """`hidden` gets the columns that nobody sees: they are named before the first row."""
    listener = _Rows(texts, hidden)
    for _ in stream(pieces_of(part), listener):
        yield from listener.taken()
        if listener.finished:
            return


def areas_of(part: IO[bytes]) -> list[Area]:
    """They stand behind all rows. So these are looked through for their end rather than parsed."""
    pieces, last = pieces_of(part), b""
    for piece in pieces:
        last = last[-_LONGEST_MARK:] + piece
        if found := _BEHIND_ROWS.search(last):
            root = b"<%bworksheet>" % (found[1] or found[2] or b"")
            listener = _Areas()
            read(_joined(root + last[found.end() :], pieces), listener)
            return listener.found
    return []


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


class _Areas:
    def __init__(self) -> None:
        self.found: list[Area] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "mergeCell" and (found := _AREA.fullmatch(attributes.get("ref", ""))):
            self.found.append(Area(int(found[2]), _column(found[1]), int(found[4]), _column(found[3])))
            if len(self.found) > MOST_AREAS:
                raise SheetTooCostly()

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


class _Rows:
    """Whatever a row or a cell does not say of itself follows from the one before."""

    def __init__(self, texts: CellTexts, hidden: set[int]) -> None:
        self.finished = False
        self._texts = texts
        self._hidden_columns = hidden
        self._rows: list[Found] = []
        self._line, self._hidden = 0, False
        self._cells: list[str] = []
        self._column = -1
        self._kind, self._formula = "n", False
        self._style: str | None = None
        self._value: str | None = None
        self._reading = self._phonetic = False

    def taken(self) -> list[Found]:
        rows, self._rows = self._rows, []
        return rows

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v" or (name == "t" and not self._phonetic):
            self._value = self._value or ""
            self._reading = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "rPh":
            self._phonetic = True
        elif name == "col" and attributes.get("hidden") in _TRUE:
            first, last = (int(attributes[end]) for end in ("min", "max"))
            self._hidden_columns.update(range(max(first, 1) - 1, min(last, MOST_COLUMNS)))

    def end(self, name: str) -> None:
        if name == "c":
            if self._value is not None or self._formula:
                self._put(self._seen())
        elif name in {"v", "t"}:
            self._reading = False
        elif name == "row":
            self._rows.append(Found(self._line, self._cells, self._hidden))
        elif name == "rPh":
            self._phonetic = False
        elif name == "sheetData":
            self.finished = True

    def text(self, text: str) -> None:
        if self._reading:
            self._value = (self._value or "") + text

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._line = int(attributes.get("r", self._line + 1))
        self._hidden = attributes.get("hidden") in _TRUE
        self._cells, self._column = [], -1
        if self._line > MOST_LINES:
            raise SheetTooLong(limit=MOST_LINES)

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        where = attributes.get("r")
        self._column = _column(where.rstrip(_DIGITS)) if where else self._column + 1
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s")
        self._formula, self._value = False, None

    def _seen(self) -> str:
        """A formula may have an empty text for its value: then it says so."""
        if self._formula and (self._value is None or not (self._value or self._kind == "str")):
            return NOT_COMPUTED
        return self._texts.text(self._kind, self._style, self._value) if self._value else ""

    def _put(self, text: str) -> None:
        """Of all that is further right than a table may be, one cell is kept: it says that there is something."""
        if text:
            at = min(self._column, MOST_COLUMNS)
            self._cells += [""] * (at + 1 - len(self._cells))
            self._cells[at] = text


@lru_cache(maxsize=MOST_COLUMNS_OF_EXCEL)
def _column(letters: str) -> int:
    """A is 0. Raises ValueError beyond the last that Excel has."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
        if not ("A" <= letter <= "Z" and number <= MOST_COLUMNS_OF_EXCEL):
            break
    else:
        if number:
            return number - 1
    raise ValueError("no such column")
