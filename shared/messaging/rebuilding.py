"""Rebuilds as operators see them: begin one, see how far it is and why it does not move, give it up."""

from dataclasses import dataclass
from typing import Any

import structlog

from shared.clock import Clock
from shared.messaging.feeds import Feeds
from shared.messaging.generations import GenerationState

_FOREIGN = "another release fills it"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class GenerationProgress:
    """How much of the log a generation has read; None until this process has measured it. `blocked`: why it does not
    answer though it has read everything."""

    events: int | None = None
    events_total: int | None = None
    lag: float | None = None
    trouble: str | None = None
    blocked: str | None = None


@dataclass(frozen=True, slots=True)
class RebuildProgress:
    """`next` is None when no rebuild is under way; the last one has then ended with `state.active`."""

    state: GenerationState
    active: GenerationProgress
    next: GenerationProgress | None


class Rebuilding:
    def __init__(self, feeds: Feeds[Any], clock: Clock) -> None:
        self._feeds = feeds
        self._clock = clock

    async def begin(self) -> RebuildProgress:
        """Begins to fill the next generation, unless one is being filled already."""
        state = await self._feeds.generations.begin(self._clock())
        self._feeds.wake()
        return await self._progress_of(state)

    async def abandon(self) -> RebuildProgress:
        """Gives up what is being filled, if anything is; also a rebuild that a newer release began by itself."""
        state = await self._feeds.generations.read(self._clock())
        if await self._feeds.generations.abandon(state, self._clock()):
            log.info("generation_abandoned", generation=state.next)
        self._feeds.wake()
        return await self.progress()

    async def progress(self) -> RebuildProgress:
        return await self._progress_of(await self._feeds.generations.read(self._clock()))

    async def _progress_of(self, state: GenerationState) -> RebuildProgress:
        following = None if state.next is None else await self._generation(state, state.next)
        return RebuildProgress(state, await self._generation(state, state.active), following)

    async def _generation(self, state: GenerationState, generation: int) -> GenerationProgress:
        feed = self._feeds.feed(generation)
        foreign = state.fold_of(generation) != self._feeds.generations.fold
        if feed is None:
            return GenerationProgress(trouble=_FOREIGN if foreign else None)
        reading, lag = feed.reading, feed.lag
        return GenerationProgress(
            events=reading.total - reading.behind if reading else None,
            events_total=reading.total if reading else None,
            lag=lag.seconds if lag else None,
            trouble=await feed.consumer.check() if feed.fills else _FOREIGN,
            blocked=feed.blocked,
        )
