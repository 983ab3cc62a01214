"""Defects of the log itself, which cannot be taken back: a log and an outbox of their own, each defect in an aggregate
of its own, and one audit of all."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from pattana.audit import verdict as verdicts
from pattana.audit.audit import Where, audit, databases_of
from pattana.audit.verdict import Verdict
from shared.broker import Broker
from shared.messaging.kafka import ensure_topics, partition_of
from shared.messaging.outbox import Outbox
from tests.support.brokers import delete_topics
from tests.support.events import history, seat_confirmed

SOURCE = "/pattana/enrolment"
PARTITIONS = 12
# (name, what is published of events 1 to 3, as (sequence, changes to the record), check, what it must say)
Changes = dict[str, Any]
DEFECTS: list[tuple[str, list[tuple[int, Changes]], str, str]] = [
    ("reordered", [(1, {}), (3, {}), (2, {})], "order", "reordered:HR:PO-50:3 comes before 2"),
    ("begins-late", [(2, {}), (3, {}), (1, {})], "order", "begins-late:HR:PO-50:2 comes before 1"),
    ("lost", [(1, {}), (2, {})], "marks", "event 3 is published, the log has 2 last"),
    ("other-key", [(1, {}), (2, {"key": b"another"}), (3, {})], "records", "other-key:HR:PO-50:2 has the key another"),
    ("other-value", [(1, {}), (2, {"value": b"{}"}), (3, {})], "records", "other-value:HR:PO-50:2 differs"),
    ("no-value", [(1, {}), (2, {"value": None}), (3, {})], "records", "no-value:HR:PO-50:2 differs"),
    ("no-headers", [(1, {}), (2, {"headers": []}), (3, {})], "records", "no-headers:HR:PO-50:2 has other headers"),
    (
        "other-topic",
        [(1, {}), (2, {"topic": "enrolment.catalogue"}), (3, {})],
        "records",
        "other-topic:HR:PO-50:2 is in",
    ),
    ("forged", [(1, {}), (2, {}), (3, {}), (4, {})], "records", "forged:HR:PO-50:4 is in the log, no outbox has it"),
    ("unreadable", [(1, {}), (2, {}), (3, {}), (3, {"value": b"{", "headers": []})], "records", "no event of ours"),
    ("elsewhere", [(1, {}), (2, {}), (3, {"partition": None})], "marks", "elsewhere:HR:PO-50:3 is marked at"),
]


@pytest.fixture(scope="module")
async def found(mongo_url: str, kafka_bootstrap: str) -> AsyncIterator[Verdict]:
    prefix = "auditlog"
    where = Where(mongo_url, Broker(kafka_bootstrap), prefix, f"{prefix}.")
    shown, verdicts.EXAMPLES = verdicts.EXAMPLES, 1_000
    await ensure_topics(where.broker, replication=1, prefix=where.topic_prefix)
    try:
        async with databases_of(where, "tests") as databases:
            await published(databases[SOURCE], where)
        yield await audit(where)
    finally:
        verdicts.EXAMPLES = shown
        await delete_topics(kafka_bootstrap, where.topic_prefix)


async def published(database: Any, where: Where) -> None:
    """Rows as the relay marks them, and records with one defect each."""
    outbox = Outbox(database, lanes=1, topic_prefix=where.topic_prefix)
    producer = AIOKafkaProducer(**where.broker.options(), acks="all")
    await producer.start()
    try:
        for name, sent, *_ in DEFECTS:
            events = history([seat_confirmed(f"{name}:HR:PO-50", f"{name}-{number}") for number in range(4)])
            rows = {event.sequence: outbox.row(event) for event in events}
            places = {}
            for seq, changes in sent:
                record = await producer.send_and_wait(**record_of(rows[seq], where.topic_prefix, changes))
                places[seq] = {"partition": record.partition, "offset": record.offset}
            for seq in (1, 2, 3):
                row = rows[seq] | {"published_at": rows[seq]["recorded_at"]} | places.get(seq, {"offset": 0})
                row.setdefault("partition", partition_of(row["key"], PARTITIONS))
                del row["pending"]
                await outbox.collection.insert_one(row)
    finally:
        await producer.stop()


def record_of(row: dict[str, Any], prefix: str, changes: Changes) -> Changes:
    record = {
        "topic": row["topic"],
        "partition": partition_of(row["key"], PARTITIONS),
        "key": row["key"].encode(),
        "value": row["body"].encode(),
        "headers": [(name, text.encode()) for name, text in row["headers"].items()],
    } | changes
    if record["partition"] is None:
        record["partition"] = (partition_of(row["key"], PARTITIONS) + 1) % PARTITIONS
    if record["topic"] == "enrolment.catalogue":
        record |= {"topic": f"{prefix}enrolment.catalogue", "partition": 0}
    return record


@pytest.mark.parametrize(("check", "says"), [defect[2:] for defect in DEFECTS], ids=[defect[0] for defect in DEFECTS])
def test_a_defect_of_the_log_is_found(found: Verdict, check: str, says: str) -> None:
    assert any(says in text for text in found[check].examples), "\n".join(found[check].examples)


def test_nothing_else_is_found(found: Verdict) -> None:
    """What is red is red because of a defect: an aggregate without one is in no example."""
    order = [text.split(": ")[1] for text in found["order"].examples]
    assert {text.split(" ")[1].partition(":")[0] for text in order} <= {
        "reordered",
        "begins-late",
        # what is no copy of its row is no record of it: the next one comes too early
        "other-key",
        "other-value",
        "no-value",
        "no-headers",
        "other-topic",
        "elsewhere",  # nothing orders two partitions
    }
    assert not any("forged:HR:PO-50:1" in text for check in found for text in check.examples)
