"""The worker of fan-outs: claims what is ready, a few pages each in turn, so that a large run does not keep the others
waiting. One that fails waits alone, longer each time; the others go on."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from services.notification.reaching.storage import Claim, FanOutStorage, LeaseLost, pause_after
from shared.mongo import StoreError
from shared.runtime import Runtime
from shared.waiting import first_of
from shared.worker import Worker

POLL_SECONDS: Final = 1.0
COUNT_SECONDS: Final = 30.0
READ_AT_ONCE: Final = 20
PAGES_AT_A_TURN: Final = 10
COUNTED: Final = 1_000
FAILURES_TOLD: Final = 3
log = structlog.get_logger(__name__)

# Of the generation that answers, and of those before it that have not told everybody yet.
Storages = Callable[[], Sequence[FanOutStorage]]


class FanOuts(Worker):
    """One per process; any number of processes share the work."""

    def __init__(self, runtime: Runtime, storages: Storages, *, made: Callable[[], None]) -> None:
        """`made` is called after messages were made."""
        super().__init__("fan-outs", self._turns, every=POLL_SECONDS)
        self._storages = storages
        self._clock = runtime.clock
        self._metrics = runtime.metrics
        self._made = made

    def attach(self, runtime: Runtime) -> None:
        """Gives the runtime its loops and its check."""
        super().attach(runtime)
        runtime.add_loop("fan-outs-count", self.keep_counting)
        runtime.add_check(self.name, self.check)

    async def _turns(self, stopping: asyncio.Event) -> bool:
        return await self.step(stopping) is not None

    async def keep_counting(self, stopping: asyncio.Event) -> None:
        """For the metrics."""
        while not stopping.is_set():
            try:
                counts = [await storage.count(COUNTED) for storage in self._storages()]
                self._metrics.fan_outs.labels("open").set(sum(many for many, _ in counts))
                self._metrics.fan_outs.labels("failing").set(sum(failing for _, failing in counts))
            except StoreError as error:
                log.warning("fan_outs_not_counted", error=str(error))
            await first_of(COUNT_SECONDS, stopping)

    async def check(self) -> str | None:
        """For /readyz."""
        if self.trouble is not None:
            return self.trouble
        failing = [named for storage in self._storages() for named in await storage.failing(FAILURES_TOLD, 3)]
        return "; ".join(f"{key} fails: {code}" for key, code in failing) or None

    async def sweep(self) -> int:
        """Until nothing is ready, or others have it; how many messages were made."""
        total = 0
        while (made := await self.step(asyncio.Event())) is not None:
            total += made
        return total

    async def step(self, stopping: asyncio.Event) -> int | None:
        """A turn for each of those that wait the longest; how many messages were made. None: there was none for us.
        Raises StoreError."""
        total, ours = 0, False
        for storage in self._storages():
            for key in await storage.ready(self._clock(), READ_AT_ONCE):
                if stopping.is_set():
                    break
                made = await self._turn(storage, key)
                total, ours = total + (made or 0), ours or made is not None
        return total if ours else None

    async def _turn(self, storage: FanOutStorage, key: str) -> int | None:
        """A few pages of one. None: it is not ours."""
        made: int | None = None
        for _ in range(PAGES_AT_A_TURN):
            claimed = await storage.claim(key)
            if claimed is None:
                return made
            page = await self._advance(storage, claimed)
            made = (made or 0) + (page or 0)
            if page is None:
                return made
        await storage.release(key, self._clock())
        return made

    async def _advance(self, storage: FanOutStorage, claimed: Claim) -> int | None:
        """One page; how many messages it made, None when it was the last one for now."""
        fan_out = claimed.fan_out
        try:
            page = await storage.advance(claimed, self._clock())
        except LeaseLost:
            return 0
        except Exception as error:  # the database's, or a bug of ours; the others go on
            later = self._clock() + pause_after(claimed.failures)
            await storage.postpone(claimed, type(error).__name__, later)
            log.warning("fan_out_failed", fan_out=fan_out.id, failures=claimed.failures + 1, exc_info=error)
            return None
        if page.created:
            self._made()
        if page.done:
            log.info("fan_out_done", fan_out=fan_out.id, run=fan_out.run, code=page.code)
        return page.created
