"""What stands below a list is left out, and said; what could be somebody never is."""

from collections.abc import Sequence

import pytest

from shared.sheets.footers import footer_rows
from shared.sheets.found import NOT_COMPUTED
from shared.sheets.rows import open_table
from shared.sheets.table import MOST_FORM_LISTED, Header, Row, Table
from tests.unit.shared.test_sheets_seen import one, saved

NAMES = ("no", "id", "name", "unit")
READ = (1, 2, 3)
PERSON = ("1", "E1", "นายสมชาย ใจดี", "PO-50")


def choose(header: Header) -> Sequence[int] | None:
    return READ if header == NAMES else None


def opened(data: bytes) -> tuple[Table, list[Row]]:
    table = open_table(data, choose)
    return table, list(table.body())


@pytest.mark.parametrize(
    "row",
    [
        ["รวม"],
        ["รวมทั้งสิ้น"],
        ["รวมทั้งหมด 25 คน"],
        ["", "รวม", "25", "คน"],
        ["รวม", NOT_COMPUTED, "คน"],
        ["รวมจำนวน ๒๕ คน"],
        ["จ\u0e4d\u0e32นวนทั้งสิ้น 25 ราย"],
        ["จำนวนผู้เข้ารับการฝึกอบรมทั้งสิ้น 25 คน"],
        ["รวม 25 คน (ชาย 10 คน หญิง 15 คน)"],
        ["รวม สนจ.เชียงใหม่ 25 คน"],
        ["ยอดรวม", "1,025"],
        ["Total"],
        ["Grand total: 25 persons"],
        ["ลงชื่อ ........"],
        ["(ลงชื่อ)", "................", "ผู้รายงาน"],
        ["", "", "", "", "", "ลงชื่อ……………………ผู้รับรอง"],
        ["(นาย...........)"],
        ["", "", "(นายสมชาย ใจดี)"],
        ["(                 )"],
        ["ผู้จัดทำ: นายสมชาย ใจดี"],
        ["ผู้จัดทำ", "นายสมชาย ใจดี", "โทร.", "0812345678"],
        ["Prepared by", "Somchai Jaidee"],
        ["ตำแหน่ง ....."],
        ["ตำแหน่งผู้อำนวยการกอง"],
        ["วันที่ ......../......../........"],
        ["หมายเหตุ: ข้อมูลยังไม่ครบ"],
        ["*หมายเหตุ", "ข้อมูลยังไม่ครบ"],
        ["หมายเหตุ " + "ก" * 400],
        ["Remark: incomplete"],
        ["ข้อมูล ณ วันที่ 1 ต.ค. 2567"],
        ["พิมพ์เมื่อ 1/10/2567 08:30", "", "หน้า 1/3"],
        ["Page 1 of 3"],
        ["- 1 -"],
        ["ที่มา: DPIS"],
        ["*** จบรายการ ***"],
        ["ขอรับรองว่าข้อมูลข้างต้นถูกต้อง"],
        ["ตรวจสอบแล้วถูกต้อง"],
        ["หญิง", "15"],
        ["สรุป ชาย 10 คน หญิง 15 คน"],
        ["รวม ๒๕ คน (ยี่สิบห้าคน)"],
        ["คิดเป็นร้อยละ", "100"],
        ["ติดต่อ: นางสาวสมหญิง ใจดี"],
        ["E-mail: a@moi.go.th"],
        ["จึงเรียนมาเพื่อโปรดพิจารณา"],
        ["**โปรดส่งภายในวันที่ 30 ก.ย. 2567**"],
        ["-----"],
        ["....................."],
        ["26", "-", "-", "-"],
    ],
)
def test_footers_are_known(row: list[str]) -> None:
    assert footer_rows([row], READ) == 1


@pytest.mark.parametrize(
    "row",
    [
        ["26", "E1", "รวมพล ใจดี", "สนจ.เชียงใหม่"],
        ["", "", "รวมพล ใจดี"],
        ["", "", "รวมใจ"],
        ["", "E1", "รวม"],
        ["", "25", "-", "-"],
        ["", "", "นายสมชาย ใจดี"],
        ["26. นายสมชาย ใจดี"],
        ["", "E1"],
        ["", "12345"],
        ["", "", "(นายสมชาย ใจดี)", "PO-50"],
        ["", "E1", "(นายสมชาย ใจดี)"],
        ["", "", "จำนวน ใจดี"],
        ["", "1", "ผู้รายงาน ใจดี", "PO-50"],
        ["", "ผู้รายงาน", "นายสมชาย ใจดี", "PO-50"],
        ["", "", "Note Smith"],
        ["", "", "ชาย ใจดี"],
        ["", "E1", "ชาย", "ใจดี"],
        ["", "", "**นายสมชาย ใจดี**"],
        ["", "", "ติดต่อ ใจดี"],
        ["", "", "", "PO-50"],
        ["หัวหน้าสำนักงานจังหวัด"],
        ["1. ข้อมูลยังไม่ครบ"],
        ["", "#REF!"],
        ["", "", "", "จังหวัดเชียงใหม่"],
    ],
)
def test_whoever_could_be_somebody_is_none(row: list[str]) -> None:
    assert footer_rows([row], READ) == 0


def test_what_a_row_says_may_follow_from_those_above() -> None:
    signed = [["ลงชื่อ ..........."], ["(นายสมชาย ใจดี)"], ["หัวหน้าสำนักงานจังหวัด"]]
    signed += [["สำนักงานจังหวัดเชียงใหม่"], ["1 ต.ค. 2567"], ["ศาลากลางจังหวัด"]]
    noted = [["หมายเหตุ"], ["1. ข้อมูลยังไม่ครบ"], ["- ไม่รวมผู้เกษียณ"]]
    assert footer_rows([*signed, *noted], READ) == 9
    assert footer_rows([["ลงชื่อ ..........."], list(PERSON), ["หัวหน้าสำนักงานจังหวัด"]], READ) == 0


SIGNATURE = ["", "", "ลงชื่อ ...................."]
NAME = ["", "", "นายสมชาย ใจดี"]


@pytest.mark.parametrize(
    "rows",
    [
        [SIGNATURE, NAME, ["", "", "หัวหน้าสำนักงานจังหวัด"], ["", "", "จังหวัดเชียงใหม่"]],
        [["(ลงชื่อ)", "", "................"], ["", "", "ว่าที่ ร.ต. สมชาย ใจดี ณ อยุธยา"]],
        [["ลงชื่อ……………ผู้รายงาน", "ลงชื่อ……………ผู้ตรวจสอบ"], ["นางสาวสมหญิง ใจดี", "พันตำรวจโทหญิงมานี รักดี"]],
        [SIGNATURE, NAME, SIGNATURE, ["", "", "น.ส. สมหญิง ใจดี"]],
    ],
)
def test_below_a_line_for_a_signature_stands_whose_it_is(rows: list[list[str]]) -> None:
    assert footer_rows([PERSON, *rows], READ) == len(rows)


@pytest.mark.parametrize(
    ("above", "row"),
    [
        ([SIGNATURE, NAME], ["", "", "นางสาวสมหญิง ใจดี"]),
        ([SIGNATURE, ["", "", "(นายสมชาย ใจดี)"]], NAME),
        ([["ลงชื่อ", "นายสมชาย ใจดี"]], NAME),
        ([["ผู้รายงาน"]], NAME),
        ([["หมายเหตุ"]], NAME),
        ([SIGNATURE, list(PERSON)], NAME),
        ([SIGNATURE], ["26", "", "นายสมชาย ใจดี"]),
        ([SIGNATURE], ["", "", "นายสมชาย ใจดี", "สำนักงานจังหวัดเชียงใหม่"]),
        ([SIGNATURE], ["", "E26", "นายสมชาย ใจดี"]),
        ([SIGNATURE], ["", "", "26. นายสมชาย ใจดี"]),
        ([SIGNATURE], ["", "", "สมชาย ใจดี"]),
        ([SIGNATURE], ["", "", "นายสมชาย"]),
    ],
)
def test_a_name_that_no_signature_waits_for_may_be_somebodys(above: list[list[str]], row: list[str]) -> None:
    assert footer_rows([*above, row], READ) == 0


def test_a_hostile_cell_costs_nothing() -> None:
    assert footer_rows([["รวม" + "1" * 290 + "x"], ["จำนวน" + "คนราย" * 50 + "x"], ["." * 299 + "x"]], READ) == 1


def test_only_at_the_end_it_is_left_out_and_it_is_said() -> None:
    data = one(("บัญชีรายชื่อ",), NAMES, PERSON, ("", "", "รวม 1 คน"), PERSON, NAMES, PERSON, ("รวม", "3", "คน"))
    table, rows = opened(data)
    assert [(row.line, row.cells) for row in rows][1] == (4, ("", "รวม 1 คน", ""))
    assert [row.line for row in rows] == [3, 4, 5, 7]
    assert table.left_out == 3
    assert table.left_out_rows == [(1, "บัญชีรายชื่อ"), (6, "no id name unit"), (8, "รวม 3 คน")]


def test_each_page_has_its_top_and_its_end() -> None:
    top = (("บัญชีรายชื่อ", "", "", "หน้า"), NAMES)
    table, rows = opened(one(*top, PERSON, ("", "", "หน้า 1/2"), *top, PERSON, ("", "", "หน้า 2/2")))
    assert [row.line for row in rows] == [3, 7]
    assert [line for line, _ in table.left_out_rows] == [1, 4, 5, 6, 8]
    upper, lower = ("no", "id", "n", "un"), ("", "", "ame", "it")

    def two(header: Header) -> Sequence[int] | None:
        return READ if header == ("no", "id", "n\name", "un\nit") else None

    table = open_table(one(upper, lower, PERSON, upper, lower, PERSON), two)
    assert [row.line for row in table.body()] == [3, 6]


def test_headings_rules_and_numbers_of_columns_are_nobodys() -> None:
    people = (("เชียงใหม่",), PERSON, ("รวม 1 คน",), ("ลำพูน",), PERSON)
    table, rows = opened(one(NAMES, ("1", "2", "3", "4"), *people, merged=("A3:D3", "A5:D5", "A6:D6")))
    assert [row.line for row in rows] == [4, 7]
    assert [text for _, text in table.left_out_rows] == ["1 2 3 4", "เชียงใหม่", "รวม 1 คน", "ลำพูน"]
    text = "|no|id|name|unit|\n|---|:---|----|---|\n|1|E1|นายสมชาย ใจดี|PO-50|\n|----|\n|2|E2|นายสมชาย ใจดี|PO-50|\n"

    def behind_a_bar(header: Header) -> Sequence[int] | None:
        return (2, 3, 4) if header == ("", *NAMES) else None

    assert [row.line for row in open_table(text.encode(), behind_a_bar).body()] == [3, 5]


def test_a_cell_over_some_of_the_columns_may_be_somebodys() -> None:
    for area in ("A2:C2", "C2:D2"):
        assert len(opened(one(NAMES, PERSON, merged=(area,)))[1]) == 1
    for row in (("1", "2", "3", "PO-50"), ("2", "3", "4", "5"), ("1", "2")):
        assert len(opened(one(NAMES, row, PERSON))[1]) == 2


def test_of_text_too_where_a_footer_is_shorter_than_the_header() -> None:
    text = "no,id,name,unit\n1,E1,นายสมชาย ใจดี,PO-50\nรวม 1 คน\n,,,\nลงชื่อ ........ ผู้รายงาน"
    for encoding in ("utf-8", "cp874", "utf-16"):
        table, rows = opened(text.encode(encoding))
        assert [row.line for row in rows] == [2]
        assert [row.line for row in table.left_out_rows] == [3, 5]


def test_a_list_is_no_footer_and_headers_of_pages_leave_room_for_one() -> None:
    table, rows = opened(one(NAMES, *[("", "", "(นายสมชาย ใจดี)")] * 40))
    assert (len(rows), table.left_out) == (10, 30)
    table, rows = opened(one(NAMES, *[PERSON, NAMES] * 60, ("รวม", "60", "คน")))
    assert (len(rows), table.left_out, len(table.left_out_rows)) == (60, 61, MOST_FORM_LISTED + 1)
    assert table.left_out_rows[-1].text == "รวม 60 คน"


def test_a_form_with_a_footer_alone_is_empty() -> None:
    form = (NAMES, *[(str(at),) for at in range(1, 50)], ("ลงชื่อ ...............",))
    assert open_table(saved(("แบบฟอร์ม", form), ("รายชื่อ", (NAMES, PERSON))), choose).name == "รายชื่อ"
