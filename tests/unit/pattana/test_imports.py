"""What `pattana import` prints of a report."""

from typing import Any

import pytest

from pattana.operate.imports import _print

REPORT: dict[str, Any] = {
    "rows": 1,
    **dict.fromkeys(("registered", "moved", "changed", "unchanged"), 0),
    "badRows": 1,
    "problems": [],
    "warnings": [],
    "ignoredColumns": ["[/x]"],
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
    assert "1 values left out" in printed
    assert "“0” is no telephone number." in printed
