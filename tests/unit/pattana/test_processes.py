"""Children: dead with their parent, ended as orphans by pid and start time, restarted with back-off."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from pattana.embedded.processes import Child, PartFailed, Server, end_orphans, supervise, until_ready
from tests.support.waiting import until

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
# A parent that starts a child and prints its pid, then is killed before it can clean up.
PARENT = """
import sys
from pathlib import Path
from pattana.embedded.processes import Child
child = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"], folder=Path(sys.argv[1]))
child.start()
print(child.pid, flush=True)
sys.stdin.read()
"""


async def never_ready() -> str | None:
    return "nobody answers"


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


async def test_a_child_leads_its_own_group_and_stops(tmp_path: Path) -> None:
    child = Child("sleeper", SLEEPER, folder=tmp_path)
    child.start()
    assert psutil.Process(child.pid).is_running()
    assert json.loads((tmp_path / "pids" / "sleeper.json").read_text())["pid"] == child.pid
    await until(lambda: child.tail() == "up")
    await child.stop()
    assert not child.alive
    assert not (tmp_path / "pids" / "sleeper.json").exists()


async def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    child = Child("deaf", [sys.executable, "-c", deaf], folder=tmp_path)
    child.start()
    await until(lambda: child.tail() == "up")
    await child.stop(seconds=0.2)
    assert await child.exited() == -signal.SIGKILL


async def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: ASYNC220 - waits for one line
        [sys.executable, "-c", PARENT, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    await until(lambda: gone(pid))


async def test_an_orphan_is_ended_and_a_stranger_with_its_pid_is_not(tmp_path: Path) -> None:
    orphan, stranger = (Child(name, SLEEPER, folder=tmp_path) for name in ("orphan", "stranger"))
    for child in (orphan, stranger):
        child.start()
    note = tmp_path / "pids" / "stranger.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | {"started": 1.0}))
    assert end_orphans(tmp_path) == ["orphan"]
    await orphan.exited()
    assert gone(orphan.pid)
    assert stranger.alive
    assert not list((tmp_path / "pids").iterdir())
    await stranger.kill()


async def test_an_unreadable_pid_file_does_not_stop_a_start(tmp_path: Path) -> None:
    (tmp_path / "pids").mkdir()
    (tmp_path / "pids" / "kafka.json").write_text('{"pid": ')
    assert end_orphans(tmp_path) == []


async def test_a_child_that_ends_while_starting_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    child = Child("broken", [sys.executable, "-c", "raise SystemExit('no room on disk')"], folder=tmp_path)
    child.start()
    with pytest.raises(PartFailed, match="no room on disk"):
        await until_ready(child, never_ready, 10)


async def test_a_child_that_is_never_ready_is_reported_with_the_reason(tmp_path: Path) -> None:
    child = Child("mute", SLEEPER, folder=tmp_path)
    child.start()
    with pytest.raises(PartFailed, match=r"mute is not ready after 0 s: nobody answers"):
        await until_ready(child, never_ready, 0)
    await child.kill()


class Flaky(Server):
    """Ends by itself at once, as a part with a broken data folder does."""

    name = "flaky"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.starts: list[float] = []

    async def start(self) -> None:
        self.starts.append(asyncio.get_running_loop().time())
        self.child = Child(self.name, [sys.executable, "-c", ""], folder=self.folder)
        self.child.start()


async def test_a_part_that_ends_is_restarted_with_growing_pauses(tmp_path: Path) -> None:
    part, heard = Flaky(tmp_path), list[str]()
    await part.start()
    task = asyncio.create_task(supervise(part, lambda name, what: heard.append(f"{name} {what}"), least=0.05))
    await until(lambda: len(part.starts) >= 4)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await part.kill()
    assert heard[:2] == ["flaky ended with code 0, starting it again", "flaky is ready again"]
    assert part.starts[3] - part.starts[2] >= 0.2
