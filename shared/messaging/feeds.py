"""The loop that keeps generations filled, measures their lag, moves the pointer and drops what was replaced.

Every replica runs it, and any step may have been taken by another replica first. A replica fills and moves only what
its own release folds; when that is newer than what answers, it begins a rebuild by itself, and answers from the old
generation until the new one is there.
"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Generic, TypeVar

import structlog
from aiokafka.errors import KafkaError

from shared.errors import Unavailable
from shared.events.topics import TOPICS
from shared.messaging.consumer import Consumer, topics_of
from shared.messaging.cutover import CLOSED, LONGEST_BATCH_SECONDS, Cutover
from shared.messaging.folding import Closed, Feed, Folding, NotStarted, caught_up
from shared.messaging.generations import POINTERS, Generations, GenerationState
from shared.messaging.kafka import ensure_topics
from shared.messaging.offsets import OffsetReader
from shared.mongo import CollectionSpec, Database, StoreError, prepare, translated_calls
from shared.runtime import Runtime
from shared.settings import GenerationSettings
from shared.waiting import first_of

MOVING_SECONDS = 0.5
INTERRUPTIONS = (KafkaError, StoreError, Unavailable, OSError, TimeoutError)
G = TypeVar("G")
log = structlog.get_logger(__name__)


class Feeds(Generic[G]):
    """The generations of one read model in this process."""

    def __init__(self, model: Folding[G], runtime: Runtime, settings: GenerationSettings, database: Database) -> None:
        self._model = model
        self._fold = model.fold
        self.generations = Generations(database, model.consumer, model.specs, model.fold)
        self._runtime = runtime
        self._settings = settings
        self._database = database
        self._clock = runtime.clock
        self._offsets = OffsetReader(
            settings.broker,
            {settings.topic_prefix + name: TOPICS[name].partitions for name in topics_of(model.handled)},
            client_id=f"{runtime.service}-lag@{settings.instance}",
            clock=runtime.clock,
        )
        self._state: GenerationState | None = None
        self._feeds: dict[int, Feed[G]] = {}
        self._woken = asyncio.Event()
        self._trouble: str | None = "no generation is known yet"

    def attach(self, runtime: Runtime) -> None:
        runtime.add_loop("generations", self.run)
        runtime.add_check("generations", self.check)

    def answering(self) -> Feed[G]:
        """The generation to answer from. Raises NotStarted."""
        if self._state is None:
            raise NotStarted("generations are not known yet")
        if not self._model.is_readable(self._state.fold.version):
            raise NotStarted(f"generation {self._state.active} is of another release")
        return self._feeds[self._state.active]

    def feed(self, generation: int) -> Feed[G] | None:
        """None: this process neither reads nor fills that generation."""
        return self._feeds.get(generation)

    def replaced(self) -> list[G]:
        """Those that have answered before and are still there."""
        retired = () if self._state is None else self._state.retired
        return [self._model.open(old.generation) for old in retired if old.answered]

    def wake(self) -> None:
        """The pointer has changed: do not wait for the next turn."""
        self._woken.set()

    async def check(self) -> str | None:
        """For /readyz: what keeps the answers from being fresh."""
        state = self._state
        if self._trouble is not None or state is None:
            return self._trouble
        if state.fold == self._fold:
            return await self.answering().consumer.check()
        return self._of_another_release(state)

    def _of_another_release(self, state: GenerationState) -> str:
        """Nobody of this release adds to what answers: it grows old, unless replicas of the other one still run."""
        versions = f"(folds {state.fold.version}, here {self._fold.version})"
        text = f"generation {state.active} is of another release {versions}"
        filling = self._feeds.get(state.next) if state.next is not None else None
        if filling is None:
            return f"{text}; `pattana rebuild` fills one of this release"
        return f"{text}; generation {state.next} is being filled; {filling.blocked or 'it moves when it is complete'}"

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping`. A consumer that ends by itself ends the process."""
        try:
            while not stopping.is_set():
                try:
                    await self._turn()
                    self._trouble = None
                except INTERRUPTIONS as error:
                    if self._trouble is None:
                        log.warning("generations_interrupted", error=f"{type(error).__name__}: {error}")
                    self._trouble = f"{type(error).__name__}: {error}"
                await first_of(self._pause(), self._woken, stopping)
                self._woken.clear()
        finally:
            await asyncio.gather(*(feed.stop() for feed in self._feeds.values()))
            await self._offsets.close()

    def _pause(self) -> float:
        """Short while anything moves: a rebuild, a generation to be dropped, or answers that are behind the log."""
        poll, state = self._settings.generation_poll_seconds, self._state
        if state is None or state.next is not None or state.retired or self._trouble is not None:
            return min(poll, MOVING_SECONDS)
        behind = self._needs_lag(state) and any(feed.lag is None or feed.lag.events for feed in self._feeds.values())
        return min(poll, MOVING_SECONDS) if behind else poll

    def _needs_lag(self, state: GenerationState) -> bool:
        """Answers say how old they are. Where nobody reads them, lag only says whether the next one has caught up."""
        return not self._model.acts or state.next is not None

    async def look(self) -> GenerationState:
        """The present state, and what answers ready to be read: the database alone, for what is stored can be read even
        while the broker is away."""
        if self._state is None:
            await self._prepare([*Consumer.collections, POINTERS])
        state = await self.generations.read(self._clock())
        if state.calls_for(self._fold):
            state = await self.generations.begin(self._clock())
            log.warning("generation_begun", generation=state.next, active=state.active, folds=state.fold.version)
        for number in sorted(self._needed(state) - set(self._feeds)):
            await self._add(number, state)
        self._state = state
        return state

    async def _turn(self) -> None:
        state = await self.look()
        for number in sorted(set(self._feeds) - self._needed(state)):
            await self._feeds.pop(number).stop()
        await self._start()
        if self._needs_lag(state):
            await self._measure()
        await self._move_when_caught_up(state)
        if self._model.acts and (state.next is not None or state.retired):
            await asyncio.gather(*(feed.cutover.let_go_on() for feed in self._feeds.values() if feed.fills))
        await self._drop_old(state)

    async def _prepare(self, collections: Iterable[CollectionSpec]) -> None:
        with translated_calls():
            await prepare(self._database, collections)

    def _needed(self, state: GenerationState) -> set[int]:
        """A replaced generation is filled for a while: another replica may still answer from it. One whose events have
        effects is not: these are its successor's now."""
        filling = {state.next} if state.next is not None and state.next_fold == self._fold else set()
        late: set[int] = set()
        if not self._model.acts:
            since = self._clock() - timedelta(seconds=self._settings.generation_grace_seconds / 2)
            ours = [old for old in state.retired if old.fold == self._fold]
            late = {old.generation for old in ours if old.answered and old.at > since}
        return {state.active, *late, *filling}

    async def _add(self, number: int, state: GenerationState) -> None:
        await self._prepare(self._model.specs(number))
        generation = self._model.open(number)
        cutover = Cutover(self._database, self._model.consumer, number, self._clock)
        is_next = number == state.next
        consumer = Consumer(
            self.generations.consumer_of(number),
            self._runtime,
            self._database,
            handled=self._model.handled,
            apply=self._model.react(generation, cutover),
            committed=self._model.committed,
            batch=self._settings.rebuild_batch if is_next else None,
            limits=cutover.limits if is_next and self._model.acts else None,
        )
        fills = state.fold_of(number) == self._fold
        self._feeds[number] = Feed(number, generation, consumer, cutover, fills)

    async def _start(self) -> None:
        """Starts what is not running yet. Raises the error that a consumer died of."""
        for feed in self._feeds.values():
            if feed.task is not None and feed.task.done():
                feed.task.result()
                raise RuntimeError(f"{feed.consumer.name} ended")
        waiting = [feed for feed in self._feeds.values() if feed.fills and feed.task is None]
        if waiting:
            settings = self._settings
            await ensure_topics(settings.broker, replication=settings.topic_replication, prefix=settings.topic_prefix)
        for feed in waiting:
            feed.task = asyncio.create_task(feed.consumer.run(feed.stopping), name=feed.consumer.name)
            feed.task.add_done_callback(lambda _: self.wake())
            log.info("generation_filling", generation=feed.number)

    async def _measure(self) -> None:
        prefix = self._settings.group_prefix
        groups = {prefix + feed.consumer.name: feed for feed in self._feeds.values()}
        for group, reading in (await self._offsets.read(list(groups))).items():
            groups[group].measured(reading)

    async def _move_when_caught_up(self, state: GenerationState) -> None:
        """A generation in which more waits than in the active one would answer worse: it waits for a human."""
        feed = self._feeds.get(state.next) if state.next is not None else None
        if feed is None or not caught_up(feed, self._feeds[state.active]):
            return
        if worse := await self.generations.worse(state):
            if feed.blocked is None:
                log.warning("generation_blocked", generation=state.next, active=state.active, waiting=worse)
            feed.blocked = f"more waits in it than in generation {state.active}: {', '.join(worse)} ..."
            return
        feed.blocked = None
        if self._model.acts and not await self._handed_over(feed, state):
            return
        if await self.generations.move(state, self._clock()):
            log.info("generation_answers", generation=state.next, before=state.active)
        self.wake()

    async def _handed_over(self, feed: Feed[G], state: GenerationState) -> bool:
        """Whether the active generation acts no more, and all that it has handled is known to this one."""
        now = asyncio.get_running_loop().time()
        if state.closed_at is None or self._clock() - state.closed_at > CLOSED:
            await self.generations.close(state, self._clock())
        elif feed.closed is None or feed.closed.since != state.closed_at:
            feed.closed = Closed(state.closed_at, self._clock(), now)
            log.info("generation_closed", generation=state.active, follows=state.next)
        elif now - feed.closed.loop_time >= LONGEST_BATCH_SECONDS and feed.meter.complete_since(feed.closed.at):
            return not await feed.cutover.is_behind()
        return False

    async def _drop_old(self, state: GenerationState) -> None:
        grace = timedelta(seconds=self._settings.generation_grace_seconds)
        for old in state.retired:
            over = self._clock() - old.at >= grace and old.generation not in self._feeds
            if over and not (old.answered and await self._model.keeps(self._model.open(old.generation))):
                await self.generations.drop(old.generation)
                log.info("generation_dropped", generation=old.generation)
