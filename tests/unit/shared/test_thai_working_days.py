"""The government's calendar, checked by the dates that the scenarios state."""

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.thai import (
    border_holidays,
    due_after_days,
    fiscal_year,
    government_holidays,
    holidays_in,
    is_government_working_day,
    next_working_day,
    working_days_before,
)

DAYS = st.dates(min_value=date(2017, 1, 1), max_value=date(2030, 12, 31))


@pytest.mark.parametrize(
    ("scenario", "start", "reminder"),
    [
        ("A", date(2020, 8, 31), date(2020, 8, 24)),
        ("B", date(2017, 5, 1), date(2017, 4, 24)),
        ("C", date(2024, 3, 11), date(2024, 3, 4)),
        ("D", date(2024, 5, 27), date(2024, 5, 17)),
    ],
)
def test_five_working_days_before_a_programme(scenario: str, start: date, reminder: date) -> None:
    assert working_days_before(start, 5) == reminder, scenario


@pytest.mark.parametrize(
    ("scenario", "end", "due", "year"),
    [
        ("A", date(2020, 8, 31), date(2020, 10, 30), 2564),
        ("B", date(2017, 5, 1), date(2017, 6, 30), 2560),
        ("C", date(2024, 3, 11), date(2024, 5, 13), 2567),
        ("D", date(2024, 5, 27), date(2024, 7, 26), 2567),
    ],
)
def test_reports_are_due_after_sixty_days(scenario: str, end: date, due: date, year: int) -> None:
    assert due_after_days(end, 60) == due, scenario
    assert fiscal_year(due) == year, scenario


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2017, 5, 1), True),  # Labour Day, a Monday
        (date(2021, 5, 3), True),  # its substitute would be
        (date(2027, 5, 3), True),
        (date(2024, 5, 10), False),  # Royal Ploughing Ceremony: government only
        (date(2024, 5, 22), False),  # Visakha Bucha
        (date(2024, 4, 12), False),  # by the cabinet
        (date(2024, 12, 30), False),
        (date(2024, 1, 13), False),  # Children's Day is a Saturday
        (date(2024, 5, 11), False),
        (date(2024, 5, 12), False),
        (date(2024, 5, 13), True),
    ],
)
def test_government_working_days(day: date, works: bool) -> None:
    assert is_government_working_day(day) is works


def test_holidays_have_thai_names_and_leave_out_what_is_not_the_governments() -> None:
    names = " ".join(name for year in range(2017, 2031) for name in government_holidays(year).values())
    assert government_holidays(2024)[date(2024, 5, 10)] == "วันพืชมงคล"
    assert "วันแรงงาน" not in names
    assert "วันเด็ก" not in names


def test_overrides_win_both_ways() -> None:
    eid = date(2024, 4, 10)
    overrides = {eid: "วันอีดิ้ลฟิตริ", date(2024, 4, 12): None, date(2024, 4, 20): None}
    assert not is_government_working_day(eid, overrides)
    assert is_government_working_day(date(2024, 4, 12), overrides)
    assert is_government_working_day(date(2024, 4, 20), overrides)
    assert next_working_day(eid, overrides) == date(2024, 4, 11)
    assert due_after_days(date(2024, 4, 9), 1, overrides) == date(2024, 4, 11)
    assert working_days_before(date(2024, 4, 17), 1, overrides) == date(2024, 4, 12)


@pytest.mark.parametrize("province", ["90", "91", "94", "95", "96"])
def test_border_provinces_have_days_of_their_own(province: str) -> None:
    """As they were announced, and everybody's beside them."""
    days = holidays_in(2024, province)
    assert {day for day in days if day not in government_holidays(2024)} == {
        date(2024, 2, 10),
        date(2024, 4, 10),
        date(2024, 6, 17),
    }
    assert days[date(2024, 4, 10)] == "วันตรุษอีดิ้ลฟิตรี"
    assert days[date(2024, 5, 10)] == "วันพืชมงคล"
    assert holidays_in(2024, "93") == holidays_in(2024, None) == government_holidays(2024)


def test_a_feast_of_the_moon_may_come_twice_in_a_year() -> None:
    names = list(border_holidays(2033).values())
    assert names.count("วันตรุษอีดิ้ลฟิตรี") == 2
    assert names.count("วันตรุษจีน") == 1


def test_nothing_before_is_the_day_itself() -> None:
    assert working_days_before(date(2024, 5, 12), 0) == date(2024, 5, 12)


@given(DAYS, st.integers(min_value=1, max_value=15))
def test_exactly_so_many_working_days_lie_between(day: date, count: int) -> None:
    found = working_days_before(day, count)
    between = [found + timedelta(days=step) for step in range((day - found).days)]
    assert is_government_working_day(found)
    assert sum(map(is_government_working_day, between)) == count


@given(DAYS, st.integers(min_value=0, max_value=90))
def test_a_due_day_is_the_first_working_day_not_before(end: date, days: int) -> None:
    asked, due = end + timedelta(days=days), due_after_days(end, days)
    assert is_government_working_day(due)
    assert not any(is_government_working_day(asked + timedelta(days=step)) for step in range((due - asked).days))


def test_the_calendar_is_not_imported_by_those_who_count_no_days() -> None:
    code = "import sys, shared.thai; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
