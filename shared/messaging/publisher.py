"""The speaking half of a service: its outbox, its relay, and the context that every fact of a command carries."""

import asyncio
from datetime import datetime, timedelta

from shared.events.envelope import Context
from shared.faults import CrashPoints
from shared.messaging.kafka import ensure_topics
from shared.messaging.leases import LANES, RELAYS, Lanes
from shared.messaging.marks import HIGHEST
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.messaging.outbox import Outbox
from shared.messaging.producer import Producer
from shared.messaging.relay import ASIDE, Relay
from shared.messaging.wakeup import Wakeup
from shared.mongo import CollectionSpec, Database
from shared.runtime import Runtime
from shared.settings import Settings
from shared.telemetry import Metrics, Tracing, correlation


def source_of(service: str) -> str:
    """The CloudEvents source of a service's events."""
    return f"/pattana/{service}"


class EventPublisher:
    """Outbox and relay of one service, made once in its composition root."""

    collections: tuple[CollectionSpec, ...] = (OUTBOX, LANES, RELAYS, ASIDE, HIGHEST)

    def __init__(
        self,
        service: str,
        settings: Settings,
        database: Database,
        *,
        metrics: Metrics,
        crash: CrashPoints,
        tracing: Tracing,
    ) -> None:
        self.outbox = Outbox(database, lanes=settings.relay_lanes, topic_prefix=settings.topic_prefix)
        self._settings = settings
        self._source = source_of(service)
        self._tracing = tracing
        self._lanes = _lanes(settings, database)
        self.relay = Relay(
            database,
            _producer(service, settings),
            self._lanes,
            metrics,
            crash,
            tracing,
            poll=settings.relay_poll_seconds,
            round_rows=settings.relay_round,
            renew_every=settings.relay_lease_seconds * 0.25,
        )
        self._wakeup = Wakeup(database[OUTBOX.name], self._lanes, self.wake)

    def context(self, now: datetime, offset_seconds: int = 0, causation: str | None = None) -> Context:
        """The surroundings of the facts of one command: correlation and trace of the request that runs now."""
        return Context(
            source=self._source,
            recorded_at=now,
            occurred_at=now + timedelta(seconds=offset_seconds),
            correlation=correlation.get(),
            causation=causation,
            traceparent=self._tracing.inject(),
        )

    def wake(self) -> None:
        """Rows were committed: relay them now."""
        self.relay.wake()

    def attach(self, runtime: Runtime) -> None:
        """Gives the runtime the loops and the check."""
        runtime.add_loop("relay", self.relay.run)
        runtime.add_loop("relay wake-up", self._wakeup.run)
        runtime.add_check("relay", self.relay.check)

    async def make_topics(self, *, seconds: float = 30) -> None:
        """Creates missing topics; a start without a broker fails after `seconds`."""
        async with asyncio.timeout(seconds):
            await ensure_topics(
                self._settings.kafka_bootstrap,
                replication=self._settings.topic_replication,
                prefix=self._settings.topic_prefix,
            )


def _lanes(settings: Settings, database: Database) -> Lanes:
    return Lanes(
        database[LANES.name],
        database[RELAYS.name],
        owner=settings.instance,
        count=settings.relay_lanes,
        seconds=settings.relay_lease_seconds,
    )


def _producer(service: str, settings: Settings) -> Producer:
    """A send begins in the first half of a lease and ends in the second: what is sent is sent by the holder."""
    return Producer(
        settings.kafka_bootstrap,
        client_id=f"{service}@{settings.instance}",
        ack_seconds=settings.relay_lease_seconds * 0.4,
        topic_prefix=settings.topic_prefix,
    )
