"""Commands about seats: queued, carried out in batches, each answered exactly once."""

from collections.abc import Sequence

from services.enrolment.seats.domain.commands import Caller, Command
from services.enrolment.seats.service.attempts import Answers, Attempts, TookTooLong
from services.enrolment.seats.service.batch import Batches
from services.enrolment.seats.service.queue import Drainers, Gone, QueueLimits, Ticket
from shared.errors import Refused
from shared.idempotency import CommandKey, Recorded
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session, StoreUnavailable
from shared.runtime import Runtime
from shared.write import UnitOfWork


class SeatService:
    """One per process. Any number of processes may serve the same run: guards and keys decide, not this object."""

    def __init__(self, runtime: Runtime, units_of_work: UnitOfWork, batches: Batches, limits: QueueLimits) -> None:
        self._metrics = runtime.metrics
        self._units_of_work = units_of_work
        self._batches = batches
        self._drainers = Drainers(Attempts(self._once).carry_out, limits)

    async def quiet(self, seconds: float) -> None:
        """Returns when nobody waits for an answer, or after so long."""
        await self._drainers.quiet(seconds)

    def attach(self, runtime: Runtime) -> None:
        """Registers the loop that carries out commands."""
        runtime.add_loop("seats", self._drainers.run)

    async def carry_out(self, command: Command, key: CommandKey, caller: Caller, gone: Gone) -> Recorded:
        """The recorded answer, the same for every repetition of the key. Raises Refused, or Unavailable (503).

        `gone` is asked whether the caller still waits, if that takes long.
        """
        try:
            answer = await self._drainers.submit(Ticket(command, key, caller, self._units_of_work.recorder()), gone)
        except Refused as refusal:
            self._metrics.carried_out(command.name, refusal.code)
            raise
        self._metrics.carried_out(command.name, "ok")
        return answer

    async def _once(self, run: str, tickets: Sequence[Ticket], seconds: float, again: bool) -> Answers:
        snapshot = await self._batches.read(run, tickets, again=again, seconds=seconds)

        async def work(session: Session, recorder: EventRecorder) -> Answers:
            return await self._batches.carry_out(snapshot, tickets, session, recorder)

        try:
            return await self._units_of_work.commit(work, seconds=seconds, attempts=1)
        except StoreUnavailable as error:
            raise TookTooLong(str(error)) from error
