"""Reminders made in time: a loop over the runs that come near opens a fan-out for each wave that is due, and a call
makes the same on demand.

Every message has the same id whoever makes it and whenever: two replicas, or the worker and a call, make it once.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

import structlog

from services.notification.domain import FanOut, fan_out_of_wave
from services.notification.reaching.storage import FanOutStorage
from services.notification.reminders.approvals import Approvals
from services.notification.reminders.domain import WaveResult, waves_due
from services.notification.reminders.offices import Offices
from services.notification.reminders.storage import NearRun, ReminderStorage
from services.notification.reminders.to_do import LeftToDo
from shared.clock import Clock
from shared.errors import NotFound
from shared.runtime import Runtime
from shared.telemetry import correlation
from shared.worker import Worker

PAGES_BY_CALL: Final = 25
log = structlog.get_logger(__name__)


class Stores(NamedTuple):
    """Of the generation that answers. What begins with one of these is done with the same ones: turns count within a
    generation."""

    near: ReminderStorage
    reaching: FanOutStorage


class Reminders(Worker):
    """Of one database. A call makes at most `pages` pages of each wave itself."""

    def __init__(
        self,
        runtime: Runtime,
        stores: Callable[[], Stores],
        *,
        poll: float,
        made: Callable[[], None],
        opened: Callable[[], None],
        pages: int = PAGES_BY_CALL,
    ) -> None:
        """`made` is called after messages were made, `opened` when there is work for the worker of fan-outs."""
        super().__init__("reminders", self._look, every=poll)
        self._stores = stores
        self._tracing = runtime.tracing
        self._clock: Clock = runtime.clock
        self._made = made
        self._opened = opened
        self._approvals = Approvals(lambda: stores().near)
        self._offices = Offices(lambda: stores().near)
        self._left_to_do = LeftToDo(lambda: stores().near)
        self.pages = pages

    def attach(self, runtime: Runtime) -> None:
        """Gives the runtime its loop and its check."""
        super().attach(runtime)
        runtime.add_check(self.name, self.check)

    async def _look(self, _: asyncio.Event) -> bool:
        await self.sweep()
        return False

    async def sweep(self) -> int:
        """Opens what is due for the runs that start soon; how many. A wave whose run has not been touched since is not
        looked at again, and of one that has, what has changed. Tells offices what is due."""
        now, storage = self._clock(), self._stores().near
        opened = 0
        async for page in storage.near_runs(now):
            waves = [wave for near in page for wave in self._due(near)]
            if waves:
                opened += await storage.open(waves, now)
        if opened:
            self._opened()
        made = [await part.sweep(now) for part in (self._approvals, self._offices, self._left_to_do)]
        if any(made):
            self._made()
        return opened

    def _due(self, near: NearRun) -> list[FanOut]:
        dues = waves_due(near.run, self._clock())
        return [fan_out_of_wave(near.run, wave, due, near.turn) for wave, due in dues.items()]

    async def remind(self, run_id: str) -> list[WaveResult]:
        """Makes what is due for one run now; what is more than a call should take is left to the worker. Raises
        NotFound."""
        stores = self._stores()
        near = await stores.near.run(run_id)
        if near is None:
            raise NotFound(run=run_id)
        waves = {str(wave.wave): wave for wave in self._due(near)}
        return [
            await self._make(waves[name], stores) if name in waves else WaveResult(name) for name in near.run.reminders
        ]

    async def _make(self, wave: FanOut, stores: Stores) -> WaveResult:
        wave = replace(wave, correlation=correlation.get(), traceparent=self._tracing.inject())
        created = existing = 0
        done = False
        for _ in range(self.pages):
            page = await stores.reaching.reach(wave, self._clock())
            created, existing, done = created + page.created, existing + page.existing, page.done
            wave = replace(wave, after=page.after)
            if done:
                break
        if not done:
            await stores.near.open([wave], self._clock())
            self._opened()
        if created:
            log.info("reminders_made", run=wave.run, wave=wave.wave, created=created, existing=existing)
            self._made()
        return WaveResult(str(wave.wave), wave.due, created, existing, done)
