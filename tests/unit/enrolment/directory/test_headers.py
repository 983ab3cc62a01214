"""Names of columns with notes and in two languages, and names of people in several columns under one header."""

import pytest

from services.enrolment.directory.domain.columns import find_columns
from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.post_rows import find_post_columns
from services.enrolment.directory.domain.refusals import ColumnsMissing
from tests.unit.enrolment.directory.test_importing import lookup, read

__all__ = ["lookup"]

NEEDED = ("รหัสบุคลากร", "ชื่อ-สกุล", "หน่วยงาน")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        *[(f"วันเดือนปีเกิด {note}", "birthDate") for note in ("(วว/ดด/ปปปป)", "(ว/ด/พ.ศ.)", "(วัน/เดือน/ปี)", "(พ.ศ.)")],
        *[(f"Date of Birth {note}", "birthDate") for note in ("(DD/MM/YYYY)", "[dd-mm-yy]", "(d/m/bbbb)")],
        *[(f"เบอร์โทรศัพท์มือถือ {note}", "phone") for note in ("(10 หลัก)", "(ถ้ามี)", "(เช่น 081-234-5678)")],
        *[(text, "phone") for text in ("โทร. (มือถือ)", "โทรศัพท์/มือถือ", "เบอร์โทรฯ", "Mobile No.", "โทรศัพท์ที่ติดต่อได้")],
        *[(text, "email") for text in ("อีเมล (E-mail)", "Email / อีเมล", "อีเมล์ (ถ้ามี)", "E-mail (ภาครัฐ)")],
        *[(text, "position") for text in ("ตำแหน่ง (ปัจจุบัน)", "ตำแหน่ง (Position)", "ตำแหน่งสายงาน")],
        *[(text, "startDate") for text in ("วันที่บรรจุเข้ารับราชการ (พ.ศ.)", "วันเข้ารับราชการ")],
    ],
)  # fmt: skip
def test_a_note_and_a_second_language_make_no_other_column(name: str, column: str) -> None:
    assert find_columns((*NEEDED, name)).at[column] == 3


@pytest.mark.parametrize(
    "name",
    [
        *("หน่วยงาน (เดิม)", "เบอร์โทรศัพท์ (ผู้ประสานงาน)", "ชื่อ (อังกฤษ)", "ตำแหน่ง/ระดับ", "โทร. (โทรสาร)"),
        *("E-mail / Line ID", "วันเกิด (อายุ)", "ชื่อ-สกุล (ผู้บังคับบัญชา)", "(ถ้ามี)", "(วว/ดด/ปปปป)", "หมายเหตุ"),
    ],
)
def test_what_says_something_else_does(name: str) -> None:
    columns = find_columns((*NEEDED, name))
    assert columns.ignored == (name,)
    assert sorted(columns.at) == ["externalId", "fullName", "unit"]


def test_a_column_with_a_note_is_ignored_beside_the_usual_one() -> None:
    columns = find_columns(("หน่วยงาน (ปัจจุบัน)", *NEEDED))
    assert (columns.at["unit"], columns.ignored) == (3, ("หน่วยงาน (ปัจจุบัน)",))


@pytest.mark.parametrize(
    "header",
    [
        "เลขบัตรประชาชน (ไม่ต้องมีขีด)|ชื่อ-สกุล (พร้อมคำนำหน้า)|สังกัด (หน่วยงาน)",
        "ID Card No.|Name-Surname|Agency",
        "Citizen ID (13 digits)|ชื่อ-สกุล (นาย/นาง/นางสาว)|Unit / หน่วยงาน",
        "เลขที่บัตร ปชช.|ชื่อ-สกุล|สังกัด",
        "หมายเลขประจำตัวประชาชน (13 หลัก)|ชื่อ - นามสกุล|สังกัด/หน่วยงาน",
    ],
)
def test_what_is_needed_may_have_notes(header: str) -> None:
    assert sorted(find_columns(tuple(header.split("|"))).at) == ["citizenId", "fullName", "unit"]


def test_an_english_name_is_none_to_be_printed() -> None:
    with pytest.raises(ColumnsMissing):
        find_columns(("รหัสบุคลากร", "ชื่อ-สกุล (อังกฤษ)", "หน่วยงาน"))


def test_a_sheet_of_posts_calls_its_columns_likewise() -> None:
    header = ("ส่วนราชการ", "ตำแหน่ง", "เลขประจำตัวประชาชน (13 หลัก)", "ตั้งแต่วันที่ (ว/ด/ป)")
    assert sorted(find_post_columns(header).at) == ["citizenId", "post", "unit", "validFrom"]


@pytest.mark.parametrize(
    "cells",
    ["นาย,สมชาย,ใจดี", "นายสมชาย,ใจดี,", "นาย สมชาย,,ใจดี", "สมชาย,ใจดี,", "นายสมชาย ใจดี,,", "นายสมชาย ใจดี,ชาย,"],
)
def test_a_name_may_stand_in_columns_under_one_header(lookup: Lookup, cells: str) -> None:
    """What stands behind a whole name is none of it."""
    good, bad = read(f"externalId,ชื่อ - สกุล,,,unit\nE1,{cells},PERS\n", lookup)
    assert bad == []
    assert (good[0].changes["first_name"], good[0].changes["last_name"]) == ("สมชาย", "ใจดี")


@pytest.mark.parametrize("cells", ["นายสมชาย,,", "นาย,,", "นายสมชาย,12,"])
def test_a_name_that_is_in_none_of_them_is_missing(lookup: Lookup, cells: str) -> None:
    good, bad = read(f"externalId,ชื่อ - สกุล,,,unit\nE1,{cells},PERS\n", lookup)
    assert good == []
    assert [one.column for one in bad] == ["ชื่อ - สกุล"]


def test_the_parts_may_be_named_below_it(lookup: Lookup) -> None:
    """And the first person is none of these names."""
    text = "externalId,ชื่อ - สกุล,,,unit\n,คำนำหน้า,ชื่อ,สกุล,\nE1,นาย,สมชาย,ใจดี,PERS\n"
    good, bad = read(text, lookup)
    assert (len(good), bad) == (1, [])
    assert (good[0].changes["first_name"], good[0].changes["last_name"]) == ("สมชาย", "ใจดี")
