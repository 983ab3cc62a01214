"""Hostile files meet limits: the process that parses one refuses it or is ended, while everything else goes on."""

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

import psutil
import pytest
import uvloop

from shared.errors import Refused
from shared.sheets import process
from shared.sheets.found import MOST_COLUMNS
from shared.sheets.process import ParserFailed, Sheet, SheetParser
from shared.sheets.refusals import SheetEmpty, SheetTooCostly, SheetTooLong, SheetTooWide, SheetUnreadable
from shared.sheets.table import LONGEST_CELL, Header, Row
from tests.support.modules import changed
from tests.support.sheets import NAMESPACE, row, workbook
from tests.support.waiting import DEADLINE, until

MEGABYTE = 1024 * 1024
PARSER = SheetParser(256 * MEGABYTE, DEADLINE)


def every(header: Header) -> range:
    return range(len(header))


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


@pytest.fixture(autouse=True)
async def _no_process_is_left() -> AsyncIterator[None]:
    """One whose start was given up is seen to have ended a moment later."""
    before = children()
    yield
    await until(lambda: children() <= before, what="no process is left")


@asynccontextmanager
async def ticking() -> AsyncIterator[Callable[[], int]]:
    """How often everything else has had a turn. The first turns take no time: on a busy machine all of a reading may
    pass between two looks at the clock."""
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0 if ticks < 100 else 0.005)
            ticks += 1

    task = asyncio.create_task(tick())
    yield lambda: ticks
    task.cancel()


async def test_a_file_is_read_as_it_is_without_a_process() -> None:
    data = 'externalId,name,x\r\nE1,"สม ""ชาย""\r\nใจดี",1\r\nE2,"\r\nE3,ก\u2028ข,3\r\n'.encode()
    sheet = await PARSER.read(data, lambda header: [1, 0])
    assert (sheet.header, sheet.count) == (("externalId", "name", "x"), 3)
    assert [(found.line, found.width, found.cells) for found in sheet.rows()] == [
        (2, 3, ('สม "ชาย"\r\nใจดี', "E1")),
        (4, 0, None),
        (5, 3, ("ก\u2028ข", "E3")),
    ]
    left = sheet.rows()
    assert [len(list(islice(left, most))) for most in (2, 2)] == [2, 1]


async def test_a_workbook_of_the_size_people_have_is_read() -> None:
    rows = [row(n, ("A", f"E{n}"), ("B", "นายสมชาย ใจดี")) for n in range(1, 2_001)]
    sheet = await PARSER.read(workbook("".join(rows)), every)
    assert sheet.count == 1_999
    assert list(sheet.rows())[-1].cells == ("E2000", "นายสมชาย ใจดี")


def test_it_works_on_the_loop_of_the_services() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sheet = runner.run(PARSER.read(b"a,b\n" + b"x,y\n" * 50_000, every))
        assert sheet.count == 50_000
        with pytest.raises(SheetTooCostly):
            runner.run(SheetParser(256 * MEGABYTE, 0.2).read(SLOW, every))


# ---- hostile files


def _rows_as_wide_as_excel() -> bytes:
    """Under two kilobytes, each row with one cell in its last column."""
    return workbook(row(1, ("A", "a")) + "".join(row(n, ("XFD", "x")) for n in range(2, 1_002)))


def _strings(count: int) -> str:
    return f"<sst {NAMESPACE}>" + "".join(f"<si><t>{n}{'ก' * 1_000}</t></si>" for n in range(count)) + "</sst>"


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CELL = '<c t="inlineStr"><is><t>x</t></is></c>'
SLOW = workbook(row(1, ("A", "a")) + f"<row>{_CELL * 40}</row>" * 50_000)
HEAVY = workbook(row(1, ("A", "a")) + row(2, ("A", "x")), _strings(40_000))
ENTITY = '<!DOCTYPE sst [<!ENTITY x "xxxxxxxxxx">]>' + f"<sst {NAMESPACE}><si><t>&x;</t></si></sst>"


async def test_a_row_that_excel_pads_to_its_last_column_costs_nothing() -> None:
    async with ticking() as ticks:
        sheet = await SheetParser(96 * MEGABYTE, DEADLINE).read(_rows_as_wide_as_excel(), every)
    assert {(found.width, found.cells) for found in sheet.rows()} == {(1, ("",))}
    assert len(sheet.packed) < 32_000
    assert ticks() > 2


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (workbook(row(1, ("A", "a"), ("XFD", "b"))), SheetTooWide),
        (b"a," * 8_000_000, SheetTooWide),
        (workbook("", ENTITY), SheetUnreadable),
        (workbook('<row r="1"><c r="A1" t="s"><v>9999</v></c></row>'), SheetUnreadable),
        (workbook("<row>" * 100_000), SheetUnreadable),
        (b"\n" * 4_000_000, SheetEmpty),
    ],
    ids=["wide", "wide text", "entity", "no such string", "deep", "blank"],
)
async def test_a_hostile_file_is_refused_while_everything_else_goes_on(data: bytes, refusal: type[Refused]) -> None:
    async with ticking() as ticks:
        with pytest.raises(refusal):
            await PARSER.read(data, every)
    assert ticks() > 2


async def test_a_quote_that_never_ends_costs_its_row() -> None:
    sheet = await PARSER.read(b"a\n" + b'"' * 15_000_000 + b"\nlast\n", every)
    assert list(sheet.rows()) == [Row(2, 0, None), Row(3, 1, ("last",))]


async def test_numbers_of_rows_beyond_those_of_excel_are_refused() -> None:
    """All rows before it would be made up, one after the other."""
    with pytest.raises(SheetTooLong):
        await PARSER.read(workbook(row(1, ("A", "a")) + row(1_000_000_000_000, ("A", "x"))), every)


async def test_marks_heaped_on_a_letter_come_back_cut() -> None:
    data = "a\nก".encode() + "\u0301\u0316".encode() * 12_000 + b"\n"
    sheet = await PARSER.read(data, every)
    assert [len(text) for found in sheet.rows() for text in found.cells or ()] == [LONGEST_CELL + 1]


async def test_memory_is_limited_by_the_kernel() -> None:
    """The same file is read where there is memory for it."""
    assert (await PARSER.read(HEAVY, every)).count == 1
    with pytest.raises(SheetTooCostly):
        await SheetParser(64 * MEGABYTE, DEADLINE).read(HEAVY, every)


async def test_what_unpacks_to_more_than_is_allowed_is_not_unpacked() -> None:
    with pytest.raises(SheetTooCostly):
        await PARSER.read(workbook(row(1, ("A", "a")), megabytes=257), every)


async def test_an_answer_larger_than_all_rows_may_be_is_not_kept() -> None:
    """One string of 300 signs, referred to by each cell."""
    strings = f"<sst {NAMESPACE}><si><t>{'ก' * LONGEST_CELL}</t></si></sst>"
    header = row(1, *((at, at) for at in LETTERS))
    cells = "".join('<c t="s"><v>0</v></c>' for _ in LETTERS)
    with pytest.raises(SheetTooCostly):
        await PARSER.read(workbook(header + f"<row>{cells}</row>" * 4_000, strings), every)


def parsing() -> psutil.Process:
    """The one that parses: whoever runs the tests has other children, such as a database."""
    (child,) = (each for each in psutil.Process().children() if "shared.sheets.child" in each.cmdline())
    return child


async def test_time_is_limited_by_a_deadline() -> None:
    """Also of a process that does nothing, which only a kill ends."""

    def stop(header: Header) -> list[int]:
        parsing().suspend()
        return [0]

    async with ticking() as ticks, asyncio.timeout(DEADLINE):
        with pytest.raises(SheetTooCostly):
            await SheetParser(256 * MEGABYTE, 3).read(b"a\n1\n", stop)
    assert ticks() > 2


def test_time_is_limited_by_the_kernel() -> None:
    """Also when nobody is left to keep the deadline."""
    assert _parsed_by(SLOW, seconds=1).returncode in (-signal.SIGKILL, -signal.SIGXCPU)


def test_text_is_parsed_with_python_alone() -> None:
    """So the process starts quickly, whatever else the service imports."""
    done = _parsed_by(b"a,b\n1,2\n", "-S")
    rows, hidden = b'[2,2,["1"]]\n{"rows":1', b'"hidden":0,"hiddenLines":[],"hiddenColumns":[]'
    left = b'"leftOut":0,"leftOutRows":[]}\n'
    assert done.stdout == b'["a","b"]\n{"sheet":null,"header":["a","b"]}\n' + b",".join((rows, hidden, left))


def _parsed_by(data: bytes, *options: str, seconds: int = 60) -> subprocess.CompletedProcess[bytes]:
    limits = (str(256 * MEGABYTE), str(seconds), str(len(data)))
    command = [sys.executable, *options, "-m", "shared.sheets.child", *limits]
    environment = {"PYTHONPATH": str(Path(__file__).parents[3])}
    return subprocess.run(command, input=data + b"[0]\n" * 2, capture_output=True, check=False, env=environment)


async def test_whoever_gives_up_leaves_no_process_behind() -> None:
    task = asyncio.create_task(PARSER.read(SLOW, every))
    await until(psutil.Process().children)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_refusal_of_the_header_ends_the_process() -> None:
    def refuse(header: Header) -> list[int]:
        raise SheetEmpty()

    with pytest.raises(SheetEmpty):
        await PARSER.read(b"a,b\n" + b"x,y\n" * 100_000, refuse)


# ---- what the process may do, and what is believed of it


async def test_the_process_is_told_no_secret_and_needs_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATTANA_CITIZEN_KEY", "x" * 32)
    seen: list[dict[str, str]] = []

    def look(header: Header) -> list[int]:
        child = parsing()
        seen.append(child.environ())
        assert child.rlimit(psutil.RLIMIT_AS) == (256 * MEGABYTE,) * 2
        assert child.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
        assert child.nice() >= 10
        return [0]

    await PARSER.read(b"a\n1\n", look)
    assert set(seen[0]) <= {"PYTHONPATH", "LD_LIBRARY_PATH", "LC_CTYPE"}


@pytest.mark.parametrize(
    "lines",
    [b'["x"]\n', b'[2,1,["a","b"]]\n', b'[2,1,["' + b"x" * 400 + b'"]]\n', b"[2,1,[1]]\n", b'{"rows":1}\n', b"[]\n"],
)
def test_rows_that_were_not_asked_for_are_not_believed(lines: bytes) -> None:
    with pytest.raises(ParserFailed):
        list(Sheet(("a",), 1, 1, bytearray(lines)).rows())


async def test_a_process_that_cannot_start_is_a_defect_and_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "sys", changed(sys, executable=shutil.which("false")))
    with pytest.raises(ParserFailed):
        await PARSER.read(b"a\n1\n", every)


def test_the_widest_header_is_within_what_is_read_of_it() -> None:
    from shared.sheets.process import LONGEST_HEADER_BYTES

    assert MOST_COLUMNS * (LONGEST_CELL + 1) * len("\\u0000") < LONGEST_HEADER_BYTES


async def test_a_header_below_titles_is_found_from_outside() -> None:
    sheet = await PARSER.read("บัญชีรายชื่อ\n\nunit,ชื่อ\nPO-50,ก\n".encode(), lambda row: (0,) if "unit" in row else None)
    assert sheet.header == ("unit", "ชื่อ")
    assert [found.cells for found in sheet.rows()] == [("PO-50",)]


async def test_without_a_header_the_file_is_empty() -> None:
    with pytest.raises(SheetEmpty):
        await PARSER.read(b"a,b\n1,2\n", lambda row: None)
