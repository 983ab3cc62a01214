"""Files of text: which sign separates their cells, whatever stands above the table or in it; and what is no table."""

from collections.abc import Sequence

import pytest

from shared.errors import Refused
from shared.sheets.refusals import SheetUnreadable
from shared.sheets.rows import open_table
from shared.sheets.table import Header

ROWS = (("id", "name", "unit", "note"), ("E1", "สมชาย", "PO-50", "x"), ("E2", "สมหญิง", "PO-51", "y"))
READ = [("E1", "PO-50"), ("E2", "PO-51")]


def choose(header: Header) -> Sequence[int] | None:
    return (header.index("id"), header.index("unit")) if {"id", "unit"} <= set(header) else None


def table(separator: str, *above: str, note: str = "") -> str:
    lines = [separator.join(row) for row in ROWS]
    lines[1] += note
    return "\r\n".join([*above, *lines]) + "\r\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "above",
    [
        (),
        ("รายชื่อ, ประจำปี 2567",),
        ("รายชื่อ; ประจำปี 2567", "ข้อมูล ณ วันที่ 1 ต.ค. 67, 08.30 น."),
        ('"รายชื่อ, ก, ข, ค, ง, จ, ฉ, ช, ซ, ฌ, ญ"',),
        ("", "ลับ | ภายใน", ""),
        ("รายชื่อ\tข้าราชการ",),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp874"])
def test_a_title_does_not_say_what_separates_the_cells(separator: str, above: Sequence[str], encoding: str) -> None:
    rows = list(open_table(table(separator, *above).encode(encoding), choose).body())
    assert [row.cells for row in rows] == READ


@pytest.mark.parametrize("note", [", ต.สุเทพ, อ.เมือง", " | 081", '" ; "'])
def test_nor_does_a_long_cell(note: str) -> None:
    separator = ";" if ";" not in note else ","
    rows = list(open_table(table(separator, note=note).encode(), choose).body())
    assert [row.cells for row in rows] == READ


def test_nor_do_several_values_in_one_cell_of_each_row() -> None:
    lines = ["id,name,unit,phones", *[f"E{n},สมชาย,PO-50,0811;0822;0833;0844;0855" for n in range(40)]]
    rows = list(open_table("\n".join(lines).encode(), choose).body())
    assert [row.cells for row in rows] == [(f"E{n}", "PO-50") for n in range(40)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_header_of_the_next_page_is_no_row(separator: str) -> None:
    """Unless it is another one, which is a row that is refused."""
    page, other = table(separator), separator.join(("id", "name", "UNIT", "note"))
    rows = list(open_table(f"{page}{page}{other}\r\n".encode(), choose).body())
    assert [row.cells for row in rows] == [*READ, *READ, ("id", "UNIT")]
    assert [row.line for row in rows] == [2, 3, 5, 6, 7]


def test_what_is_said_in_the_first_line_counts() -> None:
    data = f"sep=;\r\n{table(';', 'a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s')}".encode()
    assert [row.cells for row in open_table(data, choose).body()] == READ


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        *[(f"<{tag}>รายชื่อ", "sheet-kind", "HTML") for tag in ("div", "style", "body class='x'", "p", "tr", "h1")],
        *[(f"<{tag}>รายชื่อ", "sheet-kind", "HTML") for tag in ("thead", "td", "script", "a href='x'", "colgroup")],
        ("<!-- x --><TABLE border=1>", "sheet-kind", "HTML"),
        ('<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "sheet-kind", "XML"),
        ('<ss:Workbook xmlns:ss="x">', "sheet-kind", "XML"),
        ('[{"id": "1"}]', "sheet-is-no-table", "JSON"),
        ('{"people": []}', "sheet-is-no-table", "JSON"),
        ("BEGIN:VCARD\r\nVERSION:3.0", "sheet-is-no-table", "vCard (.vcf)"),
        ("ID;PWXL;N;E\r\n", "sheet-kind", "SYLK (.slk)"),
    ],
)
def test_text_that_is_no_table_is_called_what_it_is(text: str, code: str, kind: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        with pytest.raises(Refused) as refused:
            open_table(text.encode(encoding), choose)
        assert (refused.value.code, refused.value.details["kind"]) == (code, kind)


def test_a_header_that_begins_as_another_kind_does_is_one() -> None:
    assert [row.cells for row in open_table(b"ID;PID;id;unit\n1;2;E1;PO-50\n", choose).body()] == [("E1", "PO-50")]


@pytest.mark.parametrize("encoding", ["utf-8", "cp874", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("behind", ["\x1a", "\0" * 512, "\0\0\x1a"])
def test_what_old_programs_put_behind_a_text_is_no_row(encoding: str, behind: str) -> None:
    data = table(",").encode(encoding) + (b"" if encoding.startswith("utf-16") else behind.encode())
    assert [row.cells for row in open_table(data, choose).body()] == READ


def test_a_sign_that_is_no_text_damages_only_its_row() -> None:
    lines = table(",").replace("สมชาย", "สม\0ชาย")
    assert [row.cells for row in open_table(lines.encode(), choose).body()] == [None, READ[1]]
    with pytest.raises(SheetUnreadable):
        open_table(b"\x01\0\0\x07id,unit\0\0\0", choose)


def test_quotes_may_stand_behind_a_space() -> None:
    data = 'id, name, unit\nE1, "ใจดี, สมชาย", "PO-50"\nE2, 5" จอ, PO-51\n'
    assert [row.cells for row in open_table(data.encode(), choose).body()] == READ


def test_lines_of_a_form_for_more_people_than_there_are_are_blank() -> None:
    """Unless anything stands in them."""
    data = "ที่,id,unit\n(1),(2),(3)\n1,E1,PO-50\n2.,,\n(๓),,\n4,E2,PO-51\n5,,\nรวม,,\n6,,x\n"
    assert [row.cells for row in open_table(data.encode(), choose).body()] == [*READ, ("", ""), ("", "x")]
    assert open_table("ที่,id,unit\n1,,\n2,,\n".encode(), choose).is_blank()


def test_an_id_may_be_all_that_is_in_a_row() -> None:
    assert [row.cells for row in open_table(b"id,unit\n1,\n(1),(3)\n", choose).body()] == [("1", ""), ("(1)", "(3)")]
