"""Rows of a plan: numbers that stay, what is in use, levels and periods; and what is written beside them."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.enrolment.plans.domain.competencies import COMPETENCIES, METHODS, Competency, Method
from services.enrolment.plans.domain.refusals import NoGap, RowInUse, RowPeriodOutsideYear, UnknownRow
from services.enrolment.plans.domain.rows import Nominated, Row, Written, written
from services.enrolment.plans.domain.texts import Texts, WrittenRow
from services.enrolment.plans.service.planning import year_ends
from shared.thai import fiscal_year
from tests.unit.enrolment.plans.making import AT, YEAR, draft, need

TWO = draft().rows


def test_rows_keep_their_numbers_and_new_ones_get_others() -> None:
    sent = [Written(need(Competency.TEAMWORK)), Written(need(), 2), Written(need(Competency.VISION))]
    rows, last = written(TWO, sent, YEAR, 2)
    assert [row.number for row in rows] == [3, 2, 4]
    assert rows[1].need == need()
    assert last == 4
    again, last = written(rows, [], YEAR, last)
    assert (again, last) == ((), 4)


@pytest.mark.parametrize("sent", [[Written(need(), 9)], [Written(need(), 1), Written(need(), 1)]])
def test_a_row_that_is_not_there_is_refused(sent: list[Written]) -> None:
    with pytest.raises(UnknownRow):
        written(TWO, sent, YEAR, 2)


USED = [{"done_at": AT}, {"nominated": Nominated("run-1", "nom-1", AT)}]


@pytest.mark.parametrize("used", USED)
def test_what_is_in_use_stays_as_it_is(used: dict[str, Any]) -> None:
    rows = (replace(TWO[0], **used), TWO[1])
    kept, _ = written(rows, [Written(TWO[0].need, 1)], YEAR, 2)
    assert kept == (rows[0],)
    for sent in ([Written(need(required=5), 1)], [Written(TWO[1].need, 2)], []):
        with pytest.raises(RowInUse) as refused:
            written(rows, sent, YEAR, 2)
        assert refused.value.details == {"row": 1}


@pytest.mark.parametrize(("required", "held"), [(0, 0), (3, 3), (2, 4)])
def test_without_a_gap_there_is_nothing_to_develop(required: int, held: int) -> None:
    with pytest.raises(NoGap) as refused:
        written((), [Written(need()), Written(need(required=required, held=held))], YEAR, 0)
    assert refused.value.details == {"row": 2}


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (date(2026, 9, 30), date(2027, 1, 1)),
        (date(2026, 10, 1), date(2027, 10, 1)),
        (date(2027, 3, 1), date(2027, 2, 1)),
    ],
)
def test_a_period_lies_within_the_year(starts: date, ends: date) -> None:
    with pytest.raises(RowPeriodOutsideYear):
        written((), [Written(need(starts=starts, ends=ends))], YEAR, 0)


def test_every_code_has_its_names() -> None:
    assert set(COMPETENCIES) == set(Competency)
    assert set(METHODS) == set(Method)
    assert len({named.th for named in COMPETENCIES.values()}) == len(Competency)


def test_notes_follow_their_rows_and_results_of_rows_that_are_gone_go() -> None:
    plan = draft()
    texts = Texts(results={1: "ใช้แล้ว", 5: "ไม่มีแล้ว"}, reason="ขอเพิ่ม")
    sent = [WrittenRow(Written(need()), "ก"), WrittenRow(Written(need()))]
    assert texts.noted(plan, sent) == Texts({1: "ก"}, {1: "ใช้แล้ว"}, "ขอเพิ่ม")
    assert texts.with_result(1, None).results == {5: "ไม่มีแล้ว"}
    assert texts.because(None).reason is None


def test_a_year_ends_in_september_at_bangkok() -> None:
    ends = year_ends(YEAR)
    assert ends.isoformat() == "2027-09-30T17:00:00+00:00"
    assert fiscal_year(ends) == YEAR + 1
    assert Row(1, need()).in_use is False
