"""The one place that knows the MongoDB driver: connections, transactions, collections, and errors in our own words."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC
from typing import Any, TypeVar

import pymongo
from bson.codec_options import CodecOptions
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo import ASCENDING, DESCENDING, DeleteOne, InsertOne, ReplaceOne, ReturnDocument, UpdateMany, UpdateOne
from pymongo.errors import (
    BulkWriteError,
    CollectionInvalid,
    ConfigurationError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from shared.errors import Unavailable

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "Client",
    "Collection",
    "CollectionSpec",
    "ConfigurationError",
    "Conflict",
    "Database",
    "DeleteOne",
    "Document",
    "DuplicateKey",
    "Index",
    "InsertOne",
    "OperationFailure",
    "ReplaceOne",
    "ReturnDocument",
    "Session",
    "StoreError",
    "StoreUnavailable",
    "UpdateMany",
    "UpdateOne",
    "connect",
    "database",
    "majority",
    "prepare",
    "relaxed",
    "transaction",
    "translated",
    "translated_calls",
]

Document = dict[str, Any]
Client = AsyncIOMotorClient[Document]
Database = AsyncIOMotorDatabase[Document]
Collection = AsyncIOMotorCollection[Document]
Session = AsyncIOMotorClientSession
T = TypeVar("T")

ABORT_SECONDS = 2.0
_DUPLICATE = 11000
_UNCERTAIN = ("UnknownTransactionCommitResult", "RetryableWriteError")
_MAJORITY = ReadConcern("majority")
_SNAPSHOT = ReadConcern("snapshot")
_DURABLE = WriteConcern("majority", j=True)
_RELAXED = WriteConcern(1)


# StoreError
# ├── DuplicateKey       a unique index refused a document; running again changes nothing
# ├── Conflict           another transaction won; running the whole work again may succeed
# └── StoreUnavailable   the database did not answer (in time); it is also shared.errors.Unavailable
class StoreError(Exception):
    """What the database said no to."""


class DuplicateKey(StoreError):
    """A unique index refused the write."""


class Conflict(StoreError):
    """The transaction lost against another one and left nothing behind."""


class StoreUnavailable(StoreError, Unavailable):
    """No answer, or none in time. Whether a commit took effect may be unknown: look before repeating."""


def translated(error: PyMongoError) -> StoreError | PyMongoError:
    """The driver's error in our words; what is none of them (a mistake of ours) comes back as it is."""
    if error.has_error_label("TransientTransactionError"):
        return StoreUnavailable(str(error)) if isinstance(error, ConnectionFailure) else Conflict(str(error))
    codes = _write_errors(error)
    if isinstance(error, DuplicateKeyError) or (codes and set(codes) == {_DUPLICATE}):
        return DuplicateKey(str(error))
    passing = isinstance(error, ConnectionFailure | ExecutionTimeout | WriteConcernError) or error.timeout
    if passing or codes == [] or any(error.has_error_label(label) for label in _UNCERTAIN):
        return StoreUnavailable(str(error))
    return error


@contextmanager
def translated_calls(seconds: float | None = None) -> Iterator[None]:
    """Around plain calls of the driver: its errors leave as ours, and after `seconds` in all there is one."""
    try:
        with pymongo.timeout(seconds) if seconds is not None else nullcontext():  # None would lift an outer deadline
            yield
    except PyMongoError as error:
        raise translated(error) from error


def _write_errors(error: PyMongoError) -> list[int] | None:
    """Codes of a bulk write's errors; empty when only its write concern failed."""
    failures = (error.details or {}).get("writeErrors", []) if isinstance(error, BulkWriteError) else None
    return None if failures is None else [failure.get("code", 0) for failure in failures]


def connect(url: str, *, app_name: str, pool: int = 64, patience: float = 5, listeners: Sequence[Any] = ()) -> Client:
    """A client; nothing is sent before the first call. Dates come back aware, in UTC.

    A call waits up to `patience` seconds for a server that takes it. `listeners` are told of every command (the
    driver's monitoring).
    """
    return AsyncIOMotorClient(
        url,
        event_listeners=list(listeners),
        appname=app_name,
        tz_aware=True,
        tzinfo=UTC,
        maxPoolSize=pool,
        serverSelectionTimeoutMS=round(patience * 1000),
        connectTimeoutMS=5_000,
        socketTimeoutMS=30_000,
    )


def database(client: Client, name: str) -> Database:
    """A database whose plain writes are journalled by a majority, like the transactions."""
    codec: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
    return client.get_database(name, codec_options=codec, write_concern=_DURABLE, read_concern=ReadConcern())


def majority(collection: Collection) -> Collection:
    """The same collection, read so that what is seen cannot be rolled back."""
    return collection.with_options(read_concern=_MAJORITY)


def relaxed(collection: Collection) -> Collection:
    """The same collection, written without waiting for the journal: for what may be lost because it is found again."""
    return collection.with_options(write_concern=_RELAXED)


async def transaction(
    client: Client, work: Callable[[Session], Awaitable[T]], *, deadline: float = 2.0, attempts: int = 100
) -> T:
    """Runs `work` in one transaction until it commits, for at most `deadline` seconds and `attempts` runs.

    `work` may run several times and must not keep what an earlier run made. Snapshot reads; the commit waits for
    a journalled majority. Raises Conflict when every run lost, StoreUnavailable when the database did not answer:
    then the commit may or may not have happened.
    """
    ends = asyncio.get_running_loop().time() + deadline
    for attempt in range(1, attempts + 1):
        try:
            return await _once(client, work, ends - asyncio.get_running_loop().time())
        except Conflict:
            pause = random.uniform(0.2, 1.0) * min(0.002 * 2**attempt, 0.1)
            if attempt == attempts or asyncio.get_running_loop().time() + pause >= ends:
                raise
            await asyncio.sleep(pause)
    raise AssertionError("unreachable")


async def _once(client: Client, work: Callable[[Session], Awaitable[T]], seconds: float) -> T:
    with translated_calls(), _session(client) as session:
        session.start_transaction(
            read_concern=_SNAPSHOT, write_concern=_DURABLE, read_preference=ReadPreference.PRIMARY
        )
        try:
            with pymongo.timeout(max(seconds, 0.05)):
                result = await work(session)
                await _commit(session)
        except BaseException:
            await _abort(session)
            raise
        return result


@contextmanager
def _session(client: Client) -> Iterator[Session]:
    """Motor would ask a thread to make and to end a session, though neither says a word to the server."""
    session = AsyncIOMotorClientSession(client.delegate.start_session(), client)
    try:
        yield session
    finally:
        if not session.delegate.in_transaction:
            session.delegate.end_session()


async def _abort(session: Session) -> None:
    """In a time of its own: what is not aborted keeps others from its documents until the server forgets it (60 s)."""
    try:
        with pymongo.timeout(ABORT_SECONDS):
            await session.abort_transaction()
    except PyMongoError:
        return  # nothing to abort, or no server: the reason for the abort matters more


async def _commit(session: Session) -> None:
    """Commits; an unknown result is asked again, which is safe, until the time of the caller is over."""
    while True:
        try:
            await session.commit_transaction()
            return
        except PyMongoError as error:
            remaining = pymongo._csot.remaining()
            unknown = error.has_error_label("UnknownTransactionCommitResult")
            if not unknown or remaining is None or remaining < 0.05:
                raise
            await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Index:
    """One index: fields in order (a leading `-` means descending)."""

    fields: tuple[str, ...]
    unique: bool = False
    only: Document | None = None
    expire_after_seconds: int | None = None

    @property
    def name(self) -> str:
        """A stable name, so that a start on an old database finds the index again."""
        return "_".join(field.replace("-", "down_").replace(".", "_") for field in self.fields)

    def keys(self) -> list[tuple[str, int]]:
        """As the driver wants them."""
        return [(f.removeprefix("-"), DESCENDING if f.startswith("-") else ASCENDING) for f in self.fields]

    def options(self) -> Document:
        """As the driver wants them; absent ones are left out because engines compare them."""
        chosen: Document = {"name": self.name}
        if self.unique:
            chosen["unique"] = True
        if self.only is not None:
            chosen["partialFilterExpression"] = self.only
        if self.expire_after_seconds is not None:
            chosen["expireAfterSeconds"] = self.expire_after_seconds
        return chosen


@dataclass(frozen=True)
class CollectionSpec:
    """A collection as a service needs it."""

    name: str
    indexes: tuple[Index, ...] = ()
    validator: Document | None = None


async def prepare(db: Database, specs: Iterable[CollectionSpec]) -> None:
    """Makes the collections, validators and indexes that are missing. Safe to run by several replicas at once."""
    existing = {row["name"]: row.get("options", {}) async for row in await db.list_collections()}
    for spec in specs:
        if spec.name not in existing:
            await _create(db, spec)
        elif spec.validator is not None and existing[spec.name].get("validator") != spec.validator:
            # Only when it differs: this waits for every transaction on the collection, and holds up the next ones.
            await db.command({"collMod": spec.name, "validator": spec.validator})
        for index in spec.indexes:
            await db[spec.name].create_index(index.keys(), **index.options())


async def _create(db: Database, spec: CollectionSpec) -> None:
    options: Document = {} if spec.validator is None else {"validator": spec.validator}
    try:
        await db.create_collection(spec.name, **options)
    except CollectionInvalid:
        return  # another replica was faster
    except OperationFailure as error:
        if error.code != 48:  # NamespaceExists
            raise
