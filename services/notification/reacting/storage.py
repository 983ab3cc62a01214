"""Reaction batches loaded and saved.

`turn` of a run grows with every change of the run or of its nominations, and its document with it: of two batches that
change the same one at the same time one loses and runs again, so that neither misses the other's changes, and turns
become visible in order. The run also keeps its open fan-outs, so that asking for them costs no query; only while there
is one are the nominations of a batch read before they are changed (domain/fan_outs.py).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeGuard

from services.notification.domain import Run
from services.notification.reacting.domain.batch import ReactionBatch
from services.notification.storage import (
    ERASED,
    MESSAGES,
    Generation,
    contact_document,
    fan_outs_of,
    insertion,
    nomination_document,
    nomination_of,
    noted,
    opening,
    run_document,
    run_of,
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
        self._units = generation.units
        self._messages = database[MESSAGES.name]
        self._erased = database[ERASED.name]
        self._fan_outs = generation.fan_outs
        self._database = database

    async def load(self, envelopes: Sequence[Envelope], now: datetime, session: Session) -> ReactionBatch:
        """What the events may need, in at most three queries."""
        events = [envelope.event for envelope in envelopes]
        batch = ReactionBatch(now, erased=await self._erased_among(events, session))
        runs = {event.run for event in events if isinstance(event, RunFact | RunClockSet | NominationFact)}
        if runs:
            for row in await self._runs.find({"_id": {"$in": list(runs)}}, session=session).to_list(None):
                _remember(batch, row)
        fanning = {event.run for event in events if _concerns_everybody(event)} | batch.fan_outs.keys()
        keys = [event.nomination for event in events if isinstance(event, NominationFact) and event.run in fanning]
        if keys:
            rows = await self._nominations.find({"_id": {"$in": keys}}, session=session).to_list(None)
            batch.nominations = {row["_id"]: nomination_of(row) for row in rows}
        return batch

    async def _erased_among(self, events: Sequence[Event | None], session: Session) -> set[str]:
        people = {event.person for event in events if isinstance(event, ContactChanged)}
        rows = await self._erased.find({"_id": {"$in": list(people)}}, session=session).to_list(None) if people else ()
        return {row["_id"] for row in rows}

    async def save(self, batch: ReactionBatch, session: Session) -> None:
        """Everything that the handlers changed, in one bulk write for each collection."""
        touched = batch.changed_runs | batch.touched_runs
        await _write(self._runs, [_run_update(batch.runs.get(key), key, batch) for key in sorted(touched)], session)
        nominations = [batch.nominations[key] for key in sorted(batch.changed_nominations)]
        await _write(self._nominations, [_replacement(nomination_document(n)) for n in nominations], session)
        await _write(self._contacts, [_replacement(contact_document(c)) for c in batch.contacts.values()], session)
        erased = [contact.person for contact in batch.contacts.values() if contact.key_id is None]
        await _write(self._erased, [_noting(person, batch.now) for person in erased], session)
        await _write(self._units, [_replacement(unit_document(u)) for u in batch.units.values()], session)
        await _write(self._messages, [insertion(message) for message in batch.messages.values()], session)
        await _write(self._fan_outs, [opening(fan_out, batch.now) for fan_out in batch.begun], session)
        await forget(self._database, batch.forgotten, session)


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
