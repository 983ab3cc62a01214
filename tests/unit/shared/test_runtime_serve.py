"""A served process from outside: signals, exit codes, and requests that are finished first."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from tests.support.api import make_issuer
from tests.support.waiting import until

PROGRAM = """
import asyncio, sys
from contextlib import asynccontextmanager
from fastapi import FastAPI
from shared.http import create_api
from shared.runtime import Runtime, serve
from shared.security import Verifier
from shared.settings import Settings

def create_app(settings):
    runtime = Runtime("trial", settings)
    broken = asyncio.Event()

    async def loop(stopping):
        stop, fail = asyncio.create_task(stopping.wait()), asyncio.create_task(broken.wait())
        await asyncio.wait([stop, fail], return_when=asyncio.FIRST_COMPLETED)
        stop.cancel(), fail.cancel()
        if broken.is_set():
            raise ValueError("told to")
        print("loop drained", flush=True)

    async def close():
        print("closed", flush=True)

    @asynccontextmanager
    async def lifespan(app):
        if "no-start" in sys.argv:
            raise OSError("no database")
        async with runtime.running():
            print("started", flush=True)
            yield

    runtime.add_loop("loop", loop)
    runtime.add_closing("database", close)
    app = create_api("trial", settings, runtime=runtime, verifier=Verifier(settings), lifespan=lifespan)

    @app.post("/slow")
    async def slow():
        print("slow begun", flush=True)
        while (await runtime.problems()).get("runtime") != "stopping":
            await asyncio.sleep(0.01)
        print("slow answered", flush=True)
        return {"done": True}

    @app.post("/break")
    async def break_loop():
        broken.set()

    return app

serve(create_app, Settings())
"""
Start = Callable[..., Awaitable["Served"]]


class Served:
    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self.printed: list[str] = []
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.printed.append(line.decode().strip())

    async def exit_code(self) -> int:
        await self._reading
        return await asyncio.wait_for(self.process.wait(), 15)


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    running: list[Served] = []
    issuer = make_issuer(tmp_path / "keys")
    settings = issuer.settings()

    async def started(*arguments: str, port: int) -> Served:
        environment = {
            "PATH": os.environ["PATH"],
            "PATTANA_EDITION": settings.edition,
            "PATTANA_TOKEN_ISSUER": settings.token_issuer,
            "PATTANA_TOKEN_JWKS": settings.token_jwks,
            "PATTANA_POSITION_KEYS": settings.position_keys,
            "PATTANA_PORT": str(port),
            "PATTANA_DRAIN_SECONDS": "5",
        }
        root = Path(__file__).parents[3]
        out, err = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        program = (sys.executable, "-c", PROGRAM, *arguments)
        process = await asyncio.create_subprocess_exec(*program, env=environment, cwd=root, stdout=out, stderr=err)
        served = Served(process, port)
        running.append(served)
        return served

    yield started
    for served in running:
        if served.process.returncode is None:
            served.process.kill()
        await served.exit_code()


async def ready(served: Served) -> bool:
    async with httpx.AsyncClient(base_url=served.url) as client:
        try:
            return (await client.get("/readyz")).status_code == 200
        except httpx.TransportError:
            return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_requests_finish_then_loops_then_things_close(
    start: Start, unused_tcp_port: int, number: signal.Signals
) -> None:
    served = await start(port=unused_tcp_port)
    await until(lambda: ready(served), 20)

    async with httpx.AsyncClient(base_url=served.url) as client:
        request = asyncio.create_task(client.post("/slow"))
        await until(lambda: "slow begun" in served.printed)
        served.process.send_signal(number)
        answer = await request

    assert answer.json() == {"done": True}
    assert await served.exit_code() == 0
    assert served.printed == ["started", "slow begun", "slow answered", "loop drained", "closed"]


async def test_a_loop_that_dies_ends_the_process(start: Start, unused_tcp_port: int) -> None:
    served = await start(port=unused_tcp_port)
    await until(lambda: ready(served), 20)

    async with httpx.AsyncClient(base_url=served.url) as client:
        await client.post("/break")

    assert await served.exit_code() == 1
    assert served.printed[-1] == "closed"


async def test_a_start_that_fails_says_so(start: Start, unused_tcp_port: int) -> None:
    served = await start("no-start", port=unused_tcp_port)

    assert await served.exit_code() == 3
