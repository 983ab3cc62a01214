"""A station per test. The topics are shared by a module's tests, which tell their aggregates apart by `aggregate()`."""

import itertools
import uuid
from collections.abc import AsyncIterator, Callable

import pytest

from shared.issuer import EMBEDDED_ISSUER
from shared.mongo import Client, Database, connect, database
from shared.settings import Settings
from tests.support.brokers import delete_topics, make_topics
from tests.support.station import Station


@pytest.fixture(scope="session")
async def client(mongo_url: str) -> AsyncIterator[Client]:
    client = connect(mongo_url, app_name="tests")
    yield client
    client.close()


@pytest.fixture
def store(client: Client, mongo_prefix: str) -> Database:
    """An empty database of this test."""
    return database(client, f"{mongo_prefix}_station")


@pytest.fixture(scope="module")
async def topics(kafka_bootstrap: str) -> AsyncIterator[str]:
    """The prefix of this module's topics."""
    prefix = f"m{uuid.uuid4().hex[:8]}."
    await make_topics(kafka_bootstrap, prefix)
    yield prefix
    await delete_topics(kafka_bootstrap, prefix)


@pytest.fixture
def settings(mongo_url: str, kafka_bootstrap: str, topics: str, unique: str) -> Settings:
    return Settings(
        instance="a",
        mongo_url=mongo_url,
        mongo_prefix=unique,
        kafka_bootstrap=kafka_bootstrap,
        topic_prefix=topics,
        group_prefix=f"{unique}.",
        token_issuer=EMBEDDED_ISSUER,
        relay_lanes=4,
        relay_poll_seconds=0.1,
    )


@pytest.fixture
async def station(settings: Settings, store: Database) -> Station:
    station = Station(settings, store)
    await station.prepare()
    return station


@pytest.fixture
def aggregate(unique: str) -> Callable[[], str]:
    """A new id that sorts after the ones before it."""
    numbers = itertools.count()
    return lambda: f"{unique}-{next(numbers):04d}"
