"""What one channel has to do: read in pages, handed out lane by lane. Claims nothing."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from services.notification.domain import ChannelName
from services.notification.sending.domain.breaker import Breaker
from services.notification.sending.domain.turns import Backlog
from services.notification.sending.storage import Ledger
from shared.clock import Clock

PAGE: Final = 200
# A page is read anew after this time, however slowly it is worked off: what is urgent and new comes to the front.
FRESH_SECONDS: Final = 1.0
# With every worker in a call for so long, the channel is slow, and holds up nothing that is not its own.
SLOW_SECONDS: Final = 1.0


class Desk:
    """Of one channel, for as many workers as it has. One desk of all also has the messages whose channel is not chosen
    yet (`serves` holds None): most of them go there."""

    def __init__(
        self,
        ledger: Ledger,
        breaker: Breaker,
        clock: Clock,
        *,
        serves: tuple[ChannelName | None, ...],
        workers: int,
        poll: float,
    ) -> None:
        self.serves = serves
        self.breaker = breaker
        self.workers = workers
        self.woken = asyncio.Event()
        self._ledger = ledger
        self._clock = clock
        self._poll = poll
        self._backlog = Backlog()
        self._reading = asyncio.Lock()
        self._read_at = float("-inf")
        self._more = False
        self._next_due: datetime | None = None
        self._busy = 0
        self._full_since = float("inf")

    @property
    def idle(self) -> bool:
        return self._busy == 0

    async def take(self) -> str | None:
        """The key of a message that seemed due; None: there is nothing to do for now. Raises StoreError."""
        async with self._reading:
            if self._stale(asyncio.get_running_loop().time()):
                await self._read()
            return self._backlog.take()

    def _stale(self, now: float) -> bool:
        age = now - self._read_at
        if self._backlog:
            return age > FRESH_SECONDS
        due = self._next_due is not None and self._next_due <= self._clock()
        return self._more or due or self.woken.is_set() or age >= self._poll

    async def _read(self) -> None:
        self.woken.clear()
        self._read_at, self._more, self._next_due = asyncio.get_running_loop().time(), False, None
        due = await self._ledger.due(self.serves, self._clock(), PAGE)
        self._more, self._next_due = self._more or due.more, due.later
        self._backlog.fill(due.rows)

    def pause(self) -> float:
        """Until there may be something to do, unless `woken` says so before."""
        if self._next_due is None:
            return self._poll
        return min(self._poll, max(0.01, (self._next_due - self._clock()).total_seconds()))

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Around a worker's message. What became of it is read again: it may be due soon."""
        self._busy += 1
        if self._busy == self.workers:
            self._full_since = asyncio.get_running_loop().time()
        try:
            yield
        finally:
            self._busy -= 1
            self._full_since = float("inf")
            self._more = True

    def holds_up(self, now: float) -> str | None:
        """Why messages that are not for this channel are better not left to it, as a code."""
        if not self.breaker.closed:
            return "channel-away"
        return "channel-busy" if now - self._full_since >= SLOW_SECONDS else None
