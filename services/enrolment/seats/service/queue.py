"""The queue of commands: one drainer at a time takes those that wait for a run, up to a batch.

Knows nothing about seats. Runs take turns, a rush on one leaves room for all others, and a command sent twice at once
runs once. Nobody waits for ever: a command whose turn does not come in time is answered as not carried out, and is not.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from services.enrolment.seats.domain.commands import Caller, Command
from services.enrolment.seats.domain.refusals import NotCarriedOut, RunBusy
from shared.errors import Unavailable
from shared.idempotency import CommandKey, KeyReused, Recorded
from shared.messaging.recorder import EventRecorder

MOST_IN_BATCH: Final = 256
LONG_WAIT_SECONDS: Final = 1.0
SWEEP_SECONDS: Final = 0.25
# Whether the caller of a command has hung up, as far as that can be known.
Gone = Callable[[], Awaitable[bool]]


class Undecided(Unavailable):
    """The database gave no answer in time. The command may have been carried out: a repeat with its key finds out."""


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """Commands that may wait in one process, in all and for one run, and how long each waits for its turn.

    One run never gets more than half of the places that are still free, so there is always one for the next run.
    """

    commands: int = 8_000
    of_run: int = 2_000
    seconds: float = 20.0


@dataclass(slots=True, eq=False)
class Ticket:
    """A queued command. `bucket` is set once it has been decided; `waiting` are those who want its answer, each by a
    future of its own: who hangs up cancels nobody else's, nor a command that is being carried out."""

    command: Command
    key: CommandKey
    caller: Caller
    recorder: EventRecorder
    bucket: str | None = None
    queued_at: float = 0.0
    waiting: "dict[asyncio.Future[Recorded], Gone]" = field(default_factory=dict)
    outcome: Recorded | Exception | None = None

    def settle(self, outcome: Recorded | Exception) -> None:
        """Answers the callers, unless they are already."""
        if self.outcome is not None:
            return
        self.outcome = outcome
        for answer in self.waiting:
            _give(answer, outcome)

    def wait(self, gone: Gone) -> "asyncio.Future[Recorded]":
        """The answer for one more caller, which may be there already."""
        answer: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        self.waiting[answer] = gone
        if self.outcome is not None:
            _give(answer, self.outcome)
        return answer


def _give(answer: "asyncio.Future[Recorded]", outcome: Recorded | Exception) -> None:
    if answer.done():
        return  # its caller has hung up just now
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
        answer.exception()  # marks it as retrieved: the caller may have gone
    else:
        answer.set_result(outcome)


Execute = Callable[[str, Sequence[Ticket]], Awaitable[None]]


class Drainers:
    """A few drainers of one process. `execute(run, tickets)` settles every ticket and never raises."""

    def __init__(self, execute: Execute, limits: QueueLimits, *, count: int = 4, batch: int = MOST_IN_BATCH) -> None:
        self._execute = execute
        self._limits = limits
        self._count = count
        self._batch = batch
        self._queues: dict[str, deque[Ticket]] = {}
        self._ready: deque[str] = deque()
        self._in_flight: dict[str, Ticket] = {}
        self._size = 0
        self._wakeup = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    async def quiet(self, seconds: float) -> None:
        """Returns when no command is queued or being carried out, or after so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()

    async def submit(self, ticket: Ticket, gone: Gone) -> Recorded:
        """Waits for the answer. A twin in flight shares its answer. Raises Refused or Unavailable."""
        twin = self._in_flight.get(ticket.key.id)
        if twin is None:
            self._push(ticket)
        elif twin.key.fingerprint != ticket.key.fingerprint:
            raise KeyReused()
        else:
            ticket = twin
        answer = ticket.wait(gone)
        try:
            return await answer
        except asyncio.CancelledError:
            ticket.waiting.pop(answer)
            raise
        finally:
            del ticket, twin, answer  # a refusal keeps this frame, and the others keep the refusal

    async def run(self, stopping: asyncio.Event) -> None:
        """Drains until `stopping`, then what is still queued."""
        async with asyncio.TaskGroup() as group:
            sweeping = group.create_task(self._sweep())
            async with asyncio.TaskGroup() as drainers:
                for _ in range(self._count):
                    drainers.create_task(self._drain(stopping))
                drainers.create_task(self._wake_on_stop(stopping))
            sweeping.cancel()

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
                wanted = await _wanted(tickets)
                if wanted:
                    await self._execute(run, wanted)
            finally:
                self._done(run, tickets)

    async def _sweep(self) -> None:
        """Answers those whose turn has not come in time. The queue of a run is as old as its first."""
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            since = clock() - self._limits.seconds
            for queue in self._queues.values():
                while queue and queue[0].queued_at <= since:
                    self._size -= 1
                    self._drop(queue.popleft())

    def _push(self, ticket: Ticket) -> None:
        run = ticket.command.run
        queue = self._queues.get(run)
        if self._size >= self._limits.commands:
            raise NotCarriedOut()
        if queue is None:  # no drainer has this run, and none is about to take it
            queue = self._queues[run] = deque()
            self._ready.append(run)
            self._wakeup.set()
        elif len(queue) >= min(self._limits.of_run, max(1, (self._limits.commands - self._size) // 2)):
            raise RunBusy()
        self._in_flight[ticket.key.id] = ticket
        self._idle.clear()
        ticket.queued_at = asyncio.get_running_loop().time()
        queue.append(ticket)
        self._size += 1

    def _take(self, run: str) -> list[Ticket]:
        queue = self._queues[run]
        tickets = [queue.popleft() for _ in range(min(self._batch, len(queue)))]
        self._size -= len(tickets)
        return tickets

    def _drop(self, ticket: Ticket) -> None:
        self._forget(ticket)
        ticket.settle(NotCarriedOut())

    def _forget(self, ticket: Ticket) -> None:
        self._in_flight.pop(ticket.key.id, None)
        if not self._in_flight:
            self._idle.set()

    def _done(self, run: str, tickets: list[Ticket]) -> None:
        for ticket in tickets:
            self._forget(ticket)
            ticket.settle(Undecided("the batch ended without an answer"))
        if self._queues[run]:
            self._ready.append(run)
            self._wakeup.set()
        else:
            del self._queues[run]


async def _wanted(tickets: list[Ticket]) -> list[Ticket]:
    """Without those that nobody waits for any more. Who has come just now is not asked: asking costs time."""
    since = asyncio.get_running_loop().time() - LONG_WAIT_SECONDS
    answers: dict[Gone, bool] = {}
    wanted = []
    for ticket in tickets:
        callers = ticket.waiting.values()
        if callers and (ticket.queued_at > since or not await _all_gone(callers, answers)):
            wanted.append(ticket)
        else:
            ticket.settle(NotCarriedOut())
    return wanted


async def _all_gone(callers: Collection[Gone], answers: dict[Gone, bool]) -> bool:
    """`answers` are those given already: the rows of a list have one caller."""
    for gone in list(callers):
        if gone not in answers:
            answers[gone] = await gone()
        if not answers[gone]:
            return False
    return True
