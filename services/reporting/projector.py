"""The loop that keeps generations filled, measures their lag, moves the pointer and drops what was replaced.

Every replica runs it; whatever it does may be done by another one first.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from aiokafka.errors import KafkaError

from services.reporting.generations import POINTERS, Generations, State, consumer_name
from services.reporting.handlers import HANDLERS, Projection
from services.reporting.offsets import Lag, LagMeter, OffsetReader, Reading
from services.reporting.settings import ReportingSettings
from services.reporting.storage import Generation, specs
from shared.clock import Clock
from shared.errors import Unavailable
from shared.events.topics import TOPICS
from shared.faults import CrashPoints
from shared.messaging.consumer import Consumer, subscribed
from shared.messaging.kafka import ensure_topics
from shared.mongo import CollectionSpec, Database, StoreError, prepare, translated_calls
from shared.runtime import Runtime
from shared.waiting import first_of

MOVE_BELOW_SECONDS = 1.0
INTERRUPTIONS = (KafkaError, StoreError, Unavailable, OSError, TimeoutError)
HANDLED, SUBSCRIBED = subscribed(HANDLERS)
log = structlog.get_logger(__name__)


class NotStarted(Unavailable):
    """No generation is known yet in this process."""


@dataclass(slots=True)
class Filling:
    """A generation that this process helps to fill. Without a task it can be read, but nothing new arrives yet."""

    generation: Generation
    consumer: Consumer
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    meter: LagMeter = field(default_factory=LagMeter)
    task: asyncio.Task[None] | None = None
    reading: Reading | None = None

    @property
    def lag(self) -> Lag | None:
        return self.meter.lag

    async def stop(self) -> None:
        self.stopping.set()
        if self.task is not None:
            await self.task


class Projector:
    def __init__(self, settings: ReportingSettings, database: Database, runtime: Runtime, clock: Clock) -> None:
        self.generations = Generations(database)
        self._settings = settings
        self._database = database
        self._runtime = runtime
        self._clock = clock
        self._crash = CrashPoints(settings)
        self._offsets = OffsetReader(
            settings.kafka_bootstrap,
            {settings.topic_prefix + name: TOPICS[name].partitions for name in SUBSCRIBED},
            client_id=f"reporting-lag@{settings.instance}",
            clock=clock,
        )
        self._state: State | None = None
        self._filling: dict[int, Filling] = {}
        self._look = asyncio.Event()
        self._trouble: str | None = "no generation is known yet"

    def attach(self, runtime: Runtime) -> None:
        runtime.add_loop("generations", self.run)
        runtime.add_check("generations", self.check)

    @property
    def state(self) -> State:
        """Raises NotStarted."""
        if self._state is None:
            raise NotStarted("generations are not known yet")
        return self._state

    def answering(self) -> Filling:
        """The generation to answer from. Raises NotStarted."""
        return self._filling[self.state.active]

    def filling(self, number: int) -> Filling | None:
        """A generation, as far as this process knows it."""
        return self._filling.get(number)

    def look(self) -> None:
        """The pointer has changed: do not wait for the next turn."""
        self._look.set()

    async def check(self) -> str | None:
        """For /readyz: what keeps the answers from being fresh."""
        if self._trouble is not None or self._state is None:
            return self._trouble
        return await self.answering().consumer.check()

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
                await first_of(self._settings.generation_poll_seconds, self._look, stopping)
                self._look.clear()
        finally:
            await asyncio.gather(*(filling.stop() for filling in self._filling.values()))
            await self._offsets.close()

    async def _turn(self) -> None:
        """The database first: what is stored can be read though the broker is away."""
        if self._state is None:
            await self._prepare([*Consumer.collections, POINTERS])
        state = await self.generations.read(self._clock())
        wanted = self._wanted(state)
        for number in sorted(wanted - set(self._filling)):
            await self._add(number, state)
        self._state = state
        for number in sorted(set(self._filling) - wanted):
            await self._filling.pop(number).stop()
        await self._start()
        await self._measure()
        await self._move_when_caught_up(state)
        await self._drop_old(state)

    async def _prepare(self, wanted: Iterable[CollectionSpec]) -> None:
        with translated_calls():
            await prepare(self._database, wanted)

    def _wanted(self, state: State) -> set[int]:
        """A replaced generation is filled for a while: another replica may still answer from it."""
        half = timedelta(seconds=self._settings.generation_grace_seconds / 2)
        now = self._clock()
        late = {old.generation for old in state.retired if now - old.at < half}
        return {state.active, *late} | ({state.next} if state.next is not None else set())

    async def _add(self, number: int, state: State) -> None:
        await self._prepare(specs(number))
        generation = Generation(self._database, number)
        rebuild = number == state.next
        batch = self._settings.rebuild_batch if rebuild else self._settings.consumer_batch
        self._filling[number] = Filling(generation, self._consumer(generation, batch))

    def _consumer(self, generation: Generation, batch: int) -> Consumer:
        return Consumer(
            consumer_name(generation.number),
            self._settings.model_copy(update={"consumer_batch": batch}),
            self._database,
            handled=HANDLED,
            topics=SUBSCRIBED,
            apply=Projection(generation).apply,
            metrics=self._runtime.metrics,
            crash=self._crash,
            tracing=self._runtime.tracing,
        )

    async def _start(self) -> None:
        """Starts what does not run yet. Raises what a consumer died of."""
        for filling in self._filling.values():
            if filling.task is not None and filling.task.done():
                filling.task.result()
                raise RuntimeError(f"{filling.consumer.name} ended")
        waiting = [filling for filling in self._filling.values() if filling.task is None]
        if waiting:
            settings = self._settings
            await ensure_topics(
                settings.kafka_bootstrap, replication=settings.topic_replication, prefix=settings.topic_prefix
            )
        for filling in waiting:
            filling.task = asyncio.create_task(filling.consumer.run(filling.stopping), name=filling.consumer.name)
            filling.task.add_done_callback(lambda _: self.look())
            log.info("generation_filling", generation=filling.generation.number)

    async def _measure(self) -> None:
        prefix = self._settings.group_prefix
        groups = {prefix + filling.consumer.name: filling for filling in self._filling.values()}
        for group, reading in (await self._offsets.read(list(groups))).items():
            groups[group].reading = reading
            groups[group].meter.add(reading)

    async def _move_when_caught_up(self, state: State) -> None:
        filling = self._filling.get(state.next) if state.next is not None else None
        seconds = filling.lag.seconds if filling is not None and filling.lag is not None else None
        if seconds is None or seconds >= MOVE_BELOW_SECONDS:
            return
        if await self.generations.move(state, self._clock()):
            log.info("generation_answers", generation=state.next, before=state.active)
        self.look()

    async def _drop_old(self, state: State) -> None:
        grace = timedelta(seconds=self._settings.generation_grace_seconds)
        for old in state.retired:
            if self._clock() - old.at >= grace and old.generation not in self._filling:
                await self.generations.drop(old.generation)
                log.info("generation_dropped", generation=old.generation)
