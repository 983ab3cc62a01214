"""Files as offices send them: what Excel writes, and damaged rows between good ones."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from shared.errors import Refused
from shared.sheets import csv_rows
from shared.sheets.refusals import SheetEmpty, SheetTooLong, SheetTooWide, SheetUnreadable
from shared.sheets.table import LONGEST_CELL, MOST_ABOVE_HEADER, Header, Row
from tests.support.modules import changed
from tests.support.sheets import parse


def sheet(data: bytes) -> tuple[Header, list[Row]]:
    """The header, and the rows with all of its columns."""
    header: Header = ()

    def every(found: Header) -> range:
        nonlocal header
        header = found
        return range(len(found))

    rows = list(parse(data, every))
    return header, rows


def rows(data: bytes) -> list[tuple[int, tuple[str, ...] | None]]:
    return [(row.line, row.cells) for row in sheet(data)[1]]


def workbook(*lines: tuple[Any, ...]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"unit,\xe0\xb8\x8a\xe0\xb8\xb7\xe0\xb9\x88\xe0\xb8\xad\nPO-50,\xe0\xb8\x81\n",
        "unit,ชื่อ\r\nPO-50,ก\r\n".encode(),
        "unit,ชื่อ\rPO-50,ก".encode(),
        "\ufeffunit,ชื่อ\r\nPO-50,ก\r\n".encode(),
        "unit;ชื่อ\nPO-50;ก\n".encode(),
        "unit\tชื่อ\r\nPO-50\tก\r\n".encode("utf-16"),
        "unit,ชื่อ\r\nPO-50,ก\r\n".encode("cp874"),
        '"unit","ชื่อ"\r\n"PO-50","ก"\r\n\r\n'.encode(),
        workbook(("unit", "ชื่อ"), ("PO-50", "ก")),
        workbook(("unit", "ชื่อ", None), ("PO-50", "ก", None), (None, None, None)),
    ],
    ids=["lf", "crlf", "cr", "bom", "semicolon", "utf-16", "cp874", "quoted", "xlsx", "xlsx with empty cells"],
)
def test_every_format_of_a_sheet_is_read(data: bytes) -> None:
    header, found = sheet(data)
    assert header == ("unit", "ชื่อ")
    assert found == [Row(2, 2, ("PO-50", "ก"))]


def test_a_line_break_inside_quotes_belongs_to_the_cell() -> None:
    assert rows(b'a,b\r\n"one\r\ntwo",x\r\nlast,y\r\n') == [(2, ("one\r\ntwo", "x")), (4, ("last", "y"))]


def test_an_unclosed_quote_damages_only_its_own_row() -> None:
    assert rows(b'a,b\n"one,x\ntwo,y\nthree,z\n') == [(2, None), (3, ("two", "y")), (4, ("three", "z"))]


def test_rows_after_an_unclosed_quote_are_read() -> None:
    data = b'a,b\n"one,x\ntwo,y\n"three,z\nfour,w\n'
    assert rows(data) == [(2, None), (3, ("two", "y")), (4, None), (5, ("four", "w"))]


def test_a_quote_inside_a_cell_is_an_ordinary_character() -> None:
    assert rows(b'a,b\none 5" wide,x\ntwo,y\n') == [(2, ('one 5" wide', "x")), (3, ("two", "y"))]


def test_damaged_characters_affect_only_their_row() -> None:
    data = "a,b\nหนึ่ง,x\n".encode() + b"\xff\xfe\xff,y\n" + "สาม,z\n".encode()
    assert rows(data) == [(2, ("หนึ่ง", "x")), (3, None), (4, ("สาม", "z"))]


def test_rows_of_text_keep_their_number_of_cells() -> None:
    found = sheet(b"a,b\none\none,two,three\n,\n\none,two,,\n")[1]
    assert found == [Row(2, 1, ("one", "")), Row(3, 3, ("one", "two")), Row(6, 2, ("one", "two"))]


def test_rows_of_a_workbook_end_with_their_last_cell() -> None:
    """What is beside the table is not part of it."""
    found = sheet(workbook(("a", "b"), ("one",), ("one", None, "three"), (None, None, " ")))[1]
    assert found == [Row(2, 2, ("one", "")), Row(3, 2, ("one", ""))]


def test_only_the_columns_asked_for_are_read() -> None:
    data = b"a,b,c\n1,2,3\n4,5,6\n"
    assert [row.cells for row in parse(data, lambda header: [2, 0])] == [("3", "1"), ("6", "4")]


def test_a_long_cell_is_cut_to_one_more_than_the_limit() -> None:
    for data in (b"a\n" + b"x" * 9_000, workbook(("a",), ("x" * 9_000,))):
        assert rows(data) == [(2, ("x" * (LONGEST_CELL + 1),))]


def test_rows_with_content_are_counted_and_none_is_left_out() -> None:
    lines: list[tuple[Any, ...]] = [("a",), *[(None,)] * 500, ("one",)]
    assert rows(workbook(*lines)) == [(502, ("one",))]
    assert len(rows(b"a\n" + b"\n" * 200_000 + b"x\n" * 100_000)) == 100_000


def test_a_line_is_not_parsed_over_and_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each quote here stays open for longer than a record may have lines."""
    parsed = []
    reader = csv.reader

    def counted(lines: Iterable[str], **options: Any) -> Any:
        def seen() -> Iterator[str]:
            for line in lines:
                parsed.append(line)
                yield line

        return reader(seen(), **options)

    monkeypatch.setattr(csv_rows, "csv", changed(csv, reader=counted))
    lines = [b"a,b", *[b'"open,x', *[b"two,y"] * 30] * 100]
    assert [cells for _, cells in rows(b"\n".join(lines))].count(None) == 100
    assert len(parsed) < 2 * len(lines)


def test_numbers_and_days_are_read_as_excel_shows_them() -> None:
    data = workbook(
        ("pid", "phone", "born", "started", "ratio"),
        (1234567890121, 812345678.0, datetime(2563, 8, 31), date(2020, 8, 31), 0.5),
    )
    assert rows(data) == [(2, ("1234567890121", "812345678", "31/8/2563", "2020-08-31", "0.5"))]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", SheetEmpty),
        (b" \r\n \r\n", SheetEmpty),
        (b"PK\x03\x04 and then nothing of a workbook", SheetUnreadable),
        (b"\x00\x01\x02\0\0\0", SheetUnreadable),
        (b"a\n" + b"x\n" * 100_001, SheetTooLong),
        (b"a," * 200 + b"a\n", SheetTooWide),
    ],
)
def test_an_unreadable_file_is_refused(data: bytes, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        sheet(data)


@pytest.mark.parametrize(
    "data",
    [
        "sep=;\r\nunit;ชื่อ\r\nPO-50;ก,ข\r\n",
        "\ufeffSEP=;\nunit;ชื่อ\nPO-50;ก,ข\n",
        "บัญชีรายชื่อ\nunit;ชื่อ\nPO-50;ก,ข\n",
        "sep=|\nunit|ชื่อ\nPO-50|ก,ข\n",
    ],
)
def test_the_separator_is_said_in_the_first_line_or_found_below_a_title(data: str) -> None:
    found = list(parse(data.encode(), lambda header: (0, 1) if "unit" in header else None))
    assert [row.cells for row in found] == [("PO-50", "ก,ข")]


@pytest.mark.parametrize("titles", [0, 1, MOST_ABOVE_HEADER])
def test_the_header_is_looked_for_below_titles(titles: int) -> None:
    above = [(f"บัญชีรายชื่อ {number}",) for number in range(titles)]
    data = workbook(*above, (None, None), ("unit", "ชื่อ"), ("PO-50", "ก"))
    found = list(parse(data, lambda header: (0, 1) if "unit" in header else None))
    assert [(row.line, row.cells) for row in found] == [(titles + 3, ("PO-50", "ก"))]


def test_no_more_than_so_many_rows_are_taken_for_titles() -> None:
    seen: list[Header] = []
    with pytest.raises(SheetEmpty):
        list(parse(b"a,b\n" + b"c,d\na,b\n" * MOST_ABOVE_HEADER, lambda header: seen.append(header)))
    assert len([header for header in seen if "\n" not in header[0]]) == MOST_ABOVE_HEADER + 1  # the others are of two


def test_the_sheet_that_a_person_sees_is_read() -> None:
    book, file = Workbook(), io.BytesIO()
    for name, state in (("old", "hidden"), ("older", "veryHidden"), ("new", "visible")):
        page = book.create_sheet(name)
        page.append(("unit",))
        page.append((name,))
        page.sheet_state = state
    del book["Sheet"]
    book.active = 2
    book.save(file)
    assert rows(file.getvalue()) == [(2, ("new",))]


def test_a_file_of_the_windows_code_page_may_have_few_thai_cells() -> None:
    lines = ["externalId,fullName,unit", *(f"E{number},John Smith,PERS" for number in range(20)), "E99,สมชาย ใจดี,PERS"]
    found = rows("\r\n".join(lines).encode("cp874"))
    assert found[-1] == (22, ("E99", "สมชาย ใจดี", "PERS"))
