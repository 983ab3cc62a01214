"""Reaction batches loaded and saved.

`turn` of a run grows with every batch that changes the run or its nominations: of two such batches at the same time one
loses and runs again, so that neither misses the other's changes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeGuard

from services.notification.domain import LIVE, Run
from services.notification.reacting.domain.batch import ReactionBatch
from services.notification.storage import (
    CONTACTS,
    MESSAGES,
    NOMINATIONS,
    RUNS,
    UNITS,
    contact_document,
    insertion,
    load_runs,
    nomination_document,
    nomination_of,
    run_document,
    unit_document,
)
from shared.events.catalogue import RunCancelled, RunClockSet, RunFact, RunScheduled
from shared.events.envelope import Envelope, Event
from shared.events.seats import NominationFact
from shared.mongo import Collection, Database, Document, ReplaceOne, Session, UpdateOne


class ReactionStorage:
    def __init__(self, database: Database) -> None:
        self._runs = database[RUNS.name]
        self._nominations = database[NOMINATIONS.name]
        self._contacts = database[CONTACTS.name]
        self._units = database[UNITS.name]
        self._messages = database[MESSAGES.name]

    async def load(self, envelopes: Sequence[Envelope], now: datetime, session: Session) -> ReactionBatch:
        """What the events may need, in at most two queries."""
        batch = ReactionBatch(now)
        events = [envelope.event for envelope in envelopes]
        runs = {event.run for event in events if isinstance(event, RunFact | RunClockSet | NominationFact)}
        whole = {event.run for event in events if _concerns_everybody(event)}
        if runs:
            batch.runs = {run.id: run for run in await load_runs(self._runs, runs, session)}
        if whole:
            query = {"run": {"$in": list(whole)}, "state": {"$in": list(LIVE)}}
            rows = await self._nominations.find(query, session=session).to_list(None)
            batch.nominations = {row["_id"]: nomination_of(row) for row in rows}
        return batch

    async def save(self, batch: ReactionBatch, session: Session) -> None:
        """Everything that the handlers changed, in one bulk write for each collection."""
        touched = batch.changed_runs | batch.touched_runs
        await _write(self._runs, [_run_update(batch.runs.get(key), key, batch) for key in sorted(touched)], session)
        nominations = [batch.nominations[key] for key in sorted(batch.changed_nominations)]
        await _write(self._nominations, [_replacement(nomination_document(n)) for n in nominations], session)
        await _write(self._contacts, [_replacement(contact_document(c)) for c in batch.contacts.values()], session)
        await _write(self._units, [_replacement(unit_document(u)) for u in batch.units.values()], session)
        await _write(self._messages, [insertion(message) for message in batch.messages.values()], session)


def _concerns_everybody(event: Event | None) -> TypeGuard[RunFact]:
    """All nominations of the run are needed."""
    return isinstance(event, RunCancelled) or (isinstance(event, RunScheduled) and event.revision > 0)


def _run_update(run: Run | None, key: str, batch: ReactionBatch) -> UpdateOne:
    update: Document = {"$inc": {"turn": 1}}
    if run is not None and key in batch.changed_runs:
        document = run_document(run)
        del document["_id"]
        update["$set"] = document
    return UpdateOne({"_id": key}, update, upsert=True)


def _replacement(document: Document) -> ReplaceOne[Document]:
    return ReplaceOne({"_id": document["_id"]}, document, upsert=True)


async def _write(collection: Collection, operations: Sequence[Any], session: Session) -> None:
    if operations:
        await collection.bulk_write(operations, ordered=False, session=session)
