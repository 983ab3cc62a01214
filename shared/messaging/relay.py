"""The relay: outbox rows to Kafka, in order per aggregate, marked only after the broker acknowledged.

What the caller must not assume: that a row is sent once. A crash between acknowledgement and mark sends it again,
with the same id and sequence, and consumers skip it.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence

import structlog
from aiokafka.errors import KafkaError

from shared.faults import CrashPoint
from shared.messaging.leases import Lanes
from shared.messaging.marks import Marks
from shared.messaging.probes import Probes
from shared.messaging.producer import Outcome, Producer, Refusal
from shared.messaging.resting import Resting
from shared.messaging.tail import Tail, TailWatch
from shared.messaging.unpublished import PAGE_ROWS, Unpublished, take
from shared.mongo import CollectionSpec, Database, Document, StoreError, translated_calls
from shared.runtime import Runtime
from shared.waiting import first_of

ASIDE = CollectionSpec("outbox_aside")
FINISH_SECONDS = 5.0
FIRST_LANE = 0
RENEWALS_PER_LEASE = 0.25
LOOK_AGAIN_SECONDS = 0.3
INTERRUPTIONS = (KafkaError, StoreError, OSError, TimeoutError)
log = structlog.get_logger(__name__)


class Relay:
    """One per process. `wake` it after a commit; else it looks every `relay_poll_seconds`, sooner while rows wait."""

    def __init__(
        self, runtime: Runtime, database: Database, lanes: Lanes, *, producer: Producer, second: Producer, tail: Tail
    ) -> None:
        """The second producer finds out which partitions take events again: what it holds meanwhile blocks nobody."""
        settings = runtime.settings
        self._aside = database[ASIDE.name]
        self._marks = Marks(database)
        self._unpublished = Unpublished(database, self._marks)
        self._resting = Resting()
        self._probes = Probes(second, self._unpublished, self._resting)
        self._tail = TailWatch(tail, self.wake)
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
        return self.trouble or self._resting.trouble()

    async def run(self, stopping: asyncio.Event) -> None:
        """Relays until `stopping`, then sends what is there and gives its lanes back."""
        try:
            while not stopping.is_set():
                await self._round(stopping)
            await self._finish()
        finally:
            await self._probes.end()
            await self._tail.end()
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
            await self._probes.begin_when_due(self._lanes_asked_for(), self._choose)
            if FIRST_LANE in self._lanes.held():  # one of all relays looks
                self._tail.begin_when_due(self._producer.led)
            self.trouble = None
        except INTERRUPTIONS as error:
            await self._recover(error)
            await first_of(min(self._poll, LOOK_AGAIN_SECONDS), stopping)
        else:
            if not self._left:
                soon = self._waiting or bool(self._resting)
                pause = min(self._poll, LOOK_AGAIN_SECONDS) if soon else self._poll
                await first_of(pause, stopping, self._woken)

    async def sweep(self) -> int:
        """Goes once through all aggregates with unpublished rows, but for those of places that are left alone; how many
        rows were sent."""
        await self._hear_probe()
        total, resting = 0, self._resting.places()
        self._waiting = False
        async with contextlib.aclosing(self._unpublished.pages(self._lanes_asked_for(), resting)) as pages:
            async for page in pages:
                self._waiting |= bool(page)
                total += await self._publish(await self._unpublished.continuous(self._choose(page)))
                if self._resting.places() - resting:  # the next sweep passes over these, too
                    self._left = True
                    break
                if len(page) == PAGE_ROWS:  # more may follow
                    await self._renew_when_due()
        return total

    async def _prepare(self) -> None:
        await self._lanes.prepare()
        await self._renew_when_due()
        await self._producer.start()
        self._tail.soon()
        self._prepared = True

    async def _renew_when_due(self) -> None:
        """Also looks what is set aside: whoever mended it removes its document."""
        now = asyncio.get_running_loop().time()
        if now - self._renewed_at < self._renew_every:
            return
        await self._lanes.renew(busy=self._probes.lanes())
        with translated_calls():
            self._set_aside = {row["_id"] async for row in self._aside.find({}, {"_id": 1})}
        self._metrics.outbox_unpublished.set(await self._count())
        self._renewed_at = now

    async def _count(self) -> int:
        """Of all lanes. Whoever holds them all and has just seen no row need not ask."""
        if not (self._waiting or self._resting) and len(self._lanes.held()) == self._lanes.count:
            return 0
        return await self._unpublished.count()

    async def _recover(self, error: Exception) -> None:
        """Infrastructure failed: begin anew, but write down what was acknowledged, else all of it would be sent again.
        When it was the broker as a whole, its producers are thrown away and no partition is left alone."""
        trouble = f"{type(error).__name__}: {error}"
        if trouble != self.trouble:
            log.warning("relay_interrupted", error=trouble)
        self.trouble = trouble
        self._metrics.relay_errors.inc()
        self._prepared = False
        if not isinstance(error, StoreError):
            self._resting.clear()
            await self._probes.end()
            await self._producer.discard()
        try:
            async with asyncio.timeout(self._renew_every):
                await self._marks.settle()
        except INTERRUPTIONS:
            self._marks.forget()

    async def _finish(self) -> None:
        with contextlib.suppress(*INTERRUPTIONS):
            async with asyncio.timeout(FINISH_SECONDS):
                await self._probes.end()
                while await self.sweep():
                    pass
                await self._marks.settle()
                await self._lanes.give_back()

    def _lanes_asked_for(self) -> frozenset[int] | None:
        held = self._lanes.held()
        return held if len(held) < self._lanes.count else None

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

    async def _hear_probe(self) -> None:
        """What was acknowledged to a probe is marked, and its place takes part in the sweep again."""
        outcome = await self._probes.outcome()
        if outcome is not None:
            answered = [*(row for row, _ in outcome.acknowledged), *(refusal.row for refusal in outcome.refused)]
            for place in self._resting.recovered(row["place"] for row in answered):
                log.warning("partition_takes_events_again", partition=place)
            await self._note(outcome)

    async def _note(self, outcome: Outcome) -> None:
        now = asyncio.get_running_loop().time()
        for place, error in outcome.failed.items():
            self._metrics.relay_errors.inc()
            if self._resting.failed(place, f"{type(error).__name__}: {error}", now):
                log.error("partition_takes_no_events", partition=place, error=str(error))
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
