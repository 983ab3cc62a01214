"""Rows of text that end early are read where nothing can have moved, and refused where something may have."""

import pytest

from services.enrolment.directory.domain.cell_refusals import CellNotComputed
from services.enrolment.directory.domain.cells import plain_text
from services.enrolment.directory.domain.columns import HeaderFinder, find_columns
from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.refusals import ColumnTwice
from shared.sheets.found import NOT_COMPUTED
from tests.unit.enrolment.directory.test_importing import lookup, read, refusals

__all__ = ["lookup"]

HEADER = "externalId,fullName,unit,position,email,phone,startDate"


@pytest.mark.parametrize(
    "row",
    [
        "E1,นายสมชาย ใจดี,PO-50",
        "E1,นายสมชาย ใจดี,สนจ.เชียงใหม่,",
        "E1,นายสมชาย ใจดี,PO-50,นักทรัพยากรบุคคล,a@example.go.th",
        "E1,นายสมชาย ใจดี,PO-50,,a@example.go.th,",
    ],
)
def test_a_row_that_lacks_only_empty_cells_is_read(lookup: Lookup, row: str) -> None:
    good, bad = read(f"{HEADER}\n{row}\n", lookup)
    assert bad == []
    assert good[0].changes["unit"] == "PO-50"


@pytest.mark.parametrize(
    "row",
    [
        "E1,PO-50",
        "E1,นายสมชาย ใจดี",
        "E1,นายสมชาย ใจดี,PO-50,นักทรัพยากรบุคคล",  # a text may stand in any column
        "E1,นายสมชาย ใจดี,PO-50,a@example.go.th",
        "E1,นายสมชาย ใจดี,PO-50,,,44074",  # a telephone number of the ministry, or a day
        "E1,นายสมชาย ใจดี,PO-50,,053-112708",
        "E1,นายสมชาย ใจดี,กองที่ไม่มี",
    ],
)
def test_one_that_may_have_lost_a_delimiter_is_refused(lookup: Lookup, row: str) -> None:
    good, bad = read(f"{HEADER}\n{row}\n", lookup)
    assert (good, [problem.error.code for problem in bad]) == ([], ["row-width"])


def test_so_is_one_before_a_column_that_nobody_knows(lookup: Lookup) -> None:
    _, bad = read("externalId,fullName,unit,หมายเหตุ\nE1,นายสมชาย ใจดี,PO-50\n", lookup)
    assert [problem.error.code for problem in bad] == ["row-width"]


def test_so_is_one_with_which_the_file_breaks_off(lookup: Lookup) -> None:
    """PO-50 may be the beginning of PO-50.HR."""
    _, bad = read(f"{HEADER}\nE1,นายสมชาย ใจดี,PO-50", lookup)
    assert [problem.error.code for problem in bad] == ["row-width"]


def test_a_day_in_a_workbook_is_no_id(lookup: Lookup) -> None:
    assert refusals(lookup, externalId="2020-08-31") == [("externalId", "identity-damaged")]


def test_a_formula_without_a_value_is_refused_by_name() -> None:
    with pytest.raises(CellNotComputed):
        plain_text(NOT_COMPUTED)


def test_a_column_twice_is_said_when_no_other_header_is_found() -> None:
    finder = HeaderFinder()
    assert finder(("externalId", "fullName", "unit", "unit")) is None
    assert finder(("E1", "นายสมชาย ใจดี", "PO-50", "")) is None
    assert isinstance(finder.missing, ColumnTwice)


@pytest.mark.parametrize(
    "header",
    [
        ("externalId", "ชื่อ-สกุล\nชื่อ", "ชื่อ-สกุล\nนามสกุล", "หน่วย\nงาน"),
        ("รหัสบุคลากร\n(7 หลัก)", "ชื่อ\nFirst name", "Last\nname", "สังกัด\nปัจจุบัน"),
    ],
)
def test_a_cell_of_several_lines_names_a_column(header: tuple[str, ...]) -> None:
    assert set(find_columns(header).at) == {"externalId", "firstName", "lastName", "unit"}
