"""Reads Kafka's log from its beginning, or from where an earlier audit ended, to its present end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from pattana.audit.ledger import Ledger
from pattana.audit.places import Place, Places
from pattana.audit.records import opened
from pattana.errors import Explained
from shared.broker import Broker
from shared.events.topics import TOPICS

POLL_MS = 500
AT_ONCE = 500
LOOK_SECONDS = 10.0
SILENT_SECONDS = 60.0
Records = Sequence["ConsumerRecord[bytes, bytes]"]


class Log:
    """All topics of Pattana on one broker. `begins`: where the broker's log begins; `starts`: where this reading
    does."""

    def __init__(self, consumer: AIOKafkaConsumer, topic_prefix: str) -> None:
        self._consumer = consumer
        self._prefix = topic_prefix
        self.begins: dict[Place, int] = {}
        self.starts: dict[Place, int] = {}
        self.ends: dict[Place, int] = {}

    def places(self) -> Places:
        return Places({place: (self.starts[place], end) for place, end in self.ends.items()}, self._prefix)

    def lost(self, ledger: Ledger) -> list[str]:
        """Partitions that end before what an earlier audit has read."""
        return [
            f"{topic}/{partition} ends at {end}, an earlier audit has read it up to {read}"
            for (topic, partition), end in self.ends.items()
            if (read := ledger.next_of(topic, partition)) > end
        ]

    async def open(self, ledger: Ledger) -> None:
        """Fixes the ends: what is published from now on is not of this audit."""
        there = await self._consumer.topics()
        missing = [self._prefix + name for name in TOPICS if self._prefix + name not in there]
        if missing:
            raise Explained(f"the broker has no topic {missing[0]}: is it the right one?")
        places = [TopicPartition(self._prefix + t.name, p) for t in TOPICS.values() for p in range(t.partitions)]
        self._consumer.assign(places)
        begins = await self._consumer.beginning_offsets(places)
        ends = await self._consumer.end_offsets(places)
        self.begins = {(place.topic, place.partition): begin for place, begin in begins.items()}
        self.ends = {(place.topic, place.partition): end for place, end in ends.items()}
        for place, end in self.ends.items():
            read = ledger.next_of(*place)
            self.starts[place] = max(read, self.begins[place]) if read <= end else self.begins[place]

    async def records(self) -> AsyncIterator[Records]:
        """Everything between starts and ends, in batches of one partition."""
        left = {TopicPartition(*place): end for place, end in self.ends.items() if self.starts[place] < end}
        for place in left:
            self._consumer.seek(place, self.starts[place.topic, place.partition])
        quiet = asyncio.get_running_loop().time()
        while left:
            fetched = await self._consumer.getmany(*left, timeout_ms=POLL_MS, max_records=AT_ONCE)
            for place, records in fetched.items():
                yield [record for record in records if record.offset < left[place]]
            now = asyncio.get_running_loop().time()
            quiet = now if fetched else quiet
            if now - quiet > SILENT_SECONDS:
                raise Explained(f"the broker gives no records of {next(iter(left)).topic}: try again later")
            left = {place: end for place, end in left.items() if await self._consumer.position(place) < end}

    async def look(self, place: Place, offset: int) -> tuple[str, str] | None:
        """The source and id of the event at one place."""
        partition = TopicPartition(*place)
        self._consumer.seek(partition, offset)
        ends = asyncio.get_running_loop().time() + LOOK_SECONDS
        while asyncio.get_running_loop().time() < ends:
            fetched = await self._consumer.getmany(partition, timeout_ms=POLL_MS, max_records=1)
            for record in fetched.get(partition, ()):
                logged = opened(record)
                return (logged.source, logged.id) if record.offset == offset else None
        return None


@asynccontextmanager
async def reading(broker: Broker, topic_prefix: str) -> AsyncIterator[Log]:
    """A client that belongs to no group and commits nothing."""
    consumer = AIOKafkaConsumer(
        **broker.options(),
        client_id="pattana-audit",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )
    await consumer.start()
    try:
        yield Log(consumer, topic_prefix)
    finally:
        await consumer.stop()
