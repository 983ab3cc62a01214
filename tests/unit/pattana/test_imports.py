"""What `pattana import` prints of a report."""

from typing import Any

import pytest

from pattana.operate.imports import _print

REPORT: dict[str, Any] = {
    "rows": 1,
    **dict.fromkeys(("registered", "moved", "changed", "unchanged"), 0),
    "badRows": 1,
    "ignoredColumns": ["[/x]"],
}


def test_what_was_in_the_file_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    reason = "The unit [/red][link=x]กอง[bold] :smile: is unknown."
    _print({**REPORT, "problems": [{"line": 2, "column": "[unit]", "code": "unknown-unit", "reason": reason}]})
    printed = capsys.readouterr().out
    assert reason in printed
    assert "[unit]" in printed
    assert "unknown columns: [/x]" in printed
