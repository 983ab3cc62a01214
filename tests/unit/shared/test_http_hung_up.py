"""Whether a caller has closed the connection, asked of a real server while the answer is being worked on."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import nullcontext

import pytest
import uvicorn
from fastapi import FastAPI, Request

from shared.http import hung_up
from tests.support.waiting import until


class Desk:
    """An application that keeps the request it is working on."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.requests: list[Request] = []
        self.answer = asyncio.Event()

        @self.app.post("/")
        async def work(request: Request) -> str:
            self.requests.append(request)
            await self.answer.wait()
            return "done"


@pytest.fixture
async def desk() -> AsyncIterator[tuple[Desk, int]]:
    desk, listener = Desk(), socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(desk.app, log_level="error", lifespan="off"))
    server.capture_signals = nullcontext  # type: ignore[method-assign, assignment]
    serving = asyncio.create_task(server.serve([listener]))
    yield desk, listener.getsockname()[1]
    desk.answer.set()
    server.should_exit = True
    await serving


@pytest.mark.parametrize("body", [b"", b'{"person": "p"}'])
async def test_a_caller_that_waits_is_there_and_one_that_closed_the_connection_is_not(
    desk: tuple[Desk, int], body: bytes
) -> None:
    at, port = desk
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    await until(lambda: at.requests)
    gone = hung_up(at.requests[0])
    assert [await gone(), await gone()] == [False, False]
    writer.close()
    await until(gone)
