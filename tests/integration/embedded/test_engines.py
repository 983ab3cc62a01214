"""The embedded broker and database: data outlive kill -9, and the address stays."""

import subprocess
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from pattana.embedded.database import Database, EngineMissing
from pattana.embedded.jars import bring, pinned
from pattana.embedded.kafka import Kafka, java
from pattana.embedded.mongod import mongod_version
from shared.broker import Broker
from shared.engine import end_sessions
from shared.messaging.lag import broker_answers
from shared.mongo import Session, StoreError, connect, transaction
from shared.mongo import database as database_of
from tests.engines import Engines, EngineSet


async def produce(bootstrap: str, topic: str, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True) as producer:
        for value in values:
            await producer.send_and_wait(topic, value)


async def consume(bootstrap: str, topic: str, count: int) -> list[bytes]:
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=topic, auto_offset_reset="earliest"
    ) as consumer:
        return [(await consumer.getone()).value for _ in range(count)]


async def test_kafka_keeps_acknowledged_records_over_kill(killable: Engines, unique: str) -> None:
    kafka, topic = killable.kafka, f"{unique}.facts"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()
    await produce(kafka.bootstrap, topic, b"one")
    await kafka.kill()
    await kafka.start()
    await produce(kafka.bootstrap, topic, b"two")
    assert await consume(kafka.bootstrap, topic, 2) == [b"one", b"two"]


async def test_database_keeps_majority_writes_over_kill(killable: Engines, unique: str) -> None:
    database, name = killable.database, f"{unique}_kept"
    client = connect(database.url, app_name="tests")
    await database_of(client, name).things.insert_one({"_id": 1})
    client.close()
    await database.kill()
    await database.start()
    client = connect(database.url, app_name="tests")
    assert await database_of(client, name).things.find_one() == {"_id": 1}
    client.close()


async def test_database_runs_transactions(mongo_url: str, mongo_prefix: str) -> None:
    client = connect(mongo_url, app_name="tests")
    things = database_of(client, f"{mongo_prefix}_a").things
    await things.insert_one({"_id": "first"})
    async with await client.start_session() as session, session.start_transaction():
        await things.insert_one({"_id": "second"}, session=session)
        await session.abort_transaction()
    assert await things.count_documents({}) == 1
    client.close()


async def test_what_a_client_left_open_is_ended(mongo_url: str, mongo_prefix: str) -> None:
    client = connect(mongo_url, app_name="tests")
    things = database_of(client, f"{mongo_prefix}_a").things
    await things.insert_one({"_id": "seat", "free": 2})
    take = ({"_id": "seat"}, {"$inc": {"free": -1}})
    left_open = await client.start_session()
    left_open.start_transaction()
    await things.update_one(*take, session=left_open)

    async def work(session: Session) -> None:
        await things.update_one(*take, session=session)

    with pytest.raises(StoreError):
        await transaction(client, work, deadline=0.3)
    await end_sessions(mongo_url)
    await transaction(client, work)

    assert await things.find_one() == {"_id": "seat", "free": 1}
    await left_open.end_session()
    client.close()


async def test_names_the_database_as_it_names_itself(engine_set: EngineSet, mongo_url: str) -> None:
    """SecantusDB gives the version of MongoDB that it is like as its own, and says beside it which it is."""
    client = connect(mongo_url, app_name="tests")
    said = await client.server_info()
    client.close()
    program, _, version = engine_set.database.partition(" ")
    assert (said["version"] if program == "mongod" else said["secantusVersion"]) == version


@pytest.mark.needs("processes")
def test_names_the_broker_as_it_names_itself(engine_set: EngineSet) -> None:
    command = [str(java()), "-cp", ":".join(map(str, bring(pinned()))), "kafka.Kafka", "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert engine_set.kafka == f"kafka {said.split()[0]}"


@pytest.mark.needs("processes")
async def test_a_paused_broker_answers_again_when_resumed(killable: Engines) -> None:
    kafka = killable.kafka
    assert await broker_answers(Broker(kafka.bootstrap))
    kafka.pause()
    assert not await broker_answers(Broker(kafka.bootstrap))
    kafka.resume()
    assert await broker_answers(Broker(kafka.bootstrap))


@pytest.mark.needs("processes")
async def test_java_learns_once_and_a_learned_file_that_does_not_fit_does_no_harm(tmp_path: Path) -> None:
    kafka = Kafka(tmp_path)
    await kafka.learn()
    (learned,) = (tmp_path / "kafka").iterdir()
    made = learned.stat()
    await kafka.learn()
    assert learned.stat() == made
    for content in (learned.read_bytes(), learned.read_bytes()[: made.st_size // 2]):
        learned.write_bytes(content)
        await kafka.start()
        assert kafka.child is not None
        assert f"-XX:AOTCache={learned}" in psutil.Process(kafka.child.pid).cmdline()
        assert await broker_answers(Broker(kafka.bootstrap))
        await kafka.stop()


@pytest.mark.needs("processes")
async def test_a_silent_database_is_said_to_be_silent(killable: Engines) -> None:
    database = killable.database
    assert isinstance(database, Database)
    await database.kill()
    assert f"no answer from 127.0.0.1:{database.port}" in str(await database.wrong())


def test_a_program_that_is_no_mongod_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match="does not run as a mongod"):
        mongod_version(tmp_path / "mongod")
