"""Clients, databases, and how surely their plain calls read and write."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any, Final

from bson.codec_options import CodecOptions
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

Document = dict[str, Any]
Client = AsyncIOMotorClient[Document]
Database = AsyncIOMotorDatabase[Document]
Collection = AsyncIOMotorCollection[Document]
Session = AsyncIOMotorClientSession

DURABLE: Final = WriteConcern("majority", j=True)
_MAJORITY: Final = ReadConcern("majority")
_RELAXED: Final = WriteConcern(1)


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
    return client.get_database(name, codec_options=codec, write_concern=DURABLE, read_concern=ReadConcern())


def majority(collection: Collection) -> Collection:
    """The same collection, read so that what is seen cannot be rolled back."""
    return collection.with_options(read_concern=_MAJORITY)


def relaxed(collection: Collection) -> Collection:
    """The same collection, written without waiting for the journal: for what may be lost because it is found again."""
    return collection.with_options(write_concern=_RELAXED)
