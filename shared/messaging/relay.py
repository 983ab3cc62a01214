"""The relay: outbox rows to Kafka, in order per aggregate, marked only after the broker acknowledged.

What the caller must not assume: that a row is sent once. A crash between acknowledgement and mark sends it again,
with the same id and sequence, and consumers skip it.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence

import structlog
from aiokafka.errors import KafkaError

from shared.faults import CrashPoint
from shared.messaging.leases import Lanes
from shared.messaging.marks import Marks
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.messaging.outbox import PENDING
from shared.messaging.producer import Outcome, Producer, Refusal
from shared.mongo import (
    ASCENDING,
    CollectionSpec,
    Database,
    Document,
    StoreError,
    majority,
    translated_calls,
)
from shared.runtime import Runtime
from shared.waiting import first_of

ASIDE = CollectionSpec("outbox_aside")
PAGE_ROWS = 1_000
COUNT_UP_TO = 10_000
FINISH_SECONDS = 5.0
RENEWALS_PER_LEASE = 0.25
LOOK_AGAIN_SECONDS = 0.3
INTERRUPTIONS = (KafkaError, StoreError, OSError, TimeoutError)
log = structlog.get_logger(__name__)


class Relay:
    """One per process. `wake` it after a commit; else it looks every `relay_poll_seconds`, sooner while rows wait."""

    def __init__(self, runtime: Runtime, database: Database, producer: Producer, lanes: Lanes) -> None:
        settings = runtime.settings
        self._outbox = majority(database[OUTBOX.name])
        self._aside = database[ASIDE.name]
        self._marks = Marks(database)
        self._producer = producer
        self._lanes = lanes
        self._metrics = runtime.metrics
        self._crash = runtime.crash
        self._tracing = runtime.tracing
        self._renew_every = settings.relay_lease_seconds * RENEWALS_PER_LEASE
        self._poll = min(settings.relay_poll_seconds, self._renew_every)
        self._round_rows = settings.relay_round
        self._prepared = False
        self._woken = asyncio.Event()
        self._renewed_at = float("-inf")
        self._set_aside: set[str] = set()
        self._left = self._waiting = True
        self.trouble: str | None = "the relay has not started"

    def wake(self) -> None:
        """There may be new rows. Cheap; may be called from every commit."""
        self._woken.set()

    async def check(self) -> str | None:
        """For /readyz."""
        if self._set_aside:
            return f"{len(self._set_aside)} aggregates are set aside: the broker refuses an event of theirs"
        return self.trouble

    async def run(self, stopping: asyncio.Event) -> None:
        """Relays until `stopping`, then sends what is there and gives its lanes back."""
        try:
            while not stopping.is_set():
                await self._round(stopping)
            await self._finish()
        finally:
            self._marks.forget()
            await self._producer.discard()

    async def _round(self, stopping: asyncio.Event) -> None:
        try:
            if not self._prepared:
                await self._prepare()
            await self._renew_when_due()
            self._woken.clear()
            self._left = False
            await self.sweep()
            self.trouble = None
        except INTERRUPTIONS as error:
            await self._recover(error)
            await first_of(min(self._poll, LOOK_AGAIN_SECONDS), stopping)
        else:
            if not self._left:
                pause = min(self._poll, LOOK_AGAIN_SECONDS) if self._waiting else self._poll
                await first_of(pause, stopping, self._woken)

    async def sweep(self) -> int:
        """Goes once through all aggregates with unpublished rows; how many rows were sent."""
        total, cursor = 0, ""
        self._waiting = False
        while True:
            page = await self._page(cursor)
            self._waiting |= bool(page)
            total += await self._publish(await self._continuous(self._choose(page)))
            if len(page) < PAGE_ROWS:
                return total
            cursor = page[-1]["aggregate"]
            await self._renew_when_due()

    async def _prepare(self) -> None:
        await self._lanes.prepare()
        await self._renew_when_due()
        await self._producer.start()
        highest = await self._marks.highest()
        await self._marks.take_back_lost(highest, await self._producer.end_offsets(highest))
        self._prepared = True

    async def _renew_when_due(self) -> None:
        """Also looks what is set aside: whoever mended it removes its document."""
        now = asyncio.get_running_loop().time()
        if now - self._renewed_at < self._renew_every:
            return
        await self._lanes.renew()
        with translated_calls():
            self._set_aside = {row["_id"] async for row in self._aside.find({}, {"_id": 1})}
        self._metrics.outbox_unpublished.set(await self._count())
        self._renewed_at = now

    async def _count(self) -> int:
        """Of all lanes. Whoever holds them all and has just seen no row need not ask."""
        if not self._waiting and len(self._lanes.held()) == self._lanes.count:
            return 0
        with translated_calls():
            return await self._outbox.count_documents({**PENDING, "aggregate": {"$gt": ""}}, limit=COUNT_UP_TO)

    async def _recover(self, error: Exception) -> None:
        """Infrastructure failed: forget the producer and what we believed, and begin anew."""
        trouble = f"{type(error).__name__}: {error}"
        if trouble != self.trouble:
            log.warning("relay_interrupted", error=trouble)
        self.trouble = trouble
        self._metrics.relay_errors.inc()
        self._marks.forget()
        self._prepared = False
        await self._producer.discard()

    async def _finish(self) -> None:
        with contextlib.suppress(*INTERRUPTIONS):
            async with asyncio.timeout(FINISH_SECONDS):
                while await self.sweep():
                    pass
                await self._marks.settle()
                await self._lanes.give_back()

    async def _page(self, after: str) -> list[Document]:
        query: Document = {**PENDING, "aggregate": {"$gt": after}}
        held = self._lanes.held()
        if len(held) < self._lanes.count:  # the index knows the lane: what others relay is not even fetched
            query["lane"] = {"$in": sorted(held)}
        order = [("aggregate", ASCENDING), ("seq", ASCENDING)]
        self._marks.begin_reading()
        with translated_calls():
            page: list[Document] = await self._outbox.find(query).sort(order).limit(PAGE_ROWS).to_list(None)
        return page

    def _choose(self, page: Sequence[Document]) -> list[Document]:
        """Rows of our lanes that were not sent already, at most a round of each aggregate; notes what is left."""
        held = self._lanes.held()
        ours = [
            row
            for row in page
            if row["lane"] in held and row["aggregate"] not in self._set_aside and not self._marks.is_sent(row)
        ]
        chosen = take(ours, self._round_rows)
        self._left |= len(chosen) < len(ours)
        return chosen

    async def _continuous(self, rows: Sequence[Document]) -> list[Document]:
        """Cuts each aggregate at its first gap: a scan may see a row and miss one committed just before it."""
        firsts = {row["aggregate"]: row["seq"] for row in reversed(rows)}
        behind = await self._waiting_for_predecessor(firsts)
        kept: list[Document] = []
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
        unsure = {a: seq for a, seq in firsts.items() if seq > 1 and self._marks.last_sent(a) + 1 != seq}
        if not unsure:
            return set()
        ids = [f"{aggregate}:{seq - 1}" for aggregate, seq in unsure.items()]
        with translated_calls():
            cursor = self._outbox.find({"_id": {"$in": ids}, **PENDING}, {"aggregate": 1, "seq": 1})
            return {row["aggregate"] async for row in cursor if not self._marks.is_sent(row)}

    async def _publish(self, rows: Sequence[Document]) -> int:
        held = self._lanes.held()  # looked at again: time has passed, perhaps much of it
        rows = [row for row in rows if row["lane"] in held]
        if not rows:
            return 0
        with self._spans(rows):
            outcome = await self._producer.send(rows, sent=lambda: self._crash.reach(CrashPoint.AFTER_SEND))
        self._crash.reach(CrashPoint.AFTER_ACK)
        await self._note(outcome)
        if outcome.failure is not None:
            raise outcome.failure
        return len(outcome.acknowledged)

    async def _note(self, outcome: Outcome) -> None:
        await self._marks.add(outcome.acknowledged)
        for refusal in outcome.refused:
            await self._put_aside(refusal)
        self._metrics.relay_published.inc(len(outcome.acknowledged))

    async def _put_aside(self, refusal: Refusal) -> None:
        """The broker will never take this row: its aggregate stands still, loudly, and nobody else does."""
        row, reason = refusal.row, refusal.reason
        log.error("outbox_row_refused", id=row["_id"], type=row["type"], reason=reason)
        self._metrics.relay_errors.inc()
        self._set_aside.add(row["aggregate"])
        with translated_calls():
            document = {"$set": {"seq": row["seq"], "reason": reason}, "$currentDate": {"at": True}}
            await self._aside.update_one({"_id": row["aggregate"]}, document, upsert=True)

    @contextlib.contextmanager
    def _spans(self, rows: Sequence[Document]) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            for row in rows:
                if (parent := row["headers"].get("ce_traceparent")) is not None:
                    stack.enter_context(self._tracing.span(f"publish {row['type']}", parent=parent, id=row["_id"]))
            yield


def take(rows: Sequence[Document], most: int) -> list[Document]:
    """At most `most` rows of each aggregate, in order: a hot one starves nobody."""
    counts: dict[str, int] = {}
    chosen = []
    for row in rows:
        counts[row["aggregate"]] = counts.get(row["aggregate"], 0) + 1
        if counts[row["aggregate"]] <= most:
            chosen.append(row)
    return chosen
