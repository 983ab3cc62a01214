"""Starts the process that parses a file, and takes nothing from it that is not bounded and checked.

The process gets the file and a search path: no environment, so no secrets. However that goes on, it is ended by its id
before `read` returns.
"""

import asyncio
import math
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson
import structlog

from shared.errors import Refused
from shared.sheets.child import OUT_OF_MEMORY
from shared.sheets.refusals import SheetEmpty, SheetTooCostly, SheetTooLong, SheetTooWide, SheetUnreadable
from shared.sheets.rows import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Choose, Header, Row

MOST_ANSWER_BYTES: Final = 64 * 1024 * 1024
LONGEST_HEADER_BYTES: Final = 2 * 1024 * 1024  # of the longest header, every character escaped
_PIECE: Final = 256 * 1024
_ROOT: Final = Path(__file__).parents[2]
_REFUSALS: Final[Mapping[str, type[Refused]]] = {
    kind.code: kind for kind in (SheetUnreadable, SheetEmpty, SheetTooLong, SheetTooWide, SheetTooCostly)
}
_log = structlog.get_logger()


class ParserFailed(Exception):
    """The process ended, or answered, as it never should: a defect, not a property of the file."""


@dataclass(frozen=True)
class Sheet:
    """A parsed file. Its rows stay packed, as the lines that were answered, until they are asked for."""

    header: Header
    count: int
    columns: int
    packed: bytearray

    def rows(self) -> Iterator[Row]:
        """Of the columns that were chosen. Raises ParserFailed."""
        start = 0
        for _ in range(self.count):
            end = self.packed.index(b"\n", start) + 1
            yield _row(self.packed[start:end], self.columns)
            start = end

    def chunks(self, size: int) -> Iterator[list[Row]]:
        rows = self.rows()
        while chunk := list(islice(rows, size)):
            yield chunk


@dataclass(frozen=True)
class SheetParser:
    """`memory_bytes` and `seconds` (of CPU, and of waiting for it) are what one file may cost."""

    memory_bytes: int
    seconds: float

    async def read(self, data: bytes, choose: Choose) -> Sheet:
        """`choose` is told the header, answers the columns that are wanted, and may refuse. Raises the refusals of a
        whole file, and ParserFailed."""
        process = await self._start(len(data))
        try:
            async with asyncio.timeout(self.seconds):
                sheet = await _exchange(process, data, choose)
                code = await process.wait()
        except TimeoutError:
            sheet, code = None, None
        finally:
            await _end(process)
        if sheet is not None and code == 0:
            return sheet
        if code is not None and code >= 0 and code != OUT_OF_MEMORY:
            raise ParserFailed(f"it ended with {code}")
        _log.warning("sheet too costly", ended_with="deadline" if code is None else code, size=len(data))
        raise SheetTooCostly()

    async def _start(self, size: int) -> Process:
        limits = (str(self.memory_bytes), str(math.ceil(self.seconds)), str(size))
        environment = {"PYTHONPATH": str(_ROOT), "OPENPYXL_LXML": "False"}
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
    with suppress(BrokenPipeError, ConnectionResetError):
        for start in range(0, len(data), _PIECE):
            process.stdin.write(data[start : start + _PIECE])
            await process.stdin.drain()
    while (header := _header(await _line(process))) is not None:
        places = choose(header)
        with suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(orjson.dumps(None if places is None else list(places)) + b"\n")
            await process.stdin.drain()
        if places is not None:
            break
    if header is None or places is None:
        return None
    packed = await _rest(process)
    last = packed[packed.rfind(b"\n", 0, -1) + 1 :]
    count = _count(last)
    return None if count is None else Sheet(header, count, len(places), packed)


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


def _header(line: bytes) -> Header | None:
    found = _loaded(line)
    if found is None:
        return None
    if not _are_cells(found, MOST_COLUMNS):
        raise ParserFailed("no header")
    return tuple(found)


def _count(line: bytes | bytearray) -> int | None:
    found = _loaded(line)
    if found is None:
        return None
    count = found.get("rows") if isinstance(found, dict) else None
    if type(count) is not int or not 0 <= count <= MOST_ROWS:
        raise ParserFailed("no count of rows")
    return count


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
        and all(isinstance(cell, str) and len(cell) <= LONGEST_CELL + 1 for cell in found)
    )


def _loaded(line: bytes | bytearray) -> Any:
    """None for a line that was cut off. Raises what the process refused, with plain numbers as details at most."""
    if not line.endswith(b"\n"):
        return None
    found = orjson.loads(line)
    if isinstance(found, dict) and "refused" in found:
        kind = _REFUSALS.get(found["refused"])
        if kind is None:
            raise ParserFailed("an unknown refusal")
        raise kind(**{name: value for name, value in found["details"].items() if type(value) is int})
    return found
