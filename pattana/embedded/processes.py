"""Child processes: own groups, pid and start time on file, dead with their parent, restarted with back-off.

Knows no broker, database or service; those describe themselves as a `EventModel`.
"""

import asyncio
import json
import logging
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol

import psutil

from pattana.embedded.leash import leashed
from pattana.errors import Explained
from pattana.files import write_whole

log = logging.getLogger(__name__)

_POLL = 0.05
_LONGEST_POLL = 0.25
_TAIL = 15
_LOG_LIMIT = 20 * 1024 * 1024


class Process(Protocol):
    """What is known of one that was begun, as `subprocess.Popen` says it."""

    pid: int
    returncode: Any

    def poll(self) -> int | None: ...


class PartFailed(Explained):
    """A child ended, or was not ready in time."""


class Child:
    """One child process. Its pid file outlives a killed parent and lets the next start end the orphan."""

    def __init__(
        self, name: str, command: Sequence[str | Path], *, folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.log_path = folder / "logs" / f"{name}.log"
        self._pid_path = folder / "pids" / f"{name}.json"
        self._command = [str(part) for part in command]
        self._environment = environment
        self._process: Process | None = None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise PartFailed(f"{self.name} has not been started")
        return self._process.pid

    def start(self) -> None:
        for path in (self.log_path, self._pid_path):
            path.parent.mkdir(parents=True, exist_ok=True)
        rotate(self.log_path)
        with self.log_path.open("ab") as output:
            self._process = self._begin(output, dict(os.environ) | dict(self._environment or {}))
        self._remember()

    def _begin(self, output: IO[bytes], environment: dict[str, str]) -> Process:
        return subprocess.Popen(
            leashed(*self._command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            process_group=0,
        )

    def _remember(self) -> None:
        with suppress(psutil.Error):
            started = psutil.Process(self.pid).create_time()
            write_whole(self._pid_path, json.dumps({"pid": self.pid, "started": started}))

    async def exited(self) -> int:
        pause = _POLL
        while self.alive:
            await asyncio.sleep(pause)
            pause = min(pause * 1.2, _LONGEST_POLL)
        return self._process.returncode if self._process else 0

    async def stop(self, seconds: float = 20.0) -> None:
        """SIGTERM, and SIGKILL after the deadline. Does nothing for one that is gone already."""
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.exited(), seconds)
        except TimeoutError:
            log.warning("%s did not stop within %s s and is killed", self.name, seconds)
        await self.kill()

    async def kill(self) -> None:
        """kill -9 of the whole group, and its burial."""
        self._signal(signal.SIGKILL)
        await self.exited()
        self._pid_path.unlink(missing_ok=True)

    def pause(self) -> None:
        """SIGSTOP: alive and silent, as after a network cut or a swapped-out machine."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.alive:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def tail(self) -> str:
        with suppress(OSError):
            lines = self.log_path.read_text(errors="replace").splitlines()
            return "\n".join(lines[-_TAIL:])
        return ""


class Server:
    """A part that is one child process; subclasses say how it starts. Until then every other call does nothing."""

    name: str
    child: Child | None = None

    async def exited(self) -> int:
        return await self.child.exited() if self.child else 0

    async def stop(self, seconds: float = 20.0) -> None:
        if self.child:
            await self.child.stop(seconds)

    async def kill(self) -> None:
        if self.child:
            await self.child.kill()

    def pause(self) -> None:
        if self.child:
            self.child.pause()

    def resume(self) -> None:
        if self.child:
            self.child.resume()


async def until_ready(child: Child, check: Callable[[], Awaitable[str | None]], seconds: float) -> None:
    """Waits until `check` answers None. Raises PartFailed when the child ends first or time is up."""
    ends = asyncio.get_running_loop().time() + seconds
    while (wrong := await check()) is not None:
        if not child.alive:
            raise PartFailed(f"{child.name} ended while starting; the end of {child.log_path}:\n{child.tail()}")
        if asyncio.get_running_loop().time() > ends:
            raise PartFailed(f"{child.name} is not ready after {seconds:.0f} s: {wrong}; see {child.log_path}")
        await asyncio.sleep(_POLL)


def rotate(path: Path) -> None:
    """Called at a start only: the log of a part that keeps running is small (warnings)."""
    if path.exists() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))


def end_orphans(folder: Path) -> list[str]:
    """Ends what an earlier, killed start of this data folder left; returns the names.

    A pid alone proves nothing, it may belong to somebody else by now: the start time must agree too.
    """
    ended = []
    for path in sorted((folder / "pids").glob("*.json")):
        with suppress(psutil.Error, ValueError, KeyError, TypeError):
            noted = json.loads(path.read_text())
            orphan = psutil.Process(noted["pid"])
            if orphan.create_time() == noted["started"]:
                _end(orphan)
                ended.append(path.stem)
        path.unlink(missing_ok=True)
    return ended


def _end(orphan: psutil.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(orphan.pid, signal.SIGKILL)
    with suppress(psutil.TimeoutExpired):
        orphan.wait(10)


class EventModel(Protocol):
    """What can be supervised: the broker, the database, the services."""

    name: str

    async def start(self) -> None:
        """Returns when it is ready. Raises PartFailed."""

    async def exited(self) -> int: ...

    async def stop(self) -> None: ...


async def supervise(
    part: EventModel, changed: Callable[[str, str], None], *, least: float = 0.5, most: float = 15.0
) -> None:
    """Watches a started part and starts it again whenever it ends; runs until it is cancelled.

    `changed(name, what)` hears every change. Pauses grow while the part keeps ending, up to `most` seconds; one that
    held out longer than that starts again after the least pause.
    """
    pause, clock = least, asyncio.get_running_loop().time
    while True:
        began = clock()
        code = await part.exited()
        changed(part.name, f"ended with code {code}, starting it again")
        pause = least if clock() - began > most else min(pause * 2, most)
        await asyncio.sleep(pause)
        try:
            await part.start()
            changed(part.name, "is ready again")
        except Explained as error:
            changed(part.name, str(error))
            await part.stop()
