"""Starts the process that parses a file, and takes nothing from it that is not bounded and checked.

The process gets the file and a search path: no environment, so no secrets. However that goes on, it is ended by its id
before `read` returns.
"""

import asyncio
import math
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import structlog

from shared.errors import Refused
from shared.pipes import ENDED
from shared.sheets.child import OUT_OF_MEMORY
from shared.sheets.found import MOST_COLUMNS
from shared.sheets.refusals import (
    SheetAmbiguous,
    SheetEmpty,
    SheetIsNoTable,
    SheetLocked,
    SheetOfOtherKind,
    SheetPacked,
    SheetTooCostly,
    SheetTooLong,
    SheetTooWide,
    SheetUnknown,
    SheetUnreadable,
)
from shared.sheets.rows import LONGEST_NAME, MOST_SHEETS
from shared.sheets.table import (
    LONGEST_CELL,
    LONGEST_LEFT_OUT,
    MOST_HIDDEN_LISTED,
    MOST_LEFT_OUT_LISTED,
    MOST_ROWS,
    Choose,
    Header,
    LeftOut,
    Row,
)

MOST_ANSWER_BYTES: Final = 64 * 1024 * 1024
LONGEST_HEADER_BYTES: Final = 2 * 1024 * 1024  # of the longest header, every character escaped
_PIECE: Final = 256 * 1024
_ROOT: Final = Path(__file__).parents[2]
_REFUSALS: Final[Mapping[str, type[Refused]]] = {
    kind.code: kind
    for kind in (
        *(SheetUnreadable, SheetEmpty, SheetTooLong, SheetTooWide, SheetTooCostly, SheetAmbiguous, SheetUnknown),
        *(SheetOfOtherKind, SheetLocked, SheetIsNoTable, SheetPacked),
    )
}
_log = structlog.get_logger()


class ParserFailed(Exception):
    """The process ended, or answered, as it never should: a defect, not a property of the file."""


@dataclass(frozen=True)
class Sheet:
    """A parsed file. Its rows stay packed, as the lines that were answered, until they are asked for. It has a name in
    a workbook, where rows and columns may be hidden: the first of these rows are listed, and all of these columns that
    were chosen. `left_out` counts titles, headers that are repeated, and rows of the footer."""

    header: Header
    count: int
    columns: int
    packed: bytearray
    name: str | None = None
    hidden: int = 0
    hidden_lines: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    left_out: int = 0
    left_out_rows: tuple[LeftOut, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Of the columns that were chosen. Raises ParserFailed."""
        start = 0
        for _ in range(self.count):
            end = self.packed.index(b"\n", start) + 1
            yield _row(self.packed[start:end], self.columns)
            start = end


@dataclass(frozen=True)
class SheetParser:
    """`memory_bytes` and `seconds` (of CPU, and of waiting for it) are what one file may cost."""

    memory_bytes: int
    seconds: float

    async def read(self, data: bytes, choose: Choose, sheet: str = "") -> Sheet:
        """`choose` is told rows that may be the header, answers the columns that are wanted, and may refuse; `sheet`
        names one of several. Raises the refusals of a whole file, and ParserFailed."""
        process = await self._start(str(len(data)), sheet)
        try:
            async with asyncio.timeout(self.seconds):
                found = await _exchange(process, data, choose)
                code = await process.wait()
        except TimeoutError:
            found, code = None, None
        finally:
            await _end(process)
        if found is not None and code == 0:
            return found
        if code is not None and code >= 0 and code != OUT_OF_MEMORY:
            raise ParserFailed(f"it ended with {code}")
        _log.warning("sheet too costly", ended_with="deadline" if code is None else code, size=len(data))
        raise SheetTooCostly()

    async def _start(self, *size_and_sheet: str) -> Process:
        limits = (str(self.memory_bytes), str(math.ceil(self.seconds)), *size_and_sheet)
        environment = {"PYTHONPATH": str(_ROOT)}
        if "LD_LIBRARY_PATH" in os.environ:  # some builds of Python do not start without it
            environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-s", "-m", "shared.sheets.child", *limits),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=environment,
            limit=LONGEST_HEADER_BYTES,
        )


async def _exchange(process: Process, data: bytes, choose: Choose) -> Sheet | None:
    """None when it ended before it had answered everything. Raises what the process or `choose` refuses."""
    assert process.stdin is not None  # noqa: S101
    with suppress(*ENDED):
        for start in range(0, len(data), _PIECE):
            process.stdin.write(data[start : start + _PIECE])
            await process.stdin.drain()
    chosen: dict[Header, Sequence[int]] = {}
    while isinstance(asked := _loaded(await _line(process)), list):
        header = _header(asked)
        places = choose(header)
        if places is not None:
            chosen[header] = places
        with suppress(*ENDED):
            process.stdin.write(orjson.dumps(None if places is None else list(places)) + b"\n")
            await process.stdin.drain()
    if asked is None:
        return None
    header, name = _taken(asked)
    if header not in chosen:
        raise ParserFailed("a header that was not chosen")
    packed = await _rest(process)
    last = _loaded(packed[packed.rfind(b"\n", 0, -1) + 1 :])
    if last is None:
        return None
    places = chosen[header]
    return Sheet(header, _count(last), len(places), packed, name, *_hidden(last, places), *_left_out(last))


async def _line(process: Process) -> bytes:
    assert process.stdout is not None  # noqa: S101
    try:
        return await process.stdout.readline()
    except ValueError:
        raise ParserFailed("the header is too long") from None


async def _rest(process: Process) -> bytearray:
    assert process.stdout is not None  # noqa: S101
    packed = bytearray()
    while piece := await process.stdout.read(_PIECE):
        packed += piece
        if len(packed) > MOST_ANSWER_BYTES:
            _log.warning("sheet too costly", ended_with="answer", size=len(packed))
            raise SheetTooCostly()
    return packed


async def _end(process: Process) -> None:
    """Whatever it was doing. What it had written is taken from the pipe, else nobody would learn of its end."""
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    process.stdin.close()
    while await process.stdout.read(_PIECE):
        pass
    await process.wait()


# ---- what it answers is believed as little as the file


def _header(found: Any) -> Header:
    if not _are_cells(found, MOST_COLUMNS):
        raise ParserFailed("no header")
    return tuple(found)


def _taken(found: Any) -> tuple[Header, str | None]:
    match found:
        case {"header": header, "sheet": None | str() as name} if len(name or "") <= LONGEST_NAME:
            return _header(header), name
    raise ParserFailed("no header was taken")


def _count(found: Any) -> int:
    match found:
        case {"rows": int(count)} if 0 <= count <= MOST_ROWS:
            return count
    raise ParserFailed("no count of rows")


def _hidden(found: Any, chosen: Sequence[int]) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    match found:
        case {"hidden": int(count), "hiddenLines": [*lines], "hiddenColumns": [*columns]} if all(
            type(line) is int for line in lines
        ) and set(columns) <= set(chosen):
            return count, tuple(lines[:MOST_HIDDEN_LISTED]), tuple(columns[:MOST_COLUMNS])
    raise ParserFailed("no count of hidden rows")


def _left_out(found: Any) -> tuple[int, tuple[LeftOut, ...]]:
    match found:
        case {"leftOut": int(count), "leftOutRows": [*rows]} if count >= len(rows) <= MOST_LEFT_OUT_LISTED:
            return count, tuple(map(_left_out_row, rows))
    raise ParserFailed("no count of rows that were left out")


def _left_out_row(found: Any) -> LeftOut:
    match found:
        case [int(line), str(text)] if len(text) <= LONGEST_LEFT_OUT:
            return LeftOut(line, text)
    raise ParserFailed("no row that was left out")


def _row(line: bytes | bytearray, columns: int) -> Row:
    match orjson.loads(line):
        case [int(number), int(), None]:
            return Row(number, 0, None)
        case [int(number), int(width), list(cells)] if len(cells) == columns and _are_cells(cells, columns):
            return Row(number, width, tuple(cells))
    raise ParserFailed("no row")


def _are_cells(found: Any, most: int) -> bool:
    return (
        isinstance(found, list)
        and len(found) <= most
        and set(map(type, found)) <= {str}
        and max(map(len, found), default=0) <= LONGEST_CELL + 1
    )


def _loaded(line: bytes | bytearray) -> Any:
    """None for a line that was cut off. Raises what the process refused, with plain details at most."""
    if not line.endswith(b"\n"):
        return None
    found = orjson.loads(line)
    if isinstance(found, dict) and "refused" in found:
        kind = _REFUSALS.get(found["refused"])
        if kind is None:
            raise ParserFailed("an unknown refusal")
        raise kind(**{name: value for name, value in found["details"].items() if _is_plain(value)})
    return found


def _is_plain(value: Any) -> bool:
    """A limit, the name of a sheet or of a kind of files, or the names of sheets."""
    if isinstance(value, list):
        return len(value) <= MOST_SHEETS and all(isinstance(name, str) and len(name) <= LONGEST_NAME for name in value)
    return type(value) is int or (isinstance(value, str) and len(value) <= LONGEST_NAME * MOST_SHEETS * 2)
