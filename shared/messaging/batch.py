"""One batch of records: plan, apply, hold and move the positions, in one transaction."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from shared.errors import Unavailable
from shared.events.envelope import Envelope
from shared.faults import CrashPoint
from shared.messaging.decoding import EventDecoder
from shared.messaging.held import Discards, Held
from shared.messaging.pause import Pause
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.messaging.positions import advance, position_id
from shared.messaging.queues import load_queues
from shared.messaging.receipts import COLLECTION as RECEIPTS
from shared.messaging.receipts import count_passed
from shared.messaging.sequence import Known, Plan, Received, Subject, Wait, plan
from shared.mongo import (
    Conflict,
    Database,
    Document,
    DuplicateKey,
    Session,
    StoreError,
    transaction,
    translated_calls,
)
from shared.release import code_version
from shared.runtime import Runtime

Reaction = Callable[[Sequence[Envelope], Session], Awaitable[None]]
# How far each of these subjects may be applied now; None: as far as there is anything.
Limits = Callable[[Collection[Subject], Session], Awaitable[Mapping[Subject, int] | None]]
Poisoned = dict[tuple[Subject, int], str]

DEADLINE_SECONDS = 10.0
ABORT_SECONDS = 3.0  # for a transaction that is past its deadline to end
MOST_DOUBLES = 3
log = structlog.get_logger(__name__)


class BrokenInvariant(Exception):
    """A handler's word that an event cannot be true. It is parked; later events of its subject wait behind it."""

    def __init__(self, envelope: Envelope, reason: str) -> None:
        super().__init__(f"{envelope.id}: {reason}")
        self.envelope = envelope
        self.reason = reason


class _HandlerFailed(Exception):
    """A handler failed in an unforeseen way; one of these events is to blame."""

    def __init__(self, envelopes: Sequence[Envelope], error: Exception) -> None:
        super().__init__(str(error))
        self.envelopes = envelopes
        self.error = error


@dataclass(slots=True)
class _Lessons:
    """What earlier runs of a batch have taught. `careful`: the handler gets one event at a time."""

    poisoned: Poisoned = field(default_factory=dict)
    careful: bool = False
    doubles: int = 0

    def park(self, envelope: Envelope, reason: str) -> None:
        place = ((envelope.source, envelope.subject), envelope.sequence)
        if place in self.poisoned:
            raise RuntimeError(f"{envelope.id} was refused again though it was not applied: {reason}")
        self.poisoned[place] = reason


class Batch:
    """Applies batches for one consumer."""

    def __init__(
        self,
        consumer: str,
        runtime: Runtime,
        database: Database,
        decoder: EventDecoder,
        apply: Reaction,
        moved: Callable[[Mapping[Subject, int]], None] = lambda last: None,
        limits: Limits | None = None,
    ) -> None:
        self.consumer = consumer
        self._database = database
        self._positions = database[POSITIONS.name]
        self._receipts = database[RECEIPTS.name]
        self._held = Held(database, consumer)
        self._discards = Discards(database)
        self._decoder = decoder
        self._apply = apply
        self._metrics = runtime.metrics
        self._crash = runtime.crash
        self._tracing = runtime.tracing
        self._park_limit = runtime.settings.park_limit
        self._moved = moved
        self._limits = limits
        version = code_version(runtime.service)
        self.pause = Pause(database, consumer, version, limit=self._park_limit, clock=runtime.clock)

    async def prepare(self) -> None:
        """Reads what must be known before the first batch."""
        await self.pause.load()
        await self._discards.load()

    async def process(self, records: Sequence[Received]) -> int | None:
        """Decides on all records and commits; the index of the first one left out because of a pause, else None.

        Raises StoreError, Unavailable or OSError (a TimeoutError is one) when the world, or a handler, does not answer:
        nothing has happened then, or all of it.
        """
        lessons = _Lessons()
        while True:
            try:
                return self._note(await self._commit(records, lessons))
            except BrokenInvariant as error:
                lessons.park(error.envelope, error.reason)
            except _HandlerFailed as failed:
                self._learn(failed, lessons)

    async def retry(self, topic: str, partition: int) -> bool:
        """Looks again at the first held record of this partition for which somebody ordered it, and at what goes on
        with it; False when there is none."""
        row = await self._held.ordered(topic, partition)
        if row is None:
            return False
        record = self._decoder.held(row)
        await self._discards.look_up(record.subject)
        await self.process([record])
        return True

    async def look(self) -> set[tuple[str, int]]:
        """What others have done meanwhile: a pause, discards; and the partitions with records to try again."""
        await self.prepare()
        return await self._held.ordered_places()

    def _learn(self, failed: _HandlerFailed, lessons: _Lessons) -> None:
        if isinstance(failed.error, DuplicateKey) and lessons.doubles < MOST_DOUBLES:
            lessons.doubles += 1  # another replica may have stored the same meanwhile: the positions will tell
        elif len(failed.envelopes) > 1:
            lessons.careful = True
        else:
            envelope = failed.envelopes[0]
            log.error("handler_failed", consumer=self.consumer, event_id=envelope.id, exc_info=failed.error)
            lessons.park(envelope, f"{type(failed.error).__name__}: {failed.error}"[:500])

    async def _commit(self, records: Sequence[Received], lessons: _Lessons) -> Plan:
        async def work(session: Session) -> Plan:
            try:
                with translated_calls():
                    return await self._work(records, lessons, session)
            except DuplicateKey as error:  # another replica made the same position or held record
                raise Conflict(str(error)) from error

        # The transaction's own deadline is for the database. A handler may wait for something else, and for ever.
        async with asyncio.timeout(DEADLINE_SECONDS + ABORT_SECONDS):
            return await transaction(self._database.client, work, deadline=DEADLINE_SECONDS)

    async def _work(self, records: Sequence[Received], lessons: _Lessons, session: Session) -> Plan:
        known = await self._known(records, session)
        may_park = (
            lessons.poisoned or any(r.poison is not None for r in records) or any(k.queue for k in known.values())
        )
        before = await self.pause.read(session) if may_park or self.pause.tallies else {}
        decided = plan(records, known, poisoned=lessons.poisoned, tallies=before, park_limit=self._park_limit)
        if decided.apply:
            with self._spans(decided.apply):
                await self._react(decided.apply, lessons.careful, session)
        await self._store(decided, known, session)
        if decided.tallies != before:
            await self.pause.store(decided.tallies, session)
        self._crash.reach(CrashPoint.BEFORE_COMMIT)
        return decided

    async def _react(self, envelopes: Sequence[Envelope], careful: bool, session: Session) -> None:
        for some in [[envelope] for envelope in envelopes] if careful else [envelopes]:
            try:
                with translated_calls():
                    await self._apply(some, session)
            except DuplicateKey as error:
                raise _HandlerFailed(some, error) from error
            except (BrokenInvariant, StoreError, Unavailable, OSError):  # TimeoutError is an OSError
                raise
            except Exception as error:
                raise _HandlerFailed(some, error) from error

    async def _store(self, decided: Plan, known: dict[Subject, Known], session: Session) -> None:
        moves = [(subject, seq, known[subject].waiting) for subject, seq in decided.last.items()]
        if moves:
            await self._positions.bulk_write(advance(self.consumer, moves), ordered=False, session=session)
        if counts := count_passed(self.consumer, decided.marked, datetime.now(UTC)):
            await self._receipts.bulk_write(counts, ordered=False, session=session)
        await self._held.store(decided.hold, decided.release, datetime.now(UTC), session)
        await self._held.go_on(further_places(decided, known), session)

    async def _known(self, records: Sequence[Received], session: Session) -> dict[Subject, Known]:
        ids = {position_id(self.consumer, record.subject): record.subject for record in records}
        rows: list[Document] = await self._positions.find({"_id": {"$in": list(ids)}}, session=session).to_list(None)
        left_out = await self._discards.among(ids.values(), session)
        known = {subject: Known(discarded=left_out.get(subject, frozenset())) for subject in ids.values()}
        if self._limits is not None and (limits := await self._limits(known.keys(), session)) is not None:
            for subject, limit in limits.items():
                known[subject].limit = limit
        waiting: set[Subject] = set()
        for row in rows:
            subject = ids[row["_id"]]
            known[subject].last = int(row["seq"])
            if row["waiting"]:
                waiting.add(subject)
        if waiting:
            await load_queues(waiting, known, records, self._held, self._decoder, session)
        return known

    @contextlib.contextmanager
    def _spans(self, envelopes: Sequence[Envelope]) -> Iterator[None]:
        """One span per traced command, so that a trace shows when its effect was stored here."""
        with contextlib.ExitStack() as stack:
            for envelope in envelopes:
                if envelope.traceparent is not None:
                    stack.enter_context(
                        self._tracing.span(f"apply {envelope.type}", parent=envelope.traceparent, id=envelope.id)
                    )
            yield

    def _note(self, done: Plan) -> int | None:
        self._moved(done.last)
        self.pause.note(done.tallies)
        self._metrics.consumer_applied.labels(self.consumer).inc(len(done.apply))
        for hold in done.hold:
            counter = self._metrics.parked if hold.wait is Wait.PARKED else self._metrics.held
            counter.labels(self.consumer).inc()
            tell = log.debug if hold.wait is Wait.AHEAD else log.warning  # there may be many, and nothing is wrong
            tell(
                "event_held",
                consumer=self.consumer,
                subject=hold.record.subject[1],
                seq=hold.record.seq,
                wait=hold.wait.value,
                reason=hold.reason,
            )
        return done.paused_before


def further_places(decided: Plan, known: Mapping[Subject, Known]) -> dict[Subject, int]:
    """Where the unknown rest of a long queue begins, for subjects that went on as far as their queue was known."""
    return {
        subject: seq + 1
        for subject, seq in decided.last.items()
        if known[subject].goes_on and seq + 1 not in known[subject].queue
    }
