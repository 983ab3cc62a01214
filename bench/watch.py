"""What a process needs at most, and how long its event loop is busy, while something else is measured."""

import asyncio
import time
from contextlib import suppress
from typing import Final

import httpx
import psutil

from bench.processes import memory_mb

LOOK_SECONDS: Final = 0.01
WEIGH_SECONDS: Final = 0.1


class Watch:
    """The most memory of a process, and the longest time that it took for a request without any work: then its event
    loop was busy elsewhere."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self.longest = 0.0
        self.memory_mb = 0.0
        self._weigh()

    def _weigh(self) -> None:
        self.memory_mb = max(self.memory_mb, memory_mb([self._process]))

    async def memory(self) -> None:
        """Until cancelled."""
        while True:
            self._weigh()
            await asyncio.sleep(WEIGH_SECONDS)

    async def health(self, url: str) -> None:
        """Until cancelled; memory as well."""
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            while True:
                began = time.perf_counter()
                (await client.get("/healthz")).raise_for_status()
                self.longest = max(self.longest, time.perf_counter() - began)
                self._weigh()
                await asyncio.sleep(LOOK_SECONDS)


async def cancel_and_wait(task: "asyncio.Task[None]") -> None:
    """Raises what it has failed with before."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
