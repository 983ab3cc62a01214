"""Crash points: a no-op unless armed; armed, the n-th reach kills the process."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shared.faults import CrashPoint, CrashPoints
from shared.issuer import EMBEDDED_ISSUER
from shared.settings import Settings

PROGRAM = """
import sys
from pathlib import Path
from shared.faults import CrashPoint, CrashPoints
from shared.settings import Settings
crash = CrashPoints(Settings())
for number in range(1, 6):
    if len(sys.argv) > 2 and number == 3:
        Path(sys.argv[1]).write_text(sys.argv[2])
    crash.reach(CrashPoint.BEFORE_COMMIT)
    crash.reach(CrashPoint.AFTER_COMMIT)
    print(number, flush=True)
"""


def run(*arguments: str, **variables: str) -> tuple[int, list[str]]:
    environment = {f"PATTANA_{name}": value for name, value in variables.items()}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env={"PATTANA_TOKEN_ISSUER": EMBEDDED_ISSUER, **environment},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize(("at", "survived"), [("after-commit", 0), ("after-commit:4", 3), ("AFTER_COMMIT:2", 1)])
def test_killed_at_the_nth_reach(at: str, survived: int) -> None:
    code, printed = run(FAULTS="1", FAULT_AT=at)

    assert code == -signal.SIGKILL
    assert len(printed) == survived


def test_other_points_and_disarmed_processes_live() -> None:
    assert run(FAULTS="1", FAULT_AT="after-send") == (0, ["1", "2", "3", "4", "5"])
    assert run(FAULT_AT="after-commit") == (0, ["1", "2", "3", "4", "5"])


def test_armed_while_running_by_a_file_that_goes_away(tmp_path: Path) -> None:
    order = tmp_path / "order"

    code, printed = run(str(order), "before-commit:2\n", FAULTS="1", FAULT_FILE=str(order))

    assert (code, printed) == (-signal.SIGKILL, ["1", "2", "3"])
    assert not order.exists()


def test_half_written_order_is_none_yet(tmp_path: Path) -> None:
    order = tmp_path / "order"
    order.write_text("before-com")
    crash = CrashPoints(Settings(faults=True, token_issuer=EMBEDDED_ISSUER, fault_file=str(order)))

    crash.reach(CrashPoint.BEFORE_COMMIT)

    assert order.exists()


def test_a_point_that_does_not_exist_is_said_at_start() -> None:
    with pytest.raises(ValueError, match="after-lunch"):
        CrashPoints(Settings(faults=True, token_issuer=EMBEDDED_ISSUER, fault_at="after-lunch"))
