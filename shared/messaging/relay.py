"""The relay: outbox rows to Kafka, in order per aggregate, marked only after the broker acknowledged.

What the caller must not assume: that a row is sent once. A crash between acknowledgement and mark sends it again,
with the same id and sequence, and consumers skip it.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import structlog
from aiokafka.errors import KafkaError

from shared.faults import CrashPoint, CrashPoints
from shared.messaging.kafka import Producer, Refusal
from shared.messaging.leases import Lanes
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.mongo import (
    ASCENDING,
    CollectionSpec,
    Database,
    Document,
    StoreError,
    UpdateOne,
    majority,
    translated_calls,
)
from shared.telemetry import Metrics

ASIDE = CollectionSpec("outbox_aside")
PAGE_ROWS = 1_000
REMEMBERED_AGGREGATES = 50_000
log = structlog.get_logger(__name__)


class Relay:
    """One per process. `wake` it after a commit; otherwise it looks every `poll` seconds."""

    def __init__(
        self,
        database: Database,
        producer: Producer,
        lanes: Lanes,
        metrics: Metrics,
        crash: CrashPoints,
        *,
        poll: float,
        round_rows: int,
        renew_every: float,
    ) -> None:
        self._outbox = database[OUTBOX.name]
        self._aside = database[ASIDE.name]
        self._producer = producer
        self._lanes = lanes
        self._metrics = metrics
        self._crash = crash
        self._poll = poll
        self._round_rows = round_rows
        self._renew_every = renew_every
        self._prepared = False
        self._woken = asyncio.Event()
        self._renewed_at = float("-inf")
        self._sent: OrderedDict[str, int] = OrderedDict()
        self._set_aside: set[str] = set()
        self.trouble: str | None = "the relay has not started"

    def wake(self) -> None:
        """There may be new rows. Cheap; may be called from every commit."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Relays until `stopping`, then sends what is there and gives its lanes back."""
        while not stopping.is_set():
            try:
                if not self._prepared:
                    await self._prepare()
                await self._renew_when_due()
                self._woken.clear()
                sent = await self.sweep()
                self.trouble = None
            except (KafkaError, StoreError, OSError, TimeoutError) as error:
                sent = 0
                await self._recover(error)
            if not sent:
                await self._pause(stopping)
        await self._finish()

    async def sweep(self) -> int:
        """Goes once through all aggregates with unpublished rows; how many rows were sent."""
        total, cursor = 0, ""
        held = self._lanes.held()
        while held:
            page = await self._page(cursor)
            rows = [row for row in page if row["lane"] in held and row["aggregate"] not in self._set_aside]
            chosen = take(rows, self._round_rows)
            total += await self._publish(await self._continuous(chosen))
            if len(page) < PAGE_ROWS:
                return total
            cursor = page[-1]["aggregate"]
            await self._renew_when_due()
            held = self._lanes.held()
        return total

    async def _prepare(self) -> None:
        await self._lanes.prepare()
        await self._renew_when_due()
        await self._resend_lost()
        self._set_aside = {row["_id"] async for row in self._aside.find({}, {"_id": 1})}
        self._prepared = True

    async def _renew_when_due(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._renewed_at >= self._renew_every:
            await self._lanes.renew()
            self._renewed_at = now

    async def _pause(self, stopping: asyncio.Event) -> None:
        waiting = asyncio.create_task(self._woken.wait())
        ending = asyncio.create_task(stopping.wait())
        _, late = await asyncio.wait({waiting, ending}, timeout=self._poll, return_when=asyncio.FIRST_COMPLETED)
        for task in late:
            task.cancel()

    async def _recover(self, error: Exception) -> None:
        """Infrastructure failed: forget the producer and what we believed, and begin anew."""
        self.trouble = f"{type(error).__name__}: {error}"
        self._metrics.relay_errors.inc()
        log.warning("relay_interrupted", error=self.trouble)
        self._sent.clear()
        self._prepared = False
        await self._producer.discard()

    async def _finish(self) -> None:
        with contextlib.suppress(KafkaError, StoreError, OSError, TimeoutError):
            async with asyncio.timeout(5):
                await self.sweep()
                await self._lanes.give_back()
        await self._producer.discard()

    async def _page(self, after: str) -> list[Document]:
        with translated_calls():
            query = {"pending": True, "aggregate": {"$gt": after}}
            order = [("aggregate", ASCENDING), ("seq", ASCENDING)]
            page: list[Document] = await majority(self._outbox).find(query).sort(order).limit(PAGE_ROWS).to_list(None)
        return page

    async def _continuous(self, rows: Sequence[Document]) -> list[Document]:
        """Cuts each aggregate at its first gap: a scan may see a row and miss one committed just before it."""
        kept: list[Document] = []
        firsts = {row["aggregate"]: row["seq"] for row in reversed(rows)}
        behind = await self._waiting_for_predecessor(firsts)
        expected: dict[str, int] = {}
        for row in rows:
            aggregate, seq = row["aggregate"], row["seq"]
            if aggregate in behind or seq != expected.setdefault(aggregate, seq):
                continue
            expected[aggregate] = seq + 1
            kept.append(row)
        return kept

    async def _waiting_for_predecessor(self, firsts: Mapping[str, int]) -> set[str]:
        """The aggregates whose first row here is not the next one: the row before it is still unpublished."""
        unsure = {a: seq for a, seq in firsts.items() if seq > 1 and self._sent.get(a, 0) + 1 < seq}
        if not unsure:
            return set()
        ids = [f"{aggregate}:{seq - 1}" for aggregate, seq in unsure.items()]
        with translated_calls():
            found = majority(self._outbox).find({"_id": {"$in": ids}, "pending": True}, {"aggregate": 1})
            return {row["aggregate"] async for row in found}

    async def _publish(self, rows: Sequence[Document]) -> int:
        if not rows:
            return 0
        outcome = await self._producer.send(rows, sent=lambda: self._crash.reach(CrashPoint.AFTER_SEND))
        self._crash.reach(CrashPoint.AFTER_ACK)
        await self._mark(outcome.acknowledged)
        for row, _ in outcome.acknowledged:
            self._remember(row["aggregate"], row["seq"])
        for refusal in outcome.refused:
            await self._put_aside(refusal)
        self._metrics.relay_published.inc(len(outcome.acknowledged))
        if outcome.failure is not None:
            raise outcome.failure
        return len(outcome.acknowledged)

    async def _mark(self, acknowledged: Iterable[tuple[Document, tuple[int, int]]]) -> None:
        now = datetime.now(UTC)
        marks = [
            UpdateOne(
                {"_id": row["_id"]},
                {"$set": {"published_at": now, "partition": partition, "offset": offset}, "$unset": {"pending": ""}},
            )
            for row, (partition, offset) in acknowledged
        ]
        if marks:
            with translated_calls():
                await self._outbox.bulk_write(marks, ordered=False)

    def _remember(self, aggregate: str, seq: int) -> None:
        self._sent[aggregate] = seq
        self._sent.move_to_end(aggregate)
        if len(self._sent) > REMEMBERED_AGGREGATES:
            self._sent.popitem(last=False)

    async def _put_aside(self, refusal: Refusal) -> None:
        """The broker will never take this row: its aggregate stands still, loudly, and nobody else does."""
        row, reason = refusal.row, refusal.reason
        log.error("outbox_row_refused", id=row["_id"], type=row["type"], reason=reason)
        self._metrics.relay_errors.inc()
        with translated_calls():
            document = {"seq": row["seq"], "reason": reason, "at": datetime.now(UTC)}
            await self._aside.update_one({"_id": row["aggregate"]}, {"$set": document}, upsert=True)
        self._set_aside.add(row["aggregate"])

    async def _resend_lost(self) -> None:
        """What is marked beyond the broker's end was lost by the broker: it becomes unpublished again."""
        ends = await self._producer.end_offsets()
        for (topic, partition), end in ends.items():
            with translated_calls():
                lost = await self._outbox.update_many(
                    {"topic": topic, "partition": partition, "offset": {"$gte": end}},
                    {"$set": {"pending": True}, "$unset": {"published_at": "", "partition": "", "offset": ""}},
                )
            if lost.modified_count:
                log.error("broker_lost_its_tail", topic=topic, partition=partition, rows=lost.modified_count)

    async def check(self) -> str | None:
        """For /readyz."""
        if self._set_aside:
            return f"{len(self._set_aside)} aggregates are set aside: the broker refuses an event of theirs"
        return self.trouble


def take(rows: Sequence[Document], most: int) -> list[Document]:
    """At most `most` rows of each aggregate, in order: a hot one starves nobody."""
    counts: dict[str, int] = {}
    chosen = []
    for row in rows:
        counts[row["aggregate"]] = counts.get(row["aggregate"], 0) + 1
        if counts[row["aggregate"]] <= most:
            chosen.append(row)
    return chosen
