"""Reads places of the log beside any consumer group: where they begin and end, and which events stand there."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.broker import Broker
from shared.messaging.outbox import Place

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
_WAIT_MS = 500
_MOST_EMPTY = 4  # answers without a record, where compaction has left none


class OpenLog:
    """Knows the topics as long as it is open. Calls one after the other."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def bounds(self, places: Collection[Place]) -> dict[Place, tuple[int, int]]:
        """The first offset and the one behind the last. Places without a leader must not be among them."""
        of = {TopicPartition(place.topic, place.partition): place for place in places}
        if not of:
            return {}
        async with asyncio.timeout(CONNECT_SECONDS):
            ends = await self._consumer.end_offsets(list(of))
            firsts = await self._consumer.beginning_offsets(list(of))
        return {place: (firsts[partition], ends[partition]) for partition, place in of.items()}

    async def ids(self, place: Place, low: int, high: int) -> dict[int, str]:
        """The ids of the events from `low` up to and without `high`, by offset; `high` is not beyond the end."""
        partition = TopicPartition(place.topic, place.partition)
        self._consumer.assign([partition])
        self._consumer.seek(partition, low)
        found: dict[int, str] = {}
        empty = 0
        async with asyncio.timeout(READ_SECONDS):
            while empty < _MOST_EMPTY and await self._consumer.position(partition) < high:
                records = (await self._consumer.getmany(partition, timeout_ms=_WAIT_MS)).get(partition, [])
                empty = 0 if records else empty + 1
                found |= {record.offset: _id_of(record) for record in records if record.offset < high}
        return found


class LogReader:
    """One per process; opens a connection when it is needed."""

    def __init__(self, broker: Broker, *, client_id: str) -> None:
        self._broker = broker
        self._client_id = client_id

    @asynccontextmanager
    async def open(self) -> AsyncIterator[OpenLog]:
        options = self._broker.options()
        consumer = AIOKafkaConsumer(**options, client_id=self._client_id, auto_offset_reset="earliest")
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await consumer.start()
            yield OpenLog(consumer)
        finally:
            await consumer.stop()


def _id_of(record: "ConsumerRecord[bytes, bytes]") -> str:
    """Empty for a record that is no event of ours."""
    return next((value.decode(errors="replace") for name, value in record.headers if name == "ce_id"), "")
