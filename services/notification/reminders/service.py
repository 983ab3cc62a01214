"""Reminders made in time: a loop over the runs that come near, and the same on demand.

Every message has the same id whoever makes it and whenever: two replicas, or the loop and a call, make it once.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import structlog

from services.notification.domain import WAVES, Run
from services.notification.reminders.domain import WaveResult, reminder_messages, waves_due
from services.notification.reminders.storage import ReminderStorage
from shared.errors import NotFound
from shared.mongo import Database, Session, StoreError, transaction
from shared.runtime import Runtime
from shared.telemetry import correlation
from shared.waiting import first_of

DEADLINE_SECONDS: Final = 15.0
log = structlog.get_logger(__name__)


class Reminders:
    """Makes the reminder messages of one database."""

    def __init__(self, runtime: Runtime, database: Database, *, poll: float, made: Callable[[], None]) -> None:
        """`made` is called after messages were made."""
        self._client = database.client
        self._storage = ReminderStorage(database)
        self._tracing = runtime.tracing
        self._clock = runtime.clock
        self._poll = poll
        self._made = made
        self.trouble: str | None = None

    def attach(self, runtime: Runtime) -> None:
        """Gives the runtime its loop and its check."""
        runtime.add_loop("reminders", self.run)
        runtime.add_check("reminders", self.check)

    async def run(self, stopping: asyncio.Event) -> None:
        """Looks every `poll` seconds until `stopping`."""
        while not stopping.is_set():
            try:
                await self.sweep()
                self.trouble = None
            except StoreError as error:
                self.trouble = f"reminders: {type(error).__name__}"
                log.warning("reminders_interrupted", error=str(error))
            await first_of(self._poll, stopping)

    async def check(self) -> str | None:
        """For /readyz."""
        return self.trouble

    async def sweep(self) -> int:
        """Makes what is due for every run that starts soon. Returns how many messages were made. A wave whose run has
        not been touched since the wave was made is not looked at again."""
        now = self._clock()
        created = 0
        for run, turn, marks in await self._storage.near_runs(now):
            for wave, due in waves_due(run, now).items():
                mark = f"{turn}@{due.isoformat()}"
                if marks.get(wave) != mark:
                    created += (await self._make(run, wave, due, now)).created
                    await self._storage.mark(run.id, wave, mark)
        return created

    async def remind(self, run_id: str) -> list[WaveResult]:
        """Makes what is due for one run now. Raises NotFound."""
        run, now = await self._storage.run(run_id), self._clock()
        if run is None:
            raise NotFound(run=run_id)
        dues = waves_due(run, now)
        return [await self._make(run, wave, dues[wave], now) if wave in dues else WaveResult(wave) for wave in WAVES]

    async def _make(self, run: Run, wave: str, due: datetime, now: datetime) -> WaveResult:
        """In one transaction, so that exactly what is counted as created was created by this call."""
        cause: dict[str, Any] = {"correlation": correlation.get(), "traceparent": self._tracing.inject()}

        async def work(session: Session) -> WaveResult:
            confirmed = await self._storage.confirmed(run.id, session)
            messages = [replace(message, **cause) for message in reminder_messages(run, wave, due, confirmed, now)]
            created = await self._storage.insert_missing(messages, session)
            return WaveResult(wave, due, created=created, existing=len(messages) - created)

        result = await transaction(self._client, work, deadline=DEADLINE_SECONDS)
        if result.created:
            log.info("reminders_made", run=run.id, wave=wave, created=result.created, existing=result.existing)
            self._made()
        return result
