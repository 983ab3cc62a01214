"""The first sheet of a workbook that a person sees, as text.

XML goes through defusedxml, which openpyxl takes wherever it is installed.
"""

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from shared.errors import Refused
from shared.sheets.refusals import SheetTooCostly, SheetTooLong, SheetUnreadable

MOST_UNPACKED_BYTES: Final = 256 * 1024 * 1024
MOST_LINES: Final = 1_048_576  # as many as Excel has
_BUDDHIST_FROM: Final = 2400  # dates from this year on were typed in the Buddhist era


def xlsx_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The number of each row, and its cells up to the last that has something in it."""
    from openpyxl import DEFUSEDXML  # only where a workbook is read

    if not DEFUSEDXML:
        raise RuntimeError("openpyxl does not use defusedxml")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # Of each entry no more is unpacked than it declares.
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise SheetTooCostly()
        yield from _worksheet_rows(data)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # a damaged workbook can raise almost anything
        raise SheetUnreadable() from error


def _worksheet_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
            sheet = (visible or workbook.worksheets)[0]
            sheet.reset_dimensions()
            for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                if line > MOST_LINES:
                    raise SheetTooLong(limit=MOST_LINES)
                yield line, _texts(cells)
        finally:
            workbook.close()


def _texts(cells: Sequence[Any]) -> list[str]:
    """A row may be padded with thousands of empty cells: they are dropped before anything is made of them."""
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return [_text(value) for value in cells[:end]]


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
