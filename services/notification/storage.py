"""The documents of this service: collections, indexes and forms.

What is remembered of other services' events, and the fan-outs that go by it, are kept generation by generation;
messages are not, for what people were told stays told.

A stub of a run (without a title) stands for a run of which only nominations have come so far.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from pydantic import TypeAdapter

from services.notification.absences import ABSENCES
from services.notification.delegations import DELEGATIONS
from services.notification.documents import document_of, item_of
from services.notification.domain import (
    FINAL,
    Bucket,
    FanOut,
    Message,
    Nomination,
    Run,
    SealedContact,
    ToDo,
    Told,
    Unit,
    shelves_of,
)
from shared.messaging.leases import free_document
from shared.mongo import (
    Collection,
    CollectionSpec,
    Conflict,
    Database,
    Document,
    DuplicateKey,
    Index,
    Session,
    UpdateOne,
    translated_calls,
)

RUNS: Final = CollectionSpec(
    "runs",
    indexes=(
        Index(("starts_at_system_time", "_id")),
        Index(("closes_at_system_time", "_id"), only={"state": "OPEN"}),
        Index(("release_at_system_time", "_id")),
    ),
)
# A run's nominations in the order of their last changes (turns are never given twice), those of one bucket unit, and
# those of people of one unit.
NOMINATIONS: Final = CollectionSpec(
    "nominations",
    indexes=(
        Index(("run", "turn")),
        Index(("run", "bucket_unit", "state")),
        Index(("run", "unit")),
    ),
)
BUCKETS: Final = CollectionSpec("buckets", indexes=(Index(("run", "bucket_unit")),))
CONTACTS: Final = CollectionSpec("contacts", indexes=(Index(("key_id",)),))
UNITS: Final = CollectionSpec("units")
# `open` exists only until a message is final: the first index holds just the work to do. It starts with the kind, so
# that what only a newer release can send costs nothing here, however much of it there is. The second holds what waits
# for something that is not known here yet.
OPEN_MESSAGES: Final = Index(("open", "kind", "state", "channel", "due_at"), only={"open": True})
MESSAGES: Final = CollectionSpec(
    "messages",
    indexes=(
        OPEN_MESSAGES,
        Index(("missing",), only={"missing": {"$gt": ""}}),
        Index(("shelves", "-created_at", "-_id")),
        Index(("run", "-created_at", "-_id")),
        Index(("-created_at", "-_id")),
        Index(("state", "-created_at", "-_id"), only={"state": "FAILED"}),
        Index(("run", "wave"), only={"kind": "REMINDER"}),
    ),
)
# Those that are done stay for a while: a wave of reminders goes on from where it ended when something has changed.
FAN_OUTS: Final = CollectionSpec(
    "fan_outs",
    indexes=(
        Index(("open", "ready_at"), only={"open": True}),
        Index(("open", "failures"), only={"open": True}),
        Index(("finished_at",), expire_after_seconds=60 * 86_400),
    ),
)
# Whose contact is gone for good. Of no generation: a rebuild reads the log, which forgets a tombstone after a week.
ERASED: Final = CollectionSpec("erased")
# What people know of their nominations. Of no generation, as messages are not: what they were told stays told.
TOLD: Final = CollectionSpec("told")
# The days on which everybody was asked for approvals.
DIGESTS: Final = CollectionSpec("digests", indexes=(Index(("at",), expire_after_seconds=60 * 86_400),))
# What people and offices have left to do after runs; and the runs of which that is looked at, from `look_at` on.
TO_DO: Final = CollectionSpec("to_do", indexes=(Index(("run", "_id")),))
FOLLOWED: Final = CollectionSpec("followed", indexes=(Index(("look_at", "_id"), only={"look_at": {"$exists": True}}),))
AT_ONCE: Final = datetime(2000, 1, 1, tzinfo=UTC)
OF_A_GENERATION: Final = (RUNS, NOMINATIONS, BUCKETS, CONTACTS, UNITS, FAN_OUTS, TO_DO, FOLLOWED, DELEGATIONS, ABSENCES)

_RUN: Final = TypeAdapter(Run)
_NOMINATION: Final = TypeAdapter(Nomination)
_CONTACT: Final = TypeAdapter(SealedContact)
_UNIT: Final = TypeAdapter(Unit)
_BUCKET: Final = TypeAdapter(Bucket)
_TOLD: Final = TypeAdapter(Told)
_MESSAGE: Final = TypeAdapter(Message)
_FAN_OUT: Final = TypeAdapter(FanOut)


def name_in(spec: CollectionSpec, generation: int) -> str:
    """What a collection of a generation is called."""
    return f"{spec.name}_g{generation}"


def specs(generation: int) -> tuple[CollectionSpec, ...]:
    """The collections that a generation needs."""
    return tuple(replace(spec, name=name_in(spec, generation)) for spec in OF_A_GENERATION)


class Generation:
    """The collections of generation `number`."""

    def __init__(self, database: Database, number: int) -> None:
        self.number = number
        self.runs = database[name_in(RUNS, number)]
        self.nominations = database[name_in(NOMINATIONS, number)]
        self.buckets = database[name_in(BUCKETS, number)]
        self.contacts = database[name_in(CONTACTS, number)]
        self.units = database[name_in(UNITS, number)]
        self.fan_outs = database[name_in(FAN_OUTS, number)]
        self.to_do = database[name_in(TO_DO, number)]
        self.followed = database[name_in(FOLLOWED, number)]
        self.delegations = database[name_in(DELEGATIONS, number)]
        self.absences = database[name_in(ABSENCES, number)]


Answering = Callable[[], Generation]  # the generation to read from now


def run_document(run: Run) -> Document:
    closes = run.system_time(run.nominations_end)
    system_times = {"starts_at_system_time": run.system_time(run.starts_at), "closes_at_system_time": closes}
    if run.release_at is not None:
        system_times["release_at_system_time"] = run.system_time(run.release_at)
    return {**document_of(_RUN, run), **system_times}


def run_of(document: Document) -> Run:
    run: Run = item_of(_RUN, document)
    return run


def nomination_document(nomination: Nomination) -> Document:
    return document_of(_NOMINATION, nomination)


def nomination_of(document: Document) -> Nomination:
    nomination: Nomination = item_of(_NOMINATION, document)
    return nomination


def contact_document(contact: SealedContact) -> Document:
    return document_of(_CONTACT, contact, "person")


def contact_of(document: Document) -> SealedContact:
    contact: SealedContact = item_of(_CONTACT, document, "person")
    return contact


def bucket_document(bucket: Bucket) -> Document:
    return document_of(_BUCKET, bucket)


def bucket_of(document: Document) -> Bucket:
    bucket: Bucket = item_of(_BUCKET, document)
    return bucket


def told_of(document: Document) -> Told:
    told: Told = item_of(_TOLD, document, "nomination")
    return told


def told_document(told: Told) -> Document:
    return document_of(_TOLD, told, "nomination")


def to_do_update(change: ToDo) -> UpdateOne:
    """Adds what a batch changed."""
    values = {"run": change.run, "whom": change.whom, "unit": change.unit, "person": change.person}
    added = {f"open.{due}": count for due, count in sorted(change.open.items()) if count}
    update: Document = {"$set": values, "$inc": added} if added else {"$set": values}
    return UpdateOne({"_id": change.id}, update, upsert=True)


def to_do_of(document: Document) -> ToDo:
    fields = (document["run"], document["whom"], document["unit"], document["person"])
    return ToDo(*fields, document.get("open", {}))


def followed_updates(dues: Mapping[str, set[str]], touched: Iterable[str]) -> list[UpdateOne]:
    """Runs of which more is due, by which days; and those that have changed: if they are followed, it is looked at
    anew."""
    now: Document = {"$set": {"look_at": AT_ONCE}, "$inc": {"turn": 1}}
    added = [
        UpdateOne({"_id": run}, {**now, "$addToSet": {"dues": {"$each": sorted(days)}}}, upsert=True)
        for run, days in sorted(dues.items())
    ]
    return added + [UpdateOne({"_id": run}, now) for run in sorted(touched) if run not in dues]


def unit_document(unit: Unit) -> Document:
    return document_of(_UNIT, unit)


def unit_of(document: Document) -> Unit:
    unit: Unit = item_of(_UNIT, document)
    return unit


def message_document(message: Message) -> Document:
    """Without the lease; `open` only while there is something to do."""
    document = {**document_of(_MESSAGE, message), "shelves": shelves_of(message)}
    return document if message.state in FINAL else {**document, "open": True}


def message_of(document: Document) -> Message:
    message: Message = item_of(_MESSAGE, document)
    return message


def insertion(message: Message) -> UpdateOne:
    """Inserts it once: whatever became of an earlier one with this id stays as it is."""
    document = {**message_document(message), **free_document()}
    return UpdateOne({"_id": document.pop("_id")}, {"$setOnInsert": document}, upsert=True)


async def insert_missing(messages: Collection, made: Sequence[Message], session: Session) -> int:
    """How many of them did not exist before. Raises Conflict when somebody else inserts one at the same time."""
    query = {"_id": {"$in": [message.id for message in made]}}
    rows = await messages.find(query, {"_id": 1}, session=session).to_list(None)
    existing = {row["_id"] for row in rows}
    insertions = [insertion(message) for message in made if message.id not in existing]
    if not insertions:
        return 0
    try:
        with translated_calls():
            result = await messages.bulk_write(insertions, ordered=False, session=session)
    except DuplicateKey as error:
        raise Conflict(str(error)) from error
    return int(result.upserted_count)


def fan_out_of(document: Document) -> FanOut:
    fan_out: FanOut = item_of(_FAN_OUT, document)
    return fan_out


def fan_outs_of(run: Document) -> tuple[FanOut, ...]:
    """The open ones that whoever changes one of the run's nominations must know of."""
    return tuple(fan_out_of(row) for row in run.get("fan_outs", ()))


def noted(fan_outs: Iterable[FanOut]) -> list[Document]:
    """As a run keeps them."""
    return [document_of(_FAN_OUT, fan_out) for fan_out in fan_outs]


def opening(fan_out: FanOut, now: datetime) -> UpdateOne:
    """Opens it once: whatever became of an earlier one with this id stays as it is."""
    work = {"open": True, "ready_at": now, "failures": 0, "code": None, "made": 0, **free_document()}
    document = {**document_of(_FAN_OUT, fan_out), **work}
    return UpdateOne({"_id": document.pop("_id")}, {"$setOnInsert": document}, upsert=True)


async def load_runs(runs: Collection, keys: Iterable[str], session: Session | None = None) -> list[Run]:
    """Without stubs."""
    query = {"_id": {"$in": list(keys)}, "title": {"$exists": True}}
    with translated_calls():
        rows = await runs.find(query, session=session).to_list(None)
    return [run_of(row) for row in rows]
