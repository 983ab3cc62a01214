"""Commands about seats: queued, carried out in batches, each answered exactly once."""

import asyncio
import random
from collections.abc import Sequence

import structlog

from services.enrolment.seats.domain.commands import Caller, Command
from services.enrolment.seats.service.batch import Answers, Batches
from services.enrolment.seats.service.queue import Drainers, Ticket, Undecided
from shared.errors import Refused
from shared.idempotency import CommandKey, Recorded
from shared.messaging.recorder import EventRecorder
from shared.mongo import Conflict, DuplicateKey, Session, StoreError, StoreUnavailable
from shared.runtime import Runtime
from shared.write import UnitOfWork

DEADLINE_SECONDS = 2.0
log = structlog.get_logger(__name__)


class SeatService:
    """One per process. Any number of processes may serve the same run: guards and keys decide, not this object."""

    def __init__(self, runtime: Runtime, units_of_work: UnitOfWork, batches: Batches) -> None:
        self._metrics = runtime.metrics
        self._units_of_work = units_of_work
        self._batches = batches
        self._drainers = Drainers(self._execute)

    def attach(self, runtime: Runtime) -> None:
        """Registers the loop that carries out commands."""
        runtime.add_loop("seats", self._drainers.run)

    async def carry_out(self, command: Command, key: CommandKey, caller: Caller) -> Recorded:
        """The recorded answer, the same for every repetition of the key. Raises Refused, or Unavailable (503)."""
        ticket = Ticket(command, key, caller, self._units_of_work.recorder())
        try:
            answer = await self._drainers.submit(ticket)
        except Refused as refusal:
            self._metrics.commands.labels(command.name, refusal.code).inc()
            raise
        self._metrics.commands.labels(command.name, "ok").inc()
        return answer

    async def _execute(self, run: str, tickets: list[Ticket]) -> None:
        ends = asyncio.get_running_loop().time() + DEADLINE_SECONDS
        try:
            await self._attempts(run, tickets, ends, again=False)
        except Exception as error:
            log.exception("batch_failed", run=run, commands=len(tickets))
            for ticket in tickets:
                ticket.settle(error)

    async def _attempts(self, run: str, tickets: list[Ticket], ends: float, *, again: bool) -> None:
        """Retries until committed or out of time. A batch that keeps failing is split, so that one bucket or one bad
        command never fails its neighbours."""
        lost = 0
        while True:
            try:
                _settle(tickets, await self._once(run, tickets, ends, again=again))
                return
            except (Conflict, DuplicateKey, StoreUnavailable) as error:
                failure = error
            lost, again = lost + 1, True
            parts = parts_after(failure, tickets, lost)
            if len(parts) > 1:
                await self._each(run, parts, ends)
                return
            if not await _pause(lost, ends):
                _give_up(tickets, failure)
                return

    async def _each(self, run: str, parts: Sequence[list[Ticket]], ends: float) -> None:
        for part in parts:
            await self._attempts(run, part, ends, again=True)

    async def _once(self, run: str, tickets: list[Ticket], ends: float, *, again: bool) -> Answers:
        clock = asyncio.get_running_loop().time
        snapshot = await self._batches.read(run, tickets, again=again, seconds=max(0.1, ends - clock()))

        async def work(session: Session, recorder: EventRecorder) -> Answers:
            return await self._batches.carry_out(snapshot, tickets, session, recorder)

        return await self._units_of_work.commit(work, seconds=max(0.1, ends - clock()), attempts=1)


def parts_after(failure: StoreError, tickets: Sequence[Ticket], lost: int) -> list[list[Ticket]]:
    """How a batch is split after a failure: in halves to isolate a duplicate, by bucket after two conflicts."""
    if isinstance(failure, DuplicateKey):
        middle = len(tickets) // 2
        return [part for part in (list(tickets[:middle]), list(tickets[middle:])) if part]
    return by_bucket(tickets) if isinstance(failure, Conflict) and lost >= 2 else []


def by_bucket(tickets: Sequence[Ticket]) -> list[list[Ticket]]:
    """The same commands, those of one bucket together and in order."""
    parts: dict[str | None, list[Ticket]] = {}
    for ticket in tickets:
        parts.setdefault(ticket.bucket, []).append(ticket)
    return list(parts.values())


async def _pause(lost: int, ends: float) -> bool:
    """Waits a little, longer after each failure; False when the time is up."""
    pause = random.uniform(0.3, 1.0) * min(0.005 * 2**lost, 0.2)
    if asyncio.get_running_loop().time() + pause >= ends:
        return False
    await asyncio.sleep(pause)
    return True


def _give_up(tickets: Sequence[Ticket], failure: StoreError) -> None:
    for ticket in tickets:
        ticket.settle(Undecided(str(failure)))


def _settle(tickets: Sequence[Ticket], answers: Answers) -> None:
    for ticket, answer in zip(tickets, answers, strict=True):
        ticket.settle(answer)
