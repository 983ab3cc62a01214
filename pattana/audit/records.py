"""Compares every record of the log with its outbox row, and the order in which an aggregate's records first appear."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiokafka import ConsumerRecord

from pattana.audit.history import KIND_OF, Kind
from pattana.audit.outboxes import Outboxes
from pattana.audit.places import Places
from pattana.audit.verdict import Check
from shared.events.directory import ContactErased
from shared.messaging.decoding import UNREADABLE_SOURCE

Excused = Callable[[str, str, int], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Logged:
    """One record, with its attributes from the value, or from the headers of a tombstone."""

    topic: str
    partition: int
    offset: int
    source: str
    subject: str
    seq: int
    value: str | None
    key: str | None
    headers: Mapping[str, str]

    @property
    def id(self) -> str:
        return f"{self.subject}:{self.seq}"

    @property
    def where(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


def opened(record: "ConsumerRecord[bytes, bytes]") -> Logged:
    """What cannot be read has the address that consumers give it."""
    headers = {name: raw.decode("utf-8", "replace") for name, raw in record.headers if raw is not None}
    copied = {name.removeprefix("ce_"): text for name, text in headers.items()}
    key = None if record.key is None else record.key.decode("utf-8", "replace")
    value = None if record.value is None else record.value.decode("utf-8", "replace")
    for body in (value, None):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            said = copied if body is None else orjson.loads(body)
            address = (str(said["source"]), str(said["subject"]), int(said["sequence"]))
            return Logged(record.topic, record.partition, record.offset, *address, value, key, headers)
    subject = f"{record.topic}/{record.partition}/{record.offset}"
    return Logged(record.topic, record.partition, record.offset, UNREADABLE_SOURCE, subject, 1, value, key, headers)


def difference(logged: Logged, row: Mapping[str, Any] | None) -> str | None:
    """Pure. How a record differs from its outbox row. Until compaction the log keeps an erased person's contact, which
    the outbox no longer has."""
    if row is None:
        return f"event {logged.id} is in the log, no outbox has it"
    if logged.topic != row["topic"]:
        return f"event {logged.id} is in {logged.topic}, the outbox says {row['topic']}"
    if logged.key != row["key"]:
        return f"event {logged.id} has the key {logged.key}, the outbox says {row['key']}"
    if row["type"] == ContactErased.type:
        return None
    if logged.value != row["body"]:
        return f"event {logged.id} differs from its outbox row"
    if logged.headers != row["headers"]:
        return f"event {logged.id} has other headers than its outbox row"
    return next(contradictions(logged, row), None)


def contradictions(logged: Logged, row: Mapping[str, Any]) -> Iterator[str]:
    """Pure. How the attributes of an event contradict the fields of its row, or their copies in the headers."""
    try:
        read = {} if logged.value is None else orjson.loads(logged.value)
    except ValueError:
        yield f"event {logged.id} cannot be read"
        return
    expected = {
        "id": row["_id"],
        "subject": row["aggregate"],
        "type": row["type"],
        "partitionkey": row["key"],
    }
    for name, value in expected.items():
        for said in (read.get(name, value), logged.headers.get(f"ce_{name}")):
            if said != value:
                yield f"event {logged.id} says {name} {said}, its outbox row {value}"
    for name, value in read.items():
        if name != "data" and logged.headers.get(f"ce_{name}") != value:
            yield f"event {logged.id} says {name} {value}, its header {logged.headers.get(f'ce_{name}')}"


@dataclass(slots=True)
class Order:
    """Pure. What the records of one source say about the order of their aggregates. `reached` is the highest sequence
    of each subject so far; of a state topic, which keeps the newest record only, that of the newest."""

    reached: dict[str, int]
    faults: list[str] = field(default_factory=list)
    duplicates: int = 0

    def take(self, logged: Logged, *, state: bool) -> None:
        before = self.reached.get(logged.subject, 0)
        self.duplicates += logged.seq <= before
        if not state and logged.seq > before + 1:
            self.faults.append(f"{logged.where}: event {logged.id} comes before {before + 1}")
        self.reached[logged.subject] = logged.seq if state else max(before, logged.seq)


class Records:
    """Takes batches of one partition, in their order."""

    def __init__(self, outboxes: Outboxes, places: Places, excused: Excused, records: Check, order: Check) -> None:
        self._outboxes = outboxes
        self._places = places
        self._excused = excused
        self._records = records
        self._order = order

    async def take(self, batch: Sequence["ConsumerRecord[bytes, bytes]"], *, follow: bool) -> None:
        """`follow`: the ledger is told of their aggregates, so that their rows are read."""
        all_logged = [opened(record) for record in batch]
        self._records.count("records", len(all_logged))
        for source in {logged.source for logged in all_logged}:
            logged = [one for one in all_logged if one.source == source]
            if source not in self._outboxes.sources:
                await self._foreign(logged)
                continue
            rows = await self._outboxes.rows(source, {one.id for one in logged})
            good = [one for one in logged if await self._is_good(one, rows.get(one.id))]
            self._check_order(source, good, rows)
            if follow:
                self._outboxes.ledger.want(source, _highest(good))

    async def _foreign(self, records: Sequence[Logged]) -> None:
        for one in records:
            if await self._excused(one.source, one.subject, one.seq):
                self._records.count("records set aside")
            else:
                self._records.broken(f"{one.where}: no event of ours (source {one.source})")

    async def _is_good(self, logged: Logged, row: Mapping[str, Any] | None) -> bool:
        """Only records that are what they claim say anything about order."""
        fault = difference(logged, row)
        if fault is None and row is not None:
            self._places.record((logged.topic, logged.partition), logged.offset, row)
            return True
        if await self._excused(logged.source, logged.subject, logged.seq):
            self._records.count("records set aside")
        else:
            self._records.broken(f"{logged.where}: {fault}")
        return False

    def _check_order(self, source: str, records: Sequence[Logged], rows: Mapping[str, Mapping[str, Any]]) -> None:
        known = self._outboxes.ledger.known(source, list({one.subject for one in records}))
        order = Order({key: aggregate.logged for key, aggregate in known.items()})
        for one in records:
            order.take(one, state=KIND_OF.get(rows[one.id]["type"]) is Kind.CONTACT)
        self._order.count("records", len(records))
        self._order.all_broken(order.faults)
        self._records.count("duplicates", order.duplicates)
        self._outboxes.ledger.set_logged(source, order.reached)


def _highest(records: Sequence[Logged]) -> dict[str, int]:
    highest: dict[str, int] = {}
    for one in records:
        highest[one.subject] = max(one.seq, highest.get(one.subject, 0))
    return highest
