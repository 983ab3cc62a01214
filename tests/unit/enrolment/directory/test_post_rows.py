"""Rows of a sheet of posts, as people write them; what is damaged is refused."""

from datetime import date
from typing import Any, Final

import pytest

from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.post_refusals import PostColumnsMissing
from services.enrolment.directory.domain.post_rows import Claim, PostReader, find_post_columns, kind_of
from services.enrolment.directory.domain.reference import bundled
from services.enrolment.directory.domain.refusals import ColumnTwice
from services.enrolment.directory.domain.row_cells import Bad
from services.enrolment.directory.domain.units import bundled_unit
from shared.citizens import CitizenKeys
from shared.errors import Refused
from shared.events.directory import InPost
from shared.sheets.table import Row

HEADER: Final = ("unit", "post", "externalId", "inPost", "validFrom", "validTo")
GOOD: Final = ("เชียงใหม่", "หัวหน้าสำนักงานจังหวัด", "E1", "", "1 ต.ค. 2566", "30/9/2567")
LOOKUP: Final = Lookup([bundled_unit(unit, bundled()) for unit in bundled().units.values()], bundled().positions)
KEYS: Final = CitizenKeys.parse("k1:" + "a" * 64)


def read(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> tuple[list[Claim], list[Bad]]:
    reader = PostReader(find_post_columns(header), LOOKUP, KEYS)
    return reader.read([Row(line, len(cells), cells) for line, cells in enumerate(rows, start=2)])


def claim(**cells: str) -> Any:
    """The row with some cells replaced; a claim, or (column, code) of its problems."""
    row = tuple(cells.get(name, cell) for name, cell in zip(HEADER, GOOD, strict=True))
    good, bad = read(row)
    return good[0] if good else [(one.column, one.error.code) for one in bad]


def test_a_row_as_an_office_writes_it() -> None:
    found = claim()
    assert (found.unit.key, found.post, found.in_post) == ("PO-50", "PROV_HEAD", InPost.HOLDER)
    assert (found.valid_from, found.valid_to, found.keeps_end) == (date(2023, 10, 1), date(2024, 9, 30), False)
    assert (found.external_id, found.person, found.citizen_hashes) == ("E1", None, ())


def test_what_is_said_of_the_last_day() -> None:
    assert [(one.valid_to, one.keeps_end) for one in (claim(validTo=""), claim(validTo="-"))] == [
        (None, True),
        (None, False),
    ]


@pytest.mark.parametrize("word", ["ปัจจุบัน", "ถึงปัจจุบัน", "เป็นต้นไป", "ไม่มีกำหนด"])
def test_a_word_for_no_last_day_removes_the_known_one(word: str) -> None:
    assert (claim(validTo=word).valid_to, claim(validTo=word).keeps_end) == (None, False)


def test_a_post_is_called_by_its_unit_too() -> None:
    assert claim(post="หัวหน้าสำนักงานจังหวัดเชียงใหม่").post == "PROV_HEAD"
    assert claim(post="หัวหน้าสำนักงานจังหวัดเชียงราย") == [("post", "unknown-post")]


@pytest.mark.parametrize(
    "word", ["ACTING", "acting", "รักษาราชการแทน", "ผู้รักษาราชการแทน", "รักษาการในตำแหน่ง", "รรท.", "รรท", "รก."]
)
def test_words_for_acting(word: str) -> None:
    assert kind_of(word) is InPost.ACTING


@pytest.mark.parametrize("word", ["HOLDER", "ดำรงตำแหน่ง", "ผู้ดำรงตำแหน่ง"])
def test_words_for_a_holder(word: str) -> None:
    assert kind_of(word) is InPost.HOLDER


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("unit", "", "required-missing"),
        ("unit", "PO-99", "unknown-unit"),
        ("unit", "กรุงเทพมหานคร", "unit-without-office"),
        ("unit", "สำนักงานจังหวัด กรุงเทพมหานคร", "unit-without-office"),
        ("unit", "PO-10", "unit-without-office"),
        ("unit", "Bangkok", "unit-without-office"),
        ("unit", "กรุงเทพฯ", "unit-without-office"),
        ("unit", "#N/A", "cell-is-error"),
        ("post", "", "required-missing"),
        ("post", "ราชา", "unknown-post"),
        ("post", "GROUP_HEAD", "post-not-in-unit"),
        ("externalId", "", "identity-missing"),
        ("externalId", "ไม่มี", "identity-missing"),
        ("externalId", "8.00E+12", "identity-damaged"),
        ("externalId", "2020-08-31", "identity-damaged"),
        ("inPost", "ลูกจ้าง", "in-post-unknown"),
        ("validFrom", "", "required-missing"),
        ("validFrom", "-", "required-missing"),
        ("validFrom", "29/2/2562", "date-impossible"),
        ("validFrom", "1/10/3106", "date-year-out-of-range"),
        ("validFrom", "3/4/2020", "date-ambiguous"),
        ("validFrom", "2566-10-01", "date-buddhist-iso"),
        ("validTo", "เร็ว ๆ นี้", "date-unreadable"),
        ("validTo", "x" * 400, "cell-unreadable"),
    ],
)
def test_what_is_refused_and_where(column: str, cell: str, code: str) -> None:
    assert claim(**{column: cell}) == [(column, code)]


def test_of_a_citizen_id_only_hashes_are_kept() -> None:
    header = ("unit", "post", "เลขประจำตัวประชาชน", "ตั้งแต่วันที่")
    good, bad = read(("PO-50", "PROV_HEAD", "3-1017-00534-21-5", "1/10/2566"), header=header)
    assert (good[0].citizen_hashes, bad) == (KEYS.hashes("3101700534215"), [])
    _, bad = read(("PO-50", "PROV_HEAD", "3101700534216", "1/10/2566"), header=header)
    assert [one.error.code for one in bad] == ["citizen-id-invalid"]


def test_a_row_that_is_too_short_or_too_long_is_refused() -> None:
    """Of two days the last one may have been lost, or the first."""
    assert [one.error.code for one in read(GOOD[:5])[1]] == ["row-width"]
    assert [one.error.code for one in read((*GOOD, "x"))[1]] == ["row-width"]


def test_one_holding_twice_in_a_file() -> None:
    good, bad = read(GOOD, GOOD, (*GOOD[:4], "1 ต.ค. 2567", ""), ("PO-51", *GOOD[1:]))
    assert [one.line for one in good] == [2, 4, 5]
    assert [(one.line, one.error.code, one.error.details) for one in bad] == [(3, "duplicate-in-file", {"first": 2})]


def columns_refused(*header: str) -> Refused:
    with pytest.raises((PostColumnsMissing, ColumnTwice)) as caught:
        find_post_columns(header)
    refusal: Refused = caught.value
    return refusal


def test_columns_that_are_missing_or_there_twice() -> None:
    assert columns_refused("unit", "post").details["columns"] == ["validFrom", "person|externalId|citizenId"]
    assert columns_refused("unit", "หน่วยงาน").code == "column-twice"
    assert find_post_columns((*HEADER, "หมายเหตุ")).ignored == ("หมายเหตุ",)
