"""One writer per topic, tried at a broker that runs with the compose edition's own file, users and list of rights."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError, TopicAuthorizationFailedError
from aiokafka.protocol.admin import CreateAclsRequest

from pattana.audit.audit import audit
from pattana.embedded.kafka import Kafka
from pattana.embedded.ports import HOST, free_port
from pattana.operate import access
from pattana.operate.access import ACCESS, Right, give_access, rights
from services import SERVICES
from shared.broker import Broker
from shared.clock import now
from shared.events.topics import TOPICS
from shared.messaging.lag import broker_answers
from shared.messaging.offsets import OffsetReader
from shared.rights import Role
from tests.engines import Engines
from tests.support.certificates import identity_of
from tests.support.deployment import ROOT, read_compose
from tests.support.system import System
from tests.support.waiting import IMPORT_SECONDS, until

pytestmark = pytest.mark.needs("processes")
ADMIN = "admin"
SECONDS = 30


class ComposeKafka(Kafka):
    """The broker as compose configures it, but for addresses and folders."""

    def __init__(self, folder: Path, secrets: Path) -> None:
        super().__init__(folder)
        self._internal = free_port()
        self._secrets = secrets

    def known_as(self, user: str) -> Broker:
        authorities = str(self._secrets / "kafka_authorities")
        password = self.password_file(user).read_text().strip()
        return Broker(self.bootstrap, "SASL_SSL", "PLAIN", user, password, authorities)

    def password_file(self, user: str) -> Path:
        return self._secrets / f"kafka_password_{user}"

    def properties(self) -> str:
        told = (ROOT / "deploy/kafka/server.properties").read_text()
        for there, here in {
            "SERVICES://:9092": f"SERVICES://{HOST}:{self.port}",
            "SERVICES://kafka:9092": f"SERVICES://{HOST}:{self.port}",
            ":9093": f":{self.controller}",
            ":9094": f":{self._internal}",
            "/run/secrets": str(self._secrets),
            "/var/lib/kafka/data": str(self._data),
        }.items():
            assert there in told
            told = told.replace(there, here)
        return told

    def _java(self, jars: Sequence[Path], options: Sequence[str], *command: str | Path) -> list[str | Path]:
        opts = read_compose().services["kafka"]["environment"]["KAFKA_OPTS"].replace("/run/secrets", str(self._secrets))
        return super()._java(jars, [*options, opts], *command)


@pytest.fixture(scope="module")
async def kafka(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ComposeKafka]:
    """With the secrets that the script makes; only the certificate names this machine."""
    folder = tmp_path_factory.mktemp("compose")
    script, secrets = shutil.copy(ROOT / "deploy/secrets.sh", folder), folder / "secrets"
    secrets.mkdir()
    own = identity_of(folder, "kafka")
    (secrets / "kafka_keystore").write_bytes(own.key.read_bytes() + own.certificate.read_bytes())
    (secrets / "kafka_authorities").write_bytes(own.certificate.read_bytes())
    (secrets / "gateway_certificate").write_text("own")  # else openssl would make one
    await asyncio.to_thread(subprocess.run, ["sh", script], check=True, capture_output=True)
    broker = ComposeKafka(folder / "broker", secrets)
    await broker.start()
    yield broker
    await broker.kill()


@pytest.fixture(scope="module")
async def open_kafka(kafka: ComposeKafka) -> ComposeKafka:
    """After kafka-init."""
    await give_access(kafka.known_as(ADMIN), replication=1)
    return kafka


async def sends(broker: Broker, topic: str) -> bool:
    """Whether the broker takes a record of this user."""
    producer = AIOKafkaProducer(**broker.options(), acks="all")
    await producer.start()
    try:
        async with asyncio.timeout(SECONDS):
            await producer.send_and_wait(topic, b"one", key=b"one", partition=0)
        return True
    except TopicAuthorizationFailedError:
        return False
    finally:
        await producer.stop()


async def gets(broker: Broker, topic: str) -> bool:
    """Whether the broker gives this user what stands there."""
    consumer = AIOKafkaConsumer(**broker.options(), auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, 0)])
        async with asyncio.timeout(SECONDS):
            await consumer.getone()
        return True
    except TopicAuthorizationFailedError:
        return False
    finally:
        await consumer.stop()


async def joins(broker: Broker, group: str, topic: str) -> bool:
    consumer = AIOKafkaConsumer(topic, **broker.options(), group_id=group, auto_offset_reset="earliest")
    try:
        async with asyncio.timeout(SECONDS):
            await consumer.start()
            await consumer.getone()
        return True
    except GroupAuthorizationFailedError:
        return False
    finally:
        await consumer.stop()


def test_each_topic_has_one_writer() -> None:
    writers = {name: [user for user in ACCESS if TOPICS[name] in ACCESS[user].writes] for name in TOPICS}
    assert writers == {name: [name.partition(".")[0]] for name in TOPICS}


def test_every_service_is_a_user_with_a_password_of_its_own() -> None:
    compose = read_compose()
    assert set(SERVICES) < set(ACCESS)
    for user, service in {**{name: name for name in SERVICES}, "operator": "operate", ADMIN: "kafka-init"}.items():
        told = compose.variables(service)
        assert (told["KAFKA_SECURITY"], told["KAFKA_USER"]) == ("SASL_SSL", user)
        assert told["KAFKA_PASSWORD_FILE"] == f"/run/secrets/kafka_password_{user}"
        passwords = [name for name in compose.services[service]["secrets"] if name.startswith("kafka_password")]
        assert passwords == [f"kafka_password_{user}"]


async def test_strangers_are_not_let_in(kafka: ComposeKafka, tmp_path: Path) -> None:
    known = kafka.known_as("enrolment")
    await until(lambda: broker_answers(known))  # which gives up after two seconds
    others = identity_of(tmp_path, "others")
    for stranger in (
        Broker(kafka.bootstrap),
        Broker(kafka.bootstrap, "SSL", authorities=known.authorities),
        Broker(kafka.bootstrap, "SASL_PLAINTEXT", "PLAIN", known.user, known.password),
        Broker(kafka.bootstrap, "SASL_SSL", "PLAIN", known.user, "another", known.authorities),
        Broker(kafka.bootstrap, "SASL_SSL", "PLAIN", "broker", known.password, known.authorities),
        Broker(kafka.bootstrap, "SASL_SSL", "PLAIN", known.user, known.password, str(others.certificate)),
    ):
        assert not await broker_answers(stranger), stranger


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("user", ACCESS)
async def test_who_writes_and_who_reads(open_kafka: ComposeKafka, user: str, topic: str) -> None:
    mine, known = ACCESS[user], open_kafka.known_as(user)
    assert await sends(open_kafka.known_as(ADMIN), topic)
    assert await sends(known, topic) == (TOPICS[topic] in mine.writes)
    assert await gets(known, topic) == (TOPICS[topic] in (*mine.writes, *mine.reads))


@pytest.mark.parametrize("user", ["notification", "reporting"])
async def test_a_consumer_has_groups_of_its_own(open_kafka: ComposeKafka, user: str) -> None:
    topic = ACCESS[user].reads[0].name
    await sends(open_kafka.known_as(ADMIN), topic)
    other = {"notification": "reporting", "reporting": "notification"}[user]
    assert await joins(open_kafka.known_as(user), f"{user}.g1", topic)
    assert not await joins(open_kafka.known_as(user), f"{other}.g1", topic)
    reader = OffsetReader(open_kafka.known_as(user), {topic: TOPICS[topic].partitions}, client_id="tests", clock=now)
    try:
        assert (await reader.read([f"{user}.g1"]))[f"{user}.g1"].total
    finally:
        await reader.close()


async def test_no_service_makes_or_removes_a_topic_or_gives_itself_rights(open_kafka: ComposeKafka) -> None:
    for user in ACCESS:
        admin = AIOKafkaAdminClient(**open_kafka.known_as(user).options())
        await admin.start()
        try:
            made = await admin.create_topics([NewTopic("enrolment.more", 1, 1)])
            gone = await admin.delete_topics(list(TOPICS))
        finally:
            await admin.close()
        assert [error[1] for error in made.topic_errors] == [TopicAuthorizationFailedError.errno]
        assert {error[1] for error in gone.topic_error_codes} == {TopicAuthorizationFailedError.errno}
        with pytest.raises(KafkaError):
            await give_access(open_kafka.known_as(user), replication=1)


async def test_another_writer_is_put_out_and_readers_stay(open_kafka: ComposeKafka) -> None:
    admin = open_kafka.known_as(ADMIN)
    seats, mine = "enrolment.seats", next(rights())
    wrong = [mine._replace(principal=f"User:{user}", name=seats, operation=4) for user in ("notification", "bi")]
    fine = [mine._replace(principal="User:bi", name=seats, operation=3), mine._replace(principal="User:bi", name="x")]
    assert await give_access(admin, replication=1) == (0, 0)
    await give(admin, *wrong, *fine)
    assert await sends(open_kafka.known_as("notification"), seats)

    assert await give_access(admin, replication=1) == (0, len(wrong))
    assert not await sends(open_kafka.known_as("notification"), seats)
    assert await held(admin) == {*rights(), *fine}


async def give(broker: Broker, *given: Right) -> None:
    admin = AIOKafkaAdminClient(**broker.options())
    await admin.start()
    try:
        for right in given:
            await access._carried_out(admin, CreateAclsRequest(*right), "creation_responses")
    finally:
        await admin.close()


async def held(broker: Broker) -> set[Right]:
    admin = AIOKafkaAdminClient(**broker.options())
    await admin.start()
    try:
        return set(await access._present(admin))
    finally:
        await admin.close()


async def test_the_services_and_the_audit_need_no_more(
    open_kafka: ComposeKafka, engines: Engines, mongo_url: str, mongo_prefix: str, tmp_path: Path
) -> None:
    await give_access(open_kafka.known_as(ADMIN), replication=1, prefix=f"{mongo_prefix}.")
    system = System(Engines(open_kafka, engines.database), tmp_path, prefix=mongo_prefix, replicas=0)
    for service in SERVICES:
        system.add(service, **told(open_kafka.known_as(service), open_kafka.password_file(service)))
    try:
        await system.start()
        async with system.client("enrolment", Role.OPERATOR) as client:
            (await client.post("/api/enrolment/imports/reference", timeout=IMPORT_SECONDS)).raise_for_status()
        where = replace(system.where, broker=open_kafka.known_as("operator"))

        async def right_and_complete() -> bool:
            verdict = await audit(where)
            assert verdict.kept
            return verdict.complete

        await until(right_and_complete, 60, every=0.5, what="everything is applied")
    finally:
        await system.stop()


def told(broker: Broker, password: Path) -> dict[str, str]:
    return {
        "PATTANA_KAFKA_SECURITY": broker.security,
        "PATTANA_KAFKA_MECHANISM": broker.mechanism,
        "PATTANA_KAFKA_USER": broker.user,
        "PATTANA_KAFKA_PASSWORD_FILE": str(password),
        "PATTANA_KAFKA_AUTHORITIES": broker.authorities,
        "PATTANA_CONSUMER_SESSION_SECONDS": "10",  # this broker takes no shorter ones
    }
