"""The queue of commands: one drainer at a time takes those that wait for a run, up to a batch.

Knows nothing about seats. A hot run never holds up another, and a command sent twice at once runs once.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import ClassVar

from services.enrolment.seats.domain.commands import Caller, Command
from shared.errors import Unavailable
from shared.idempotency import CommandKey, KeyReused, Recorded
from shared.messaging.recorder import EventRecorder


class TooBusy(Unavailable):
    """More commands wait than can be answered in time."""

    retry_after_seconds: ClassVar[int] = 2


class Undecided(Unavailable):
    """The database gave no answer in time. The command may have been carried out: a repeat with its key finds out."""


@dataclass(slots=True, eq=False)
class Ticket:
    """A queued command. `bucket` is set once it has been decided."""

    command: Command
    key: CommandKey
    caller: Caller
    recorder: EventRecorder
    answer: "asyncio.Future[Recorded]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    bucket: str | None = None

    def settle(self, outcome: Recorded | Exception) -> None:
        """Answers the caller, unless already answered."""
        if self.answer.done():
            return
        if isinstance(outcome, Exception):
            self.answer.set_exception(outcome)
            self.answer.exception()  # marks it as retrieved: the caller may have gone
        else:
            self.answer.set_result(outcome)


Execute = Callable[[str, list[Ticket]], Awaitable[None]]


class Drainers:
    """A few drainers of one process. `execute(run, tickets)` settles every ticket and never raises."""

    def __init__(self, execute: Execute, *, count: int = 4, batch: int = 256, limit: int = 8_000) -> None:
        self._execute = execute
        self._count = count
        self._batch = batch
        self._limit = limit
        self._waiting: dict[str, deque[Ticket]] = {}
        self._ready: deque[str] = deque()
        self._busy: set[str] = set()
        self._in_flight: dict[str, Ticket] = {}
        self._size = 0
        self._wakeup = asyncio.Event()

    async def submit(self, ticket: Ticket) -> Recorded:
        """Waits for the answer. A twin in flight shares its answer. Raises Refused or Unavailable."""
        twin = self._in_flight.get(ticket.key.id)
        if twin is not None:
            if twin.key.fingerprint != ticket.key.fingerprint:
                raise KeyReused()
            return await asyncio.shield(twin.answer)
        if self._size >= self._limit:
            raise TooBusy(f"{self._size} commands wait")
        self._in_flight[ticket.key.id] = ticket
        self._push(ticket)
        # A caller that hangs up does not cancel its command.
        return await asyncio.shield(ticket.answer)

    async def run(self, stopping: asyncio.Event) -> None:
        """Drains until `stopping`, then what is still queued."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._count):
                group.create_task(self._drain(stopping))
            group.create_task(self._wake_on_stop(stopping))

    async def _wake_on_stop(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self._wakeup.set()

    async def _drain(self, stopping: asyncio.Event) -> None:
        while True:
            if not self._ready:
                if stopping.is_set():
                    return  # the drainer of a running batch also drains what is queued behind it
                self._wakeup.clear()
                await self._wakeup.wait()
                continue
            run = self._ready.popleft()
            tickets = self._take(run)
            try:
                await self._execute(run, tickets)
            finally:
                self._done(run, tickets)

    def _push(self, ticket: Ticket) -> None:
        run = ticket.command.run
        queue = self._waiting.setdefault(run, deque())
        queue.append(ticket)
        self._size += 1
        if len(queue) == 1 and run not in self._busy:
            self._ready.append(run)
            self._wakeup.set()

    def _take(self, run: str) -> list[Ticket]:
        queue = self._waiting[run]
        tickets = [queue.popleft() for _ in range(min(self._batch, len(queue)))]
        self._size -= len(tickets)
        self._busy.add(run)
        return tickets

    def _done(self, run: str, tickets: list[Ticket]) -> None:
        for ticket in tickets:
            self._in_flight.pop(ticket.key.id, None)
            ticket.settle(Undecided("the batch ended without an answer"))
        self._busy.discard(run)
        if self._waiting[run]:
            self._ready.append(run)
            self._wakeup.set()
        else:
            del self._waiting[run]
