"""Broker and database of a data folder let in who has its credentials, and nobody else of the same machine."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from pattana.embedded.database import Database
from pattana.embedded.database import choose as choose_database
from pattana.embedded.kafka import Kafka, guarded
from shared.broker import Broker
from shared.engine import end_sessions
from shared.messaging.lag import broker_answers
from shared.mongo import OperationFailure, connect

pytestmark = pytest.mark.needs("processes")
PASSWORD = "of-this-folder"
NAMED = [name for name in ("PATTANA_MONGOD", "PATTANA_SECANTUSD") if os.environ.get(name)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guarded")


@pytest.fixture(scope="module")
async def kafka(folder: Path) -> AsyncIterator[Kafka]:
    broker = Kafka(folder, password=PASSWORD)
    await broker.start()
    yield broker
    await broker.kill()


async def test_the_broker_refuses_who_does_not_know_its_password(kafka: Kafka) -> None:
    assert await broker_answers(kafka.broker)
    assert not await broker_answers(Broker(kafka.bootstrap))
    assert not await broker_answers(guarded(kafka.bootstrap, "another"))
    assert not await broker_answers(Broker(kafka.bootstrap, "SASL_PLAINTEXT", "PLAIN", "root", PASSWORD))


async def test_the_controller_closes_the_door_to_who_says_nothing_of_himself(kafka: Kafka) -> None:
    """It would make and delete topics for anybody."""
    create_topics = bytes.fromhex("0013 0002 00000007 ffff 00000000 000003e8 00")
    reader, writer = await asyncio.open_connection("127.0.0.1", kafka.controller)
    writer.write(len(create_topics).to_bytes(4, "big") + create_topics)
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()


async def test_every_kind_of_client_works_with_the_password(kafka: Kafka, unique: str) -> None:
    options = kafka.broker.options()
    admin = AIOKafkaAdminClient(**options)
    await admin.start()
    await admin.create_topics([NewTopic(unique, num_partitions=1, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(**options, enable_idempotence=True) as producer:
        await producer.send_and_wait(unique, b"one")
    async with AIOKafkaConsumer(unique, **options, group_id=unique, auto_offset_reset="earliest") as consumer:
        assert (await consumer.getone()).value == b"one"


def test_what_the_broker_is_told_is_for_its_owner_alone(kafka: Kafka, folder: Path) -> None:
    told = folder / "kafka" / "server.properties"
    assert PASSWORD in told.read_text()
    assert told.stat().st_mode & 0o077 == 0
    assert PASSWORD not in command_line(kafka)


@pytest.mark.parametrize("environment", [{}, *({name: os.environ[name]} for name in NAMED)], ids=["wheel", *NAMED])
async def test_the_database_lets_in_who_knows_its_password_and_takes_a_new_one(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    choose = partial(choose_database, tmp_path, environment=environment)
    first = choose(password=PASSWORD)
    await first.start()
    port = first.port
    try:
        await asks(first.url)
        await end_sessions(first.url)
        await first.kill()
        await first.start()
        await asks(first.url)
        for wrong in (choose(port=port), choose(port=port, password="another")):
            with pytest.raises(OperationFailure):
                await asks(wrong.url)
        assert PASSWORD not in command_line(first)
    finally:
        await first.kill()

    second = choose(port=port, password="a/new one")
    await second.start()
    try:
        await asks(second.url)
        with pytest.raises(OperationFailure):
            await asks(first.url)
    finally:
        await second.kill()


async def asks(url: str) -> None:
    client = connect(url, app_name="tests")
    try:
        await client["guarded"]["things"].insert_one({"name": "a"})
        assert await client["guarded"]["things"].find_one({"name": "a"}) is not None
    finally:
        client.close()


def command_line(server: Database | Kafka) -> str:
    assert server.child is not None
    return Path(f"/proc/{server.child.pid}/cmdline").read_text()
