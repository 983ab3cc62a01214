"""What is asked of a database engine as a whole: is it there, is it a replica set, can it do what Pattana stands on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from shared.ids import new_id
from shared.mongo import (
    CollectionSpec,
    ConfigurationError,
    Database,
    DuplicateKey,
    Index,
    OperationFailure,
    Session,
    StoreError,
    StoreUnavailable,
    connect,
    database,
    prepare,
    transaction,
    translated_calls,
)
from shared.runtime import Runtime

_ALREADY_INITIALIZED = 23


def open_database(runtime: Runtime) -> Database:
    """The database of a service; the runtime asks whether it answers, and closes it."""
    settings = runtime.settings
    client = connect(settings.mongo_url, app_name=f"{runtime.service}@{settings.instance}")
    store = database(client, f"{settings.mongo_prefix}_{runtime.service}")

    async def answers() -> str | None:
        try:
            with translated_calls():
                await client.admin.command("ping")
        except StoreError as error:
            return type(error).__name__
        return None

    async def close() -> None:
        client.close()

    runtime.add_check("database", answers)
    runtime.add_closing("database", close)
    return store


class EngineLacks(Exception):
    """The engine cannot do what Pattana stands on: starting would mean losing something later."""


async def ping(url: str) -> str:
    """The server's version. Raises StoreUnavailable when nobody answers within two seconds."""
    client = connect(url, app_name="ping", patience=2)
    try:
        with translated_calls():
            await client.admin.command("ping")
            return str((await client.server_info())["version"])
    except OperationFailure as error:
        raise StoreUnavailable(str(error)) from error
    finally:
        client.close()


async def end_sessions(url: str) -> None:
    """Ends all sessions, and with them what killed clients left open: else its documents stay locked for a minute.

    Only for whoever starts the one client there is: a transaction under way anywhere is aborted, to be run again.
    """
    client = connect(url, app_name="sessions", patience=2)
    try:
        with translated_calls():
            await client.admin.command({"killAllSessions": []})
    finally:
        client.close()


async def set_user(url: str, user: str, password: str) -> None:
    """Makes a user who may do everything, or gives it this password. The server must let everybody in.

    Raises StoreError.
    """
    client = connect(url, app_name="users")
    told = {"pwd": password, "roles": [{"role": "root", "db": "admin"}]}
    try:
        with translated_calls():
            there = (await client.admin.command({"usersInfo": user}))["users"]
            await client.admin.command({"updateUser" if there else "createUser": user, **told})
    finally:
        client.close()


async def initiate_replica_set(host: str, port: int, *, seconds: float = 30, credential: str = "") -> None:
    """Makes a one-member replica set of a fresh mongod (or finds it made) and waits until it is primary."""
    url = f"mongodb://{credential}{host}:{port}/?directConnection=true"
    client = connect(url, app_name="initiate", patience=seconds)
    members = [{"_id": 0, "host": f"{host}:{port}"}]
    try:
        with translated_calls():
            try:
                await client.admin.command({"replSetInitiate": {"_id": "rs0", "members": members}})
            except OperationFailure as error:
                if error.code != _ALREADY_INITIALIZED:
                    raise
            ends = asyncio.get_running_loop().time() + seconds
            while not (await client.admin.command("hello")).get("isWritablePrimary"):
                if asyncio.get_running_loop().time() > ends:
                    raise StoreUnavailable("the replica set has no primary yet")
                await asyncio.sleep(0.1)
    finally:
        client.close()


async def missing_capabilities(db: Database) -> Sequence[str]:
    """What this engine lacks of what Pattana stands on, one name each; empty when all is there."""
    probes: dict[str, Callable[[Database, str], Awaitable[bool]]] = {
        "multi-document transactions": _has_transactions,
        "unique indexes with a partial filter": _has_partial_unique,
        "updates with the server's clock ($$NOW)": _has_server_clock,
        "validators with $expr": _has_validators,
    }
    missing = []
    for what, probe in probes.items():
        name = f"capability_{new_id()}"  # replicas start together and must not meet here
        try:
            if not await probe(db, name):
                missing.append(what)
        except (OperationFailure, ConfigurationError):
            missing.append(what)
        await db.drop_collection(name)
    return missing


async def require_capabilities(db: Database) -> None:
    """Raises EngineLacks, which names everything that is missing."""
    with translated_calls():
        missing = await missing_capabilities(db)
    if missing:
        raise EngineLacks(f"this database engine lacks: {', '.join(missing)}")


class _Undo(Exception):
    """Ends the probing transaction."""


async def _has_transactions(db: Database, name: str) -> bool:
    await prepare(db, [CollectionSpec(name)])

    async def work(session: Session) -> None:
        await db[name].insert_one({"kind": "undone"}, session=session)
        raise _Undo

    try:
        await transaction(db.client, work)
    except _Undo:
        return await db[name].count_documents({"kind": "undone"}) == 0
    return False


async def _has_partial_unique(db: Database, name: str) -> bool:
    await prepare(db, [CollectionSpec(name, indexes=(Index(("name",), unique=True, only={"live": True}),))])
    await db[name].insert_many([{"name": "a", "live": True}, {"name": "a"}])
    try:
        with translated_calls():
            await db[name].insert_one({"name": "a", "live": True})
    except DuplicateKey:
        return True
    return False


async def _has_server_clock(db: Database, name: str) -> bool:
    """In the form in which leases use it: inside an update, as milliseconds."""
    await db[name].insert_one({"_id": "clock", "until": 0})
    over = {"$lt": ["$until", {"$toLong": "$$NOW"}]}
    await db[name].update_one({"_id": "clock"}, [{"$set": {"over": over, "until": {"$toLong": "$$NOW"}}}])
    clock = await db[name].find_one({"_id": "clock"})
    return clock is not None and clock["over"] is True and clock["until"] > 0


async def _has_validators(db: Database, name: str) -> bool:
    await prepare(db, [CollectionSpec(name, validator={"$expr": {"$lte": ["$free", "$seats"]}})])
    try:
        await db[name].insert_one({"free": 2, "seats": 1})
    except OperationFailure:
        return True
    return False
