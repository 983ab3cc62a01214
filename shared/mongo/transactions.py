"""Transactions: run until they commit or their time is over, and never left open."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import pymongo
from motor.motor_asyncio import AsyncIOMotorClientSession
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference

from shared.mongo.abandoned import abandon
from shared.mongo.connecting import DURABLE, Client, Session
from shared.mongo.errors import Conflict, StoreUnavailable, translated_calls

T = TypeVar("T")

ABORT_SECONDS: Final = 2.0
_SNAPSHOT: Final = ReadConcern("snapshot")


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
    session = _begin(client)
    ended = False
    try:
        with translated_calls(), pymongo.timeout(max(seconds, 0.05)):
            result = await work(session)
            await _commit(session)
        ended = True
        return result
    except BaseException as error:
        unanswered = isinstance(error, StoreUnavailable | asyncio.CancelledError)
        ended = await _abort(session) and not unanswered
        raise
    finally:
        if ended:
            session.delegate.end_session()
        else:
            abandon(client, session.delegate.session_id)


def _begin(client: Client) -> Session:
    """Motor would ask a thread to make a session (and to end it), though neither says a word to the server."""
    session = AsyncIOMotorClientSession(client.delegate.start_session(), client)
    session.start_transaction(read_concern=_SNAPSHOT, write_concern=DURABLE, read_preference=ReadPreference.PRIMARY)
    return session


async def _abort(session: Session) -> bool:
    """In a time of its own. Whether the server has heard it: the driver keeps the error of an abort to itself, but it
    tries again as long as it may."""
    clock = asyncio.get_running_loop().time
    began = clock()
    with contextlib.suppress(PyMongoError), pymongo.timeout(ABORT_SECONDS):  # there may be nothing to abort
        await session.abort_transaction()
    return clock() - began < ABORT_SECONDS / 2


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
