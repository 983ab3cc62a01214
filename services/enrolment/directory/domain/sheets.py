"""Uploaded files as rows of text: CSV in the variants that Excel writes, and XLSX. Knows no column's meaning.

A row that cannot be read has no cells; the rows around it are read normally.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from services.enrolment.directory.domain.refusals import SheetEmpty, SheetTooLong, SheetUnreadable
from shared.errors import Refused

MOST_ROWS: Final = 100_000
MOST_UNPACKED_BYTES: Final = 400 * 1024 * 1024
LONGEST_RECORD_LINES: Final = 20  # a quote that stays open for longer is a stray one
_BUDDHIST_FROM: Final = 2400  # dates from this year on were typed in the Buddhist era
_DAMAGED: Final = re.compile("[\ud800-\udfff\ufffd]")
_ZIP: Final = b"PK\x03\x04"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is what an editor or Excel shows. `cells` is None for a row that cannot be read."""

    line: int
    cells: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The header as written, and the rows that have anything in them."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sheet(data: bytes) -> Sheet:
    """Blocks (a second for 20,000 rows of XLSX): call it from a thread. Raises the refusals above."""
    rows = _xlsx_rows(data) if data.startswith(_ZIP) else _csv_rows(data)
    kept = list(islice((row for row in rows if row.cells is None or any(row.cells)), MOST_ROWS + 2))
    if not kept or kept[0].cells is None:
        raise SheetEmpty()
    if len(kept) > MOST_ROWS + 1:
        raise SheetTooLong(limit=MOST_ROWS)
    return Sheet(_trimmed(kept[0].cells), tuple(kept[1:]))


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """Without empty cells at the end, which editors leave behind."""
    end = next((at for at in range(len(cells), 0, -1) if cells[at - 1]), 0)
    return tuple(cells[:end])


# ---- CSV


def _csv_rows(data: bytes) -> Iterator[Row]:
    if b"\0" in data and not data.startswith(_UTF16):
        raise SheetUnreadable()
    lines = list(io.StringIO(_decoded(data), newline="")) if data.strip() else []
    separator = _separator(lines[0]) if lines else ","
    width: int | None = None
    at = 0
    while at < len(lines):
        extent, cells = _record(lines, at, separator)
        if cells is None or (extent > 1 and width is not None and len(cells) != width):
            yield Row(at + 1, None)
            at += 1
            continue
        width = len(cells) if width is None else width
        yield Row(at + 1, cells)
        at += extent


def _decoded(data: bytes) -> str:
    """UTF-8 (a BOM is dropped), UTF-16 with a BOM, or the Windows code page for Thai. Invalid bytes in a
    file that is mostly UTF-8 become lone surrogates, which mark the row as damaged."""
    if data.startswith(_UTF16):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        lines = data.splitlines()
        broken = [_is_broken(line) for line in lines]
        if broken[0] or sum(broken) * 2 > len(lines):
            return data.decode("cp874", "replace")
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")


def _is_broken(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _separator(header: str) -> str:
    return max(",;\t", key=header.count)


def _record(lines: Sequence[str], at: int, separator: str) -> tuple[int, tuple[str, ...] | None]:
    """The number of lines of the record that begins at `at`, and its cells; None when it cannot be read."""
    text = ""
    for extent, line in enumerate(lines[at : at + LONGEST_RECORD_LINES], start=1):
        text += line
        if _DAMAGED.search(line):
            return extent, None
        try:
            cells = next(csv.reader([text], delimiter=separator, strict=True), [])
            return extent, tuple(cell.strip() for cell in cells)
        except csv.Error as error:
            if "unexpected end of data" not in str(error):
                return extent, None
    return 1, None


# ---- XLSX


def _xlsx_rows(data: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise SheetTooLong(limit=MOST_ROWS)
        return _worksheet_rows(data)
    except Refused:
        raise
    except Exception as error:  # a damaged workbook can raise almost anything
        raise SheetUnreadable() from error


def _worksheet_rows(data: bytes) -> Iterator[Row]:
    from openpyxl import load_workbook  # with numpy a quarter of what a start would import

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()
            return iter(_texts(islice(sheet.iter_rows(values_only=True), MOST_ROWS + 2)))
        finally:
            workbook.close()


def _texts(rows: Iterable[Sequence[Any]]) -> list[Row]:
    return [Row(line, tuple(map(_text, cells))) for line, cells in enumerate(rows, start=1)]


def _text(value: Any) -> str:
    """As the user saw it: whole numbers without a fraction, days as ISO, or as d/m/y in a Buddhist year."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        buddhist = value.year >= _BUDDHIST_FROM
        return f"{value.day}/{value.month}/{value.year}" if buddhist else value.strftime("%Y-%m-%d")
    return str(value).strip()
