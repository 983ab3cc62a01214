"""Dates and times as Thai people write and read them, and the fiscal year."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import BANGKOK
from shared.thai import (
    MONTHS,
    SHORT_MONTHS,
    Digits,
    Style,
    ThaiDateError,
    buddhist_year,
    fiscal_quarter,
    fiscal_year,
    format_thai_date,
    format_thai_time,
    local_date,
    parse_thai_date,
    parse_thai_time,
)

DAY = date(2020, 8, 31)
WRITABLE = st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "31 ส.ค. 63",
        "31 ส.ค. 2563",
        "31 ส.ค.63",
        "31 สค 63",
        "31 ส. ค. 63",
        "31ส.ค.63",
        "31 สิงหาคม 2563",
        "31 สิงหาคม พ.ศ. 2563",
        "31 สิงหาคม พศ 2563",
        "31 สิงหาคม ค.ศ. 2020",
        "วันที่ 31 สิงหาคม 2563",
        "31/8/2563",
        "31/08/63",
        "31-8-2563",
        "31.08.2563",
        "๓๑ ส.ค. ๖๓",
        "๓๑ สิงหาคม ๒๕๖๓",
        "๓๑/๘/๒๕๖๓",
        "2020-08-31",
        "  31  สิงหาคม\u00a02563 ",
        "\ufeff31 สิงหาคม\u200b 2563",
        "31-ส.ค.-63",
        "31-ส.ค.-2563",
        "31/ส.ค./2563",
        "31–ส.ค.–63",
        "31 สิงหา 63",
        "31 Aug 2563",
        "31 August 2020",
        "31-Aug-2020",
        "31 สิงหาคม 2020",
        "31/8/2020",
        "31/08/2563 0:00",
        "31/08/2563 00:00:00",
        "31/8/2563 13:00",
        "2020-08-31 00:00:00",
        "2020-08-31T00:00:00",
        "2020-08-31T13:45:10.123",
        "31 ส.ค. 63 เวลา 13.00 น.",
        "31 ส.ค. 63 13:00 น.",
        "2020/08/31",
        "2020-8-31",
        "44074",
        "44074.5",
        "วันจันทร์ที่ 31 สิงหาคม 2563",
        "จันทร์ 31 ส.ค. 63",
        "วันจันทร์ 31/8/2563",
        "31 สิงหาคม 2563 (บรรจุใหม่)",
        "31/8/63 (โอนมา)",
    ],
)
def test_reads_what_people_write(text: str) -> None:
    assert parse_thai_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31/8/3106", "date-year-out-of-range"),
        ("31 ส.ค. 3106", "date-year-out-of-range"),
        ("31/8/1563", "date-year-out-of-range"),
        ("31 สิงหาคม ค.ศ. 2563", "date-year-out-of-range"),
        ("31/8/0000", "date-year-out-of-range"),
        ("29/2/2562", "date-impossible"),
        ("31 เม.ย. 63", "date-impossible"),
        ("8/31/2563", "date-impossible"),
        ("0/8/2563", "date-impossible"),
        ("2020-13-01", "date-impossible"),
        ("3/4/2020", "date-ambiguous"),
        ("8/31/2020", "date-ambiguous"),
        ("31-Aug-20", "date-ambiguous"),
        ("31 August 63", "date-ambiguous"),
        ("วันอังคารที่ 31 สิงหาคม 2563", "date-impossible"),
        ("2563-08-31", "date-buddhist-iso"),
        ("2563/8/31", "date-buddhist-iso"),
        ("2562-02-29", "date-impossible"),
        ("2020-08-31T00:00:00Z", "date-unreadable"),
        ("2020-08-31T17:00:00+00:00", "date-unreadable"),
        ("99999", "date-unreadable"),
        ("440740", "date-unreadable"),
        ("31/8/2563 (ก) (ข", "date-unreadable"),
        ("ไม่ทราบ", "date-unreadable"),
        ("-", "date-unreadable"),
        ("31 ส.ค. ค.ศ. 20", "date-ambiguous"),
        ("", "date-unreadable"),
        ("31/8", "date-unreadable"),
        ("31/8-2563", "date-unreadable"),
        ("31/8/256", "date-unreadable"),
        ("1/2/3", "date-unreadable"),
        ("31 สวค. 63", "date-unreadable"),
        ("31 ส.ค.", "date-unreadable"),
        ("3 1 ส.ค. 63", "date-unreadable"),
        ("31 ส.ค. 25 63", "date-unreadable"),
        ("٣١/٨/٢٥٦٣", "date-unreadable"),
        ("31/8/2563\n31/8/2563", "date-unreadable"),
    ],
)
def test_refuses_with_a_stable_code(text: str, code: str) -> None:
    with pytest.raises(ThaiDateError) as refused:
        parse_thai_date(text)
    assert refused.value.code == code
    assert refused.value.details["text"] == text


def test_an_error_says_which_year() -> None:
    with pytest.raises(ThaiDateError, match="date-year-out-of-range") as refused:
        parse_thai_date("31/8/3106")
    assert refused.value.details["year"] == 3106


def test_a_buddhist_year_in_an_iso_date_says_what_was_meant() -> None:
    with pytest.raises(ThaiDateError) as refused:
        parse_thai_date("2563-08-31")
    assert refused.value.details["meant"] == "2020-08-31"


def test_the_same_day_and_month_can_be_taken_in_one_way_only() -> None:
    assert parse_thai_date("8/8/2020") == date(2020, 8, 8)


@pytest.mark.parametrize(
    "name", ["มกรา", "กุมภา", "มีนา", "เมษา", "พฤษภา", "มิถุนา", "กรกฎา", "สิงหา", "กันยา", "ตุลา", "พฤศจิกา", "ธันวา"]
)
def test_months_as_they_are_spoken(name: str) -> None:
    assert format_thai_date(parse_thai_date(f"1 {name} 63"), "full").split()[1].startswith(name)


def test_two_digits_are_always_this_buddhist_century() -> None:
    assert parse_thai_date("1 ม.ค. 00") == date(1957, 1, 1)
    assert parse_thai_date("31/12/99") == date(2056, 12, 31)


def test_leap_days_belong_to_the_common_year() -> None:
    assert parse_thai_date("29 ก.พ. 63") == date(2020, 2, 29)


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_by_both_names(month: int) -> None:
    assert parse_thai_date(f"15 {MONTHS[month - 1]} 2567") == date(2024, month, 15)
    assert parse_thai_date(f"15 {SHORT_MONTHS[month - 1]} 67") == date(2024, month, 15)


@pytest.mark.parametrize(
    ("style", "digits", "shown"),
    [
        ("short", "arabic", "31 ส.ค. 63"),
        ("full", "arabic", "31 สิงหาคม 2563"),
        ("short", "thai", "๓๑ ส.ค. ๖๓"),
        ("full", "thai", "๓๑ สิงหาคม ๒๕๖๓"),
    ],
)
def test_prints_every_style(style: Style, digits: Digits, shown: str) -> None:
    assert format_thai_date(DAY, style, digits) == shown


def test_a_short_year_outside_the_century_keeps_its_digits() -> None:
    assert format_thai_date(date(2057, 1, 1)) == "1 ม.ค. 2600"
    assert format_thai_date(date(1956, 12, 31)) == "31 ธ.ค. 2499"


def test_a_moment_is_printed_as_bangkok_sees_it() -> None:
    moment = datetime(2020, 8, 30, 17, 0, tzinfo=UTC)
    assert format_thai_date(moment) == "31 ส.ค. 63"
    assert format_thai_time(moment) == "00.00 น."


@given(WRITABLE, st.sampled_from(["short", "full"]), st.sampled_from(["arabic", "thai"]))
def test_what_is_printed_reads_back(day: date, style: Style, digits: Digits) -> None:
    assert parse_thai_date(format_thai_date(day, style, digits)) == day


@given(WRITABLE)
def test_every_other_spelling_reads_back(day: date) -> None:
    year = day.year + 543
    assert parse_thai_date(day.isoformat()) == day
    assert parse_thai_date(f"{day.day}/{day.month}/{year}") == day
    assert parse_thai_date(f"{day.day:02}-{day.month:02}-{year}") == day


@given(st.text(alphabet="0123456789๐๑/-. มกพศคสิงหาคม", max_size=20))
def test_any_text_is_a_date_or_a_typed_error(text: str) -> None:
    with suppress(ThaiDateError):
        assert 1900 <= parse_thai_date(text).year <= 2099


@pytest.mark.parametrize("text", ["13.00 น.", "13.00", "13:00", "๑๓.๐๐ น.", "13.00น.", " 13.00  น. "])
def test_reads_a_time(text: str) -> None:
    assert parse_thai_time(text) == time(13, 0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("24.00 น.", "time-impossible"),
        ("9.60", "time-impossible"),
        ("13", "time-unreadable"),
        ("13.0", "time-unreadable"),
        ("บ่ายโมง", "time-unreadable"),
        ("", "time-unreadable"),
    ],
)
def test_refuses_a_time(text: str, code: str) -> None:
    with pytest.raises(ThaiDateError) as refused:
        parse_thai_time(text)
    assert refused.value.code == code


@given(st.times(), st.sampled_from(["arabic", "thai"]))
def test_a_printed_time_reads_back_to_the_minute(moment: time, digits: Digits) -> None:
    assert parse_thai_time(format_thai_time(moment, digits)) == moment.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("day", "year", "quarter"),
    [
        (date(2020, 8, 31), 2563, 4),
        (date(2017, 5, 1), 2560, 3),
        (date(2024, 3, 11), 2567, 2),
        (date(2024, 5, 27), 2567, 3),
        (date(2020, 9, 30), 2563, 4),
        (date(2020, 10, 1), 2564, 1),
        (date(2020, 12, 31), 2564, 1),
        (date(2021, 1, 1), 2564, 2),
        (date(2020, 10, 30), 2564, 1),
        (date(2024, 10, 10), 2568, 1),
    ],
)
def test_fiscal_year_and_quarter(day: date, year: int, quarter: int) -> None:
    assert (fiscal_year(day), fiscal_quarter(day)) == (year, quarter)


def test_a_post_of_october_is_in_this_year_and_the_next_fiscal_year() -> None:
    assert (buddhist_year(date(2024, 10, 10)), fiscal_year(date(2024, 10, 10))) == (2567, 2568)


@given(st.integers(min_value=1950, max_value=2090))
def test_the_fiscal_year_turns_at_bangkok_midnight(year: int) -> None:
    turn = datetime(year, 9, 30, 17, 0, tzinfo=UTC)
    assert fiscal_year(turn) == year + 544
    assert fiscal_quarter(turn) == 1
    assert fiscal_year(turn - timedelta(microseconds=1)) == year + 543
    assert fiscal_quarter(turn - timedelta(microseconds=1)) == 4


@given(st.datetimes(min_value=datetime(1950, 1, 2), max_value=datetime(2090, 1, 1), timezones=st.just(UTC)))
def test_a_moment_counts_on_its_bangkok_day(moment: datetime) -> None:
    day = local_date(moment)
    assert day == moment.astimezone(BANGKOK).date()
    assert fiscal_year(moment) == fiscal_year(day)
    assert fiscal_year(day) - buddhist_year(day) == (1 if fiscal_quarter(day) == 1 else 0)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        fiscal_year(datetime(2020, 10, 1))
