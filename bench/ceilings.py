"""What the parts can do alone, in the same run: HTTP, the database, the broker. Ceilings of the other figures."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bench.environment import Environment
from pattana.embedded.ports import HOST, free_port
from pattana.embedded.processes import Child
from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.transitions import CONFIRMED
from services.enrolment.seats.storage.bucket_documents import bucket_document
from services.enrolment.seats.storage.nomination_documents import nomination_document
from services.enrolment.seats.storage.specs import BUCKETS, NOMINATIONS
from shared.events.envelope import Position
from shared.events.seats import Place, Rank, bucket_id
from shared.idempotency import COMMANDS, CommandRecords, Recorded, command_key, record
from shared.ids import new_id
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.messaging.outbox import Outbox
from shared.messaging.recorder import EventRecorder
from shared.mongo import Database, Document, InsertOne, Session, UpdateOne, connect, database, prepare, transaction
from tests.support.events import SOURCE, seat_confirmed
from tests.support.waiting import until

BATCH = 256
PARTITIONS = 12
AT_ONCE = 1_000
_AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
_PLACE = Place(unit="PO-50", province="50", group="NU1", region="N")
Values = dict[str, float]


async def empty_post(environment: Environment) -> Values:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "bench.empty:create_app", "--host", HOST]
    command += ["--port", str(port), "--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    process = Child("empty", [*command, "--log-level", "warning"], folder=environment.folder / "ceilings")
    process.start()
    try:
        url = f"http://{HOST}:{port}"
        await until(lambda: _answers(url), 30, every=0.1, what="the empty application answers")
        body = '/\t{"person":"01900000-0000-7000-8000-000000000000","rank":"PRIMARY"}'
        answered = await environment.load(256).run(url, [body] * round(20_000 * environment.seconds))
    finally:
        await process.stop()
    return {"empty_post": answered.per_second}


async def _answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient() as client:
            return (await client.post(url)).status_code == 200
    except httpx.TransportError:
        return False


async def bare_transaction(environment: Environment) -> Values:
    """In collections with the indexes and validators of the real ones. Only the transactions are timed."""
    store = connect(environment.engines.database.url, app_name="bench")
    place = database(store, f"bench_{new_id()}")
    try:
        await prepare(place, [BUCKETS, NOMINATIONS, COMMANDS, OUTBOX])
        bucket = _bucket()
        await place[BUCKETS.name].insert_one(bucket_document(bucket))
        spent, done = 0.0, 0
        while spent < environment.seconds:
            work = partial(_write, place, bucket.id, done, _writes(bucket, Outbox(place, lanes=16), done))
            began = time.perf_counter()
            await transaction(store, work, deadline=10)
            spent, done = spent + time.perf_counter() - began, done + BATCH
    finally:
        await store.drop_database(place.name)
        store.close()
    return {"bare_transaction": done / spent}


async def _write(place: Database, bucket: str, done: int, writes: "_Writes", session: Session) -> None:
    guard = {"_id": bucket, "seq": done, "free": {"$gte": BATCH}}
    taken = {"$inc": {"free": -BATCH, "seq": BATCH}}
    await place[BUCKETS.name].bulk_write([UpdateOne(guard, taken)], session=session)
    nominations, records, rows = writes
    await place[NOMINATIONS.name].bulk_write(nominations, ordered=True, session=session)
    await CommandRecords(place, kept=timedelta(hours=1)).store(records, session)
    await place[OUTBOX.name].bulk_write(rows, ordered=False, session=session)


_Inserts = list[InsertOne[Document]]
_Writes = tuple[_Inserts, _Inserts, _Inserts]


def _bucket() -> Bucket:
    run = new_id()
    id = bucket_id(run, "PROV_HR", "PO-50")
    return Bucket(id, run, "PROV_HR", "PO-50", "p", 2570, _AT, _PLACE, seats=10**6, free=10**6)


def _writes(bucket: Bucket, outbox: Outbox, done: int) -> _Writes:
    """A batch of nominations, their command records and their events."""
    nominations: _Inserts = []
    records: _Inserts = []
    recorder = EventRecorder(SOURCE, _AT, correlation=new_id())
    for seq in range(done + 1, done + BATCH + 1):
        nomination = Nomination(new_id(), bucket.id, new_id(), Rank.PRIMARY, _PLACE, CONFIRMED)
        change = NominationChange(nomination, bucket, new=True, by="HR_OFFICER@PERS", at=_AT)
        nominations.append(InsertOne(nomination_document(change)))
        answer = Recorded(201, "x" * 400, (Position(bucket.id, seq),))
        records.append(record(command_key("p", "POST", "/", nomination.id, b"{}"), answer, datetime.now(UTC)))
        recorder.record([seat_confirmed(bucket.id, nomination.id)], after=seq - 1)
    return nominations, records, [InsertOne(outbox.row(outgoing)) for outgoing in recorder.events]


async def raw_produce(environment: Environment) -> Values:
    async with _topic(environment.engines.kafka.bootstrap) as topic:
        return {"raw_produce": await _produced(environment, topic)}


async def raw_consume(environment: Environment) -> Values:
    bootstrap = environment.engines.kafka.bootstrap
    async with _topic(bootstrap) as topic:
        await _produced(environment, topic)
        consumer = AIOKafkaConsumer(
            topic,
            bootstrap_servers=bootstrap,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=4 * 1024 * 1024,
            fetch_max_bytes=32 * 1024 * 1024,
        )
        await consumer.start()
        try:
            return {"raw_consume": await _consumed(consumer, environment.seconds)}
        finally:
            await consumer.stop()


async def _consumed(consumer: AIOKafkaConsumer, seconds: float) -> float:
    """Records per second from the first fetch to the last."""
    await consumer.getmany(timeout_ms=2_000, max_records=1)
    began = last = time.perf_counter()
    count = 0
    while last - began < seconds:
        fetched = await consumer.getmany(timeout_ms=500, max_records=2_000)
        if not fetched:
            break
        count += sum(len(records) for records in fetched.values())
        last = time.perf_counter()
    return count / (last - began)


async def _produced(environment: Environment, topic: str) -> float:
    producer = AIOKafkaProducer(
        bootstrap_servers=environment.engines.kafka.bootstrap,
        acks="all",
        enable_idempotence=True,
        max_batch_size=256 * 1024,
    )
    await producer.start()
    try:
        body, headers = _record()
        for partition in range(PARTITIONS):  # a new topic takes a moment until it has its leaders
            await producer.send_and_wait(topic, body, partition=partition, headers=headers)
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < environment.seconds:
            sent = [await producer.send(topic, body, partition=n % PARTITIONS, headers=headers) for n in range(AT_ONCE)]
            await asyncio.wait(sent)
            count += AT_ONCE
        return count / (time.perf_counter() - began)
    finally:
        await producer.stop()


def _record() -> tuple[bytes, Sequence[tuple[str, bytes]]]:
    """As the relay would send it."""
    store = connect("mongodb://127.0.0.1:1/", app_name="bench")  # never called: rows are made without it
    outbox = Outbox(database(store, "none"), lanes=16)
    recorder = EventRecorder(SOURCE, _AT, correlation=new_id())
    recorder.record([seat_confirmed(bucket_id(new_id(), "PROV_HR", "PO-50"), new_id())], after=0)
    row = outbox.row(recorder.events[0])
    store.close()
    return row["body"].encode(), [(name, value.encode()) for name, value in row["headers"].items()]


@asynccontextmanager
async def _topic(bootstrap: str) -> AsyncIterator[str]:
    name = f"bench.{new_id()}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, PARTITIONS, 1)])
        yield name
        await admin.delete_topics([name])
    finally:
        await admin.close()
