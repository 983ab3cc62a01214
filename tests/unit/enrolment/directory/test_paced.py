"""Rows are read while those before them are stored, in order and each once, and others go first in between."""

import threading
from contextlib import aclosing

import orjson
import pytest

from services.enrolment.directory.domain.pacing import FIRST_ROWS, MOST_ROWS
from services.enrolment.directory.service.paced import Paced
from shared.sheets.process import Sheet
from shared.sheets.table import Row
from tests.support.waiting import until


def sheet(rows: int) -> Sheet:
    packed = bytearray(b"".join(orjson.dumps([line, 1, [str(line)]]) + b"\n" for line in range(rows)))
    return Sheet(("a",), rows, 1, packed)


async def nobody_waits(_: float) -> None:
    """Nothing goes first."""


async def stored(lines: list[int]) -> list[int]:
    return lines


def lines(rows: list[Row]) -> list[int]:
    return [row.line for row in rows]


@pytest.mark.parametrize("rows", [0, 1, FIRST_ROWS, FIRST_ROWS + 1, 5 * MOST_ROWS + 3])
async def test_every_row_comes_once_and_in_order(rows: int) -> None:
    gave_way = 0

    async def give_way(_: float) -> None:
        nonlocal gave_way
        gave_way += 1

    found: list[int] = []
    portions_seen = 0
    paced = Paced(sheet(rows), lines, give_way)
    async with aclosing(paced.portions()) as portions:
        async for count, read in portions:
            portions_seen += 1
            assert 0 < count == len(read) <= MOST_ROWS
            found += await paced.timed(count, stored(read))
    assert found == list(range(rows))
    assert gave_way == portions_seen


async def test_the_next_rows_are_read_while_those_before_are_stored() -> None:
    begun: list[int] = []

    def read(rows: list[Row]) -> int:
        begun.append(len(rows))
        return len(rows)

    async with aclosing(Paced(sheet(3 * FIRST_ROWS), read, nobody_waits).portions()) as portions:
        await anext(portions)
        await until(lambda: begun == [FIRST_ROWS, FIRST_ROWS], what="the next ones are read before they are asked for")


async def test_nothing_is_read_for_who_has_gone() -> None:
    going_on, begun = threading.Event(), threading.Event()
    portions: list[int] = []

    def read(rows: list[Row]) -> None:
        portions.append(len(rows))
        if len(portions) == 2:
            begun.set()
            going_on.wait(30)

    left = Paced(sheet(4 * FIRST_ROWS), read, nobody_waits).portions()
    await anext(left)
    await until(begun.is_set)
    await left.aclose()
    going_on.set()
    assert portions == [FIRST_ROWS, FIRST_ROWS]


async def test_what_cannot_be_read_ends_it() -> None:
    def read(rows: list[Row]) -> None:
        if rows[0].line >= FIRST_ROWS:
            raise ZeroDivisionError

    async with aclosing(Paced(sheet(2 * FIRST_ROWS), read, nobody_waits).portions()) as portions:
        await anext(portions)
        with pytest.raises(ZeroDivisionError):
            await anext(portions)
