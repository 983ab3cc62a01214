"""A queue whose batches a test carries out. No tests in here."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from services.enrolment.seats.service.queue import Drainers, Gone, QueueLimits, Ticket
from shared.errors import Refused, Unavailable
from shared.idempotency import CommandKey, Recorded
from tests.support.waiting import until
from tests.unit.enrolment.seats.builders import ticket

Task = asyncio.Task[Recorded]


def of(run: str, name: str, key: CommandKey | None = None) -> Ticket:
    """`name` is the person nominated, by which the tests recognise a command."""
    return ticket(name, run=run, key=key)


async def still_there() -> bool:
    return False


class Counterpart:
    """Carries out batches: records them, waits while the gate of their run is shut, settles as the test requires."""

    def __init__(self, shut: Sequence[str] = (), limits: QueueLimits | None = None, **options: int) -> None:
        self.drainers = Drainers(self.execute, limits or QueueLimits(), **options)
        self.gates = {run: asyncio.Event() for run in shut}
        self.batches: list[tuple[str, list[str]]] = []
        self.outcomes: dict[str, Recorded | Exception | None] = {}
        self.under_way: Counter[str] = Counter()
        self.most_at_once: Counter[str] = Counter()
        self.asked: list[Ticket] = []

    async def execute(self, run: str, tickets: Sequence[Ticket]) -> None:
        names = [name_of(entry) for entry in tickets]
        self.batches.append((run, names))
        for counted in (run, "all"):
            self.under_way[counted] += 1
            self.most_at_once[counted] = max(self.most_at_once[counted], self.under_way[counted])
        await (self.gates[run].wait() if run in self.gates else asyncio.sleep(0))
        for entry, name in zip(tickets, names, strict=True):
            outcome = self.outcomes.get(name, Recorded(201, name, ()))
            if outcome is not None:
                entry.settle(outcome)
        self.under_way -= Counter({run: 1, "all": 1})

    async def ask(self, *tickets: Ticket, gone: Gone = still_there) -> list[Task]:
        """Submits them in order; once this returns all of them are queued or answered."""

        async def submit(entry: Ticket) -> Recorded:
            self.asked.append(entry)
            return await self.drainers.submit(entry, gone)

        expected = len(self.asked) + len(tickets)
        tasks = [asyncio.create_task(submit(entry)) for entry in tickets]
        await until(lambda: len(self.asked) == expected, every=0)
        return tasks

    def of_run(self, run: str) -> list[list[str]]:
        return [names for of_run, names in self.batches if of_run == run]

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[asyncio.Event]:
        """Drains inside the block. At its end the rest of the queue is drained, which must end by itself."""
        stopping = asyncio.Event()
        running = asyncio.create_task(self.drainers.run(stopping))
        try:
            yield stopping
        finally:
            stopping.set()
            for gate in self.gates.values():
                gate.set()
            await asyncio.wait_for(running, 10)


async def refused(world: Counterpart, entry: Ticket) -> Exception:
    """The immediate refusal, while everything else still waits."""
    with pytest.raises((Refused, Unavailable)) as refusal:
        await asyncio.wait_for(world.drainers.submit(entry, still_there), 10)
    return refusal.value


def name_of(entry: Ticket) -> str:
    return str(getattr(entry.command, "person", ""))


async def answers(tasks: Sequence[Task]) -> list[str]:
    return [done.body for done in await asyncio.wait_for(asyncio.gather(*tasks), 10)]
