"""What stands in lists where a name, a title, an id or a value should: it is refused or left out, never taken."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.enrolment.directory.domain.cell_refusals import (
    CellIsError,
    CellNotComputed,
    CellUnreadable,
    TextGarbled,
)
from services.enrolment.directory.domain.cells import plain_text
from services.enrolment.directory.domain.lookup import Lookup
from shared.errors import Refused
from shared.sheets.table import LONGEST_CELL
from tests.unit.enrolment.directory.test_importing import KEYS, PID, lookup, only, read, refusals

__all__ = ["lookup"]

WIDE = {digit: digit + 0xFEE0 for digit in range(ord("0"), ord("9") + 1)}


def outcome(cell: str) -> str | type[Refused]:
    try:
        return plain_text(cell)
    except Refused as refused:
        return type(refused)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=12))
@example("ERR:504")
@example("=A1")
@example("#N/A")
@example("'0812345678")
def test_a_cell_is_the_same_with_a_space_before_it(cell: str) -> None:
    """Most cells are seen at once to need no change; one that has a space before it is looked at in full."""
    assert outcome(cell) == outcome(f" {cell}")


@pytest.mark.parametrize("length", [LONGEST_CELL, LONGEST_CELL + 1])
def test_a_cell_that_needs_no_change_has_the_same_limit(length: int) -> None:
    assert outcome("A" * length) == ("A" * length if length <= LONGEST_CELL else CellUnreadable)


@pytest.mark.parametrize(
    "written",
    [
        *("นายสมชาย ใจดี 0812345678", "นายสมชาย ใจดี0812345678", "รวม 20 คน", "รวมทั้งสิ้น ๒๐ คน", "1234 5678", "(1)"),
        *("นายสมชาย - ใจดี", "นายสมชาย . ใจดี", "นายสมชาย ใจดี 😀", "นายสมชาย\uf8ff ใจดี", "นายสมชาย ใจดี ✓"),
    ],
)  # fmt: skip
def test_a_number_or_a_sign_among_names_is_none(lookup: Lookup, written: str) -> None:
    assert refusals(lookup, fullName=written) == [("fullName", "name-unreadable")]


@pytest.mark.parametrize("written", ["ว่าง", "- ว่าง -", "(ว่าง)", "ตำแหน่งว่าง", "ไม่มี ไม่มี", "NULL NULL", "นายสมชาย ไม่ระบุ"])
def test_of_a_post_that_is_vacant_nobody_is_registered(lookup: Lookup, written: str) -> None:
    assert [column for column, _ in refusals(lookup, fullName=written)] == ["fullName"]


@pytest.mark.parametrize("written", ["- นายสมชาย ใจดี", "• นายสมชาย ใจดี", "–นายสมชาย ใจดี", "*นายสมชาย ใจดี"])
def test_the_sign_that_a_name_has_in_a_list_is_no_part_of_it(lookup: Lookup, written: str) -> None:
    said = only(lookup, fullName=written)
    assert (said["prefix"], said["first_name"], said["last_name"]) == ("นาย", "สมชาย", "ใจดี")


@pytest.mark.parametrize(
    ("name", "last"), [("Nil Na", "Na"), ("นายคนที่12 ทดสอบ", "ทดสอบ"), ("นายสายที่ ๒ ดี", "๒ ดี"), ("Nguyễn Ạnh", "Ạnh")]
)
def test_an_unusual_name_is_one(lookup: Lookup, name: str, last: str) -> None:
    assert only(lookup, fullName=name)["last_name"] == last


def test_a_whole_name_before_its_surname_is_no_first_name(lookup: Lookup) -> None:
    text = "externalId,unit,prefix,firstName,lastName\nE1,PERS,นาย,นายสมชาย ใจดี,ใจดี\nE2,PERS,,แมรี่ แอน,แอนนา\n"
    good, bad = read(text, lookup)
    assert [(one.line, one.column, one.error.code) for one in bad] == [(2, "firstName", "name-unreadable")]
    assert good[0].changes["first_name"] == "แมรี่ แอน"


@pytest.mark.parametrize("written", ["1", "๒", "นาย/นาง/นางสาว", "--เลือก--", "นาย,นาง", "ดร?"])
def test_a_number_of_a_title_or_a_choice_of_titles_is_none(lookup: Lookup, written: str) -> None:
    assert refusals(lookup, prefix=written, fullName="สมชาย ใจดี") == [("prefix", "title-unreadable")]


@pytest.mark.parametrize("written", ["ไม่มี", "N/A", "null", "0", "-", "?", "ว่าง", "ไม่ระบุ", "..."])
def test_a_word_for_no_value_is_nobodys_id(lookup: Lookup, written: str) -> None:
    """All who have it would be one person."""
    assert refusals(lookup, externalId=written) == [("externalId", "identity-missing")]


def test_beside_a_citizen_id_it_is_left_out_and_said(lookup: Lookup) -> None:
    text = f"externalId,citizenId,fullName,unit\nไม่มี,{PID},นายสมชาย ใจดี,PERS\nE2,ไม่ทราบ,นายสมชัย ใจดี,PERS\n"
    good, bad = read(text, lookup)
    assert bad == []
    assert [(one.external_id, bool(one.citizen_hashes)) for one in good] == [(None, True), ("E2", False)]
    assert [warning.error.code for one in good for warning in one.warnings] == ["value-unsaid", "value-unsaid"]


@pytest.mark.parametrize("written", ["2020-08-31 00:00:00", "2020-08-31T00:00", "31/8/2563 0:00", "true"])
def test_an_id_that_another_program_has_changed_is_none(lookup: Lookup, written: str) -> None:
    assert refusals(lookup, externalId=written) == [("externalId", "identity-damaged")]


@pytest.mark.parametrize(
    "written",
    ["#GETTING_DATA", "#BLOCKED!", "#FIELD!", "#ERROR!", "#N/A", "#n/a", "Err:502", "########", "##", "'#REF!"],
)
def test_an_error_of_any_program_is_no_value(written: str) -> None:
    with pytest.raises(CellIsError):
        plain_text(written)


@pytest.mark.parametrize("written", ["=VLOOKUP(A2,B:C,2,0)", "='Sheet 1'!A2", "=081-2345678", "=cmd|' /C calc'!A0"])
def test_a_formula_that_became_text_is_no_value(written: str) -> None:
    with pytest.raises(CellNotComputed):
        plain_text(written)


@pytest.mark.parametrize(
    "written",
    [
        "นายสมชาย".encode("cp874").decode("latin-1"),
        "มานี มีนา".encode("cp874").decode("cp1252"),
        "สมชาย".encode().decode("cp1252"),
        "ยลมารมร".encode().decode("cp874"),
    ],
)
def test_thai_in_a_wrong_encoding_is_said_to_be_that(lookup: Lookup, written: str) -> None:
    with pytest.raises(TextGarbled) as refused:
        plain_text(written)
    assert refused.value.details["text"] in written
    assert refusals(lookup, position=written) == [("position", "text-garbled")]


def test_nor_is_a_sign_for_what_was_lost_a_value() -> None:
    """In a workbook; in a file of text the row is refused before."""
    with pytest.raises(TextGarbled):
        plain_text("นาย\ufffd\ufffd ใจดี")


@pytest.mark.parametrize("written", ["José Müller", "เธอเธียร เธอ", "25°C ½", "···", "#12", "E-502", "=", "a=b"])
def test_what_only_looks_a_little_like_it_is_read(written: str) -> None:
    assert plain_text(written) == written


def test_signs_of_windows_fonts_are_those_that_they_show() -> None:
    """As in text that was copied from a PDF: each tone mark, and vowels beside tall letters."""
    assert plain_text("ที\uf70a ป\uf702 ก\uf70bาว ฟ\uf710น ก\uf711า \uf70f\u0e38") == "ที่ ปี ก้าว ฟัน กำ ญุ"


def test_wide_signs_are_the_usual_ones(lookup: Lookup) -> None:
    """Two people are not made of one who was written in both ways."""
    text = f"externalId,citizenId,fullName,unit,level\nＥ－１,{PID.translate(WIDE)},นายสมชาย　ใจดี,ＰＯ－50,Ｋ２\n"
    (row,), bad = read(text, lookup)
    assert bad == []
    assert (row.external_id, row.citizen_hashes) == ("E-1", KEYS.hashes(PID))
    assert (row.changes["last_name"], row.changes["unit"], row.changes["level"]) == ("ใจดี", "PO-50", "K2")


@pytest.mark.parametrize(
    ("column", "written"),
    [
        *[("birthDate", text) for text in ("31/8/2568", "2025-08-31", "31/8/2580", "31/8/77", "1/1/2444")],
        *[("startDate", text) for text in ("31/8/77", "1 ต.ค. 2580", "2030-01-01", "1/1/2460")],
    ],
)
def test_a_day_that_can_hardly_be_right_is_asked_for_again(lookup: Lookup, column: str, written: str) -> None:
    assert refusals(lookup, **{column: written}) == [(column, "date-unlikely")]


def test_days_on_the_edges_are_right(lookup: Lookup) -> None:
    """The day of the test is in 2026."""
    for column, written in (("birthDate", "31/12/2554"), ("birthDate", "1/1/2469"), ("startDate", "1 ต.ค. 2570")):
        assert only(lookup, **{column: written})


@pytest.mark.parametrize("written", ["ไม่มีอีเมล", "ไม่มีอีเมล์", "ไม่มี e-mail", "ยังไม่มีข้อมูล", "no email", "ไม่ระบุ"])
def test_to_have_no_address_is_none(lookup: Lookup, written: str) -> None:
    text = f"externalId,fullName,unit,email\nE1,นายสมชาย ใจดี,PERS,{written}\n"
    (row,), bad = read(text, lookup)
    assert (bad, "email" in row.changes) == ([], False)
    assert [warning.error.code for warning in row.warnings] == ["value-unsaid"]
