"""Transactions on a real engine: conflicts, deadlines, lost answers, and concurrent setup of a database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from shared.engine import missing_capabilities, ping
from shared.mongo import (
    Client,
    CollectionSpec,
    Conflict,
    Database,
    Document,
    DuplicateKey,
    Index,
    InsertOne,
    Session,
    StoreUnavailable,
    UpdateOne,
    connect,
    database,
    majority,
    prepare,
    transaction,
    translated_calls,
)
from tests.engines import Engines
from tests.support.proxy import Wire
from tests.support.waiting import DEADLINE

COUNTERS = CollectionSpec("counters", validator={"$expr": {"$lte": ["$n", 100]}})
THINGS = CollectionSpec("things", indexes=(Index(("name",), unique=True, only={"live": True}), Index(("kind", "-at"))))


@pytest.fixture
async def db(store: Database) -> Database:
    await prepare(store, [COUNTERS, THINGS])
    await store.counters.insert_one({"_id": "c", "n": 0})
    return store


async def increment(db: Database, session: Session) -> int:
    row = await db.counters.find_one({"_id": "c"}, session=session)
    assert row is not None
    await db.counters.bulk_write([UpdateOne({"_id": "c"}, {"$set": {"n": row["n"] + 1}})], session=session)
    return int(row["n"]) + 1


async def value(db: Database) -> int:
    row: Document | None = await db.counters.find_one({"_id": "c"})
    assert row is not None
    return int(row["n"])


async def test_conflicting_transactions_all_succeed(db: Database) -> None:
    work = lambda session: increment(db, session)  # noqa: E731
    results = await asyncio.gather(*(transaction(db.client, work, deadline=20) for _ in range(12)))
    assert sorted(results) == list(range(1, 13))
    assert await value(db) == 12


@pytest.mark.parametrize("write", ["update", "bulk"])
async def test_a_losing_transaction_is_a_conflict_and_leaves_nothing(db: Database, write: str) -> None:
    async def work(session: Session) -> None:
        await increment(db, session)
        await db.things.insert_one({"name": "left behind"}, session=session)

        async def other(session: Session) -> None:
            change: Document = {"$inc": {"n": 1}}
            if write == "update":
                await db.counters.update_one({"_id": "c"}, change, session=session)
            else:
                await db.counters.bulk_write([UpdateOne({"_id": "c"}, change)], ordered=False, session=session)

        await transaction(db.client, other, attempts=1)

    with pytest.raises(Conflict):
        await transaction(db.client, work, attempts=1)
    assert await db.things.count_documents({}) == 0
    assert await value(db) == 0


async def test_an_error_in_work_rolls_back_and_is_raised(db: Database) -> None:
    async def work(session: Session) -> None:
        await increment(db, session)
        raise LookupError("no")

    with pytest.raises(LookupError):
        await transaction(db.client, work)
    assert await value(db) == 0


async def test_a_duplicate_is_not_retried(db: Database) -> None:
    runs = 0

    async def work(session: Session) -> None:
        nonlocal runs
        runs += 1
        await increment(db, session)
        rows = [InsertOne({"name": "x", "live": True}), InsertOne({"name": "x", "live": True})]
        await db.things.bulk_write(rows, ordered=False, session=session)

    with pytest.raises(DuplicateKey):
        await transaction(db.client, work)
    assert runs == 1
    assert await value(db) == 0


async def test_past_its_deadline_a_transaction_ends_and_releases_its_documents(db: Database) -> None:
    """Otherwise the bucket would be locked until the server drops the transaction, a minute later."""

    async def slow(session: Session) -> None:
        await increment(db, session)
        async with asyncio.timeout(DEADLINE):
            while True:
                await db.counters.find_one({"_id": "c"}, session=session)

    with pytest.raises(StoreUnavailable):
        await transaction(db.client, slow, deadline=0.3)
    assert await transaction(db.client, lambda session: increment(db, session), attempts=1) == 1


async def test_a_cancelled_transaction_releases_its_documents(db: Database) -> None:
    inside = asyncio.Event()

    async def waiting(session: Session) -> None:
        await increment(db, session)
        inside.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(transaction(db.client, waiting, deadline=20))
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await transaction(db.client, lambda session: increment(db, session), attempts=1) == 1


@asynccontextmanager
async def over_a_wire(mongo_url: str, name: str) -> AsyncIterator[tuple[Wire, Database]]:
    """The database by a connection of its own, which can be cut."""
    there = urlsplit(mongo_url)
    assert there.hostname is not None
    assert there.port is not None
    async with Wire((there.hostname, there.port)) as wire:
        options = "directConnection=true&retryWrites=false"
        client = connect(f"mongodb://127.0.0.1:{wire.port}/?{options}", app_name="tests")
        far = database(client, name)
        await far.counters.find_one({})
        yield wire, far
        await asyncio.to_thread(client.close)  # it says good-bye through the wire, which is ours


@pytest.mark.parametrize("how", ["an error of the work", "its time is over", "given up by the caller"])
async def test_what_could_not_be_aborted_is_ended_when_the_database_answers_again(
    mongo_url: str, db: Database, how: str
) -> None:
    """Otherwise nobody could write the document until the server forgets the transaction: a minute."""
    async with over_a_wire(mongo_url, db.name) as (wire, far):
        written = asyncio.Event()

        async def cut_off(session: Session) -> None:
            await increment(far, session)
            wire.cut()
            written.set()
            if how == "given up by the caller":
                await asyncio.Event().wait()
            if how == "its time is over":
                await increment(far, session)
            raise LookupError("no")

        task = asyncio.create_task(transaction(far.client, cut_off, deadline=0.5))
        await written.wait()
        if how == "given up by the caller":
            task.cancel()
        with pytest.raises((LookupError, StoreUnavailable, asyncio.CancelledError)):
            await task
        wire.mend()
        assert await transaction(db.client, lambda session: increment(db, session), deadline=DEADLINE / 3) == 1


async def test_a_commit_whose_answer_was_lost_is_retried(mongo_url: str, db: Database) -> None:
    """So a command that took effect gets its answer, and does not run a second time."""
    async with over_a_wire(mongo_url, db.name) as (wire, far):
        wire.swallow_answer_to(b"commitTransaction")
        runs = 0

        async def work(session: Session) -> int:
            nonlocal runs
            runs += 1
            return await increment(far, session)

        assert await transaction(far.client, work, deadline=10) == 1
        assert (wire.swallowed, runs) == (1, 1)
    assert await value(db) == 1


async def test_a_frozen_database_is_reported_as_unavailable_in_time(killable: Engines, unique: str) -> None:
    engines = killable
    client = connect(engines.database.url, app_name="tests", patience=1)
    db = database(client, f"{unique}_frozen")
    await prepare(db, [COUNTERS])
    await db.counters.insert_one({"_id": "c", "n": 0})
    engines.database.pause()
    with pytest.raises(StoreUnavailable):
        await asyncio.wait_for(transaction(client, lambda session: increment(db, session), deadline=0.5), DEADLINE)
    with pytest.raises(StoreUnavailable):
        await ping(engines.database.url)
    engines.database.resume()
    assert await transaction(client, lambda session: increment(db, session), deadline=DEADLINE) in (1, 2)
    await engines.database.kill()
    with pytest.raises(StoreUnavailable), translated_calls():
        await db.counters.find_one({})
    client.close()


async def test_prepare_may_run_repeatedly_and_concurrently(client: Client, mongo_prefix: str) -> None:
    db = database(client, f"{mongo_prefix}_made")
    await asyncio.gather(*(prepare(db, [COUNTERS, THINGS]) for _ in range(6)))
    await prepare(db, [COUNTERS, THINGS])
    assert {"counters", "things"} <= set(await db.list_collection_names())
    assert {"name", "kind_down_at"} <= set(await db.things.index_information())


async def test_a_validator_is_enforced_and_can_be_replaced(db: Database) -> None:
    change = CollectionSpec("counters", validator={"$expr": {"$lte": ["$n", 1]}})
    await prepare(db, [change])
    await db.counters.update_one({"_id": "c"}, {"$inc": {"n": 1}})
    with pytest.raises(Exception, match="validation"):
        await db.counters.update_one({"_id": "c"}, {"$inc": {"n": 1}})
    assert await value(db) == 1


async def test_a_partial_unique_index_covers_only_live_documents(db: Database) -> None:
    await db.things.insert_many([{"name": "a", "live": True}, {"name": "a"}, {"name": "a"}])
    with pytest.raises(DuplicateKey), translated_calls():
        await db.things.insert_one({"name": "a", "live": True})
    assert await majority(db.things).count_documents({"name": "a"}) == 3


async def test_the_engine_has_every_required_capability(store: Database) -> None:
    assert list(await missing_capabilities(store)) == []
    assert "capability" not in await store.list_collection_names()
