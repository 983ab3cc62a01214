"""What is due before and after a run: the days of the four scenarios, and the clock of the run."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.reporting.answering.domain.deadlines import Deadlines, deadlines_of
from services.reporting.http.headings import deadlines_heading, run_heading
from services.reporting.projecting import Run
from services.reporting.storage.documents import description_of, document_of
from shared.clock import BANGKOK


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


def run(day: str = "2020-08-31", **changes: object) -> Run:
    start, end = at(f"{day}T13:00"), at(f"{day}T16:30")
    made = Run("r", "p", "C", "ชื่อ", 2563, 1, 100, start, end, 0, "CLOSED", datetime(2020, 1, 1, tzinfo=UTC))
    return made._replace(**changes)  # type: ignore[arg-type]


BEFORE, LAST, LATE = at("2010-01-01T00:00"), at("2020-10-30T23:59"), at("2020-10-31T00:00")


@pytest.mark.parametrize(
    ("day", "reminder", "due", "year"),
    [
        ("2020-08-31", "2020-08-24", "2020-10-30", 2564),
        ("2017-05-01", "2017-04-24", "2017-06-30", 2560),
        ("2024-03-11", "2024-03-04", "2024-05-13", 2567),
        ("2024-05-27", "2024-05-17", "2024-07-26", 2567),
    ],
)
def test_the_days_of_the_scenarios(day: str, reminder: str, due: str, year: int) -> None:
    assert deadlines_heading(deadlines_of(run(day), BEFORE)) == {
        "reminder5WorkingDaysBefore": reminder,
        "reportDue": due,
        "reportDueFiscalYear": year,
        "reportFiledAt": None,
        "reportOverdue": False,
    }


@pytest.mark.parametrize(
    ("day", "starts"), [("2020-08-31", 2563), ("2020-09-30", 2563), ("2020-10-01", 2564), ("2019-09-30", 2562)]
)
def test_a_run_that_was_moved_into_another_year_counts_in_that_of_its_programme(day: str, starts: int) -> None:
    told = run_heading(run(day))
    assert (told["fiscalYear"], told["fiscalYearBy"], told["startFiscalYear"]) == (2563, "PROGRAMME", starts)


def test_the_year_of_the_start_is_not_known_before_the_start_is() -> None:
    told = run_heading(None)
    assert (told["fiscalYear"], told["startFiscalYear"]) == (None, None)


def overdue(one: Run, now: datetime) -> bool:
    deadlines = deadlines_of(one, now)
    assert deadlines is not None
    return deadlines.report_overdue


def test_overdue_goes_by_the_clock_of_the_run_and_ends_with_the_filing() -> None:
    assert not overdue(run(), LAST)
    assert overdue(run(), LATE)
    assert overdue(run(state="OPEN"), LATE)  # nobody closed it, and it has taken place
    assert overdue(run(offset_seconds=60), LAST)
    assert not overdue(run(offset_seconds=-60), LATE)
    assert not overdue(run(close_out_filed_at=LATE), LATE + timedelta(days=9))
    assert not overdue(run(state="PLANNED"), LATE)


def test_what_is_not_known_or_does_not_take_place_has_no_deadlines() -> None:
    for one in (None, run(state="CANCELLED")):
        assert deadlines_of(one, LATE) is None
    assert set(deadlines_heading(None).values()) == {None}


def test_days_are_those_of_the_programme_and_the_last_day_counts() -> None:
    short = deadlines_of(run(close_out_days=7, ends_at=at("2020-09-03T00:00")), BEFORE)
    assert short == Deadlines(date(2020, 8, 24), date(2020, 9, 9), 2563, None, report_overdue=False)


def test_a_run_of_an_older_fold_has_the_usual_days() -> None:
    document = {name: value for name, value in document_of(run()).items() if not name.startswith("close_out")}
    assert description_of(Run, document) == run()
    del document["state"]
    with pytest.raises(KeyError):
        description_of(Run, document)
