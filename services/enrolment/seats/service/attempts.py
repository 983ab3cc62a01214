"""How a batch is tried again: retries, splitting, and when to give up. Knows no seats and no database.

One bucket that keeps losing, one command that is a duplicate, or one that takes too long never fails its neighbours.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from services.enrolment.seats.service.queue import MOST_IN_BATCH, Ticket, Undecided
from shared.errors import Refused
from shared.idempotency import Recorded
from shared.mongo import Conflict, DuplicateKey, StoreError, StoreUnavailable

Answers = list[Recorded | Refused]
# (run, tickets, seconds, again): one attempt. `again`: an earlier one may have been committed.
Once = Callable[[str, Sequence[Ticket], float, bool], Awaitable[Answers]]
log = structlog.get_logger(__name__)


class TookTooLong(StoreUnavailable):
    """The database answered the reads before the transaction, but the transaction did not end in time, or nobody knows
    whether it did. Fewer commands may succeed."""


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds: for a batch; at least for a part of one that was split; and for both together."""

    batch: float = 2.0
    part: float = 0.5
    whole: float = 8.0

    def of(self, commands: int) -> float:
        """A part of a batch gets its share of the time of a full one."""
        return max(self.part, self.batch * commands / MOST_IN_BATCH)


PATIENCE: Final = Patience()


class Attempts:
    """Carries out batches with `once`; every ticket is settled in the end, and nothing is raised.

    What took too long teaches it how many commands the database manages at present; every success lets it try twice as
    many. So a database that is slow for all costs the first batch its time, not every one.
    """

    def __init__(self, once: Once, patience: Patience = PATIENCE) -> None:
        self._once = once
        self._patience = patience
        self._managed = MOST_IN_BATCH

    async def carry_out(self, run: str, tickets: Sequence[Ticket]) -> None:
        now = asyncio.get_running_loop().time()
        last = now + self._patience.whole
        ends = now + self._patience.batch
        try:
            if len(tickets) <= self._managed:
                await self._attempt(run, tickets, ends, last, again=False)
            else:
                await self._each(run, self._portions(tickets), ends, last, TookTooLong("there was no time left"))
        except StoreUnavailable as away:
            _give_up(tickets, away)
        except Exception as error:
            log.exception("batch_failed", run=run, commands=len(tickets))
            for ticket in tickets:
                ticket.settle(error)

    def _portions(self, tickets: Sequence[Ticket]) -> Iterator[Sequence[Ticket]]:
        """As many at a time as the database manages then."""
        first = 0
        while first < len(tickets):
            portion = tickets[first : first + self._managed]
            first += len(portion)
            yield portion

    async def _attempt(self, run: str, tickets: Sequence[Ticket], ends: float, last: float, *, again: bool) -> None:
        """Until committed, split, or at `ends`. Raises StoreUnavailable when the database itself does not answer: then
        no other part needs to be tried."""
        clock, lost = asyncio.get_running_loop().time, 0
        while True:
            try:
                _settle(tickets, await self._once(run, tickets, max(0.1, ends - clock()), again))
                self._managed = max(self._managed, min(MOST_IN_BATCH, 2 * len(tickets)))
                return
            except (Conflict, DuplicateKey, StoreUnavailable) as error:
                failure = error.with_traceback(None)  # without this frame, which holds it and all tickets
            lost, again = lost + 1, True
            if isinstance(failure, TookTooLong) and len(tickets) > 1:
                self._managed = max(1, len(tickets) // 2)
            parts = parts_after(failure, tickets, lost)
            if len(parts) > 1:
                await self._each(run, parts, ends, last, failure)
                return
            if not await _pause(lost, ends):
                if isinstance(failure, StoreUnavailable) and not isinstance(failure, TookTooLong):
                    raise failure
                _give_up(tickets, failure)
                return

    async def _each(
        self, run: str, parts: Iterable[Sequence[Ticket]], ends: float, last: float, failure: StoreError
    ) -> None:
        for part in parts:
            now = asyncio.get_running_loop().time()
            if now >= last:
                _give_up(part, failure)
            else:
                window = min(last, max(ends, now + self._patience.of(len(part))))
                await self._attempt(run, part, window, last, again=True)


def parts_after(failure: StoreError, tickets: Sequence[Ticket], lost: int) -> list[list[Ticket]]:
    """How a batch is split after a failure: in halves to isolate a duplicate or what takes too long, by bucket after
    two conflicts."""
    if isinstance(failure, DuplicateKey | TookTooLong):
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
