"""The collection of the security log. Only ever added to and read; each entry says when the database forgets it.

It is alone in a database beside the service's own, where the service's user may add and read and nothing else
(deploy/mongodb/rights.json).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final

from shared.mongo import (
    Collection,
    CollectionSpec,
    Database,
    Document,
    Index,
    InsertOne,
    Session,
    database,
    prepare,
    translated_calls,
)
from shared.security_log.entries import Entry

SECURITY_LOG: Final = CollectionSpec(
    "security_log",
    indexes=(Index(("subject", "_id")), Index(("object", "_id")), Index(("expires_at",), expire_after_seconds=0)),
)
_LAST_MILLISECOND: Final = 2**48 - 1
WRITE_SECONDS: Final = 5.0
_FIELDS: Final = tuple(field.name for field in fields(Entry) if field.name != "id")


@dataclass(frozen=True, slots=True)
class Wanted:
    """None is no condition."""

    subject: str | None = None
    object: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def log_of(store: Database) -> Collection:
    """The collection that belongs to a service's database. A transaction may write in both."""
    return beside(store)[SECURITY_LOG.name]


def beside(store: Database) -> Database:
    """Rights are given by database: here the service's user may add and read."""
    return database(store.client, f"{store.name}_log")


async def prepare_log(store: Database) -> None:
    """Makes what is missing. Where the operators have made it, the service's user could not, and need not."""
    with translated_calls():
        there = await log_of(store).index_information()
        if not {index.name for index in SECURITY_LOG.indexes} <= there.keys():
            await prepare(beside(store), [SECURITY_LOG])


class SecurityLog:
    """Of one service."""

    def __init__(self, store: Database, *, days: int) -> None:
        self._collection = log_of(store)
        self._kept = timedelta(days=days)

    async def append(self, entries: Sequence[Entry], session: Session | None = None) -> None:
        """One write for all of them; with a session part of its transaction. Raises DuplicateKey if some are there."""
        writes = [InsertOne(document(entry, entry.at + self._kept)) for entry in entries]
        with translated_calls(WRITE_SECONDS if session is None else None):
            await self._collection.bulk_write(writes, ordered=False, session=session)

    async def page(self, wanted: Wanted, before: str | None, limit: int) -> list[Entry]:
        """The newest first, one more than `limit`, to know of a next page. Ids begin with the time, so their order
        is that of time, and a period is a range of ids."""
        with translated_calls():
            rows = self._collection.find(query_of(wanted, before)).sort("_id", -1).limit(limit + 1)
            return [entry(row) async for row in rows]


def query_of(wanted: Wanted, before: str | None) -> Document:
    query: Document = {"_id": {"$gte": first_id(wanted.since)}}
    ends = [before] if before is not None else []
    if wanted.until is not None:
        ends.append(first_id(wanted.until))
    if ends:
        query["_id"]["$lt"] = min(ends)
    if wanted.subject is not None:
        query["subject"] = wanted.subject
    if wanted.object is not None:
        query["object"] = wanted.object
    return query


def first_id(moment: datetime | None) -> str:
    """No UUIDv7 of this moment or later is before it."""
    if moment is None:
        return ""
    milliseconds = min(max(round(moment.timestamp() * 1000), 0), _LAST_MILLISECOND)
    digits = f"{milliseconds:012x}"
    return f"{digits[:8]}-{digits[8:]}"


def document(entry: Entry, expires_at: datetime) -> Document:
    """Field by field, not by `asdict`: that would cost ten times as much, with every decision about a seat."""
    row: Document = {"_id": entry.id, "expires_at": expires_at}
    for name in _FIELDS:
        row[name] = getattr(entry, name)
    row["roles"] = list(entry.roles)
    return row


def entry(row: Document) -> Entry:
    """From its document."""
    fields = {name: value for name, value in row.items() if name not in ("_id", "roles", "expires_at")}
    return Entry(id=row["_id"], roles=tuple(row["roles"]), **fields)
