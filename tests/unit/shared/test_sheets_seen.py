"""Workbooks as a person sees them: merged and hidden cells, headers of two rows, several sheets, formats of numbers."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from shared.errors import Refused
from shared.sheets.found import NOT_COMPUTED
from shared.sheets.refusals import (
    SheetAmbiguous,
    SheetIsNoTable,
    SheetLocked,
    SheetOfOtherKind,
    SheetPacked,
    SheetTooCostly,
    SheetUnknown,
    SheetUnreadable,
)
from shared.sheets.rows import open_table
from shared.sheets.table import Header
from tests.support.sheets import NAMESPACE, parse, row, workbook

Line = tuple[Any, ...]
NAMES = ("id", "first", "last", "unit")


def choose(header: Header) -> Sequence[int] | None:
    """As the real one does: a cell of two lines is named by all of them, or the last, or the first."""
    lines = [cell.split("\n") for cell in header]
    names = [next((name for name in ("".join(cell), cell[-1], cell[0]) if name in NAMES), None) for cell in lines]
    places = [at for at, name in enumerate(names) if name]
    return places if {"id", "unit"} <= set(names) else None


def cells(data: bytes, name: str = "") -> list[tuple[str, ...] | None]:
    return [found.cells for found in parse(data, choose, name)]


def saved(*sheets: tuple[str, Sequence[Line]], merged: Sequence[str] = (), hidden: Sequence[int] = ()) -> bytes:
    book, file = Workbook(), io.BytesIO()
    del book["Sheet"]
    for name, lines in sheets:
        page = book.create_sheet(name)
        for line in lines:
            page.append(line)
        for area in merged:
            page.merge_cells(area)
        for number in hidden:
            page.row_dimensions[number].hidden = True
    book.save(file)
    return file.getvalue()


def one(*lines: Line, merged: Sequence[str] = (), hidden: Sequence[int] = ()) -> bytes:
    return saved(("รายชื่อ", lines), merged=merged, hidden=hidden)


# ---- headers


def test_a_header_over_two_rows_is_read_as_one() -> None:
    data = one(
        ("id", "ชื่อ-สกุล", None, "unit"),
        (None, "first", "last", None),
        ("E1", "ก", "ข", "PO-50"),
        merged=("A1:A2", "B1:C1", "D1:D2"),
    )
    assert open_table(data, choose).header == ("id", "ชื่อ-สกุล\nfirst", "ชื่อ-สกุล\nlast", "unit")
    assert cells(data) == [("E1", "ก", "ข", "PO-50")]


@pytest.mark.parametrize("text", ["id,person,,unit\n,first,last,\nE1,ก,ข,PO-50\n", "i,un\nd,it\nE1,PO-50\n"])
def test_so_is_one_of_text_and_one_whose_words_are_split(text: str) -> None:
    assert cells(text.encode())[0] in [("E1", "ก", "ข", "PO-50"), ("E1", "PO-50")]


def test_what_several_columns_share_belongs_to_each() -> None:
    data = one(("id", "un", None), (None, "x", "it"), ("E1", "", "PO-50"), merged=("B1:C1",))
    assert cells(data) == [("E1", "PO-50")]


@pytest.mark.parametrize(
    "text",
    [
        "id,unit,,\nE1,PO-50,a note,\nE2,PO-57,,\n",
        "id,unit\nE1,PO-50\nE2,PO-57\n",
        "title\nid,unit\nE1,PO-50\nE2,PO-57\n",
    ],
)
def test_the_first_person_is_not_taken_for_a_part_of_the_header(text: str) -> None:
    assert cells(text.encode()) == [("E1", "PO-50"), ("E2", "PO-57")]


def test_titles_and_notes_may_be_merged_above_and_beside_the_table() -> None:
    data = one(
        ("บัญชีรายชื่อ",),
        ("id", "unit", None, "หมายเหตุ: ส่งภายในวันศุกร์"),
        ("E1", "PO-50", None, None),
        ("E2", "PO-57", None, None, "โทรถาม"),
        merged=("A1:D1", "D2:E3"),
    )
    assert cells(data) == [("E1", "PO-50"), ("E2", "PO-57")]


# ---- merged and hidden cells


def test_a_value_merged_down_is_that_of_every_row() -> None:
    data = one(
        ("id", "first", "unit"), ("E1", "ก", "PO-50"), ("E2", "ข"), ("E3", "ค"), ("E4", "ง", "PO-57"), merged=("C2:C4",)
    )
    assert cells(data) == [("E1", "ก", "PO-50"), ("E2", "ข", "PO-50"), ("E3", "ค", "PO-50"), ("E4", "ง", "PO-57")]


def test_what_a_merged_cell_covers_is_not_seen() -> None:
    """Some programs leave it in the file. Rows of which nothing else is left are blank."""
    merge = '<mergeCells><mergeCell ref="B2:C4"/></mergeCells>'
    rows = row(1, ("A", "id"), ("B", "unit"), ("C", "first")) + row(2, ("A", "E1"), ("B", "PO-50"), ("C", "rest"))
    data = workbook(rows + row(3, ("A", "E2"), ("B", "PO-99")), behind=merge)
    assert cells(data) == [("E1", "PO-50", ""), ("E2", "PO-50", "")]


def test_a_merged_cell_makes_no_rows() -> None:
    assert cells(one(("id", "unit"), ("E1", "PO-50"), merged=("B2:B400",))) == [("E1", "PO-50")]


def test_hidden_rows_are_part_of_the_file_and_said() -> None:
    data = one(("id", "unit"), *[(f"E{number}", "PO-50") for number in range(2, 40)], hidden=(1, *range(3, 30)))
    table = open_table(data, choose)
    assert len(list(table.body())) == 38
    assert (table.name, table.hidden, table.hidden_lines) == ("รายชื่อ", 27, list(range(3, 23)))


def test_hidden_columns_are_read_and_said() -> None:
    rows = row(1, ("A", "id"), ("B", "unit"), ("D", "first")) + row(2, ("A", "E1"), ("B", "PO-50"), ("D", "Som"))
    hidden = '<col min="2" max="3" hidden="1"/><col min="6" max="99999999" hidden="true"/>'
    columns = f'<cols>{hidden}<col min="4" max="4" width="9"/></cols>'
    table = open_table(workbook(rows, before=columns), choose)
    assert table.hidden_columns == [1]  # nobody asked for the third, and the others are seen
    assert [found.cells for found in table.body()] == [("E1", "PO-50", "Som")]


@pytest.mark.parametrize("area", ["A1:XFD1048576", "A2:XFD1048576", "A3:A2", "ZZZ1:A0", "nothing"])
def test_an_absurd_area_costs_nothing(area: str) -> None:
    rows = row(1, ("A", "id"), ("B", "unit")) + row(2, ("A", "E1"), ("B", "PO-50")) + row(3, ("A", "E2"))
    data = workbook(rows, behind=f'<mergeCells><mergeCell ref="{area}"/></mergeCells>')
    if area.startswith("ZZZ"):
        with pytest.raises(SheetUnreadable):
            cells(data)
    else:
        unit = "" if area.startswith("A2:XFD") else "PO-50"
        assert cells(data)[0] == ("E1", unit)


def test_areas_are_limited_in_number() -> None:
    areas = "".join(f'<mergeCell ref="A{line}:A{line + 1}"/>' for line in range(2, 200_004, 2))
    rows = row(1, ("A", "id"), ("B", "unit")) + row(2, ("A", "E1"), ("B", "PO-50"))
    with pytest.raises(SheetTooCostly):
        cells(workbook(rows, behind=f"<mergeCells>{areas}</mergeCells>"))


# ---- several sheets

PEOPLE: Sequence[Line] = (("id", "unit"), ("E1", "PO-50"))
NOTES: Sequence[Line] = (("คำอธิบาย",), ("กรอกให้ครบ",))


def test_the_only_sheet_with_such_a_header_is_read() -> None:
    data = saved(("คำอธิบาย", NOTES), ("รายชื่อ", PEOPLE), ("แบบ", PEOPLE[:1]))
    assert open_table(data, choose).name == "รายชื่อ"


def test_a_form_with_numbers_alone_is_empty_and_a_name_is_found_as_it_looks() -> None:
    form = [("ที่", "id", "unit"), (1, None, None), (2, None, None)]
    assert cells(saved(("แบบฟอร์ม", form), ("ข้อมูล", [("ที่", "id", "unit"), (1, "E1", "PO-50")]))) == [("E1", "PO-50")]
    data = saved(("ประจำปี", [("id", "unit"), ("E1", "PO-50")]), ("เดิม", [("id", "unit"), ("E2", "PO-57")]))
    assert cells(data, "ประจ\u0e4d\u0e32ปี") == [("E1", "PO-50")]


def test_several_are_named() -> None:
    data = saved(("ก.ค.", PEOPLE), ("คำอธิบาย", NOTES), ("ส.ค.", [("id", "unit"), ("E2", "PO-57")]))
    with pytest.raises(SheetAmbiguous) as refused:
        cells(data)
    assert refused.value.details == {"sheets": ["ก.ค.", "ส.ค."], "listed": "ก.ค., ส.ค."}
    assert cells(data, " ส.ค. ") == [("E2", "PO-57")]


@pytest.mark.parametrize("data", [saved(("ก.ค.", PEOPLE)), b"id,unit\nE1,PO-50\n"], ids=["xlsx", "csv"])
def test_a_sheet_that_is_not_there_is_refused(data: bytes) -> None:
    with pytest.raises(SheetUnknown):
        cells(data, "ส.ค.")


# ---- values


def test_a_formula_without_its_value_is_not_an_empty_cell() -> None:
    formula = '<row r="2"><c r="A2"><f>1</f><v>7</v></c><c r="B2"><f>1</f><v/></c><c r="C2" t="str"><f>1</f></c>'
    formula += '<c r="D2" t="str"><f>""</f><v></v></c></row>'
    header = row(1, *zip("ABCD", ("id", "unit", "first", "last"), strict=True))
    assert cells(workbook(header + formula)) == [("7", NOT_COMPUTED, NOT_COMPUTED, "")]


@pytest.mark.parametrize(
    ("value", "code", "seen"),
    [
        (1234567, "General", "1234567"),
        (123, "0000000", "0000123"),
        (12345678, "0000000", "12345678"),
        (1101700534215, "0-0000-00000-00-0", "1-1017-00534-21-5"),
        (812345678, "000-000-0000", "081-234-5678"),
        (53112708, r"[<=99999999][$-D070000]0\-####\-####;[$-D070000]\(0#\)\ ####\-####", "0-5311-2708"),
        (812345678, '"0"#', "0812345678"),
        (12, '"EMP-"0000', "EMP-0012"),
        (12345, "#,##0", "12345"),
        (12345, "0.00", "12345"),
        (12345, "#,##0.00", "12345"),
        (12345, "0%", "12345"),
        (12345, '"฿"#,##0.00', "12345"),
        (12345, '"฿"0', "12345"),
        (12345, "[$฿-41E]0", "12345"),
        (12345, "0.00E+00", "12345"),
        (12345, "@", "12345"),
        (1234567890121.0, "General", "1234567890121"),
        (123456789012345, "0", "123456789012345"),
        (1234567890123456, "General", "1.23456789012346E+15"),
        (1234567890123456, "0", "1.23456789012346E+15"),
        (-5, "0000", "-5"),
        (0.5, "0%", "0.5"),
        (date(2020, 8, 31), "[$-107041E]d mmm yyyy;@", "2020-08-31"),
        (date(2020, 8, 31), "dd/mm/bbbb", "2020-08-31"),
        (date(2020, 8, 31), "d/m/yyyy", "2020-08-31"),
        (datetime(2020, 8, 31, 13, 0), 'd mmm "พ.ศ." yyyy h:mm', "2020-08-31"),
        (datetime(2563, 8, 31), "d/m/yyyy", "31/8/2563"),
        (time(8, 30), "h:mm", "08:30"),
        (time(16, 30, 5), "[$-F400]h:mm:ss AM/PM", "16:30:05"),
        (time(8, 30), 'hh.mm "น."', "08:30"),
        (time(8, 30), "d/m/yyyy", "08:30"),
        (datetime(2020, 8, 31, 8, 30), "h:mm", "08:30"),
        (datetime(2020, 8, 31, 8, 30), "d/m/yyyy", "2020-08-31"),
        (date(2020, 8, 31), "h:mm", "2020-08-31"),
        (0, "h:mm", "0"),
        (date(2026, 12, 8), "d-mmm", "8-Dec"),
        (date(2020, 8, 1), "mmm-yy", "Aug-2020"),
        (date(2020, 8, 31), "mmm-yy", "2020-08-31"),
        (date(2020, 8, 31), "yyyy", "2020-08-31"),
        (44074, "0", "44074"),
        (True, "General", "TRUE"),
        (" ข้อความ ", "0000", "ข้อความ"),
    ],
)
def test_a_value_is_read_as_it_is_shown(value: Any, code: str, seen: str) -> None:
    book, file = Workbook(), io.BytesIO()
    page = book.active
    assert page is not None
    page.append(("id", "unit"))
    page.append((value, "PO-50"))
    page["A2"].number_format = code
    book.save(file)
    assert cells(file.getvalue()) == [(seen, "PO-50")]


@pytest.mark.parametrize(("serial", "seen"), [("44074", "2020-08-31"), ("1", "1900-01-01"), ("61", "1900-03-01")])
def test_days_are_counted_as_spreadsheets_do(serial: str, seen: str) -> None:
    """A built-in format of days, by its number."""
    cell = f'<row r="2"><c r="A2" s="1"><v>{serial}</v></c><c r="B2"><v>1</v></c></row>'
    data = workbook(row(1, ("A", "id"), ("B", "unit")) + cell)
    data = changed(data, "xl/styles.xml", rb"<cellXfs.*?</cellXfs>", b'<cellXfs><xf/><xf numFmtId="14"/></cellXfs>')
    assert cells(data) == [(seen, "1")]


def changed(data: bytes, part: str, pattern: bytes, replacement: bytes) -> bytes:
    """In all parts if none is named."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, re.sub(pattern, replacement, content) if part in {"", name} else content)
    return file.getvalue()


def test_both_dialects_are_read_and_one_with_prefixes() -> None:
    data = one(("id", "unit"), ("E1", "PO-50"), ("E2", None), merged=("B2:B3",))
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strict = changed(data, "", re.escape(main), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    part = "xl/worksheets/sheet1.xml"
    prefixed = changed(data, part, rb"<(/?)(?=\w)", rb"<\1x:")
    prefixed = changed(prefixed, part, b"xmlns=", b"xmlns:x=")
    for found in (data, strict, prefixed):
        assert cells(found) == [("E1", "PO-50"), ("E2", "PO-50")]


@pytest.mark.parametrize("renamed", [lambda name: name.replace("/", "\\"), str.upper, str.lower])
def test_parts_are_found_as_spreadsheets_find_them(renamed: Callable[[str], str]) -> None:
    """Some programs write other names than they name."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(one(("id", "unit"), ("E1", "PO-50")))) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo()
            entry.filename = renamed(name)
            new.writestr(entry, old.read(name))
    assert cells(file.getvalue()) == [("E1", "PO-50")]


def test_texts_in_several_formats_and_signs_without_a_place_in_xml() -> None:
    strings = (
        f"<sst {NAMESPACE}><si><r><t>PO</t></r><r><t>-50</t></r><rPh><t>x</t></rPh></si><si><t>E_x000D_1</t></si></sst>"
    )
    rows = row(1, ("A", "id"), ("B", "unit")) + '<row><c t="s"><v>1</v></c><c t="s"><v>0</v></c></row>'
    assert cells(workbook(rows, strings)) == [("E\r1", "PO-50")]


# ---- what is no sheet


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
XML = b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>'


@pytest.mark.parametrize(
    ("data", "refusal", "kind"),
    [
        (b"\xef\xbb\xbf\r\n <HTML><body><table><tr><td>id", SheetOfOtherKind, "HTML"),
        ("<!-- x --><!DOCTYPE html><table>".encode("utf-16"), SheetOfOtherKind, "HTML"),
        (b'<?xml version="1.0"?><html xmlns="x">', SheetOfOtherKind, "HTML"),
        (b"<meta charset=utf-8><table>", SheetOfOtherKind, "HTML"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook", SheetOfOtherKind, "HTML (.mht)"),
        (XML, SheetOfOtherKind, "XML"),
        (OLE + "Workbook".encode("utf-16-le"), SheetOfOtherKind, "Excel 97–2003 (.xls)"),
        (OLE + "WordDocument".encode("utf-16-le"), SheetIsNoTable, "Word (.doc)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), SheetLocked, None),
        (zipped("mimetype", "content.xml"), SheetOfOtherKind, "OpenDocument (.ods)"),
        (zipped("[Content_Types].xml", "xl/workbook.bin"), SheetOfOtherKind, "Excel Binary (.xlsb)"),
        (zipped("[Content_Types].xml", "word/document.xml"), SheetIsNoTable, "Word (.docx)"),
        (zipped("people.csv"), SheetPacked, "ZIP"),
        (b"\x1f\x8b\x08", SheetPacked, "GZIP"),
        (b"%PDF-1.7", SheetIsNoTable, "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", SheetIsNoTable, "PNG"),
        (b"\xff\xd8\xff\xe0", SheetIsNoTable, "JPEG"),
    ],
)
def test_a_file_of_another_kind_is_called_what_it_is(data: bytes, refusal: type[Refused], kind: str | None) -> None:
    with pytest.raises(refusal) as refused:
        cells(data)
    assert refused.value.details.get("kind") == kind


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_text_in_two_bytes_for_a_sign_is_read_without_a_mark(encoding: str) -> None:
    assert cells("id\tunit\r\nE1\tกองการเจ้าหน้าที่\r\n".encode(encoding)) == [("E1", "กองการเจ้าหน้าที่")]


def test_a_row_of_signs_that_nobody_sees_is_blank() -> None:
    text = "id,unit\n\u200b,\u00a0\n\ufeff,\nE1,PO-50\n"
    assert cells(text.encode()) == [("E1", "PO-50")]
    assert cells(one(("id", "unit"), ("\u200b", None), *[(" ", "")] * 300, ("E1", "PO-50"))) == [("E1", "PO-50")]
