"""Start, supervise, drain, close: in that order, and what the outside sees meanwhile."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.runtime import LoopDied, Runtime
from shared.settings import Settings
from tests.support.waiting import until


def make(**changes: Any) -> Runtime:
    return Runtime("reporting", Settings(**{"drain_seconds": 5.0} | changes))


async def get(runtime: Runtime, path: str) -> tuple[int, Any]:
    app = FastAPI()
    app.include_router(runtime.router())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.get(path)
    return answer.status_code, answer.json()


async def test_loops_run_then_drain_then_things_close_in_reverse_order() -> None:
    happened: list[str] = []
    runtime = make()

    async def loop(stopping: asyncio.Event) -> None:
        happened.append("loop started")
        await stopping.wait()
        happened.append("loop drained")

    async def close(name: str) -> None:
        happened.append(f"closed {name}")

    runtime.add_loop("relay", loop)
    runtime.add_closing("database", lambda: close("database"))
    runtime.add_closing("producer", lambda: close("producer"))
    async with runtime.running():
        await until(lambda: happened)
        happened.append("serving")

    assert happened == ["loop started", "serving", "loop drained", "closed producer", "closed database"]


async def test_a_loop_that_does_not_stop_is_cancelled() -> None:
    runtime = make(drain_seconds=0.05)
    cancelled = asyncio.Event()

    async def stubborn(stopping: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    runtime.add_loop("stubborn", stubborn)
    async with runtime.running():
        await asyncio.sleep(0)

    assert cancelled.is_set()


async def failing(stopping: asyncio.Event) -> None:
    raise ValueError("broken")


async def returning(stopping: asyncio.Event) -> None:
    return


async def leaking(stopping: asyncio.Event) -> None:
    """As aiokafka does when its coordinator was cancelled inside."""
    raise asyncio.CancelledError


@pytest.mark.parametrize("loop", [failing, returning, leaking])
async def test_a_loop_that_ends_by_itself_is_a_failure_of_the_process(loop: Any) -> None:
    runtime = make()
    told: list[str] = []
    other_drained = asyncio.Event()

    async def other(stopping: asyncio.Event) -> None:
        await stopping.wait()
        other_drained.set()

    runtime.add_loop("broken", loop)
    runtime.add_loop("other", other)
    runtime.on_failure(lambda: told.append("stop"))

    async def live() -> None:
        async with runtime.running():
            await until(lambda: told)
            assert (await get(runtime, "/healthz"))[0] == 503
            assert (await get(runtime, "/readyz"))[0] == 503

    with pytest.raises(LoopDied, match="broken"):
        await live()
    assert told == ["stop"]
    assert other_drained.is_set()


async def test_a_closing_that_fails_does_not_keep_the_others() -> None:
    runtime = make()
    closed = asyncio.Event()

    async def fine() -> None:
        closed.set()

    async def broken() -> None:
        raise OSError("already gone")

    runtime.add_closing("fine", fine)
    runtime.add_closing("broken", broken)
    async with runtime.running():
        pass

    assert closed.is_set()


async def test_an_error_while_serving_wins_and_things_still_close() -> None:
    runtime = make()
    closed = asyncio.Event()

    async def close() -> None:
        closed.set()

    runtime.add_closing("database", close)
    with pytest.raises(KeyError):
        async with runtime.running():
            raise KeyError("x")
    assert closed.is_set()


async def test_ready_says_what_is_wrong() -> None:
    runtime = make()
    wrong: str | None = "no primary"

    async def database() -> str | None:
        return wrong

    async def broker() -> str | None:
        return None

    async def broken() -> str | None:
        raise OSError("with an address in it")

    runtime.add_check("database", database)
    runtime.add_check("broker", broker)
    assert await get(runtime, "/readyz") == (503, {"status": "failing", "problems": {"runtime": "starting"}})

    async with runtime.running():
        assert await get(runtime, "/readyz") == (503, {"status": "failing", "problems": {"database": "no primary"}})
        assert await get(runtime, "/healthz") == (200, {"status": "ok", "problems": {}})
        wrong = None
        assert await get(runtime, "/readyz") == (200, {"status": "ok", "problems": {}})
        runtime.add_check("mail", broken)
        assert await get(runtime, "/readyz") == (503, {"status": "failing", "problems": {"mail": "OSError"}})
        runtime.drain()
        assert await get(runtime, "/readyz") == (503, {"status": "failing", "problems": {"runtime": "stopping"}})


async def test_a_check_that_hangs_is_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.runtime.CHECK_SECONDS", 0.05)
    runtime = make()

    async def hanging() -> str | None:
        await asyncio.Event().wait()
        return None

    runtime.add_check("broker", hanging)
    async with runtime.running():
        assert await runtime.problems() == {"broker": "no answer within 0.05 s"}


async def test_three_services_share_a_process() -> None:
    runtimes = [Runtime(name, Settings()) for name in ("enrolment", "notification", "reporting")]
    for number, runtime in enumerate(runtimes):
        runtime.metrics.relay_published.inc(number)
        runtime.add_loop("wait", lambda stopping: wait(stopping))

    async with AsyncExitStack() as stack:
        for runtime in runtimes:
            await stack.enter_async_context(runtime.running())
        texts = [runtime.metrics.text().decode() for runtime in runtimes]

    assert [f"relay_published_total {number}.0" in text for number, text in enumerate(texts)] == [True] * 3


async def wait(stopping: asyncio.Event) -> None:
    await stopping.wait()
