"""Commands about seats: queued, carried out in batches, and answered exactly once whatever happens in between."""

import asyncio
import random
from collections.abc import Sequence

import structlog

from services.enrolment.seats.batch import Answers, Batch
from services.enrolment.seats.commands import Command, name_of
from services.enrolment.seats.drainer import Drainers, Ticket, Undecided
from shared.clock import Clock
from shared.errors import Refused
from shared.faults import CrashPoint, CrashPoints
from shared.idempotency import CommandKey, Recorded
from shared.messaging.publisher import EventPublisher
from shared.mongo import Client, Conflict, DuplicateKey, Session, StoreError, StoreUnavailable, transaction
from shared.rights import Scope
from shared.runtime import Runtime
from shared.telemetry import Metrics

DEADLINE_SECONDS = 2.0
log = structlog.get_logger(__name__)


class SeatService:
    """One per process. Any number of processes may serve the same run: guards and keys decide, not this object."""

    def __init__(
        self,
        client: Client,
        batch: Batch,
        publisher: EventPublisher,
        metrics: Metrics,
        crash: CrashPoints,
        clock: Clock,
    ) -> None:
        self._client = client
        self._batch = batch
        self._publisher = publisher
        self._metrics = metrics
        self._crash = crash
        self._clock = clock
        self._drainers = Drainers(self._execute)

    def attach(self, runtime: Runtime) -> None:
        """Gives the runtime the loop that carries commands out."""
        runtime.add_loop("seats", self._drainers.run)

    async def carry_out(self, command: Command, key: CommandKey, caller: str, scope: Scope) -> Recorded:
        """The recorded answer, the same for every repetition of the key. Raises Refused, or Unavailable (503)."""
        ticket = Ticket(command, key, caller, scope, self._publisher.context(self._clock()))
        name = name_of(command)
        try:
            answer = await self._drainers.submit(ticket)
        except Refused as refusal:
            self._metrics.commands.labels(name, refusal.code).inc()
            raise
        self._metrics.commands.labels(name, "ok").inc()
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
        """Tries until committed or out of time; a batch that keeps losing is split, so that one bucket or one bad
        command never fails its neighbours."""
        lost = 0
        while True:
            try:
                self._settle(tickets, await self._once(run, tickets, ends, again=again))
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
        snapshot = await self._batch.read(run, tickets, again=again, seconds=max(0.1, ends - clock()))

        async def work(session: Session) -> Answers:
            return await self._batch.run(snapshot, tickets, session)

        answers = await transaction(self._client, work, deadline=max(0.1, ends - clock()), attempts=1)
        self._crash.reach(CrashPoint.AFTER_COMMIT)
        return answers

    def _settle(self, tickets: Sequence[Ticket], answers: Answers) -> None:
        self._publisher.wake()
        for ticket, answer in zip(tickets, answers, strict=True):
            ticket.settle(answer)


def parts_after(failure: StoreError, tickets: Sequence[Ticket], lost: int) -> list[list[Ticket]]:
    """Into what a batch is split after a failure: halves to corner a duplicate, buckets when it lost twice."""
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
    """Waits a little, longer after each loss; False when the time is over."""
    pause = random.uniform(0.3, 1.0) * min(0.005 * 2**lost, 0.2)
    if asyncio.get_running_loop().time() + pause >= ends:
        return False
    await asyncio.sleep(pause)
    return True


def _give_up(tickets: Sequence[Ticket], failure: StoreError) -> None:
    for ticket in tickets:
        ticket.settle(Undecided(str(failure)))
