"""The documents of this service: collections, indexes, and the batch of a batch loaded and saved.

A stub of a run (no title) stands for one whose nominations came first. `turn` of a run grows with every batch that
changes the run or its nominations: of two such batches at once, one loses and runs again, so neither misses the other.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, TypeGuard

from pydantic import TypeAdapter

from services.notification.domain import FINAL, Message
from services.notification.reaction_batch import ReactionBatch
from services.notification.read_model import LIVE, Nomination, Run, SealedContact, Unit
from shared.events.enrolment import NominationFact, RunCancelled, RunClockSet, RunFact, RunScheduled
from shared.events.envelope import Envelope, Event
from shared.messaging.leases import free_document
from shared.mongo import (
    Collection,
    CollectionSpec,
    Database,
    Document,
    Index,
    ReplaceOne,
    Session,
    UpdateOne,
    translated_calls,
)

RUNS: Final = CollectionSpec("runs", indexes=(Index(("starts_at_system_time",)),))
NOMINATIONS: Final = CollectionSpec("nominations", indexes=(Index(("run", "state")),))
CONTACTS: Final = CollectionSpec("contacts")
UNITS: Final = CollectionSpec("units")
# `open` exists only until a message is final: the first index holds just the work to do.
MESSAGES: Final = CollectionSpec(
    "messages",
    indexes=(
        Index(("due_at",), only={"open": True}),
        Index(("run", "kind", "state")),
        Index(("recipient", "-created_at", "-_id")),
        Index(("unit", "-created_at", "-_id")),
        Index(("-created_at", "-_id")),
    ),
)
COLLECTIONS: Final = (RUNS, NOMINATIONS, CONTACTS, UNITS, MESSAGES)

_RUN: Final = TypeAdapter(Run)
_NOMINATION: Final = TypeAdapter(Nomination)
_CONTACT: Final = TypeAdapter(SealedContact)
_UNIT: Final = TypeAdapter(Unit)
_MESSAGE: Final = TypeAdapter(Message)


def document_of(adapter: TypeAdapter[Any], item: Any, key: str = "id") -> Document:
    """As it is stored: the field `key` is the document's id."""
    document: Document = adapter.dump_python(item)
    return {"_id": document.pop(key), **document}


def item_of(adapter: TypeAdapter[Any], document: Document, key: str = "id") -> Any:
    """The other way round; fields that are only the store's are ignored."""
    return adapter.validate_python({key: document["_id"], **document})


def run_document(run: Run) -> Document:
    return {**document_of(_RUN, run), "starts_at_system_time": run.starts_at_system_time}


def message_document(message: Message) -> Document:
    """Without the lease; `open` only while there is something to do."""
    document = document_of(_MESSAGE, message)
    return document if message.state in FINAL else {**document, "open": True}


def message_of(document: Document) -> Message:
    found: Message = item_of(_MESSAGE, document)
    return found


def run_of(document: Document) -> Run:
    found: Run = item_of(_RUN, document)
    return found


def nomination_of(document: Document) -> Nomination:
    found: Nomination = item_of(_NOMINATION, document)
    return found


def insertion(message: Message) -> UpdateOne:
    """Inserts it, once: whatever became of an earlier one with this id stays as it is."""
    document = {**message_document(message), **free_document()}
    return UpdateOne({"_id": document.pop("_id")}, {"$setOnInsert": document}, upsert=True)


class Views:
    """The views of one database, read outside a batch and written by batches."""

    def __init__(self, database: Database) -> None:
        self._runs = database[RUNS.name]
        self._nominations = database[NOMINATIONS.name]
        self._contacts = database[CONTACTS.name]
        self._units = database[UNITS.name]
        self._messages = database[MESSAGES.name]

    async def batch(self, envelopes: Sequence[Envelope], now: datetime, session: Session) -> ReactionBatch:
        """What the events may need, in at most two queries."""
        batch = ReactionBatch(now)
        events = [envelope.event for envelope in envelopes]
        runs = {event.run for event in events if isinstance(event, RunFact | RunClockSet | NominationFact)}
        whole = {event.run for event in events if _concerns_everybody(event)}
        if runs:
            batch.runs = {run.id: run for run in await self._load_runs(runs, session)}
        if whole:
            query = {"run": {"$in": list(whole)}, "state": {"$in": list(LIVE)}}
            rows = await self._nominations.find(query, session=session).to_list(None)
            batch.nominations = {row["_id"]: nomination_of(row) for row in rows}
        return batch

    async def save(self, batch: ReactionBatch, session: Session) -> None:
        """Everything that the handlers changed, a bulk write for each collection."""
        stirred = batch.changed_runs | batch.stirred_runs
        await _write(self._runs, [_run_update(batch.runs.get(key), key, batch) for key in sorted(stirred)], session)
        nominations = [batch.nominations[key] for key in sorted(batch.changed_nominations)]
        await _write(self._nominations, [_replacement(document_of(_NOMINATION, one)) for one in nominations], session)
        contacts = [_replacement(document_of(_CONTACT, one, "person")) for one in batch.contacts.values()]
        await _write(self._contacts, contacts, session)
        units = [_replacement(document_of(_UNIT, one)) for one in batch.units.values()]
        await _write(self._units, units, session)
        await _write(self._messages, [insertion(one) for one in batch.messages.values()], session)

    async def run(self, key: str) -> Run | None:
        found = await self._load_runs({key}, None)
        return found[0] if found else None

    async def runs(self, keys: set[str]) -> dict[str, Run]:
        return {run.id: run for run in await self._load_runs(keys, None)} if keys else {}

    async def nomination(self, key: str) -> Nomination | None:
        row = await self._one(self._nominations, key)
        return None if row is None else nomination_of(row)

    async def contact(self, person: str) -> SealedContact | None:
        row = await self._one(self._contacts, person)
        found: SealedContact | None = None if row is None else item_of(_CONTACT, row, "person")
        return found

    async def unit(self, key: str) -> Unit | None:
        row = await self._one(self._units, key)
        found: Unit | None = None if row is None else item_of(_UNIT, row)
        return found

    async def _load_runs(self, keys: Iterable[str], session: Session | None) -> list[Run]:
        query = {"_id": {"$in": list(keys)}, "title": {"$exists": True}}
        with translated_calls():
            rows = await self._runs.find(query, session=session).to_list(None)
        return [run_of(row) for row in rows]

    async def _one(self, collection: Collection, key: str) -> Document | None:
        with translated_calls():
            found: Document | None = await collection.find_one({"_id": key})
        return found


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


def _replacement(document: Document) -> Any:
    return ReplaceOne({"_id": document["_id"]}, document, upsert=True)


async def _write(collection: Collection, operations: Sequence[Any], session: Session) -> None:
    if operations:
        await collection.bulk_write(operations, ordered=False, session=session)
