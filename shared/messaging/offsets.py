"""How far consumer groups have read the log, according to the broker: the same for all replicas. Knows no documents."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.broker import Broker
from shared.clock import Clock

READ_SECONDS = 5.0
Offsets = Mapping[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """The ends of all partitions at the system time `at`, and how far one group had read just after."""

    at: datetime
    ends: Offsets
    done: Offsets

    @property
    def total(self) -> int:
        return sum(self.ends.values())

    @property
    def behind(self) -> int:
        return sum(max(0, end - self.done.get(partition, 0)) for partition, end in self.ends.items())

    def covers(self, ends: Offsets) -> bool:
        """Whether the group has read everything up to these ends."""
        return all(self.done.get(partition, 0) >= end for partition, end in ends.items())


@dataclass(frozen=True, slots=True)
class Lag:
    """How far answers are behind the log, as it was read at `read_at`.

    `seconds`: everything that was in the log that long ago is in the answers. 0 when nothing is missing; None as long
    as this process has not seen the group reach any known point.
    """

    seconds: float | None
    events: int
    read_at: datetime


class LagMeter:
    """Lag of one group from consecutive readings.

    A snapshot of the ends is kept until the group has read that far: then everything up to that instant is known to be
    applied, whatever the times of single events are.
    """

    def __init__(self) -> None:
        self._complete_at: datetime | None = None
        self._snapshot: Reading | None = None
        self.lag: Lag | None = None

    def complete_since(self, moment: datetime) -> bool:
        """Whether everything that was in the log at this moment has been applied."""
        return self._complete_at is not None and self._complete_at >= moment

    def add(self, reading: Reading) -> Lag:
        if not reading.behind:
            self._complete_at, self._snapshot = reading.at, None
        elif self._snapshot is None:
            self._snapshot = reading
        elif reading.covers(self._snapshot.ends):
            self._complete_at, self._snapshot = self._snapshot.at, reading
        self.lag = Lag(self._seconds(reading), reading.behind, reading.at)
        return self.lag

    def _seconds(self, reading: Reading) -> float | None:
        if self._complete_at is None:
            return None
        return max(0.0, (reading.at - self._complete_at).total_seconds())


class OffsetReader:
    """Asks the broker. After any error the clients are closed, and the next reading makes new ones."""

    def __init__(self, broker: Broker, topics: Mapping[str, int], *, client_id: str, clock: Clock) -> None:
        """`topics`: the number of partitions by full name."""
        self._broker = broker
        self._partitions = [TopicPartition(topic, number) for topic, count in topics.items() for number in range(count)]
        self._client_id = client_id
        self._clock = clock
        self._consumer: AIOKafkaConsumer | None = None
        self._admin: AIOKafkaAdminClient | None = None

    async def read(self, groups: Sequence[str]) -> dict[str, Reading]:
        """One reading per group. Raises KafkaError, OSError or TimeoutError when the broker does not answer."""
        try:
            async with asyncio.timeout(READ_SECONDS):
                consumer, admin = await self._clients()
                at = self._clock()
                ends = await consumer.end_offsets(self._partitions)
                return {group: Reading(at, ends, await self._committed(admin, group)) for group in groups}
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        consumer, admin, self._consumer, self._admin = self._consumer, self._admin, None, None
        with contextlib.suppress(KafkaError, OSError, TimeoutError):
            async with asyncio.timeout(1):
                if consumer is not None:
                    await consumer.stop()
                if admin is not None:
                    await admin.close()

    async def _committed(self, admin: AIOKafkaAdminClient, group: str) -> Offsets:
        committed = await admin.list_consumer_group_offsets(group)
        return {partition: offset.offset for partition, offset in committed.items()}

    async def _clients(self) -> tuple[AIOKafkaConsumer, AIOKafkaAdminClient]:
        if self._consumer is None or self._admin is None:
            await self.close()
            options = self._broker.options() | {"client_id": self._client_id}
            consumer, admin = AIOKafkaConsumer(**options), AIOKafkaAdminClient(**options)
            self._consumer, self._admin = consumer, admin
            await consumer.start()
            await admin.start()
        return self._consumer, self._admin
