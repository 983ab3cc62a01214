"""CSV as offices send it: comma, semicolon or tab, four encodings, stray quotes. No line is parsed over and over."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from shared.sheets.refusals import SheetUnreadable

LONGEST_RECORD_LINES: Final = 20  # a quote that stays open for longer is a stray one
_DAMAGED: Final = re.compile("[\ud800-\udfff\ufffd]")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS: Final = ",;\t"
_TOLD: Final = re.compile(r"sep=([,;\t|])\s*", re.IGNORECASE)
_LINE: Final = re.compile(rb"[^\r\n]+")


def csv_rows(data: bytes) -> Iterator[tuple[int, list[str] | None]]:
    """The line at which each record begins, and its cells; None when it cannot be read. Blank lines are left out."""
    if b"\0" in data and not data.startswith(_UTF16):
        raise SheetUnreadable()
    encoding, errors = _encoding(data)
    lines = _Lines(io.TextIOWrapper(io.BytesIO(data), encoding, errors, newline=""))
    separator, width = "", None
    while (first := lines.take()) is not None:
        if first.isspace():
            continue
        at = lines.number
        if at == 1 and (told := _TOLD.fullmatch(first)):  # Excel's own way to say it
            separator = told[1]
            continue
        separator = separator or _separator(first)
        taken, cells = _record(first, lines, separator or _SEPARATORS[0])
        if cells is None or (len(taken) > 1 and width is not None and len(cells) != width):
            lines.give_back(taken[1:])
            yield at, None
            continue
        width = len(cells) if width is None else width
        yield at, cells


class _Lines:
    """Lines that can be given back: what a stray quote swallowed are rows of their own."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source = iter(source)
        self._again: deque[str] = deque()
        self.number = 0

    def take(self) -> str | None:
        line = self._again.popleft() if self._again else next(self._source, None)
        self.number += line is not None
        return line

    def give_back(self, lines: list[str]) -> None:
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)


def _record(first: str, lines: _Lines, separator: str) -> tuple[list[str], list[str] | None]:
    """The lines of the record that begins with `first`, and its cells; None when it cannot be read."""
    taken = [first]

    def feed() -> Iterator[str]:
        yield first
        while len(taken) < LONGEST_RECORD_LINES and (line := lines.take()) is not None:
            taken.append(line)
            yield line

    try:
        cells = next(csv.reader(feed(), delimiter=separator, strict=True))
    except csv.Error:
        return taken, None
    damaged = any(_DAMAGED.search(line) for line in taken)
    return taken, None if damaged else [cell.strip() for cell in cells]


def _separator(line: str) -> str:
    """Empty as long as none is there: a title above the header."""
    found = max(_SEPARATORS, key=line.count)
    return found if found in line else ""


def _encoding(data: bytes) -> tuple[str, str]:
    """UTF-8 (a BOM is dropped), UTF-16 with a BOM, or the Windows code page for Thai, and what becomes of bytes that
    are invalid there. In a file that is mostly UTF-8 they become lone surrogates, which mark the row as damaged."""
    if data.startswith(_UTF16):
        return "utf-16", "replace"
    if _is_utf8(data):
        return "utf-8-sig", "strict"
    count = broken = 0  # of the lines with more than ASCII in them: the others are the same in both
    for number, match in enumerate(_LINE.finditer(data)):
        count += not match[0].isascii()
        broken += not _is_utf8(match[0])
        if broken and number == 0:
            return "cp874", "replace"
    return ("cp874", "replace") if broken * 2 > count else ("utf-8-sig", "surrogateescape")


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
