"""The close-out of a run: when it is due, when it is overdue, and that it is filed once, after the end."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.enrolment.catalogue.domain.close_out import Due, due_of, file, is_overdue
from services.enrolment.catalogue.domain.runs import Filed, Run, RunState
from services.enrolment.catalogue.http.bodies import DescriptionBody
from services.enrolment.catalogue.http.responses import outside, run_response
from shared.clock import BANGKOK
from shared.errors import Refused
from shared.events.catalogue import RunCloseOutFiled
from shared.thai import is_government_working_day
from tests.unit.enrolment.catalogue.test_life_cycle import DESCRIPTION, START, plan

END = START + timedelta(hours=3)
AFTER = END + timedelta(days=1)


def run(ends_at: datetime = END, **changes: Any) -> Run:
    starts_at = changes.pop("starts_at", ends_at - timedelta(hours=3))
    return Run("r1", "p1", plan(starts_at=starts_at, ends_at=ends_at), allocated=1, seq=3, **changes)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


HELD = run(opened=True, state=RunState.CLOSED)


@pytest.mark.parametrize(
    ("end", "due", "year"),
    [
        ("2020-08-31T16:30", "2020-10-30", 2564),  # in the fiscal year after its own
        ("2017-05-01T16:30", "2017-06-30", 2560),
        ("2024-03-11T16:30", "2024-05-13", 2567),  # 10 May is the Ploughing Ceremony, then a weekend
        ("2024-05-27T16:30", "2024-07-26", 2567),
        ("2020-09-01T00:00", "2020-10-30", 2564),  # what ends at midnight ends on the day before
        ("2020-08-01T12:00", "2020-09-30", 2563),
        ("2020-08-02T12:00", "2020-10-01", 2564),
    ],
)
def test_when_it_is_due(end: str, due: str, year: int) -> None:
    assert due_of(run(at(end)), DESCRIPTION) == Due(date.fromisoformat(due), year)


def test_several_days_count_from_the_last_and_days_are_those_of_the_programme() -> None:
    three_days = run(at("2020-09-02T16:30"), starts_at=START)
    assert due_of(three_days, DESCRIPTION) == Due(date(2020, 11, 2), 2564)  # 1 November is a Sunday
    assert due_of(HELD, replace(DESCRIPTION, close_out_days=1)) == Due(date(2020, 9, 1), 2563)
    assert due_of(replace(HELD, state=RunState.CANCELLED), DESCRIPTION) is None


@given(end=st.datetimes(datetime(2010, 1, 1), datetime(2090, 1, 1)), days=st.integers(1, 365))
def test_it_is_due_on_a_working_day_and_never_early(end: datetime, days: int) -> None:
    due = due_of(run(end.replace(tzinfo=UTC)), replace(DESCRIPTION, close_out_days=days))
    assert due is not None
    assert is_government_working_day(due.on)
    counted = (end.replace(tzinfo=UTC) - timedelta(microseconds=1)).astimezone(BANGKOK).date() + timedelta(days=days)
    between = (counted + timedelta(days=more) for more in range((due.on - counted).days))
    assert due.on >= counted
    assert not any(is_government_working_day(day) for day in between)


def test_it_is_overdue_after_the_day_by_the_clock_of_the_run() -> None:
    last, late = at("2020-10-30T23:59"), at("2020-10-31T00:00")
    assert not is_overdue(HELD, DESCRIPTION, last)
    assert is_overdue(HELD, DESCRIPTION, late)
    assert not is_overdue(replace(HELD, offset_seconds=-60), DESCRIPTION, late)
    assert is_overdue(replace(HELD, offset_seconds=60), DESCRIPTION, last)
    for other in (
        replace(HELD, filed=Filed("officer", AFTER)),
        replace(HELD, state=RunState.CANCELLED),
        replace(HELD, opened=False, state=RunState.PLANNED),
    ):
        assert not is_overdue(other, DESCRIPTION, late)


def outcome(one: Run, moment: datetime) -> str:
    try:
        file(one, DESCRIPTION, "officer", moment)
    except Refused as refused:
        return refused.code
    return "filed"


def test_every_state_before_and_after_the_end_filed_or_not() -> None:
    grid = {
        (state, over, filed): outcome(
            run(opened=state is not RunState.PLANNED, state=state, filed=Filed("x", AFTER) if filed else None),
            END if over else END - timedelta(seconds=1),
        )
        for state, over, filed in product(RunState, (False, True), (False, True))
    }
    for (state, over, filed), code in grid.items():
        if state is RunState.CANCELLED:
            expected = "run-cancelled"
        elif filed:
            expected = "close-out-filed"
        else:
            expected = "filed" if over and state is not RunState.PLANNED else "run-not-ended"
        assert code == expected, (state, over, filed)


def test_who_files_it_and_when_by_the_clock_of_the_run() -> None:
    filed, happened = file(replace(HELD, offset_seconds=3600), DESCRIPTION, "officer", AFTER)
    moment = AFTER + timedelta(hours=1)
    assert (filed.filed, filed.seq, filed.state, filed.revision) == (Filed("officer", moment), 4, RunState.CLOSED, 0)
    (event,) = happened
    assert isinstance(event, RunCloseOutFiled)
    assert (event.filed_at, event.close_out_days, event.aggregate) == (moment, 60, "r1")
    assert "officer" not in event.model_dump_json()


def test_who_has_filed_it_is_for_insiders() -> None:
    filed, _ = file(HELD, DESCRIPTION, "officer", AFTER)
    told = run_response(filed, DESCRIPTION)
    assert (told["closeOutDue"], told["closeOutDueFiscalYear"], told["closeOutFiledBy"]) == (
        "2020-10-30",
        2564,
        "officer",
    )
    assert outside(told) == told | {"closeOutFiledBy": None}


@pytest.mark.parametrize(("days", "fits"), [(0, False), (1, True), (365, True), (366, False), ("60", False)])
def test_the_bounds_of_the_days(days: Any, fits: bool) -> None:
    body = {"code": "C", "title": "ชื่อ", "kind": "TRAINING", "closeOutDays": days}
    if fits:
        assert DescriptionBody.model_validate(body, strict=False).described(2563).close_out_days == days
    else:
        with pytest.raises(ValidationError):
            DescriptionBody.model_validate(body)


def test_without_a_word_it_is_sixty_days() -> None:
    body = DescriptionBody.model_validate({"code": "C", "title": "ชื่อ", "kind": "TRAINING"}, strict=False)
    assert body.described(2563).close_out_days == DESCRIPTION.close_out_days == 60
