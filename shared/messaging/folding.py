"""What a read model is made of, and one of its generations in this process."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from shared.events.envelope import Event
from shared.messaging.batch import Reaction
from shared.messaging.consumer import Consumer
from shared.messaging.cutover import Cutover
from shared.messaging.generations import Fold
from shared.messaging.offsets import Lag, LagMeter, Reading
from shared.mongo import CollectionSpec, StoreUnavailable

MOVE_BELOW_SECONDS = 1.0
G = TypeVar("G")


class NotStarted(StoreUnavailable):
    """No generation is known yet in this process, or none that it can read."""


async def _not_needed(generation: object) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Folding(Generic[G]):
    """A read model: what a service makes of the log, generation by generation.

    `open` gives the collections of a generation, whose `specs` have been prepared, and `react` what is done with a
    batch. Of a model that `acts`, events also have effects outside of its collections: `react` asks the Cutover which
    have had theirs. `oldest_readable` is the oldest version of folds that this release reads. `keeps` says whether
    a generation that was replaced is still needed.
    """

    consumer: str
    fold: Fold
    oldest_readable: int
    handled: Collection[type[Event]]
    specs: Callable[[int], Sequence[CollectionSpec]]
    open: Callable[[int], G]
    react: Callable[[G, Cutover], Reaction]
    acts: bool = False
    committed: Callable[[], None] = lambda: None
    keeps: Callable[[G], Awaitable[bool]] = _not_needed

    def is_readable(self, version: int) -> bool:
        """Of a later one nobody here knows the form."""
        return self.oldest_readable <= version <= self.fold.version


@dataclass(frozen=True, slots=True)
class Closed:
    """That the active generation acts no more since `since`, as it is stored; and when this process first saw it, by
    its clock and by the time of its event loop."""

    since: datetime
    at: datetime
    loop_time: float


@dataclass(slots=True)
class Feed(Generic[G]):
    """A generation that this process reads, and helps to fill if its release `fills` it. `blocked`: why it does not
    answer though it has read the whole log."""

    number: int
    generation: G
    consumer: Consumer
    cutover: Cutover
    fills: bool
    blocked: str | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    meter: LagMeter = field(default_factory=LagMeter)
    closed: Closed | None = None
    task: asyncio.Task[None] | None = None
    reading: Reading | None = None

    @property
    def lag(self) -> Lag | None:
        return self.meter.lag

    def measured(self, reading: Reading) -> None:
        self.reading = reading
        self.meter.add(reading)

    async def stop(self) -> None:
        self.stopping.set()
        if self.task is not None:
            await self.task


def caught_up(feed: Feed[G], active: Feed[G]) -> bool:
    """Whether it is almost at the end of the log; or no further from it than what answers, which may be far behind."""
    seconds = feed.lag.seconds if feed.lag is not None else None
    other = active.lag.seconds if active.lag is not None else None
    return seconds is not None and (seconds < MOVE_BELOW_SECONDS or (other is not None and seconds <= other))
