"""A service that only publishes and consumes: outbox, relay and consumers on real engines, no HTTP and no rules."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.events.envelope import Envelope, Event, OutgoingEvent
from shared.events.registry import EVENTS
from shared.events.topics import Topic
from shared.messaging.batch import Batch, BrokenInvariant
from shared.messaging.consumer import Consumer
from shared.messaging.dead_letters import DeadLetters
from shared.messaging.decoding import EventDecoder
from shared.messaging.publisher import EventPublisher
from shared.messaging.sequence import Received, Wait
from shared.mongo import CollectionSpec, Database, Document, InsertOne, Session, prepare, transaction
from shared.runtime import Runtime
from shared.settings import Settings
from shared.telemetry import Metrics, Tracing
from tests.support.events import MOMENT, record_at, types, wire
from tests.support.waiting import DEADLINE

EFFECTS = CollectionSpec("effects")


@dataclass
class Effects:
    """A handler whose effect is one document per event: an event that is applied twice in earnest fails.

    `order` is what it saw, with repetitions of transactions that were lost. `refuse` and `fail` hold ids of events.
    """

    database: Database
    order: list[str] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    fail: dict[str, Exception] = field(default_factory=dict)
    before: Callable[[Sequence[Envelope]], Awaitable[None]] | None = None

    async def apply(self, envelopes: Sequence[Envelope], session: Session) -> None:
        if self.before is not None:
            await self.before(envelopes)
        for envelope in envelopes:
            self.order.append(envelope.id)
            if envelope.id in self.refuse:
                raise BrokenInvariant(envelope, "refused")
            if envelope.id in self.fail:
                raise self.fail[envelope.id]
        rows = [InsertOne({"_id": e.id, "subject": e.subject, "seq": e.sequence}) for e in envelopes]
        await self.database.effects.bulk_write(rows, ordered=False, session=session)

    async def seqs(self, subject: str) -> list[int]:
        """What took effect, of one subject."""
        rows = await self.database.effects.find({"subject": subject}).to_list(None)
        return sorted(row["seq"] for row in rows)

    async def count(self) -> int:
        count: int = await self.database.effects.count_documents({})
        return count


@dataclass
class Station:
    """Everything of one test."""

    settings: Settings
    database: Database
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        self.tracing = Tracing("station", self.settings)
        self.effects = Effects(self.database)
        self.publisher = self.another_publisher()

    async def prepare(self) -> None:
        await prepare(self.database, [*EventPublisher.collections, *Consumer.collections, EFFECTS])

    def runtime(self, **changes: object) -> Runtime:
        """With these settings changed, as another replica has it; all count and trace together."""
        runtime = Runtime("enrolment", self.settings.model_copy(update=changes), tracing=self.tracing)
        runtime.metrics = self.metrics
        return runtime

    def another_publisher(self, **changes: object) -> EventPublisher:
        """As another replica of the same service has it; `instance` is its name."""
        return EventPublisher(self.runtime(**changes), self.database)

    def consumer(
        self, *events: type[Event], name: str = "station", effects: Effects | None = None, **changes: object
    ) -> Consumer:
        apply = (effects or self.effects).apply
        return Consumer(name, self.runtime(**changes), self.database, handled=events, apply=apply)

    async def batch(self, *events: type[Event], name: str = "station", **changes: object) -> Batch:
        """What stands between a consumer's records and the database, without a broker."""
        decoder = EventDecoder(types(*events), "")
        batch = Batch(name, self.runtime(**changes), self.database, decoder, self.effects.apply)
        await batch.prepare()
        return batch

    async def publish(self, events: Sequence[OutgoingEvent], *, wake: bool = True) -> None:
        """One transaction of a command whose events these are."""

        async def work(session: Session) -> None:
            await self.publisher.outbox.append(events, session)

        await transaction(self.database.client, work, deadline=10)
        if wake:
            self.publisher.wake()

    async def pending(self) -> list[str]:
        rows = await self.database.outbox.find({"pending": True, "place": {"$gt": ""}}).to_list(None)
        return sorted(row["_id"] for row in rows)

    async def all_published(self) -> bool:
        return not await self.pending()

    async def rows(self) -> dict[str, Document]:
        return {row["_id"]: row async for row in self.database.outbox.find({})}

    async def held(self, consumer: str = "station") -> dict[str, str]:
        """What waits, and why, by position."""
        rows = DeadLetters(self.database).rows(consumer)
        return {f"{row['subject']}:{row['seq']}": row["wait"] async for row in rows}

    async def parked(self, consumer: str = "station") -> list[Document]:
        """What somebody has to look at."""
        return [row async for row in DeadLetters(self.database).rows(consumer) if row["wait"] == Wait.PARKED]

    async def retry(self) -> int:
        """Orders a retry of everything that is parked."""
        rows = await self.parked()
        for row in rows:
            await DeadLetters(self.database).retry(row)
        return len(rows)

    async def discard(self) -> None:
        """Leaves everything out that is parked."""
        for row in await self.parked():
            await DeadLetters(self.database).discard(row, who="op-1", why="typed twice", at=MOMENT)

    async def log(self, topic: Topic) -> list["ConsumerRecord[bytes, bytes]"]:
        """Everything on a topic as it is now, in the order of each partition."""
        name = self.settings.topic_prefix + topic.name
        reader = AIOKafkaConsumer(bootstrap_servers=self.settings.kafka_bootstrap, auto_offset_reset="earliest")
        try:
            async with asyncio.timeout(DEADLINE):
                return await self._read(reader, name, topic.partitions)
        finally:
            await reader.stop()

    async def _read(self, reader: AIOKafkaConsumer, name: str, count: int) -> list["ConsumerRecord[bytes, bytes]"]:
        await reader.start()
        places = [TopicPartition(name, number) for number in range(count)]
        reader.assign(places)
        ends = await reader.end_offsets(places)
        everything: list[ConsumerRecord[bytes, bytes]] = []
        for place in [place for place in places if ends[place]]:
            await reader.seek_to_beginning(place)
            while await reader.position(place) < ends[place]:
                records = await reader.getmany(place, timeout_ms=500)
                everything += records.get(place, [])
        return everything


_offsets = itertools.count()


def arrived(
    event: OutgoingEvent, value: bytes | None = None, *, handled: Mapping[str, type[Event]] = EVENTS
) -> Received:
    """One record as it came in; with `value` for its body it is what became of it on the way."""
    body, headers = wire(event)
    place = (event.event.topic, 0, next(_offsets))
    return EventDecoder(handled, "").record(record_at(place, body if value is None else value, headers))


def ids_of(records: Iterable["ConsumerRecord[bytes, bytes]"]) -> list[str]:
    """The ids of events, as their headers tell."""
    return [dict(record.headers)["ce_id"].decode() for record in records]


@asynccontextmanager
async def running(*loops: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[asyncio.Event]:
    """Runs loops as the runtime does; on leaving they drain. What a loop dies of is raised here."""
    stopping = asyncio.Event()

    async def run(loop: Callable[[asyncio.Event], Awaitable[None]]) -> None:
        await loop(stopping)

    async with asyncio.TaskGroup() as group:
        for loop in loops:
            group.create_task(run(loop))
        try:
            yield stopping
        finally:
            stopping.set()
