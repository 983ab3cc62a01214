"""What `pattana import` prints of a report, and what it says when there is none."""

from collections.abc import Iterator
from typing import Any

import pytest

from pattana.client import BrokenOff
from pattana.operate.following import Unfinished, followed
from pattana.operate.imports import _print
from pattana.progress import bars

REPORT: dict[str, Any] = {
    "preview": False,
    "sheet": None,
    "rows": 1,
    **dict.fromkeys(("registered", "moved", "changed", "unchanged"), 0),
    "badRows": 1,
    "askedRows": 0,
    "questions": [],
    "moves": [],
    "changedFields": 0,
    "changes": [],
    "problems": [],
    "warnings": [],
    "ignoredColumns": ["[/x]"],
    "leftOutRows": 0,
    "leftOut": [],
}


def test_what_was_in_the_file_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    reason = "The unit [/red][link=x]กอง[bold] :smile: is unknown."
    _print({**REPORT, "problems": [{"line": 2, "column": "[unit]", "code": "unknown-unit", "reason": reason}]})
    printed = capsys.readouterr().out
    assert reason in printed
    assert "[unit]" in printed
    assert "unknown columns: [/x]" in printed


def test_what_was_left_out_is_listed_too(capsys: pytest.CaptureFixture[str]) -> None:
    warning = {"line": 3, "column": "โทรศัพท์", "code": "phone-invalid", "reason": "“0” is no telephone number."}
    _print({**REPORT, "warnings": [warning]})
    printed = capsys.readouterr().out
    assert "1 warnings about rows that were imported" in printed
    assert "“0” is no telephone number." in printed


def test_rows_that_are_no_part_of_the_list_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    _print({**REPORT, "leftOutRows": 2, "leftOut": [{"line": 27, "text": "รวมทั้งสิ้น 25 คน"}]})
    printed = capsys.readouterr().out
    assert "2 rows are no part of the list and were left out" in printed
    assert "รวมทั้งสิ้น 25 คน" in printed


def test_moves_come_first_and_those_to_another_office_before_all(capsys: pytest.CaptureFixture[str]) -> None:
    moves = [
        {"line": line, "person": f"p{line}", "before": "PO-50.HR", "after": after, "otherOffice": after != "PO-50"}
        for line, after in ((2, "PO-50"), (3, "PO-57"))
    ]
    change = {"line": 2, "person": "p2", "field": "phone", "change": "REMOVED", "before": "0812345678", "after": None}
    _print({**REPORT, "moves": moves, "changedFields": 1_001, "changes": [change]})
    printed = capsys.readouterr().out
    places = [printed.index(text) for text in ("another office", "the same office", "0812345678")]
    assert places == sorted(places)
    assert "1,001 fields of known people changed, 1 listed" in printed


def test_questions_name_the_known_person_and_a_preview_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    question = {"line": 4, "column": "รหัส", "code": "identity-zeros-lost", "reason": "Please correct the id."}
    _print(
        {**REPORT, "preview": True, "askedRows": 1, "questions": [{**question, "person": "p1", "externalId": "0012"}]}
    )
    printed = capsys.readouterr().out
    assert "1 refused, 1 to be asked about" in printed
    assert "a preview: nothing was stored" in printed
    assert all(text in printed for text in ("รหัส", "identity-zeros-lost", "p1", "0012", "Please correct the id."))


def test_rows_that_were_in_already_are_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    _print({**REPORT, "rows": 9, "unchanged": 8})
    assert "8 rows were in already, as they stand in the file" in capsys.readouterr().out


def test_of_posts_it_is_told_whose_time_has_ended(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {"recorded": 2, "changed": 0, "unchanged": 1, "badRows": 0, "askedRows": 1}
    question = {"line": 4, "column": None, "code": "predecessor-stays", "reason": "Please confirm."}
    ended = {"line": 3, "id": "h1", "validTo": "2024-09-30"}
    lists = {
        "questions": [question],
        "ended": [ended],
        "problems": [],
        "ignoredColumns": [],
        "leftOutRows": 0,
        "leftOut": [],
    }
    _print({"preview": False, "sheet": None, "rows": 4, **counts, **lists})
    printed = capsys.readouterr().out
    assert "4 rows: 2 recorded, 0 changed, 1 unchanged, 0 refused, 1 to be asked about" in printed
    assert all(text in printed for text in ("h1", "2024-09-30", "predecessor-stays", "Please confirm."))


PROGRESS = {"rows": 9_000, "read": 4_000, "registered": 3_000, "moved": 0, "changed": 0, "unchanged": 997} | {
    "badRows": 3,
    "askedRows": 2,
}


def told(*lines: Any) -> Iterator[Any]:
    """The lines of an answer; an exception is how it ends."""
    for line in lines:
        if isinstance(line, Exception):
            raise line
        yield line


def test_the_report_is_the_last_line() -> None:
    with bars() as progress:
        assert followed(told({"progress": PROGRESS}, {"report": REPORT}), progress, "people.csv") == REPORT


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (BrokenOff("the connection was lost (ReadTimeout)"), "the connection was lost"),
        ({"problem": {"detail": "ขณะนี้ระบบยังให้บริการไม่ได้ชั่วคราว"}}, "broke off: ขณะนี้ระบบยังให้บริการไม่ได้ชั่วคราว"),
        (None, "ended before its report"),
    ],
)
def test_whatever_breaks_it_off_what_is_in_is_said_and_how_to_go_on(end: Any, why: str) -> None:
    lines = [{"progress": {**PROGRESS, "read": 0}}, {"progress": PROGRESS}, *([end] if end else [])]
    with bars() as progress, pytest.raises(Unfinished) as caught:
        followed(told(*lines), progress, "people.csv")
    assert why in str(caught.value)
    assert "3,997 of 9,000 rows are in for certain, 3 were refused, 2 are to be asked about" in str(caught.value)
    assert "Run the same command again" in str(caught.value)


def test_before_any_line_nothing_is_in_for_certain() -> None:
    with bars() as progress, pytest.raises(Unfinished, match="0 rows are in for certain"):
        followed(told(BrokenOff("the connection was lost")), progress, "people.csv")


def test_of_a_preview_nothing_is_in() -> None:
    lines = told({"progress": PROGRESS}, BrokenOff("the connection was lost"))
    with bars() as progress, pytest.raises(Unfinished, match="nothing was stored: this was a preview"):
        followed(lines, progress, "people.csv", preview=True)


def test_the_sheet_that_was_read_is_named_with_its_hidden_rows(capsys: pytest.CaptureFixture[str]) -> None:
    _print({**REPORT, "sheet": {"name": "รายชื่อ", "hiddenRows": 3, "hiddenLines": [4, 5], "hiddenColumns": ["อีเมล"]}})
    said = "sheet รายชื่อ; 3 rows are hidden in it (lines 4, 5 …); columns hidden in it that were read: อีเมล"
    assert said in capsys.readouterr().out
