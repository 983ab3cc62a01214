"""Reaction batches loaded and saved.

`turn` of a run grows with every change of the run or of its nominations, and its document with it: of two batches that
change the same one at the same time one loses and runs again, so that neither misses the other's changes, and turns
become visible in order. The run also keeps its open fan-outs, so that asking for them costs no query; only while there
is one are the nominations of a batch read before they are changed (domain/fan_outs.py).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeGuard

from services.notification.absences import absence_of, absence_writes
from services.notification.delegations import delegation_write
from services.notification.domain import Message, Run, State
from services.notification.reacting.domain.attendance import absences_of
from services.notification.reacting.domain.batch import ReactionBatch
from services.notification.reacting.domain.together import later_ones, to_join
from services.notification.seated import units_with_seats
from services.notification.storage import (
    ERASED,
    MESSAGES,
    Generation,
    bucket_document,
    contact_document,
    contact_of,
    fan_outs_of,
    followed_updates,
    insertion,
    nomination_document,
    nomination_of,
    noted,
    opening,
    run_document,
    run_of,
    to_do_update,
    unit_document,
)
from shared.events.catalogue import RunCancelled, RunClockSet, RunFact, RunScheduled
from shared.events.directory import ContactChanged
from shared.events.envelope import Envelope, Event
from shared.events.seats import NominationFact
from shared.messaging.held import forget
from shared.mongo import Collection, Database, Document, ReplaceOne, Session, UpdateOne


class ReactionStorage:
    """Of one generation."""

    def __init__(self, database: Database, generation: Generation) -> None:
        self._runs = generation.runs
        self._nominations = generation.nominations
        self._contacts = generation.contacts
        self._buckets = generation.buckets
        self._units = generation.units
        self._messages = database[MESSAGES.name]
        self._erased = database[ERASED.name]
        self._fan_outs = generation.fan_outs
        self._to_do = generation.to_do
        self._delegations = generation.delegations
        self._absences = generation.absences
        self._followed = generation.followed
        self._database = database

    async def load(self, envelopes: Sequence[Envelope], now: datetime, session: Session) -> ReactionBatch:
        """What the events may need, in at most seven queries."""
        events = [envelope.event for envelope in envelopes]
        batch = ReactionBatch(now)
        people = [event.person for event in events if isinstance(event, ContactChanged)]
        if people:
            known = {"_id": {"$in": people}}
            batch.erased = {row["_id"] for row in await self._erased.find(known, session=session).to_list(None)}
            rows = await self._contacts.find(known, session=session).to_list(None)
            batch.contacts = {row["_id"]: contact_of(row) for row in rows}
        runs = {event.run for event in events if isinstance(event, RunFact | RunClockSet | NominationFact)}
        if runs:
            for row in await self._runs.find({"_id": {"$in": list(runs)}}, session=session).to_list(None):
                _remember(batch, row)
        cancelled = [event.run for event in events if isinstance(event, RunCancelled)]
        if cancelled:
            # Of a unit that gets its first seats after this its office is not told either: the run takes no nomination.
            batch.seated = await units_with_seats(self._buckets, cancelled, session)
        await self._load_absences(batch, [key for event in events for key in absences_of(event)], session)
        fanning = {event.run for event in events if _concerns_everybody(event)} | batch.fan_outs.keys()
        keys = [event.nomination for event in events if isinstance(event, NominationFact) and event.run in fanning]
        if keys:
            rows = await self._nominations.find({"_id": {"$in": keys}}, session=session).to_list(None)
            batch.nominations = {row["_id"]: nomination_of(row) for row in rows}
        return batch

    async def _load_absences(self, batch: ReactionBatch, keys: Sequence[str], session: Session) -> None:
        """With what has become of the messages about them."""
        if not keys:
            return
        rows = await self._absences.find({"_id": {"$in": [*keys]}}, session=session).to_list(None)
        batch.absences.known = {row["_id"]: absence_of(row) for row in rows}
        told = [row["message"] for row in rows if row["message"] is not None]
        if told:
            found = self._messages.find({"_id": {"$in": told}}, {"state": 1}, session=session)
            batch.absences.states = {row["_id"]: row["state"] async for row in found}

    async def save(self, batch: ReactionBatch, session: Session) -> None:
        """Everything that the handlers changed, in one bulk write for each collection."""
        touched = batch.changed_runs | batch.touched_runs
        await _write(self._runs, [_run_update(batch.runs.get(key), key, batch) for key in sorted(touched)], session)
        nominations = [batch.nominations[key] for key in sorted(batch.changed_nominations)]
        await _write(self._nominations, [_replacement(nomination_document(n)) for n in nominations], session)
        contacts = [batch.contacts[key] for key in sorted(batch.changed_contacts)]
        await _write(self._contacts, [_replacement(contact_document(contact)) for contact in contacts], session)
        erased = [contact.person for contact in contacts if contact.key_id is None]
        await _write(self._erased, [_noting(person, batch.now) for person in erased], session)
        await _write(self._units, [_replacement(unit_document(u)) for u in batch.units.values()], session)
        await _write(self._buckets, [_replacement(bucket_document(b)) for b in batch.buckets.values()], session)
        joined, messages = await self._joined(batch, session)
        await _write(self._messages, messages, session)
        await _write(self._absences, absence_writes(batch.absences.to_store(joined)), session)
        await _write(self._fan_outs, [opening(fan_out, batch.now) for fan_out in batch.begun], session)
        await _write(self._to_do, [to_do_update(one) for one in batch.to_do.values()], session)
        delegations = [delegation_write(key, after) for key, after in sorted(batch.delegations.items())]
        await _write(self._delegations, delegations, session)
        await _write(self._followed, followed_updates(batch.dues, batch.changed_runs), session)
        await forget(self._database, batch.forgotten, session)

    async def _joined(self, batch: ReactionBatch, session: Session) -> tuple[dict[str, str], list[UpdateOne]]:
        """Which message each that is told later becomes, and what is to be written. What is told together is written to
        a message that is there already: whoever delivers it meanwhile conflicts with this batch, and one of them goes
        after the other. So is what a message no longer says. Asks nothing where nothing is told later."""
        together = [message for message in batch.messages.values() if message.due_at > batch.now]
        states: dict[str, str] = {}
        if together:
            ids = [later.id for message in together for later in later_ones(message)]
            rows = self._messages.find({"_id": {"$in": ids}}, {"state": 1, "snapshot": 1}, session=session)
            # One that was composed once says the same at every attempt.
            states = {row["_id"]: State.SENDING if row.get("snapshot") else row["state"] async for row in rows}
        now = [insertion(message) for message in batch.messages.values() if message.due_at <= batch.now]
        joined = {message.id: to_join(message, states) for message in together}
        writes = [_joining(one.id, one) if one.id in states else insertion(one) for one in joined.values()]
        less = [_joining(key, cause) for key, cause in batch.absences.taken_out.items()]
        return {key: one.id for key, one in joined.items()}, [*now, *writes, *less]


def _joining(message: str, cause: Message | Envelope) -> UpdateOne:
    """The message stands for its last cause."""
    causation = cause.causation if isinstance(cause, Message) else cause.id
    named = {"causation": causation, "correlation": cause.correlation, "traceparent": cause.traceparent}
    return UpdateOne({"_id": message}, {"$set": named})


def _remember(batch: ReactionBatch, row: Document) -> None:
    """A stub has a turn and nothing else."""
    batch.turns[row["_id"]] = row["turn"]
    if "title" in row:
        batch.runs[row["_id"]] = run_of(row)
    if fan_outs := fan_outs_of(row):
        batch.fan_outs[row["_id"]] = fan_outs


def _concerns_everybody(event: Event | None) -> TypeGuard[RunFact]:
    """It may begin a fan-out."""
    return isinstance(event, RunCancelled) or (isinstance(event, RunScheduled) and event.revision > 0)


def _run_update(run: Run | None, key: str, batch: ReactionBatch) -> UpdateOne:
    update: Document = {"$inc": {"turn": batch.taken[key]}}
    if run is not None and key in batch.changed_runs:
        document = run_document(run)
        del document["_id"]
        if any(fan_out.run == key for fan_out in batch.begun):
            document["fan_outs"] = noted(batch.fan_outs[key])
        update["$set"] = document
    return UpdateOne({"_id": key}, update, upsert=True)


def _noting(person: str, at: datetime) -> UpdateOne:
    return UpdateOne({"_id": person}, {"$setOnInsert": {"at": at}}, upsert=True)


def _replacement(document: Document) -> ReplaceOne[Document]:
    return ReplaceOne({"_id": document["_id"]}, document, upsert=True)


async def _write(collection: Collection, operations: Sequence[Any], session: Session) -> None:
    if operations:
        await collection.bulk_write(operations, ordered=False, session=session)
