"""Has documents made by processes of their own, a few at a time. Of a process that takes too long nothing is taken.

They get the data of one document after the other and a search path: no environment, so no secrets. They end with the
pipe that they are asked through, so none outlives its service, however that ends.
"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Final

import orjson

from shared.documents import PAPER_AS_DOCX
from shared.errors import Refused, Unavailable
from shared.pipes import ENDED
from shared.runtime import Runtime

LONGEST_DATA: Final = 4 * 1024 * 1024
LARGE_DATA: Final = 256 * 1024  # what the process keeps of it afterwards would be hundreds of megabytes
LONGEST_LINE: Final = 4 * 1024
LARGEST: Final = 24 * 1024 * 1024
SECONDS: Final = 20.0
MOST_WAITING: Final = 200
LARGE_TAKES: Final = 3  # times as long
_ROOT: Final = Path(__file__).parents[2]


class SignsNotInFonts(
    Refused,
    code="signs-not-in-fonts",
    status=422,
    th="เอกสารนี้มีอักขระที่แบบอักษรของระบบไม่รองรับ จึงจัดทำเป็น PDF ไม่ได้ โปรดแก้ไขข้อความต้นทางแล้วลองใหม่",
    en="This document has characters that the fonts here do not have, so no PDF can be made. Please correct the text.",
):
    pass


class PressBusy(Unavailable):
    """Too many documents are waiting, or this one took too long."""

    retry_after_seconds: ClassVar[int] = 2


class PressFailed(Exception):
    """A template or its data are wrong, or the process answered as it never should: a defect."""


class PressOverfull(PressFailed):
    """More data than one document may have."""


class Press:
    """One per service process, with at most `processes` of its own; they start when they are needed."""

    def __init__(self, processes: int, *, seconds: float = SECONDS) -> None:
        self._turns = asyncio.Semaphore(processes)
        self._seconds = seconds
        self._idle: list[Process] = []
        self._waiting = 0

    def attach(self, runtime: Runtime) -> None:
        runtime.add_closing("press", self.close)

    async def pdf(self, template: str, data: Mapping[str, Any], made_at: datetime) -> bytes:
        """The same bytes for the same template, data and moment. Raises SignsNotInFonts, PressBusy and PressFailed."""
        return await self._made(template, data, made_at)

    async def docx(self, paper: Mapping[str, Any], made_at: datetime) -> bytes:
        """Of the blocks of papers.py; also of signs that no font here has. The same bytes again. Raises PressBusy and
        PressFailed."""
        return await self._made(PAPER_AS_DOCX, paper, made_at)

    async def _made(self, template: str, data: Mapping[str, Any], made_at: datetime) -> bytes:
        asked = orjson.dumps({"template": template, "data": data, "madeAt": made_at.isoformat()}) + b"\n"
        if len(asked) > LONGEST_DATA:
            raise PressOverfull(f"{len(asked)} bytes of data for {template}")
        if self._waiting >= MOST_WAITING:
            raise PressBusy("too many documents wait")
        self._waiting += 1
        try:
            async with self._turns, self._process(keep=len(asked) <= LARGE_DATA) as process:
                return await _ask(process, asked)
        finally:
            self._waiting -= 1

    @asynccontextmanager
    async def _process(self, *, keep: bool) -> AsyncIterator[Process]:
        """One that nobody else asks; it is kept only when its answer was taken whole. One that is not to be kept works
        on something large, and may take longer."""
        process = self._idle.pop() if self._idle else await _start()
        try:
            async with asyncio.timeout(self._seconds if keep else self._seconds * LARGE_TAKES):
                yield process
        except SignsNotInFonts:
            await self._put_back(process, keep)
            raise
        except TimeoutError as error:
            await _end(process)
            raise PressBusy("a document took too long") from error
        except BaseException:
            await _end(process)
            raise
        await self._put_back(process, keep)

    async def _put_back(self, process: Process, keep: bool) -> None:
        if keep:
            self._idle.append(process)
        else:
            await _end(process)

    async def close(self) -> None:
        """Ends the processes that nobody asks."""
        while self._idle:
            await _end(self._idle.pop())


async def _start() -> Process:
    environment = {"PYTHONPATH": str(_ROOT)}
    if "LD_LIBRARY_PATH" in os.environ:  # some builds of Python do not start without it
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-s", "-m", "shared.documents.child"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=environment,
        limit=LONGEST_LINE,
    )


async def _ask(process: Process, asked: bytes) -> bytes:
    assert process.stdin is not None  # noqa: S101
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(asked)
        await process.stdin.drain()
        said = orjson.loads(await process.stdout.readuntil(b"\n"))
        if "lacking" in said:
            raise SignsNotInFonts()
        if not 0 < said.get("bytes", 0) <= LARGEST:
            raise PressFailed(str(said)[:500])
        return await process.stdout.readexactly(said["bytes"])
    except (*ENDED, asyncio.IncompleteReadError, ValueError) as error:
        raise PressFailed(f"the process ended: {error!r}"[:200]) from error


async def _end(process: Process) -> None:
    """By its id, and waited for."""
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
