"""The one way to write: what a command changes, the events that say so, its entry in the security log, and its answer
are committed together or not at all, and then the relay is woken. Knows no service.

    async def work(session: Session, recorder: EventRecorder) -> CommandResult:
        run = await storage.load(..., session)
        changed, events = domain.close(run)
        recorder.record(events, after=run.seq)
        await storage.update(run, changed, session)
        return CommandResult(run_response(changed))

    answer = await units.carry_out(key, work)
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import orjson

from shared.faults import CrashPoint
from shared.idempotency import CommandKey, CommandRecords, Recorded, record, recorded
from shared.messaging.publisher import EventPublisher
from shared.messaging.recorder import EventRecorder
from shared.mongo import Database, DuplicateKey, Session, StoreError, StoreUnavailable, transaction
from shared.runtime import Runtime
from shared.security_log.storage import SecurityLog

T = TypeVar("T")
DEADLINE_SECONDS: Final = 10.0
PAUSE_SECONDS: Final = 0.1
MOST_RUNS: Final = 100


@dataclass(frozen=True)
class CommandResult:
    """The answer of a command: its body (JSON values), HTTP status, and the version that it shows."""

    body: dict[str, Any]
    status: int = 200
    version: int | None = None


Work = Callable[[Session, EventRecorder], Awaitable[T]]


class UnitOfWork:
    """One per process, made in its composition root. `work` may run several times, each time with a new recorder, and
    keeps nothing of an earlier run."""

    def __init__(self, runtime: Runtime, database: Database, publisher: EventPublisher) -> None:
        self.records = CommandRecords(database, kept=timedelta(hours=runtime.settings.answer_hours))
        self._runtime = runtime
        self._client = database.client
        self._publisher = publisher
        self._log = SecurityLog(database, days=runtime.settings.security_log_days)

    def now(self) -> datetime:
        """System time, as the recorder of a commit has it."""
        return self._runtime.clock()

    def recorder(self, causation: str | None = None) -> EventRecorder:
        """For the events of one command: now, with the correlation and trace of what runs here."""
        return self._publisher.recorder(self.now(), causation)

    async def commit(
        self,
        work: Work[T],
        *,
        seconds: float = DEADLINE_SECONDS,
        attempts: int = MOST_RUNS,
        again_after: tuple[type[StoreError], ...] = (),
        causation: str | None = None,
    ) -> T:
        """Runs `work` and stores what it recorded, again while it loses against others or meets one of `again_after`.

        Raises what `work` refuses (nothing is stored then) and StoreError: Conflict when every run lost, DuplicateKey
        when another one stored the same, StoreUnavailable when nobody knows whether the commit happened.
        """
        clock = asyncio.get_running_loop().time
        ends = clock() + seconds

        async def run(session: Session) -> T:
            recorder = self.recorder(causation)
            result = await work(session, recorder)
            await self._store(recorder, session)
            return result

        while True:
            try:
                result = await transaction(self._client, run, deadline=ends - clock(), attempts=attempts)
                break
            except again_after as error:
                await _pause(ends, error)
        self._runtime.crash.reach(CrashPoint.AFTER_COMMIT)
        self._publisher.wake()
        return result

    async def _store(self, recorder: EventRecorder, session: Session) -> None:
        if recorder.entries:
            await self._log.append(recorder.entries, session)
        if recorder.events:
            await self._publisher.outbox.append(recorder.events, session)
            self._runtime.crash.reach(CrashPoint.BEFORE_COMMIT)

    async def carry_out(self, key: CommandKey, work: Work[CommandResult]) -> Recorded:
        """The answer of `work`, or the one that was recorded under this key. Raises KeyReused, and what `commit` does.

        After a twin was faster or a commit is unknown, the next run looks whether the command has been carried out.
        """
        repeated = key.fingerprint is not None

        async def once(session: Session, recorder: EventRecorder) -> Recorded:
            nonlocal repeated
            known = await self.records.find([key], session) if repeated else {}
            repeated = True
            if key.id in known:
                return recorded(known[key.id], key)
            result = await work(session, recorder)
            reached = recorder.reached(key.receipt)
            answer = Recorded.of(result.status, orjson.dumps(result.body).decode(), reached, result.version)
            await self.records.store([record(key, answer, recorder.now + self.records.kept)], session)
            return answer

        return await self.commit(once, again_after=(DuplicateKey, StoreUnavailable))


async def _pause(ends: float, error: StoreError) -> None:
    if asyncio.get_running_loop().time() + PAUSE_SECONDS >= ends:
        raise error
    await asyncio.sleep(PAUSE_SECONDS)
