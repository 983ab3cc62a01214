"""What may come in: texts that somebody sees, years and moments that calendars know, numbers that stores can hold."""

import base64
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.bodies import Body, InvalidBody, refusal_of
from shared.pages import InvalidCursor, decode_cursor, encode_cursor
from shared.problems import field_errors, problem_body
from shared.thai import is_blank
from shared.values import Day, FiscalYear, Id, Line, Moment, Remark, Term, Text, Title

ONE_LINE: list[Any] = [Line, Title]
SEVERAL: list[Any] = [Remark, Text]
HIDDEN = ["\u200b", "\u200d\u2060", " \u00a0\u3000 ", "\ufeff", "\u202e", "ั่", "\u3164"]
COMMANDS = ["\0", "a\0b", "\x1b[2J", "a\x1b", "\x7f", "\x85", "ก\x9b"]


def reason(kind: Any, value: Any) -> str | None:
    """Why it is refused."""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return error.errors()[0]["type"]
    return None


@pytest.mark.parametrize("kind", ONE_LINE + SEVERAL)
def test_a_text_has_something_to_see_and_no_commands(kind: Any) -> None:
    assert {reason(kind, text) for text in HIDDEN} == {"text_blank"}
    assert {reason(kind, text) for text in COMMANDS} == {"text_control"}
    assert reason(kind, "") == "string_too_short"
    assert reason(kind, "อบรม\u200b HR 4.0") is None


@pytest.mark.parametrize("kind", [Id, Term], ids=["Id", "Term"])
def test_what_is_looked_for_has_no_commands(kind: Any) -> None:
    assert {reason(kind, text) for text in [*COMMANDS, "a\nb", "a\tb"]} == {"string_pattern_mismatch"}
    assert reason(kind, '{"$gt": ""} ก') is None


def test_lines_break_only_where_several_may_be_written() -> None:
    assert {reason(kind, sign.join("กข")) for kind in ONE_LINE for sign in "\n\r\t"} == {"text_control"}
    written = TypeAdapter(Remark).validate_python("\r\nบรรทัดแรก  \r\n\tบรรทัด\u200bที่สอง\n\n")
    assert written == "บรรทัดแรก\nบรรทัดที่สอง"
    assert reason(Remark, "a\rb") == "text_control"


@given(st.text(max_size=300))
def test_what_is_accepted_stays_as_it_is(text: str) -> None:
    for kind in (Line, Remark):
        try:
            once = TypeAdapter(kind).validate_python(text)
        except ValidationError:
            continue
        assert not is_blank(once)
        assert TypeAdapter(kind).validate_python(once) == once


@pytest.mark.parametrize(
    "moment",
    [
        *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00", "1940-12-31T23:00:00Z"),
        "2100-01-01T00:00:00+07:00",
    ],
)
def test_moments_that_no_calendar_holds_are_refused(moment: str) -> None:
    assert reason(Moment, moment) == "moment_range"


def test_a_moment_is_kept_in_whole_seconds() -> None:
    made = TypeAdapter(Moment).validate_python("2026-11-21T09:00:00.987654+07:00")
    assert made == datetime(2026, 11, 21, 2, tzinfo=UTC)
    assert reason(Moment, "2026-11-21T09:00:00") == "timezone_aware"


class _At(Body):
    at: Moment


@pytest.mark.parametrize("number", ["25670513", "20260513", " 1796000000 ", "-1", "1.5", 1796000000, 1.5, True])
def test_a_number_is_no_moment(number: Any) -> None:
    """Seconds since 1970 would be understood: 25670513 as a day of October 1970."""
    assert reason(Moment, number) == "datetime_parsing"
    with pytest.raises(ValidationError):
        _At.model_validate_json(orjson.dumps({"at": number}))
    assert _At.model_validate_json(b'{"at": "2026-11-21T09:00:00+07:00"}').at == datetime(2026, 11, 21, 2, tzinfo=UTC)


def test_what_is_meant_by_a_buddhist_day_without_dashes_is_said() -> None:
    with pytest.raises(ValidationError) as caught:
        _At.model_validate_json(b'{"at": "25670513"}')
    refusal = refusal_of(caught.value.errors(include_url=False))
    assert (refusal.code, refusal.details["meant"]) == ("date-buddhist-iso", "20240513")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2567-02-29T09:00:00+07:00", "2024-02-29"),  # a leap day of the Common era
        ("2567-12-31T23:59:59+07:00", "2024-12-31"),
        ("2642-12-31T00:00:00Z", "2099-12-31"),
        ("25670229", "20240229"),
        ("2566-02-29T09:00:00+07:00", None),  # no day in either era
        ("2567-02-30T09:00:00+07:00", None),
        ("2567-04-31T09:00:00+07:00", None),
        ("2567-13-01T09:00:00+07:00", None),
        ("25660229", None),
    ],
)
def test_a_day_that_there_is_in_neither_era_is_not_what_was_meant(written: str, meant: str | None) -> None:
    with pytest.raises(ValidationError) as caught:
        _At.model_validate_json(orjson.dumps({"at": written}))
    refusal = refusal_of(caught.value.errors(include_url=False))
    code = "invalid-body" if meant is None else "date-buddhist-iso"
    assert (refusal.code, refusal.details.get("meant")) == (code, meant)


@pytest.mark.parametrize("year", [-1, 0, 2026, 2483, 2644, 2**63, 10**400])
def test_years_are_those_of_moments(year: int) -> None:
    assert reason(FiscalYear, year) is not None
    assert {reason(FiscalYear, good) for good in (2484, 2569, 2643)} == {None}


@pytest.mark.parametrize("key", [[2**63], [-(2**63)], [2**64 - 1], ["a\0"], ["\x1b"], [True], [1.5], [[]], [{}]])
def test_a_cursor_holds_what_stores_can_compare_with(key: list[Any]) -> None:
    forged = orjson.dumps(key)
    with pytest.raises(InvalidCursor):
        decode_cursor(_written(forged))
    assert decode_cursor(encode_cursor((2**63 - 1, "ก", None))) == (2**63 - 1, "ก", None)


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize(("kind", "value"), [(Line, "\0"), (Line, "\u200b"), (Moment, "0001-01-01T00:00:00Z")])
def test_what_is_wrong_is_said_in_both_languages(kind: Any, value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    refused = InvalidBody(errors=field_errors(caught.value.errors()))
    said = {language: problem_body(refused, language)["errors"][0]["detail"] for language in ("th", "en")}
    assert said["th"] != "มีค่าไม่ถูกต้อง"
    assert said["en"] != "is not valid"
    assert "{" not in said["th"] + said["en"]
    assert "–" not in said["th"] + said["en"]


class _On(Body):
    on: Day


@pytest.mark.parametrize(
    "given", ["25670513", "2024-5-13", "2024-13-01", "2023-02-29", "2024-05-13T00:00:00", 1, 1.5, True]
)
def test_a_day_is_written_with_its_parts(given: Any) -> None:
    assert reason(Day, given) == "date_parsing"
    with pytest.raises(ValidationError):
        _On.model_validate_json(orjson.dumps({"on": given}))


def test_a_day_of_a_calendar() -> None:
    assert _On.model_validate_json(b'{"on": "2024-02-29"}').on == date(2024, 2, 29)
    assert [reason(Day, day) for day in ("1940-12-31", "2100-01-01")] == ["date_range"] * 2
    with pytest.raises(ValidationError) as caught:
        _On.model_validate_json(b'{"on": "2567-05-13"}')
    refusal = refusal_of(caught.value.errors(include_url=False))
    assert (refusal.code, refusal.details["meant"]) == ("date-buddhist-iso", "2024-05-13")
