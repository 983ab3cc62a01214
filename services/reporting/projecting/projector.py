"""The loop that keeps generations filled, measures their lag, moves the pointer and drops what was replaced.

Every replica runs it, and any step may have been taken by another replica first. A replica fills and moves only what
its own release folds; when that is newer than what answers, it begins a rebuild by itself, and answers from the old
generation until the new one is there.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from aiokafka.errors import KafkaError

from services.reporting.projecting.domain.generations import CONSUMER, FOLD_VERSION, is_readable
from services.reporting.projecting.handlers import HANDLERS
from services.reporting.projecting.offsets import Lag, LagMeter, OffsetReader, Reading
from services.reporting.projecting.projection import Projection
from services.reporting.settings import ReportingSettings
from services.reporting.storage import Generation, specs
from shared.errors import Unavailable
from shared.events.topics import TOPICS
from shared.messaging.consumer import Consumer, topics_of
from shared.messaging.generations import POINTERS, Fold, Generations, GenerationState
from shared.messaging.kafka import ensure_topics
from shared.mongo import CollectionSpec, Database, StoreError, prepare, translated_calls
from shared.runtime import Runtime
from shared.waiting import first_of

MOVE_BELOW_SECONDS = 1.0
MOVING_SECONDS = 0.5
FOLD = Fold.of(FOLD_VERSION, HANDLERS)
INTERRUPTIONS = (KafkaError, StoreError, Unavailable, OSError, TimeoutError)
log = structlog.get_logger(__name__)


class NotStarted(Unavailable):
    """No generation is known yet in this process, or none that it can read."""


@dataclass(slots=True)
class GenerationFeed:
    """A generation that this process reads, and helps to fill if its release `fills` it. `blocked`: why it does not
    answer though it has read the whole log."""

    generation: Generation
    consumer: Consumer
    fills: bool
    blocked: str | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    meter: LagMeter = field(default_factory=LagMeter)
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


class Projector:
    def __init__(self, runtime: Runtime, settings: ReportingSettings, database: Database) -> None:
        self._fold, self._handled = FOLD, HANDLERS
        self.generations = Generations(database, CONSUMER, specs, self._fold)
        self._runtime = runtime
        self._settings = settings
        self._database = database
        self._clock = runtime.clock
        self._offsets = OffsetReader(
            settings.kafka_bootstrap,
            {settings.topic_prefix + name: TOPICS[name].partitions for name in topics_of(self._handled)},
            client_id=f"reporting-lag@{settings.instance}",
            clock=runtime.clock,
        )
        self._state: GenerationState | None = None
        self._feeds: dict[int, GenerationFeed] = {}
        self._woken = asyncio.Event()
        self._trouble: str | None = "no generation is known yet"

    def attach(self, runtime: Runtime) -> None:
        runtime.add_loop("generations", self.run)
        runtime.add_check("generations", self.check)

    def answering(self) -> GenerationFeed:
        """The generation to answer from. Raises NotStarted."""
        if self._state is None:
            raise NotStarted("generations are not known yet")
        if not is_readable(self._state.fold.version):
            raise NotStarted(f"generation {self._state.active} is of another release")
        return self._feeds[self._state.active]

    def feed(self, generation: int) -> GenerationFeed | None:
        """None: this process neither reads nor fills that generation."""
        return self._feeds.get(generation)

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
        still = state is not None and state.next is None and not state.retired and self._trouble is None
        level = all(feed.lag is not None and not feed.lag.events for feed in self._feeds.values())
        return poll if still and level else min(poll, MOVING_SECONDS)

    async def _turn(self) -> None:
        """The database first: what is stored can be read even while the broker is away."""
        if self._state is None:
            await self._prepare([*Consumer.collections, POINTERS])
        state = await self.generations.read(self._clock())
        if state.calls_for(self._fold):
            state = await self.generations.begin(self._clock())
            log.warning("generation_begun", generation=state.next, active=state.active, folds=state.fold.version)
        needed = self._needed(state)
        for number in sorted(needed - set(self._feeds)):
            await self._add(number, state)
        self._state = state
        for number in sorted(set(self._feeds) - needed):
            await self._feeds.pop(number).stop()
        await self._start()
        await self._measure()
        await self._move_when_caught_up(state)
        await self._drop_old(state)

    async def _prepare(self, collections: Iterable[CollectionSpec]) -> None:
        with translated_calls():
            await prepare(self._database, collections)

    def _needed(self, state: GenerationState) -> set[int]:
        """A replaced generation is filled for a while: another replica may still answer from it."""
        since = self._clock() - timedelta(seconds=self._settings.generation_grace_seconds / 2)
        ours = [old for old in state.retired if old.fold == self._fold]
        late = {old.generation for old in ours if old.answered and old.at > since}
        filling = {state.next} if state.next is not None and state.next_fold == self._fold else set()
        return {state.active, *late, *filling}

    async def _add(self, number: int, state: GenerationState) -> None:
        await self._prepare(specs(number))
        generation = Generation(self._database, number)
        consumer = Consumer(
            self.generations.consumer_of(number),
            self._runtime,
            self._database,
            handled=self._handled,
            apply=Projection(generation).apply,
            batch=self._settings.rebuild_batch if number == state.next else None,
        )
        self._feeds[number] = GenerationFeed(generation, consumer, fills=state.fold_of(number) == self._fold)

    async def _start(self) -> None:
        """Starts what is not running yet. Raises the error that a consumer died of."""
        for feed in self._feeds.values():
            if feed.task is not None and feed.task.done():
                feed.task.result()
                raise RuntimeError(f"{feed.consumer.name} ended")
        waiting = [feed for feed in self._feeds.values() if feed.fills and feed.task is None]
        if waiting:
            settings = self._settings
            await ensure_topics(
                settings.kafka_bootstrap, replication=settings.topic_replication, prefix=settings.topic_prefix
            )
        for feed in waiting:
            feed.task = asyncio.create_task(feed.consumer.run(feed.stopping), name=feed.consumer.name)
            feed.task.add_done_callback(lambda _: self.wake())
            log.info("generation_filling", generation=feed.generation.number)

    async def _measure(self) -> None:
        prefix = self._settings.group_prefix
        groups = {prefix + feed.consumer.name: feed for feed in self._feeds.values()}
        for group, reading in (await self._offsets.read(list(groups))).items():
            groups[group].measured(reading)

    async def _move_when_caught_up(self, state: GenerationState) -> None:
        """A generation in which more waits than in the active one would answer worse: it waits for a human."""
        feed = self._feeds.get(state.next) if state.next is not None else None
        seconds = feed.lag.seconds if feed is not None and feed.lag is not None else None
        if feed is None or seconds is None or seconds >= MOVE_BELOW_SECONDS:
            return
        if worse := await self.generations.worse(state):
            if feed.blocked is None:
                log.warning("generation_blocked", generation=state.next, active=state.active, waiting=worse)
            feed.blocked = f"more waits in it than in generation {state.active}: {', '.join(worse)} ..."
            return
        feed.blocked = None
        if await self.generations.move(state, self._clock()):
            log.info("generation_answers", generation=state.next, before=state.active)
        self.wake()

    async def _drop_old(self, state: GenerationState) -> None:
        grace = timedelta(seconds=self._settings.generation_grace_seconds)
        for old in state.retired:
            if self._clock() - old.at >= grace and old.generation not in self._feeds:
                await self.generations.drop(old.generation)
                log.info("generation_dropped", generation=old.generation)
