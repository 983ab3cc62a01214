"""The consumer: every event of a topic applied once, in order per aggregate, effects and position in one transaction.

What a handler must not assume: that it runs once (a lost transaction runs again), or that two aggregates come in an
order. Infrastructure errors back off and block their partition; poison is parked with its subject and nothing else.

Fetching, committing, looking for orders and measuring are loops beside each other, and every partition works by itself:
none of them waits for another.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any

import structlog
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared.events.envelope import Event
from shared.events.registry import EVENTS
from shared.messaging.assignment import Assignment
from shared.messaging.batch import Batch, Limits, Reaction
from shared.messaging.decoding import EventDecoder
from shared.messaging.group_client import ClientBroken, client_calls, group_client, joined
from shared.messaging.held import DISCARDS, HELD
from shared.messaging.lag import LagWatch, Stalled, broker_answers
from shared.messaging.partition import OUTAGES, backoff_seconds
from shared.messaging.pause import PAUSES
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.messaging.positions import Positions
from shared.messaging.receipts import COLLECTION as RECEIPTS
from shared.messaging.sequence import Subject
from shared.mongo import CollectionSpec, Database
from shared.runtime import Runtime
from shared.waiting import first_of

COMMIT_SECONDS = 0.25
LOOK_SECONDS = 2.0
LAG_LOOK_SECONDS = 5.0
MOST_UNANSWERED = 2
ANSWER_SECONDS = 5.0
REBALANCE_SECONDS = 90.0  # longer than the group waits for a member
DRAIN_SECONDS = 5.0
IDLE_MS = 500
MOST_AT_ONCE = 2_000
# Fetching waits so long for the work it has begun: less would be many small fetches, which cost more than the work.
PACE_SECONDS = 0.05
log = structlog.get_logger(__name__)

INTERRUPTIONS = (ClientBroken, *OUTAGES)


class Consumer:
    """One consumer of a service. `name` is its name in positions and, with the prefix for tests, its group."""

    collections: tuple[CollectionSpec, ...] = (POSITIONS, RECEIPTS, HELD, DISCARDS, PAUSES)

    def __init__(
        self,
        name: str,
        runtime: Runtime,
        database: Database,
        *,
        handled: Collection[type[Event]],
        apply: Reaction,
        committed: Callable[[], None] = lambda: None,
        batch: int | None = None,
        limits: Limits | None = None,
    ) -> None:
        """`handled` are the types of a table of handlers: what to subscribe follows from it. `batch`: most records in
        one transaction, where it is not `consumer_batch`. `limits`: how far events may be applied for now."""
        settings = self._settings = runtime.settings
        self.name = name
        limits_of_waiting = {"most": settings.waiting_limit, "most_each": settings.waiting_caller_limit}
        self.positions = Positions(database, name, unfollowed=unfollowed(handled), **limits_of_waiting)
        self._runtime = runtime
        self._topics = [settings.topic_prefix + topic for topic in topics_of(handled)]
        self._committed = committed
        self._most = batch or settings.consumer_batch
        self._decoder = EventDecoder({event.type: event for event in handled}, settings.topic_prefix)
        self._batch = Batch(name, runtime, database, self._decoder, apply, self._announce, limits)
        self._lag = LagWatch(name, runtime.metrics)
        self._assignment: Assignment | None = None
        self._unanswered = 0
        self._attempt = 0
        self._interruption: str | None = "the consumer has not started"
        self._blindness: str | None = None

    @property
    def trouble(self) -> str | None:
        """What keeps this consumer, or some of its partitions, from going on."""
        partitions = self._assignment.trouble if self._assignment is not None else None
        return self._interruption or partitions or self._lag.trouble or self._blindness

    def attach(self, runtime: Runtime) -> None:
        """Gives the runtime its loop and its check."""
        runtime.add_loop(f"consumer {self.name}", self.run)
        runtime.add_check(f"consumer {self.name}", self.check)

    async def check(self) -> str | None:
        """For /readyz: why nothing is consumed, or which partition stands and why."""
        return self._batch.pause.reason or self.trouble

    async def run(self, stopping: asyncio.Event) -> None:
        """Consumes until `stopping`; with a new client when one has died. While paused it leaves the group."""
        while not stopping.is_set():
            try:
                await self._batch.prepare()
                if self._batch.pause.reason is not None:
                    await first_of(LOOK_SECONDS, stopping)
                    continue
                await self._consume(stopping)
            except INTERRUPTIONS as error:
                self._attempt += 1
                self._interruption = f"{type(error).__name__}: {error}"
                log.warning("consumer_interrupted", consumer=self.name, error=self._interruption)
                await first_of(backoff_seconds(self._attempt), stopping)

    async def _consume(self, stopping: asyncio.Event) -> None:
        """With one client, until it dies, the consumer pauses or is to stop."""
        client = group_client(self.name, self._settings)
        assignment = Assignment(self._runtime, client, self._batch, self._decoder, self._most)
        self._unanswered = 0
        self._lag.forget()
        async with joined(client, self._topics, assignment):
            self._assignment = assignment
            loops = (self._fetch, self._commit, self._look, self._measure)
            tasks = [asyncio.create_task(loop(assignment, stopping)) for loop in loops]
            try:
                ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    task.result()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await assignment.release(DRAIN_SECONDS)
                self._assignment = None

    async def _fetch(self, assignment: Assignment, stopping: asyncio.Event) -> None:
        while not stopping.is_set() and self._batch.pause.reason is None:
            begun = assignment.take(await self._fetched(assignment))
            if not self._unanswered:
                self._interruption = None
            self._attempt = 0
            if begun:
                await asyncio.wait(begun, timeout=PACE_SECONDS)

    async def _fetched(self, assignment: Assignment) -> Mapping[Any, Any]:
        """New records, or none after a while. During a rebalance the client keeps us waiting."""
        try:
            with client_calls():
                async with asyncio.timeout(REBALANCE_SECONDS):
                    found: Mapping[Any, Any] = await assignment.client.getmany(
                        timeout_ms=IDLE_MS, max_records=MOST_AT_ONCE
                    )
                    return found
        except TimeoutError as error:
            self._interruption = "the group does not come to an agreement"
            if await broker_answers(self._settings.broker):
                raise ClientBroken(self._interruption) from error
            return {}

    async def _commit(self, assignment: Assignment, stopping: asyncio.Event) -> None:
        while True:
            await assignment.moved.wait()
            await asyncio.sleep(COMMIT_SECONDS)
            assignment.moved.clear()
            if not await self._answered(assignment.commit()):
                assignment.moved.set()

    async def _look(self, assignment: Assignment, stopping: asyncio.Event) -> None:
        """What others have ordered, and whether they paused; a replica with the same code is no better."""
        while True:
            try:
                assignment.order_retries(await self._batch.look())
                self._blindness = None
            except OUTAGES as error:
                self._blindness = f"{type(error).__name__}: {error}"
            await first_of(LOOK_SECONDS, stopping)
            if stopping.is_set():
                return

    async def _measure(self, assignment: Assignment, stopping: asyncio.Event) -> None:
        while True:
            await first_of(LAG_LOOK_SECONDS, stopping)
            if stopping.is_set():
                return
            await self._answered(self._lag.measure(assignment.client, assignment.partitions))

    async def _answered(self, call: Coroutine[Any, Any, None]) -> bool:
        """A call that is not worth a new client while the broker is away: a new one waits until the group forgets us.

        Raises ClientBroken when others do get answers.
        """
        try:
            with client_calls():
                async with asyncio.timeout(ANSWER_SECONDS):
                    await call
            self._unanswered = 0
            return True
        except (CommitFailedError, IllegalStateError) as error:
            log.info("group_rebalances", consumer=self.name, error=str(error))
        except Stalled:
            raise
        except (KafkaError, OSError, TimeoutError) as error:
            self._interruption = f"{type(error).__name__}: {error}"
            self._unanswered = self._unanswered + 1 if await broker_answers(self._settings.broker) else 1
            if self._unanswered > MOST_UNANSWERED:
                raise ClientBroken(f"the broker answers others, but not this client: {self._interruption}") from error
        return False

    def _announce(self, last: Mapping[Subject, int]) -> None:
        self.positions.announce(last)
        self._committed()


def topics_of(handled: Collection[type[Event]]) -> list[str]:
    """The topics that these events are published on."""
    return sorted({event.topic for event in handled})


def unfollowed(handled: Collection[type[Event]]) -> tuple[str, ...]:
    """How aggregates begin of which nothing stands on these topics: contacts, for whoever writes to nobody."""
    topics = set(topics_of(handled))
    kinds = {(event.topic, event.aggregate_kind) for event in EVENTS.values()}
    return tuple(sorted(f"{kind}:" for topic, kind in kinds if kind is not None and topic not in topics))
