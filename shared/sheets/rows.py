"""Any sheet as rows of the columns that somebody asks for, cut to the limits. Blocks: runs in a process of its own.

A row that cannot be read has no cells; the rows around it are read normally.
"""

import io
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Final

from shared.errors import Refused
from shared.sheets.csv_rows import csv_rows
from shared.sheets.found import Area, Found
from shared.sheets.kinds import ZIP, check_archive, check_kind
from shared.sheets.refusals import (
    SheetAmbiguous,
    SheetEmpty,
    SheetTooCostly,
    SheetTooWide,
    SheetUnknown,
    SheetUnreadable,
)
from shared.sheets.table import Choose, Table
from shared.sheets.xlsx_book import Book, SheetPart, plain_path
from shared.sheets.xlsx_rows import areas_of, rows_of

MOST_UNPACKED_BYTES: Final = 256 * 1024 * 1024
MOST_SHEETS: Final = 255
LONGEST_NAME: Final = 100  # Excel allows 31
_NAMES_SHOWN: Final = 20
_SPLIT_AM: Final = ("\u0e4d\u0e32", "\u0e33")  # looks the same; NFC leaves it


def open_table(data: bytes, choose: Choose, name: str = "") -> Table:
    """The sheet of this name, else the only one that a person sees and in which `choose` finds a header. Raises the
    refusals of a whole file."""
    tables = _tables(data, name)
    fitting, refused = [], None
    for table in tables:
        try:
            if table.find_header(choose):
                fitting.append(table)
        except SheetTooWide as wide:
            refused = wide
    # One that has nothing below its header is a form to be filled in.
    fitting = [table for table in fitting if not table.is_blank()] or fitting[:1]
    if len(fitting) > 1:
        raise SheetAmbiguous(**_listed([table.name for table in fitting]))
    if not fitting:
        raise refused or SheetEmpty()
    return fitting[0]


def _tables(data: bytes, name: str) -> list[Table]:
    check_kind(data)
    if data.startswith(ZIP):
        with _damages():
            return _sheets(data, name)
    if name:
        raise SheetUnknown(**_listed([]))
    return [Table(None, csv_rows(data))]


def _sheets(data: bytes, name: str) -> list[Table]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    check_archive({plain_path(name) for name in archive.namelist()})
    # Of each entry no more is unpacked than it declares.
    if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED_BYTES:
        raise SheetTooCostly()
    book = Book(archive)
    visible = [sheet for sheet in book.sheets if sheet.visible] or book.sheets[:1]
    asked = [sheet for sheet in book.sheets if _same(sheet.name, name)] if name else visible
    if not asked and name:
        raise SheetUnknown(**_listed([sheet.name for sheet in visible]))
    if len(asked) > MOST_SHEETS:
        raise SheetTooCostly()
    return [_table(book, sheet) for sheet in asked]


def _table(book: Book, sheet: SheetPart) -> Table:
    unseen: set[int] = set()
    areas = cache(partial(_areas, book, sheet))
    return Table(sheet.name[:LONGEST_NAME], _rows(book, sheet, unseen), areas, grid=True, unseen=unseen)


def _rows(book: Book, sheet: SheetPart, unseen: set[int]) -> Iterator[Found]:
    with _damages(), book.open(sheet.path) as part:
        yield from rows_of(part, book.texts, unseen)


def _areas(book: Book, sheet: SheetPart) -> list[Area]:
    with _damages(), book.open(sheet.path) as part:
        return areas_of(part)


@contextmanager
def _damages() -> Iterator[None]:
    try:
        yield
    except (Refused, MemoryError):
        raise
    except Exception as error:  # a damaged workbook can raise almost anything
        raise SheetUnreadable() from error


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).replace(*_SPLIT_AM).strip().casefold()


def _listed(names: Sequence[str | None]) -> dict[str, object]:
    sheets = [name[:LONGEST_NAME] for name in names if name is not None][:MOST_SHEETS]
    more = " …" if len(sheets) > _NAMES_SHOWN else ""
    return {"sheets": sheets, "listed": (", ".join(sheets[:_NAMES_SHOWN]) or "–") + more}
