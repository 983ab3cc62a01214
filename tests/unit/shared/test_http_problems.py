"""Problems: the form, and the language that the reader asked for."""

from typing import Any

import pytest

from shared.bodies import InvalidBody
from shared.errors import Refused, UnitOutOfScope
from shared.problems import preferred_language, problem_body
from shared.texts import FIELD_TEXTS


class SeatTaken(
    Refused,
    code="seat-taken",
    status=409,
    th="ไม่มีที่นั่งว่างของ {unit}",
    en="No seat is free for {unit}.",
):
    pass


def test_the_form_of_a_problem() -> None:
    assert problem_body(SeatTaken(unit="PO-50", free=0), "en") == {
        "type": "urn:pattana:problem:seat-taken",
        "title": "Conflict with the current state",
        "status": 409,
        "code": "seat-taken",
        "detail": "No seat is free for PO-50.",
        "unit": "PO-50",
        "free": 0,
    }


def test_a_refusal_of_all_services_in_thai() -> None:
    body = problem_body(UnitOutOfScope(unit="PO-51"), "th")

    assert (body["status"], body["title"]) == (403, "ไม่มีสิทธิ์ดำเนินการ")
    assert body["detail"] == "หน่วยงาน PO-51 อยู่นอกเหนือความรับผิดชอบของท่าน ระบบจึงไม่ดำเนินการให้"


def test_forgotten_and_odd_details_still_answer() -> None:
    assert problem_body(SeatTaken(), "en")["detail"] == "No seat is free for –."
    assert problem_body(SeatTaken(unit="{x}", status=200, type="t"), "en")["status"] == 409
    assert problem_body(SeatTaken(unit="{x}"), "en")["detail"] == "No seat is free for {x}."


@pytest.mark.parametrize(
    ("reason", "limits", "thai", "english"),
    [
        ("missing", {}, "ต้องระบุ", "is required"),
        ("string_too_long", {"max_length": 5}, "ต้องมีไม่เกิน 5 ตัวอักษร", "must have at most 5 characters"),
        ("too_long", {"max_length": 5}, "ต้องมีไม่เกิน 5 รายการ", "must have at most 5 items"),
        ("greater_than_equal", {"ge": 1}, "ต้องไม่น้อยกว่า 1", "must be at least 1"),
        ("datetime_from_date_parsing", {}, FIELD_TEXTS["datetime_"][0], FIELD_TEXTS["datetime_"][1]),
        ("something_new", {}, "มีค่าไม่ถูกต้อง", "is not valid"),
    ],
)
def test_fields_in_the_language_of_the_reader(reason: str, limits: dict[str, Any], thai: str, english: str) -> None:
    error = InvalidBody(errors=[{"field": "a.b", "reason": reason, "limits": limits}])

    assert problem_body(error, "th")["errors"] == [{"field": "a.b", "reason": reason, "detail": thai}]
    assert problem_body(error, "en")["errors"] == [{"field": "a.b", "reason": reason, "detail": english}]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "th"),
        ("th", "th"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("EN-us", "en"),
        ("th-TH,th;q=0.9,en-US;q=0.8,en;q=0.7", "th"),
        ("en;q=0.9,th;q=0.8", "en"),
        ("en;q=0.5,th;q=0.5", "th"),
        ("*", "th"),
        ("fr", "th"),
        ("fr,en;q=0.1", "en"),
        ("en;q=x", "th"),
        ("en;q=0", "th"),
        (";;,,=", "th"),
    ],
)
def test_thai_unless_english_is_preferred(accepted: str, language: str) -> None:
    assert preferred_language(accepted) == language
