"""Reads Kafka's log from its beginning to its present end, and compares every record with its outbox row."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.verdict import Promise
from pattana.errors import Explained
from shared.events.directory import ContactErased
from shared.events.topics import TOPICS

POLL_MS = 500
AT_ONCE = 500
Excused = Callable[[str, str, int], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Logged:
    """One record, with its attributes from headers or value."""

    where: str
    source: str
    subject: str
    seq: int
    value: str | None
    key: str | None

    @property
    def id(self) -> str:
        return f"{self.subject}:{self.seq}"


class Log:
    """All topics of Pattana on one broker."""

    def __init__(self, bootstrap: str, topic_prefix: str = "") -> None:
        self._bootstrap = bootstrap
        self._prefix = topic_prefix

    async def records(self) -> AsyncIterator[Sequence["ConsumerRecord[bytes, bytes]"]]:
        """Everything up to the partitions' ends at the start, in batches."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            client_id="pattana-audit",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )
        await consumer.start()
        try:
            ends = await self._ends(consumer)
            while ends:
                fetched = await consumer.getmany(*ends, timeout_ms=POLL_MS, max_records=AT_ONCE)
                for place, records in fetched.items():
                    yield [record for record in records if record.offset < ends[place]]
                ends = {place: end for place, end in ends.items() if await consumer.position(place) < end}
        finally:
            await consumer.stop()

    async def _ends(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        there = await consumer.topics()
        missing = [self._prefix + name for name in TOPICS if self._prefix + name not in there]
        if missing:
            raise Explained(f"the broker {self._bootstrap} has no topic {missing[0]}: is it the right one?")
        places = [TopicPartition(self._prefix + t.name, p) for t in TOPICS.values() for p in range(t.partitions)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends: dict[TopicPartition, int] = await consumer.end_offsets(places)
        starts = {place: await consumer.position(place) for place in places}
        return {place: end for place, end in ends.items() if starts[place] < end}

    async def check(self, outboxes: Outboxes, promise: Promise, excused: Excused, advance: Advance) -> None:
        """Every record equals its outbox row, so duplicates are equal too. Marks what the log has."""
        async for records in self.records():
            ours = []
            for record in records:
                logged = _logged(record)
                promise.count("records")
                if logged is None or logged.source not in outboxes.histories:
                    promise.count("foreign records")
                else:
                    ours.append(logged)
            for source in {logged.source for logged in ours}:
                of_source = [logged for logged in ours if logged.source == source]
                rows = await outboxes.rows(source, {logged.id for logged in of_source})
                await self._compare(of_source, rows, outboxes, promise, excused)
            advance(len(records))

    async def _compare(
        self,
        records: Iterable[Logged],
        rows: Mapping[str, Mapping[str, Any]],
        outboxes: Outboxes,
        promise: Promise,
        excused: Excused,
    ) -> None:
        for logged in records:
            row = rows.get(logged.id)
            fault = difference(logged, row)
            if fault is not None and await excused(logged.source, logged.subject, logged.seq):
                promise.count("records set aside")
                continue
            if fault is not None:
                promise.broken(f"{logged.where}: {fault}")
            history = outboxes.histories[logged.source].get(logged.subject)
            if row is not None and history is not None and not history.in_log.add(logged.seq):
                promise.count("duplicates")


def difference(logged: Logged, row: Mapping[str, Any] | None) -> str | None:
    """Pure. How a record differs from its outbox row. Until compaction the log keeps an erased person's contact, which
    the outbox no longer has."""
    if row is None:
        return f"event {logged.id} is in the log, no outbox has it"
    if logged.key != row["key"]:
        return f"event {logged.id} has the key {logged.key}, the outbox says {row['key']}"
    if logged.value != row["body"] and row["type"] != ContactErased.type:
        return f"event {logged.id} differs from its outbox row"
    return None


def _logged(record: "ConsumerRecord[bytes, bytes]") -> Logged | None:
    """None for a record that is not one of our events."""
    headers = dict(record.headers)
    try:
        read = _attributes(record.value, headers)
        return Logged(
            where=f"{record.topic}/{record.partition}/{record.offset}",
            source=read["source"],
            subject=read["subject"],
            seq=int(read["sequence"]),
            value=None if record.value is None else record.value.decode(),
            key=None if record.key is None else record.key.decode(),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _attributes(value: bytes | None, headers: Mapping[str, bytes]) -> dict[str, Any]:
    if value is not None:
        read: dict[str, Any] = orjson.loads(value)
        return read
    return {name.removeprefix("ce_"): raw.decode() for name, raw in headers.items() if name.startswith("ce_")}
