"""The loop that gives documents of before a field what that field should have had: once after each start, a page at a
time, until none lacks it. Knows no service and no collection."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from shared.mongo import StoreError
from shared.runtime import Runtime
from shared.waiting import first_of

AGAIN_AFTER_SECONDS: Final = 10.0
Step = Callable[[], Awaitable[bool]]  # whether there may be more
log = structlog.get_logger(__name__)


class Filling:
    """Replicas that do it at once do no harm: what is filled in follows from the document alone."""

    def __init__(self, what: str, *steps: Step) -> None:
        self._what = what
        self._steps = steps

    def attach(self, runtime: Runtime) -> None:
        runtime.add_loop(f"filling in {self._what}", self.run)

    async def run(self, stopping: asyncio.Event) -> None:
        for step in self._steps:
            await self._whole(step, stopping)
        await stopping.wait()

    async def _whole(self, step: Step, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                if not await step():
                    return
            except StoreError as error:
                log.warning("filling_interrupted", what=self._what, error=str(error))
                await first_of(AGAIN_AFTER_SECONDS, stopping)
