"""A sheet that is imported, some rows at a time: how it is opened, and how fast its rows are taken."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from itertools import islice
from typing import Generic, TypeVar

from services.enrolment.directory.domain.columns import Columns, HeaderFinder
from services.enrolment.directory.domain.pacing import MOST_ROWS, Pace, next_pace
from services.enrolment.directory.domain.report import SheetRead
from shared.sheets.process import Sheet, SheetParser
from shared.sheets.refusals import SheetEmpty
from shared.sheets.table import Row

R = TypeVar("R")
T = TypeVar("T")
GiveWay = Callable[[float], Awaitable[None]]


async def opened(parser: SheetParser, data: bytes, header: HeaderFinder, name: str) -> Sheet:
    """Raises the refusals of a whole file: of one without a header what the row lacks that comes nearest to one."""
    try:
        return await parser.read(data, header, name)
    except SheetEmpty as empty:
        raise header.missing or empty from None


def told(sheet: Sheet, columns: Columns) -> SheetRead | None:
    """What a report says of the sheet that was read. None for text, of which everybody sees everything."""
    if sheet.name is None:
        return None
    hidden = tuple(name for place in sheet.hidden_columns if (name := columns.header[place]))
    return SheetRead(sheet.name, sheet.hidden, sheet.hidden_lines, hidden)


class Paced(Generic[R]):
    """The rows of a sheet, as many at a time as fit into a short transaction. They are read (`read`, in a thread) while
    those before them are stored. Between them others go first."""

    def __init__(self, sheet: Sheet, read: Callable[[list[Row]], R], give_way: GiveWay) -> None:
        self._rows: Iterator[Row] = sheet.rows()
        self._read = read
        self._give_way = give_way
        self._pace = Pace()

    async def portions(self) -> AsyncGenerator[tuple[int, R], None]:
        """How many rows, and what was read of them. To be closed: else something is still read for nobody."""
        ahead = self._ahead()
        try:
            while ahead is not None:
                portion = await ahead
                await self._give_way(self._pace.rest)
                ahead = self._ahead()
                yield portion
        finally:
            if ahead is not None:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)

    def _ahead(self) -> asyncio.Task[tuple[int, R]] | None:
        """None at the end."""
        rows = list(islice(self._rows, min(self._pace.rows, MOST_ROWS)))
        return asyncio.create_task(self._reading(rows)) if rows else None

    async def _reading(self, rows: list[Row]) -> tuple[int, R]:
        return len(rows), await asyncio.to_thread(self._read, rows)

    async def timed(self, rows: int, storing: Awaitable[T]) -> T:
        clock = asyncio.get_running_loop().time
        began = clock()
        stored = await storing
        self._pace = next_pace(rows, clock() - began)
        return stored
