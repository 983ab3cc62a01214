"""The topics on a broker: made at start, checked, and which partition a key goes to."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code
from aiokafka.partitioner import murmur2

from shared.broker import Broker
from shared.events.topics import TOPICS


class PartitionsChanged(Exception):
    """A topic has another number of partitions than it must have: the order of its events is no longer sure."""


async def ensure_topics(broker: Broker, *, replication: int, prefix: str = "") -> None:
    """Creates the topics that are missing. Settings of existing ones are left as they are.

    Raises PartitionsChanged for an existing one with another partition count.
    """
    admin = AIOKafkaAdminClient(**broker.options())
    try:
        await admin.start()
        present = set(await admin.list_topics())
        ours = {prefix + topic.name: topic for topic in TOPICS.values()}
        missing = [
            NewTopic(name, topic.partitions, replication, topic_configs=topic.settings)
            for name, topic in ours.items()
            if name not in present
        ]
        if missing:
            answer = await admin.create_topics(missing)
            _raise_unless_made(answer.topic_errors)
        if len(missing) < len(ours):
            there = await admin.describe_topics([name for name in ours if name in present])
            _raise_if_changed(there, {name: topic.partitions for name, topic in ours.items()})
    finally:
        await admin.close()


def _raise_unless_made(errors: Iterable[Sequence[object]]) -> None:
    for error in errors:
        kind = for_code(error[1])
        if error[1] and kind is not TopicAlreadyExistsError:
            raise kind(f"topic {error[0]}: {error[2] if len(error) > 2 else ''}")


def _raise_if_changed(described: Iterable[dict[str, Any]], partitions: dict[str, int]) -> None:
    for topic in described:
        name, count = topic["topic"], len(topic["partitions"])
        if count and count != partitions[name]:
            raise PartitionsChanged(f"topic {name} has {count} partitions; it must have {partitions[name]}")


@lru_cache(maxsize=10_000)
def partition_of(key: str, partitions: int) -> int:
    """Where Kafka's own partitioner puts this key, worked out once: it costs more than the rest of a send."""
    return int((murmur2(key.encode()) & 0x7FFFFFFF) % partitions)
