"""The loop of what is kept for so long and no longer: a page at a time, until nothing is left that is too old. Knows no
service and no collection."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from shared.mongo import StoreError
from shared.runtime import Runtime
from shared.waiting import first_of

EVERY_SECONDS: Final = 3600.0
Step = Callable[[datetime], Awaitable[bool]]  # removes a page of what is older than this; whether there may be more
log = structlog.get_logger(__name__)


class Retention:
    """Of one kind of data. Replicas that do it at once do no harm: what is gone is gone."""

    def __init__(self, what: str, days: int, step: Step, *, every: float = EVERY_SECONDS) -> None:
        self._what = what
        self._kept = timedelta(days=days)
        self._step = step
        self._every = every

    def attach(self, runtime: Runtime) -> None:
        async def run(stopping: asyncio.Event) -> None:
            while not stopping.is_set():
                try:
                    while not stopping.is_set() and await self._step(runtime.clock() - self._kept):
                        pass
                except StoreError as error:
                    log.warning("retention_interrupted", what=self._what, error=str(error))
                await first_of(self._every, stopping)

        runtime.add_loop(f"retention of {self._what}", run)
