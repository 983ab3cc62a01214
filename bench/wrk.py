"""Load by wrk: requests from a file through a Lua script, and what came of them."""

import asyncio
import json
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

THREADS = 2
_SCRIPT = Path(__file__).with_name("load.lua")
HOW_TO_GET = "wrk is needed to make load. On Debian and Ubuntu: apt install wrk; elsewhere: https://github.com/wg/wrk"


class LoadFailed(Exception):
    """wrk did not run, or its requests were refused: the figure would mean nothing."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What one run of wrk saw. Latencies in milliseconds."""

    accepted: int
    seconds: float
    refused: int
    p50: float
    p99: float

    @property
    def per_second(self) -> float:
        return self.accepted / self.seconds


def available() -> bool:
    return shutil.which("wrk") is not None


@dataclass(frozen=True)
class Load:
    """How load is made: `lines` are sent once each, over `connections`, for `seconds`.

    `pause_ms`: each connection waits so long, on the average, before its next request.
    """

    folder: Path
    token: str
    connections: int
    seconds: float
    pause_ms: float = 0

    async def run(self, url: str, lines: Sequence[str], *, tolerated: float = 0.01) -> Answered:
        """Raises LoadFailed when a larger share than `tolerated` was refused, or anything was broken."""
        name = secrets.token_hex(4)
        script, requests = self.folder / f"{name}.lua", self.folder / f"{name}.txt"
        await asyncio.to_thread(script.write_text, self._script())
        await asyncio.to_thread(requests.write_text, "\n".join(lines) + "\n")
        try:
            said = await self._wrk(url, script, requests, name)
        finally:
            script.unlink()
            requests.unlink()
        return _checked(said, tolerated)

    def _script(self) -> str:
        delay = f"function delay() return math.random(0, {round(2 * self.pause_ms)}) end" if self.pause_ms else ""
        return _SCRIPT.read_text().replace("--DELAY", delay)

    async def _wrk(self, url: str, script: Path, requests: Path, name: str) -> str:
        threads = min(THREADS, self.connections)
        duration = f"{max(1, round(self.seconds))}s"
        command = ["wrk", f"-t{threads}", f"-c{self.connections}", f"-d{duration}", "--timeout", "10s"]
        process = await asyncio.create_subprocess_exec(
            *(*command, "-s", str(script), url, "--", str(requests), str(threads), self.token, name),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return said.decode(errors="replace")


def _checked(said: str, tolerated: float) -> Answered:
    result = next((line.removeprefix("RESULT ") for line in said.splitlines() if line.startswith("RESULT ")), None)
    if result is None:
        raise LoadFailed(f"wrk said:\n{said[-1000:]}")
    seen = json.loads(result)
    if seen["broken"] or seen["refused"] > tolerated * seen["requests"]:
        raise LoadFailed(f"{seen['refused']} of {seen['requests']} requests were refused, {seen['broken']} broken")
    return Answered(seen["requests"] - seen["refused"], seen["seconds"], seen["refused"], seen["p50"], seen["p99"])
