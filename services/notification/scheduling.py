"""Reminders made in time: a loop over the runs that come near, and the same on demand. Sending is not its work.

Every message has the same id whoever makes it and whenever: two replicas, two calls, a loop and a call make it once.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import structlog

from services.notification.domain import Message
from services.notification.read_model import Nomination, Run, RunState
from services.notification.reminders import HORIZON, WAVES, reminder_messages, waves_due
from services.notification.storage import MESSAGES, NOMINATIONS, RUNS, insertion, nomination_of, run_of
from shared.clock import Clock
from shared.errors import NotFound
from shared.events.enrolment import NominationState
from shared.mongo import Conflict, Database, Document, DuplicateKey, Session, StoreError, transaction, translated_calls
from shared.runtime import Runtime
from shared.telemetry import Tracing, correlation
from shared.waiting import first_of

DEADLINE_SECONDS: Final = 15.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wave:
    """What one look at a wave found. `due` is business time; None: not due, and nothing was made."""

    name: str
    due: datetime | None = None
    created: int = 0
    existing: int = 0


class Reminders:
    """Makes the reminder messages of one database."""

    def __init__(
        self, database: Database, tracing: Tracing, clock: Clock, *, poll: float, made: Callable[[], None]
    ) -> None:
        """`made` is called after messages were made."""
        self._database = database
        self._runs = database[RUNS.name]
        self._nominations = database[NOMINATIONS.name]
        self._messages = database[MESSAGES.name]
        self._tracing = tracing
        self._clock = clock
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
        """Makes what is due for every run that starts soon; how many messages. A wave whose run has not been stirred
        since it was made is not looked at again."""
        now = self._clock()
        query = {
            "starts_at_system_time": {"$gt": now, "$lte": now + HORIZON},
            "state": {"$ne": RunState.CANCELLED},
        }
        with translated_calls():
            rows: list[Document] = await self._runs.find(query).to_list(None)
        created = 0
        for row in rows:
            run, done = run_of(row), row.get("reminded", {})
            for wave, due in waves_due(run, now).items():
                mark = f"{row['turn']}@{due.isoformat()}"
                if done.get(wave) != mark:
                    created += (await self._make(run, wave, due, now)).created
                    await self._mark(run.id, wave, mark)
        return created

    async def remind(self, run_id: str) -> list[Wave]:
        """Makes what is due for one run now. Raises NotFound."""
        with translated_calls():
            row: Document | None = await self._runs.find_one({"_id": run_id, "title": {"$exists": True}})
        if row is None:
            raise NotFound(run=run_id)
        run, now = run_of(row), self._clock()
        dues = waves_due(run, now)
        return [await self._make(run, wave, dues[wave], now) if wave in dues else Wave(wave) for wave in WAVES]

    async def _make(self, run: Run, wave: str, due: datetime, now: datetime) -> Wave:
        """In one transaction, so that exactly what is counted as created was created by this call."""
        cause: dict[str, Any] = {"correlation": correlation.get(), "traceparent": self._tracing.inject()}

        async def work(session: Session) -> Wave:
            confirmed = await self._confirmed(run.id, session)
            messages = [replace(one, **cause) for one in reminder_messages(run, wave, due, confirmed, now)]
            known = await self._existing([message.id for message in messages], session)
            created = await self._insert([m for m in messages if m.id not in known], session)
            return Wave(wave, due, created=created, existing=len(messages) - created)

        made = await transaction(self._database.client, work, deadline=DEADLINE_SECONDS)
        if made.created:
            log.info("reminders_made", run=run.id, wave=wave, created=made.created, existing=made.existing)
            self._made()
        return made

    async def _confirmed(self, run_id: str, session: Session) -> list[Nomination]:
        query = {"run": run_id, "state": NominationState.CONFIRMED}
        rows = await self._nominations.find(query, session=session).to_list(None)
        return [nomination_of(row) for row in rows]

    async def _existing(self, ids: list[str], session: Session) -> set[str]:
        rows = await self._messages.find({"_id": {"$in": ids}}, {"_id": 1}, session=session).to_list(None)
        return {row["_id"] for row in rows}

    async def _insert(self, messages: list[Message], session: Session) -> int:
        """How many of them were new indeed."""
        if not messages:
            return 0
        try:
            done = await self._messages.bulk_write([insertion(m) for m in messages], ordered=False, session=session)
        except DuplicateKey as error:
            raise Conflict(str(error)) from error
        return int(done.upserted_count)

    async def _mark(self, run_id: str, wave: str, mark: str) -> None:
        with translated_calls():
            await self._runs.update_one({"_id": run_id}, {"$set": {f"reminded.{wave}": mark}})
