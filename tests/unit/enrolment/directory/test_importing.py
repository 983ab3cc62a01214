"""Rows of people: what is read, what is refused and why, and that bad rows do not affect good ones."""

from datetime import date
from typing import Any

import pytest

from services.enrolment.directory.domain.columns import HeaderFinder, find_columns
from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.reference import UnitKind, bundled
from services.enrolment.directory.domain.refusals import ColumnsMissing, ColumnTwice, RequiredMissing
from services.enrolment.directory.domain.report import MOST_BAD, Report
from services.enrolment.directory.domain.row_cells import Bad
from services.enrolment.directory.domain.rows import Described, Reader
from services.enrolment.directory.domain.units import Unit, bundled_unit
from shared.citizens import CitizenKeys
from shared.sheets.rows import open_table
from shared.sheets.table import Row

KEYS = CitizenKeys.parse("a-secret-of-the-keyed-hash-of-this-test")
PID = "3101700534215"  # its last digit is the checksum
GONE = Unit("OLD", UnitKind.CENTRAL_UNIT, "OPS", "กองเดิม", "Old Division", "", valid_to=date(2015, 1, 1))


@pytest.fixture(scope="module")
def lookup() -> Lookup:
    reference = bundled()
    units = [bundled_unit(unit, reference) for unit in reference.units.values()]
    return Lookup([*units, GONE], reference.positions)


def read(text: str, lookup: Lookup) -> tuple[list[Described], list[Bad]]:
    table = open_table(text.encode(), HeaderFinder())
    return Reader(find_columns(table.header), lookup, KEYS, date(2026, 11, 21)).read(table.body())


def only(lookup: Lookup, **cells: str) -> dict[str, Any]:
    """The changes of a good row with these cells, besides name and unit."""
    row = {"externalId": "E1", "fullName": "นายสมชาย ใจดี", "unit": "PO-50.HR"} | cells
    good, bad = read(",".join(row) + "\n" + ",".join(f'"{cell}"' for cell in row.values()), lookup)
    assert bad == []
    return dict(good[0].changes)


def refusals(lookup: Lookup, **cells: str) -> list[tuple[str | None, str]]:
    """(column, code) of each problem of one row."""
    row = {"externalId": "E1", "fullName": "นายสมชาย ใจดี", "unit": "PO-50.HR"} | cells
    good, bad = read(",".join(row) + "\n" + ",".join(f'"{cell}"' for cell in row.values()), lookup)
    assert good == []
    assert {problem.line for problem in bad} == {2}
    return [(problem.column, problem.error.code) for problem in bad]


def test_a_row_in_thai(lookup: Lookup) -> None:
    text = (
        "เลขประจำตัวประชาชน,คำนำหน้า,ชื่อ,นามสกุล,สังกัด,ตำแหน่ง,ระดับ,ตำแหน่งบริหาร,อีเมล,โทรศัพท์,วันเกิด\r\n"
        "๓-๑๐๑๗-๐๐๕๓๔-๒๑-๕,น.ส.,สมหญิง,ณ เชียงใหม่,สำนักงานจังหวัดเชียงใหม่,นักทรัพยากรบุคคล,M2,"
        "หัวหน้าสำนักงานจังหวัด,a.b@MOI.go.th,๐๘๑-๒๓๔ ๕๖๗๘,31 ส.ค. 2513\r\n"
    )
    good, bad = read(text, lookup)
    assert bad == []
    assert good[0].citizen_hashes == KEYS.hashes(PID)
    assert good[0].changes == {
        "prefix": "นางสาว",
        "first_name": "สมหญิง",
        "last_name": "ณ เชียงใหม่",
        "unit": "PO-50",
        "office": "PO-50",
        "level": "M2",
        "post": "PROV_HEAD",
        "position": "นักทรัพยากรบุคคล",
        "email": "a.b@moi.go.th",
        "phone": "0812345678",
        "birth_date": date(1970, 8, 31),
    }


def test_the_citizen_id_is_returned_only_as_a_keyed_hash(lookup: Lookup) -> None:
    good, _ = read(f"pid,fullName,unit\n{PID},นายสมชาย ใจดี,PERS\n", lookup)
    assert PID not in repr(good)
    others = CitizenKeys.parse("another-secret-of-the-keyed-hash-of-this-test").hashes(PID)
    assert set(good[0].citizen_hashes).isdisjoint(others)


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"fullName": "ดร.สมชาย ใจดี"}, ("ดร.", "สมชาย", "ใจดี")),
        ({"fullName": "ว่าที่ ร.ต.สมชาย ณ อยุธยา"}, ("ว่าที่ร้อยตรี", "สมชาย", "ณ อยุธยา")),
        ({"fullName": "สมชาย ใจดี", "prefix": "นาย"}, ("นาย", "สมชาย", "ใจดี")),
    ],
)
def test_names(lookup: Lookup, cells: dict[str, str], name: tuple[str, str, str]) -> None:
    changes = only(lookup, **cells)
    assert (changes["prefix"], changes["first_name"], changes["last_name"]) == name


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (",นายสมชาย,ใจดี", ("นาย", "สมชาย", "ใจดี")),
        ("นาย,นายสมชาย,ใจดี", ("นาย", "สมชาย", "ใจดี")),
        (",แมรี่ แอน,วงศ์ดี", (None, "แมรี่ แอน", "วงศ์ดี")),
    ],
)
def test_names_in_columns(lookup: Lookup, row: str, name: tuple[str, str, str]) -> None:
    good, bad = read(f"externalId,unit,prefix,firstName,lastName\nE1,PERS,{row}\n", lookup)
    assert bad == []
    assert tuple(good[0].changes.get(field) for field in ("prefix", "first_name", "last_name")) == name


def test_a_full_name_beside_a_first_name_is_the_surname(lookup: Lookup) -> None:
    good, _ = read("externalId,unit,ชื่อ,ชื่อสกุล\nE1,PERS,สมชาย,ใจดี\n", lookup)
    assert (good[0].changes["first_name"], good[0].changes["last_name"]) == ("สมชาย", "ใจดี")


@pytest.mark.parametrize(
    ("unit", "key"),
    [
        ("PO-50.HR", "PO-50.HR"),
        ("po-50.hr", "PO-50.HR"),
        ("สำนักงานจังหวัด เชียงใหม่", "PO-50"),
        ("Personnel Division", "PERS"),
        ("กจ.", "PERS"),
        ("กลุ่มงานบริหารทรัพยากรบุคคล สำนักงานจังหวัดยะลา", "PO-95.HR"),
    ],
)
def test_a_unit_by_key_or_name(lookup: Lookup, unit: str, key: str) -> None:
    assert only(lookup, unit=unit)["unit"] == key


@pytest.mark.parametrize(
    ("cells", "level"),
    [
        ({"level": "k3"}, "K3"),
        ({"level": "ชำนาญการพิเศษ"}, "K3"),
        ({"level": "ประเภทอำนวยการ ระดับสูง"}, "M2"),
        ({"level": "M2"}, "M2"),
        ({"dpis_level": "M2"}, "S2"),
        ({"dpis_level": "D2"}, "M2"),
        ({"level": "S1", "dpis_level": "M1"}, "S1"),
    ],
)
def test_levels_are_ocsc_codes_and_dpis_codes_are_mapped(
    lookup: Lookup, cells: dict[str, str], level: str | None
) -> None:
    assert only(lookup, **cells)["level"] == level


OPTIONAL = {
    "email": "email",
    "post": "post",
    "level": "level",
    "dpisLevel": "level",
    "position": "position",
    "phone": "phone",
    "birthDate": "birth_date",
    "startDate": "start_date",
}


@pytest.mark.parametrize("column", OPTIONAL)
def test_a_missing_column_and_an_empty_cell_change_nothing_and_a_hyphen_removes(lookup: Lookup, column: str) -> None:
    alone = only(lookup)
    assert set(alone) == {"prefix", "first_name", "last_name", "unit", "office"}
    for empty in ("", " ", "\u200b", "\u2060\ufeff"):
        assert only(lookup, **{column: empty}) == alone
    for hyphen in ("-", " - ", "–", "—"):
        assert only(lookup, **{column: hyphen}) == alone | {OPTIONAL[column]: None}


def test_a_prefix_is_kept_without_one_and_removed_by_a_hyphen(lookup: Lookup) -> None:
    assert "prefix" not in only(lookup, fullName="สมชาย ใจดี")
    assert only(lookup, fullName="สมชาย ใจดี", prefix="-")["prefix"] == ""


@pytest.mark.parametrize("column", ["unit", "fullName"])
def test_what_must_be_there_cannot_be_removed(lookup: Lookup, column: str) -> None:
    assert refusals(lookup, **{column: "-"}) == [(column, "required-missing")]


@pytest.mark.parametrize(
    ("phone", "kept"),
    [
        ("812345678", "0812345678"),
        ("53112345", "053112345"),
        ("0 5311 2345 ต่อ 12", "053112345 ต่อ 12"),
        ("053-112345#12", "053112345 ต่อ 12"),
    ],
)
def test_telephones(lookup: Lookup, phone: str, kept: str) -> None:
    assert only(lookup, phone=phone)["phone"] == kept


@pytest.mark.parametrize(
    ("cells", "problems"),
    [
        ({"birthDate": "31/8/3106"}, [("birthDate", "date-year-out-of-range")]),
        ({"startDate": "30/2/2563"}, [("startDate", "date-impossible")]),
        ({"startDate": "3/4/2020"}, [("startDate", "date-ambiguous")]),
        ({"startDate": "เมื่อวาน"}, [("startDate", "date-unreadable")]),
        ({"position": "#N/A"}, [("position", "cell-is-error")]),
        ({"fullName": "#REF!"}, [("fullName", "cell-is-error")]),
        ({"prefix": "#VALUE!"}, [("prefix", "cell-is-error")]),
        ({"unit": "PO-10"}, [("unit", "unknown-unit")]),
        ({"unit": "กองที่ไม่มี"}, [("unit", "unknown-unit")]),
        ({"unit": ""}, [("unit", "required-missing")]),
        ({"unit": "OLD"}, [("unit", "unit-not-in-force")]),
        ({"level": "K9"}, [("level", "unknown-level")]),
        ({"level": "D2"}, [("level", "unknown-level")]),
        ({"level": "ระดับสูง"}, [("level", "level-ambiguous")]),
        ({"level": "M2", "dpis_level": "M2"}, [("dpis_level", "level-mismatch")]),
        ({"post": "กษัตริย์"}, [("post", "unknown-post")]),
        ({"post": "PROV_HEAD"}, [("post", "post-not-in-unit")]),
        ({"fullName": ""}, [("fullName", "required-missing")]),
        ({"fullName": "สมชาย"}, [("fullName", "required-missing")]),
        ({"fullName": "สมชาย " + "ใจ" * 200}, [("fullName", "cell-unreadable")]),
        ({"fullName": "สมชาย \x07ใจดี"}, [("fullName", "cell-unreadable")]),
        ({"fullName": "ก" + "\u0301\u0316" * 24_000 + " ใจดี"}, [("fullName", "cell-unreadable")]),
        ({"fullName": "\u200b\u2060 \ufeff"}, [("fullName", "required-missing")]),
        ({"fullName": "สมชาย \u200d"}, [("fullName", "required-missing")]),
        ({"fullName": "\u200d ใจดี"}, [("fullName", "required-missing")]),
        ({"unit": "\u2800\u3164"}, [("unit", "required-missing")]),
        ({"externalId": "\u034f\u0301"}, [("externalId", "identity-missing")]),
        ({"email": "somchai"}, [("email", "email-invalid")]),
        ({"email": "a@b"}, [("email", "email-invalid")]),
        ({"pid": "3101700534218"}, [("pid", "citizen-id-invalid")]),
        ({"pid": "3.1E+12"}, [("pid", "citizen-id-invalid")]),
        ({"externalId": ""}, [("externalId", "identity-missing")]),
        ({"externalId": "-"}, [("externalId", "identity-missing")]),
        ({"externalId": "8.00E+12"}, [("externalId", "identity-damaged")]),
        ({"externalId": "8E+12"}, [("externalId", "identity-damaged")]),
        ({"startDate": "2563-08-31"}, [("startDate", "date-buddhist-iso")]),
        ({"externalId": "", "email": "a@moi.go.th"}, [("externalId", "identity-missing")]),
        ({"unit": "?", "email": "x@"}, [("unit", "unknown-unit"), ("email", "email-invalid")]),
    ],
)
def test_the_problems_of_a_row(lookup: Lookup, cells: dict[str, str], problems: list[tuple[str, str]]) -> None:
    assert refusals(lookup, **cells) == problems


@pytest.mark.parametrize("column", ["externalId", "unit", "level", "post", "position", "email", "phone", "startDate"])
def test_commands_to_a_terminal_are_refused_in_every_column(lookup: Lookup, column: str) -> None:
    for sign in "\x00\x1b\x7f\x9b":
        row = {"externalId": "E1", "fullName": "นายสมชาย ใจดี", "unit": "PO-50.HR"} | {column: f"{sign}[31mK2"}
        cells = tuple(row.values())
        _, bad = Reader(find_columns(tuple(row)), lookup, KEYS, date(2026, 11, 21)).read([Row(2, len(cells), cells)])
        assert [(problem.column, problem.error.code) for problem in bad] == [(column, "cell-unreadable")]
        assert sign not in str(bad[0].error)


def test_headers_are_repeated_without_what_cannot_be_seen() -> None:
    columns = find_columns(("pid", "na\x1bme", "unit", "\x1b[2Jเงิน\u202eเดือน", "\u200b", "x" * 301))
    assert columns.header == ("pid", "name", "unit", "[2Jเงินเดือน", "", "x" * 300)
    assert columns.ignored == ("[2Jเงินเดือน", "x" * 300)


def test_a_title_alone_is_no_name(lookup: Lookup) -> None:
    for prefix, first in (("นาย", "นาย"), ("", "\u200d"), ("\u200b", "\u2060")):
        _, bad = read(f"externalId,unit,prefix,firstName,lastName\nE1,PERS,{prefix},{first},ใจดี\n", lookup)
        assert [(problem.column, problem.error.code) for problem in bad] == [("firstName", "required-missing")]


def test_missing_names_in_columns_are_reported_once_each(lookup: Lookup) -> None:
    _, bad = read("externalId,unit,firstName,lastName\nE1,PERS,,\n", lookup)
    assert [(problem.column, problem.error.code) for problem in bad] == [
        ("firstName", "required-missing"),
        ("lastName", "required-missing"),
    ]


def test_good_rows_are_read_beside_bad_ones(lookup: Lookup) -> None:
    text = (
        "externalId,fullName,unit\r\n"
        "E1,สมชาย ใจดี,PERS\r\n"
        "E2,สมหญิง ใจดี\r\n"
        'E3,"สมศักดิ์ ใจดี,PERS\r\n'
        "E4,สมศรี ใจดี,PERS,extra\r\n"
        "E1,สมชาย ใจร้าย,PERS\r\n"
        "E5,สมปอง ใจดี,PERS,\r\n"
    )
    good, bad = read(text, lookup)
    assert [(row.line, row.external_id) for row in good] == [(2, "E1"), (7, "E5")]
    assert [(problem.line, problem.error.code, problem.error.details) for problem in bad] == [
        (3, "row-width", {"expected": 3, "found": 2}),
        (4, "row-unreadable", {}),
        (5, "row-width", {"expected": 3, "found": 4}),
        (6, "duplicate-in-file", {"first": 2}),
    ]


def test_two_people_may_share_a_name_and_an_address(lookup: Lookup) -> None:
    good, bad = read(
        "externalId,fullName,unit,email\nE1,ก ข,PERS,office@moi.go.th\nE2,ก ข,PERS,office@moi.go.th\n", lookup
    )
    assert (len(good), bad) == (2, [])


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("fullName,unit,email", ["citizenId|externalId"]),
        ("pid,unit,firstName", ["fullName|firstName+lastName"]),
        ("pid,name", ["unit"]),
        ("x,y", ["citizenId|externalId", "fullName|firstName+lastName", "unit"]),
    ],
)
def test_required_columns(header: str, missing: list[str]) -> None:
    with pytest.raises(ColumnsMissing) as refused:
        find_columns(tuple(header.split(",")))
    assert refused.value.details["columns"] == missing


def test_the_row_that_came_nearest_to_a_header_is_told() -> None:
    finder = HeaderFinder()
    assert finder(("บัญชีรายชื่อ",)) is None
    assert finder(("pid", "name", "เงินเดือน")) is None
    assert finder(("x",)) is None
    assert finder.missing is not None
    assert finder.missing.details == {"columns": ["unit"], "listed": "unit", "read": "pid | name | เงินเดือน"}
    assert finder(("pid", "name", "unit")) == (0, 1, 2)


def test_a_repeated_column_is_refused() -> None:
    with pytest.raises(ColumnTwice):
        find_columns(("pid", "เลขประจำตัวประชาชน", "name", "unit"))


def test_unknown_columns_are_reported() -> None:
    assert find_columns(("pid", "name", "unit", "เงินเดือน", "")).ignored == ("เงินเดือน",)


def test_problems_beyond_those_listed_are_counted_and_not_kept() -> None:
    """A hundred thousand rows with fifteen bad cells each would fill memory."""
    report = Report(3_000, ())
    for start in range(0, 3_000, 200):
        lines = reversed(range(start, start + 200))
        report.refuse(Bad(line, column, RequiredMissing()) for line in lines for column in ("unit", "level"))
    assert report.bad_rows == 3_000
    assert [(bad.line, bad.column) for bad in report.bad[:3]] == [(0, "unit"), (0, "level"), (1, "unit")]
    assert (len(report.bad), report.bad[-1].line) == (MOST_BAD, MOST_BAD // 2 - 1)
