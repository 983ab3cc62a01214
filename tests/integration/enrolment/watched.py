"""The store of the service alone, with all that is asked of it: for what is served by an index at size."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from shared.mongo import Client, CollectionSpec, Database, connect, database, prepare
from tests.support.commands import Commands


@dataclass(frozen=True)
class Place:
    client: Client
    store: Database
    commands: Commands


@asynccontextmanager
async def watched(mongo_url: str, mongo_prefix: str, specs: Iterable[CollectionSpec]) -> AsyncIterator[Place]:
    """With these collections, empty."""
    commands = Commands()
    client = connect(mongo_url, app_name="tests", listeners=[commands])
    try:
        store = database(client, f"{mongo_prefix}_enrolment")
        await prepare(store, specs)
        yield Place(client, store, commands)
    finally:
        client.close()
