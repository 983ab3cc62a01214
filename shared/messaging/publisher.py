"""The publishing half of a service: its outbox, its relay, and what every event of a command carries."""

import asyncio
from datetime import datetime
from typing import Final

import structlog
from aiokafka.errors import KafkaError

from shared.messaging.kafka import ensure_topics
from shared.messaging.leases import LANES, RELAYS, SHAPE, Lanes
from shared.messaging.log_reader import LogReader
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.messaging.outbox import Outbox
from shared.messaging.producer import Producer
from shared.messaging.recorder import EventRecorder
from shared.messaging.relay import ASIDE, Relay
from shared.messaging.tail import CHECKED, Tail
from shared.messaging.wakeup import Wakeup
from shared.mongo import CollectionSpec, Database
from shared.runtime import Runtime
from shared.security_log.entries import acting
from shared.settings import Settings
from shared.telemetry import correlation
from shared.waiting import first_of

TOPICS_SECONDS: Final = 10.0
AGAIN_SECONDS: Final = 1.0
_INTERRUPTIONS: Final = (KafkaError, OSError, TimeoutError)
log = structlog.get_logger(__name__)


def source_of(service: str) -> str:
    """The CloudEvents source of a service's events."""
    return f"/pattana/{service}"


class EventPublisher:
    """Outbox and relay of one service, made once in its composition root."""

    collections: tuple[CollectionSpec, ...] = (OUTBOX, LANES, RELAYS, SHAPE, ASIDE, CHECKED)

    def __init__(self, runtime: Runtime, database: Database) -> None:
        settings = self._settings = runtime.settings
        self.outbox = Outbox(database, lanes=settings.relay_lanes, topic_prefix=settings.topic_prefix)
        self._source = source_of(runtime.service)
        self._tracing = runtime.tracing
        self._lanes = _lanes(settings, database)
        self.relay = Relay(
            runtime,
            database,
            self._lanes,
            producer=_producer(runtime.service, settings),
            second=_producer(runtime.service, settings),
            tail=Tail(database, LogReader(settings.broker, client_id=_client_id(runtime.service, settings))),
        )
        self._wakeup = Wakeup(database[OUTBOX.name], self._lanes, self.wake)
        self._topics: str | None = "the topics were not looked for yet"

    def recorder(self, now: datetime, causation: str | None = None) -> EventRecorder:
        """For the events of one command: caller, correlation and trace are those of the request that runs now."""
        return EventRecorder(
            self._source, now, correlation.get(), causation, self._tracing.inject(), access=acting.get()
        )

    def wake(self) -> None:
        """Rows were committed: relay them now."""
        self.relay.wake()

    def attach(self, runtime: Runtime) -> None:
        """Gives the runtime the loops and the check."""
        runtime.add_loop("relay", self._relay)
        runtime.add_loop("relay wake-up", self._wakeup.run)
        runtime.add_check("relay", self._check)

    async def prepare(self) -> None:
        """Makes the lanes. Raises LanesChanged: with this setting order would be lost."""
        await self._lanes.prepare()

    async def _check(self) -> str | None:
        return self._topics or await self.relay.check()

    async def _relay(self, stopping: asyncio.Event) -> None:
        """Relays when the topics are there. Until then commands are carried out, and their events wait.

        Raises PartitionsChanged: on this broker order would be lost.
        """
        while self._topics is not None and not stopping.is_set():
            try:
                await self._make_topics()
            except _INTERRUPTIONS as error:
                trouble = f"the topics cannot be looked for: {type(error).__name__}"
                if trouble != self._topics:
                    log.warning("topics_wait", error=f"{type(error).__name__}: {error}")
                self._topics = trouble
                await first_of(AGAIN_SECONDS, stopping)
        if not stopping.is_set():
            await self.relay.run(stopping)

    async def _make_topics(self) -> None:
        settings = self._settings
        async with asyncio.timeout(TOPICS_SECONDS):
            await ensure_topics(settings.broker, replication=settings.topic_replication, prefix=settings.topic_prefix)
        self._topics = None


def _lanes(settings: Settings, database: Database) -> Lanes:
    return Lanes(
        database[LANES.name],
        database[RELAYS.name],
        database[SHAPE.name],
        owner=settings.instance,
        count=settings.relay_lanes,
        seconds=settings.relay_lease_seconds,
    )


def _client_id(service: str, settings: Settings) -> str:
    return f"{service}@{settings.instance}"


def _producer(service: str, settings: Settings) -> Producer:
    """A send begins in the first half of a lease and ends in the second: what is sent is sent by the holder."""
    return Producer(
        settings.broker,
        client_id=_client_id(service, settings),
        ack_seconds=settings.relay_lease_seconds * 0.4,
        topic_prefix=settings.topic_prefix,
    )
