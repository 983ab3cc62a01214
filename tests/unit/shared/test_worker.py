"""Work that is looked for: at once when somebody says so, and every so often; trouble is waited for and told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pymongo.errors import AutoReconnect

from shared.mongo import StoreUnavailable
from shared.worker import Worker

LONG = 3600.0
DEADLINE = 10.0


class Scripted:
    """Answers what the script says, and after it that nothing is left."""

    def __init__(self, *script: bool | Exception) -> None:
        self.begun: asyncio.Queue[None] = asyncio.Queue()
        self._script = list(script)

    async def step(self, stopping: asyncio.Event) -> bool:
        self.begun.put_nowait(None)
        said = self._script.pop(0) if self._script else False
        if isinstance(said, Exception):
            raise said
        return said

    async def steps(self, count: int) -> None:
        """Waits until so many more have begun."""
        async with asyncio.timeout(DEADLINE):
            for _ in range(count):
                await self.begun.get()


@asynccontextmanager
async def working(work: Scripted, every: float = LONG) -> AsyncIterator[Worker]:
    """The loop ends when it is told to, or the test fails."""
    stopping = asyncio.Event()
    worker = Worker("sums", work.step, every=every)
    running = asyncio.create_task(worker.run(stopping))
    yield worker
    stopping.set()
    await asyncio.wait_for(running, DEADLINE)


@pytest.mark.parametrize("more", [0, 3])
async def test_a_step_follows_a_step_until_nothing_is_left(more: int) -> None:
    work = Scripted(*[True] * more)
    async with working(work):
        await work.steps(more + 1)
    assert work.begun.empty()


async def test_whoever_leaves_work_wakes_it() -> None:
    work = Scripted()
    async with working(work) as worker:
        for _ in range(3):
            await work.steps(1)
            worker.wake()
        await work.steps(1)


async def test_what_nobody_announced_is_found_in_time() -> None:
    work = Scripted()
    async with working(work, every=0.01):
        await work.steps(3)


async def test_what_comes_during_a_step_is_not_missed() -> None:
    steps = 0

    async def step(stopping: asyncio.Event) -> bool:
        nonlocal steps
        steps += 1
        if steps == 1:
            worker.wake()
        else:
            stopping.set()
        return False

    worker = Worker("sums", step, every=LONG)
    await asyncio.wait_for(worker.run(asyncio.Event()), DEADLINE)
    assert steps == 2


@pytest.mark.parametrize("error", [StoreUnavailable("no answer"), AutoReconnect("connection closed")])
async def test_a_store_that_is_away_is_told_and_waited_for(error: Exception) -> None:
    """Also where a step has not made the driver's error one of ours."""
    work = Scripted(error)
    async with working(work) as worker:
        assert await worker.check() is None
        await work.steps(1)
        assert await worker.check() == "sums: StoreUnavailable"
        worker.wake()
        await work.steps(1)
        assert await worker.check() is None


async def test_a_fault_of_ours_ends_the_loop_loudly() -> None:
    work = Scripted(ValueError("a fault"))
    with pytest.raises(ValueError, match="a fault"):
        await Worker("sums", work.step, every=LONG).run(asyncio.Event())
