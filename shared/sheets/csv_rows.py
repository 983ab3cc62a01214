"""CSV as offices send it: comma, semicolon or tab, four encodings, stray quotes. No line is parsed over and over."""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import Final

from shared.sheets.found import Found
from shared.sheets.refusals import SheetUnreadable

LONGEST_RECORD_LINES: Final = 20  # a quote that stays open for longer is a stray one
_DAMAGED: Final = re.compile("[\0\ud800-\udfff\ufffd]")
_LINE_ENDS: Final = ("\n", "\r")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_SCRIPTS: Final = (b"\x00", b"\x0e")
_LOOKED_AT: Final = 4_096
_MOST_NULS: Final = 0.02  # of what is looked at; with more it is no text
_BEHIND_TEXT: Final = b"\0\x1a"  # what old programs fill a file with, and their sign for its end
_SEPARATORS: Final = ",;\t|"
_LINES_LOOKED_AT: Final = 25  # titles, a header and some rows
_QUOTED: Final = re.compile(r'"[^"]*"')
_TOLD: Final = re.compile(r"sep=([,;\t|])\s*", re.IGNORECASE)
_LINE: Final = re.compile(rb"[^\r\n]+")


def csv_rows(data: bytes) -> Iterator[Found]:
    """The line at which each record begins, and its cells; None when it cannot be read. Blank lines are left out."""
    encoding, errors = _encoding(data)
    if not encoding.startswith("utf-16"):
        data = data.rstrip(_BEHIND_TEXT)
    lines = _Lines(io.TextIOWrapper(io.BytesIO(data), encoding, errors, newline=""))
    separator, width = "", None
    while (first := lines.take()) is not None:
        if first.isspace():
            continue
        at = lines.number
        if at == 1 and (told := _TOLD.fullmatch(first)):  # Excel's own way to say it
            separator = told[1]
            continue
        separator = separator or _separator(first, lines)
        taken, cells = _record(first, lines, separator)
        if cells is None or (len(taken) > 1 and width is not None and len(cells) != width):
            lines.give_back(taken[1:])
            yield Found(at, None)
            continue
        width = len(cells) if width is None else width
        yield Found(at, cells, is_open=not taken[-1].endswith(_LINE_ENDS))


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
        cells = next(csv.reader(feed(), delimiter=separator, skipinitialspace=True, strict=True))
    except csv.Error:
        return taken, None
    damaged = any(_DAMAGED.search(line) for line in taken)
    return taken, None if damaged else [cell.strip() for cell in cells]


def _separator(first: str, lines: _Lines) -> str:
    """The one that is as often in most of the next lines: in a title, in an address or between the telephone numbers of
    a cell are others, but in no header."""
    ahead = [line for _ in range(_LINES_LOOKED_AT) if (line := lines.take()) is not None]
    lines.give_back(ahead)
    unquoted = [_QUOTED.sub("", line) for line in (first, *ahead)]

    def weight(separator: str) -> tuple[int, int]:
        counts = Counter(count for line in unquoted if (count := line.count(separator)))
        return max(counts.values(), default=0), sum(counts.elements())

    return max(_SEPARATORS, key=weight)


def _encoding(data: bytes) -> tuple[str, str]:
    """UTF-8 (a BOM is dropped), UTF-16, or the Windows code page for Thai, and what becomes of bytes that are invalid
    there: in a file that is mostly UTF-8 lone surrogates, which mark the row as damaged. Raises SheetUnreadable."""
    if data.startswith(_UTF16):
        return "utf-16", "replace"
    if utf16 := _utf16_without_mark(data):
        return utf16, "replace"
    if _start(data).count(0) > len(_start(data)) * _MOST_NULS:
        raise SheetUnreadable()
    if _is_utf8(data):
        return "utf-8-sig", "strict"
    count = broken = 0  # of the lines with more than ASCII in them: the others are the same in both
    for number, match in enumerate(_LINE.finditer(data)):
        count += not match[0].isascii()
        broken += not _is_utf8(match[0])
        if broken and number == 0:
            return "cp874", "replace"
    return ("cp874", "replace") if broken * 2 > count else ("utf-8-sig", "surrogateescape")


def _utf16_without_mark(data: bytes) -> str:
    """By the half of each sign that says of which script it is: none or Thai. Empty for other text."""
    start = _start(data)
    for encoding, halves in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if halves and sum(halves.count(script) for script in _SCRIPTS) >= len(halves) * 0.9:
            return encoding
    return ""


def _start(data: bytes) -> bytes:
    return data[:_LOOKED_AT].rstrip(_BEHIND_TEXT)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
