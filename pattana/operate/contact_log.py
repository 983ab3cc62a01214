"""What Kafka still has of a person's contact: reads the one partition that has the person's key, to its present end."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from pattana.audit.audit import Where
from pattana.errors import Explained
from shared.broker import Broker
from shared.events.topics import CONTACTS
from shared.messaging.kafka import partition_of

POLL_MS = 500
MOST_EMPTY = 20  # answers without a record, where compaction has left none


@dataclass(frozen=True, slots=True)
class ContactLog:
    """`contacts` are records of the person that are no tombstones; `trouble` why they may stay."""

    topic: str
    contacts: int
    trouble: str


async def contact_log(where: Where, person: str) -> ContactLog:
    """Raises KafkaError, and Explained when the broker has no such topic."""
    topic = where.topic_prefix + CONTACTS.name
    differing = differences(await settings_of(where.broker, topic))
    trouble = f"the topic was made with other settings: {', '.join(differing)}" if differing else ""
    partition = TopicPartition(topic, partition_of(person, CONTACTS.partitions))
    return ContactLog(topic, await _count(where.broker, partition, person.encode()), trouble)


def differences(settings: Mapping[str, str]) -> list[str]:
    """Pure. By which settings of the broker an erased contact may stay longer."""
    wanted = CONTACTS.settings
    return [name for name, value in wanted.items() if name in settings and _differ(settings[name], value)]


def _differ(one: str, other: str) -> bool:
    """Whether they differ; a broker writes numbers in its own way."""
    try:
        return float(one) != float(other)
    except ValueError:
        return one != other


async def settings_of(broker: Broker, topic: str) -> dict[str, str]:
    admin = AIOKafkaAdminClient(**broker.options())
    await admin.start()
    try:
        if topic not in await admin.list_topics():
            raise Explained(f"the broker has no topic {topic}: is it the right one?")
        answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    finally:
        await admin.close()
    return {entry[0]: entry[1] for answer in answers for resource in answer.resources for entry in resource[4]}


async def _count(broker: Broker, partition: TopicPartition, key: bytes) -> int:
    consumer = AIOKafkaConsumer(
        **broker.options(), client_id="pattana-erasure", enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        consumer.assign([partition])
        end, found, empty = (await consumer.end_offsets([partition]))[partition], 0, 0
        while await consumer.position(partition) < end and empty < MOST_EMPTY:
            records = (await consumer.getmany(partition, timeout_ms=POLL_MS)).get(partition, [])
            found += sum(record.key == key and record.value is not None for record in records)
            empty = 0 if records else empty + 1
        return found
    finally:
        await consumer.stop()
