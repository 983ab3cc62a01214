"""One command, one transaction: what it changes, what it tells, and its answer are stored together or not at all.

For commands that are rare. Seats have a path of their own, which puts many commands into one transaction.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from shared.clock import Clock
from shared.events.envelope import Context, Fact, Position
from shared.faults import CrashPoint, CrashPoints
from shared.idempotency import CommandKey, CommandRecords, Recorded, record, recorded
from shared.messaging.outbox import Numbered, numbered
from shared.messaging.publisher import EventPublisher
from shared.mongo import Client, DuplicateKey, Session, StoreError, StoreUnavailable, transaction

DEADLINE_SECONDS: Final = 10.0
PAUSE_SECONDS: Final = 0.1


class EventRecorder:
    """What one run of a command tells: facts with their places in the history of each aggregate."""

    def __init__(self, publisher: EventPublisher, now: datetime) -> None:
        self.now = now
        self.items: list[tuple[Numbered, Context]] = []
        self._publisher = publisher
        self._reached: dict[str, Position] = {}

    @property
    def positions(self) -> tuple[Position, ...]:
        """The last of each aggregate that the command was about."""
        return tuple(self._reached.values())

    def context(self, offset_seconds: int = 0) -> Context:
        return self._publisher.context(self.now, offset_seconds)

    def add(self, aggregate: str, facts: Iterable[Fact], *, after: int, offset_seconds: int = 0) -> None:
        """Facts of one aggregate whose last event was `after`; none of them still names the place that it is at."""
        items = numbered(facts, after=after)
        context = self.context(offset_seconds)
        self.items += [(item, context) for item in items]
        if after + len(items):
            self._reached[aggregate] = Position(aggregate, after + len(items))


@dataclass(frozen=True)
class CommandResult:
    """The answer of a command."""

    body: dict[str, Any]
    status: int = 200


Work = Callable[[Session, EventRecorder], Awaitable[CommandResult]]


class Commands:
    def __init__(
        self, client: Client, records: CommandRecords, publisher: EventPublisher, clock: Clock, crash: CrashPoints
    ) -> None:
        self._client = client
        self._records = records
        self._publisher = publisher
        self._clock = clock
        self._crash = crash

    async def carry_out(self, key: CommandKey, work: Work) -> Recorded:
        """The answer of `work`, or the one that was recorded under this key. `work` may run several times.

        Raises what `work` refuses (nothing is stored then), KeyReused, and StoreError when the database keeps failing.
        """
        ends = asyncio.get_running_loop().time() + DEADLINE_SECONDS
        again = key.fingerprint is not None
        while True:
            try:
                answer = await self._once(key, work, again=again, seconds=ends - asyncio.get_running_loop().time())
            except (DuplicateKey, StoreUnavailable) as error:
                # A twin was faster, or nobody knows whether the commit happened: the next run will see.
                again = True
                await self._pause(ends, error)
            else:
                self._publisher.wake()
                return answer

    async def _once(self, key: CommandKey, work: Work, *, again: bool, seconds: float) -> Recorded:
        async def run(session: Session) -> Recorded:
            if again:
                known = await self._records.find([key], session)
                if key.id in known:
                    return recorded(known[key.id], key)
            recorder = EventRecorder(self._publisher, self._clock())
            done = await work(session, recorder)
            answer = Recorded(done.status, orjson.dumps(done.body).decode(), recorder.positions)
            await self._publisher.outbox.append(recorder.items, session)
            await self._records.store([record(key, answer, recorder.now)], session)
            self._crash.reach(CrashPoint.BEFORE_COMMIT)
            return answer

        answer = await transaction(self._client, run, deadline=seconds)
        self._crash.reach(CrashPoint.AFTER_COMMIT)
        return answer

    async def _pause(self, ends: float, error: StoreError) -> None:
        if asyncio.get_running_loop().time() + PAUSE_SECONDS >= ends:
            raise error
        await asyncio.sleep(PAUSE_SECONDS)
