"""The loop behind work that commands leave for later: looked for every so often, and at once when somebody says so."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from shared.mongo import StoreError, translated_calls
from shared.runtime import Runtime
from shared.waiting import first_of

Step = Callable[[asyncio.Event], Awaitable[bool]]
log = structlog.get_logger(__name__)


class Worker:
    """Calls `step(stopping)` until it answers False, which is that nothing is left or that nothing succeeds for now;
    then it waits `every` seconds, or until it is woken. A step looks for what is to do in the database, so what this
    process leaves undone is found by the next one. A store that is away is waited for."""

    def __init__(self, name: str, step: Step, *, every: float) -> None:
        self.name = name
        self.trouble: str | None = None
        self._step = step
        self._every = every
        self._woken = asyncio.Event()

    def attach(self, runtime: Runtime) -> None:
        """Registers the loop."""
        runtime.add_loop(self.name, self.run)

    def wake(self) -> None:
        """There may be something to do. Cheap; may be called from every commit."""
        self._woken.set()

    async def check(self) -> str | None:
        """For /readyz, where people wait for this work: what the last step failed of."""
        return self.trouble

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping`; a step that has begun is finished."""
        while not stopping.is_set():
            self._woken.clear()
            if not await self._tried(stopping):
                await first_of(self._every, stopping, self._woken)

    async def _tried(self, stopping: asyncio.Event) -> bool:
        try:
            with translated_calls():
                more = await self._step(stopping)
        except StoreError as error:
            self.trouble = f"{self.name}: {type(error).__name__}"
            log.warning("work_interrupted", work=self.name, error=str(error))
            return False
        self.trouble = None
        return more
