"""One batch of records: plan, apply, hold and move the positions, in one transaction."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import structlog

from shared.errors import Unavailable
from shared.events.envelope import Envelope
from shared.faults import CrashPoint, CrashPoints
from shared.messaging.held import Held, known_of
from shared.messaging.inbound import Opener
from shared.messaging.pause import Pause
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.messaging.positions import advance, position_id
from shared.messaging.sequence import Known, Plan, Received, Subject, Wait, plan
from shared.mongo import Conflict, Database, Document, DuplicateKey, Session, StoreError, transaction
from shared.telemetry import Metrics, Tracing

Reaction = Callable[[Sequence[Envelope], Session], Awaitable[None]]
Poisoned = dict[tuple[Subject, int], str]

DEADLINE_SECONDS = 30.0
log = structlog.get_logger(__name__)


class BrokenInvariant(Exception):
    """A handler's word that an event cannot be true. It is parked; later events of its subject wait behind it."""

    def __init__(self, envelope: Envelope, reason: str) -> None:
        super().__init__(f"{envelope.id}: {reason}")
        self.envelope = envelope
        self.reason = reason


class Batch:
    """Applies batches for one consumer."""

    def __init__(
        self,
        consumer: str,
        database: Database,
        opener: Opener,
        apply: Reaction,
        metrics: Metrics,
        crash: CrashPoints,
        tracing: Tracing,
        park_limit: int,
    ) -> None:
        self._consumer = consumer
        self._database = database
        self._positions = database[POSITIONS.name]
        self._held = Held(database, consumer)
        self._opener = opener
        self._apply = apply
        self._metrics = metrics
        self._crash = crash
        self._tracing = tracing
        self._park_limit = park_limit
        self.pause = Pause(database, consumer, park_limit)

    async def prepare(self) -> None:
        """Reads what must be known before the first batch."""
        await self.pause.load()

    async def process(self, records: Sequence[Received]) -> int | None:
        """Decides on all records and commits; the index of the first one left out because of a pause, else None.

        Raises StoreError or Unavailable when the world does not answer: nothing has happened then, or all of it.
        """
        poisoned: Poisoned = {}
        while True:
            try:
                done = await self._commit(records, poisoned)
            except BrokenInvariant as error:
                envelope = error.envelope
                poisoned[((envelope.source, envelope.subject), envelope.sequence)] = error.reason
            except (StoreError, Unavailable):
                raise
            except Exception as error:
                if len(records) > 1:
                    return await self._one_by_one(records)
                self._blame(records[0], error, poisoned)
            else:
                return self._note(done)

    async def retry(self, places: Sequence[tuple[str, int]]) -> bool:
        """Looks again at parked records for which somebody ordered it; whether there were any."""
        rows = await self._held.to_retry(places)
        for row in rows:
            await self.process([self._opener.held(row)])
        return bool(rows)

    async def _one_by_one(self, records: Sequence[Received]) -> int | None:
        """A handler failed in an unforeseen way: alone it is seen which event is to blame."""
        for place, record in enumerate(records):
            if await self.process([record]) is not None or self.pause.reason is not None:
                return place
        return None

    def _blame(self, record: Received, error: Exception, poisoned: Poisoned) -> None:
        if (record.subject, record.seq) in poisoned:
            raise error  # it was parked already, so the fault is ours: the process must say so and end
        where = {"consumer": self._consumer, "subject": record.subject[1], "seq": record.seq}
        log.error("handler_failed", **where, exc_info=error)
        poisoned[(record.subject, record.seq)] = f"{type(error).__name__}: {error}"[:500]

    async def _commit(self, records: Sequence[Received], poisoned: Poisoned) -> Plan:
        async def work(session: Session) -> Plan:
            try:
                return await self._work(records, poisoned, session)
            except DuplicateKey as error:
                raise Conflict(str(error)) from error

        return await transaction(self._database.client, work, deadline=DEADLINE_SECONDS)

    async def _work(self, records: Sequence[Received], poisoned: Poisoned, session: Session) -> Plan:
        known = await self._known(records, session)
        decided = plan(
            records,
            known,
            poisoned=poisoned,
            parked_before=self.pause.subjects,
            park_limit=self._park_limit,
        )
        if decided.apply:
            with self._spans(decided.apply):
                await self._apply(decided.apply, session)
        if decided.last:
            moves = [(subject, seq, bool(known[subject].queue)) for subject, seq in decided.last.items()]
            await self._positions.bulk_write(advance(self._consumer, moves), ordered=False, session=session)
        await self._held.store(decided.hold, decided.release, datetime.now(UTC), session)
        await self.pause.store(decided.parked_in_a_row, session)
        self._crash.reach(CrashPoint.BEFORE_COMMIT)
        return decided

    async def _known(self, records: Sequence[Received], session: Session) -> dict[Subject, Known]:
        subjects = list({record.subject for record in records})
        ids = {position_id(self._consumer, subject): subject for subject in subjects}
        found: list[Document] = await self._positions.find({"_id": {"$in": list(ids)}}, session=session).to_list(None)
        last = {ids[row["_id"]]: int(row["seq"]) for row in found}
        waiting = [ids[row["_id"]] for row in found if row["waiting"]]
        suspects = [record.subject for record in records if record.poison is not None]
        queued = await self._queued(waiting, session)
        discarded = await self._held.discarded([*waiting, *suspects], session) if waiting or suspects else {}
        return {
            subject: known_of(last.get(subject, 0), queued.get(subject, ()), discarded.get(subject, set()))
            for subject in subjects
        }

    async def _queued(
        self, subjects: Sequence[Subject], session: Session
    ) -> Mapping[Subject, list[tuple[Document, Received]]]:
        result: dict[Subject, list[tuple[Document, Received]]] = {}
        for row in await self._held.load(subjects, session) if subjects else ():
            result.setdefault((row["source"], row["subject"]), []).append((row, self._opener.held(row)))
        return result

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
        self.pause.subjects = list(done.parked_in_a_row)
        self._metrics.consumer_applied.labels(self._consumer).inc(len(done.apply))
        for hold in done.hold:
            counter = self._metrics.parked if hold.wait is Wait.PARKED else self._metrics.held
            counter.labels(self._consumer).inc()
            log.warning(
                "event_held",
                consumer=self._consumer,
                subject=hold.record.subject[1],
                seq=hold.record.seq,
                wait=hold.wait.value,
                reason=hold.reason,
            )
        return done.paused_before
