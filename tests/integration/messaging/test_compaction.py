"""How an erased contact leaves the log: the topic as it is made, and what a broker does with such a topic."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from pattana.operate.contact_log import differences, settings_of
from services.enrolment.directory.domain.erasing import TURNS
from shared.broker import Broker
from shared.events.topics import CONTACTS, SEGMENT, TOPICS
from tests.support.waiting import until

WEEK_MS = 7 * 86_400_000
QUICK = {"segment.ms": "500", "max.compaction.lag.ms": "500"}
PERSON, CONTACT = b"person-1", b"sealed"


async def test_the_topic_of_contacts_is_made_so_that_an_erased_one_is_gone_within_a_week(
    topics: str, kafka_bootstrap: str
) -> None:
    """After the tombstone a new file begins when the last turn of the erasure writes (at most `TURNS[-1]` later), and
    what is older than the lag is compacted at once, however little there is."""
    made = await settings_of(Broker(kafka_bootstrap), topics + CONTACTS.name)
    assert made["cleanup.policy"] == "compact"
    assert int(made["segment.ms"]) < TURNS[-1].total_seconds() * 1000
    assert TURNS[-1].total_seconds() * 1000 + int(made["max.compaction.lag.ms"]) < WEEK_MS
    assert int(made["min.compaction.lag.ms"]) == 0
    assert float(made["min.cleanable.dirty.ratio"]) <= 0.1
    assert int(made["delete.retention.ms"]) == WEEK_MS
    assert differences(made) == []
    assert differences(made | {"segment.ms": "604800000"}) == ["segment.ms"]
    assert SEGMENT.total_seconds() * 1000 == int(made["segment.ms"])


async def test_every_other_topic_keeps_everything(topics: str, kafka_bootstrap: str) -> None:
    for topic in TOPICS.values():
        if not topic.state:
            made = await settings_of(Broker(kafka_bootstrap), topics + topic.name)
            assert (made["cleanup.policy"], made["retention.ms"]) == ("delete", "-1")


@pytest.fixture
async def quick(kafka_bootstrap: str, unique: str) -> AsyncIterator[str]:
    """As contacts are kept, but for the times."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(unique, 1, 1, topic_configs=CONTACTS.settings | QUICK)])
    yield unique
    await admin.delete_topics([unique])
    await admin.close()


async def values(bootstrap: str, topic: str) -> list[bytes | None]:
    """What the log has, in order."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        place, found = TopicPartition(topic, 0), list[bytes | None]()
        consumer.assign([place])
        end = (await consumer.end_offsets([place]))[place]
        while await consumer.position(place) < end:
            records = await consumer.getmany(place, timeout_ms=200)
            found += [record.value for record in records.get(place, [])]
        return found
    finally:
        await consumer.stop()


async def test_the_broker_removes_the_contact_when_something_is_written_later(kafka_bootstrap: str, quick: str) -> None:
    """And not before: in a partition where nobody writes any more it would stay for ever."""
    clock = asyncio.get_running_loop().time
    producer = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap)
    await producer.start()
    try:
        await producer.send_and_wait(quick, CONTACT, key=PERSON)
        await producer.send_and_wait(quick, None, key=PERSON)
        written = clock()
        await until(lambda: clock() > written + 1, what="the file is old enough to end")
        assert await values(kafka_bootstrap, quick) == [CONTACT, None]
        await producer.send_and_wait(quick, None, key=PERSON)

        async def gone() -> bool:
            return CONTACT not in await values(kafka_bootstrap, quick)

        await until(gone, 120, every=1, what="the broker has compacted the log")
    finally:
        await producer.stop()
