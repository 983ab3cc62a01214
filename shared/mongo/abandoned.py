"""Transactions that could not be ended because the server did not answer in time.

Their documents stay locked until the server forgets them, a minute after it is back (transactionLifetimeLimitSeconds):
so long nobody could claim a seat of that bucket. So their sessions are ended as soon as it answers again.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import pymongo
from pymongo.errors import PyMongoError

from shared.mongo.connecting import Client

FORGOTTEN_SECONDS: Final = 120.0  # the server's limit, and its own time to look
ASK_SECONDS: Final = 2.0
PAUSE_SECONDS: Final = 0.2
AT_ONCE: Final = 500
MOST: Final = 10_000  # of one client; the oldest are left to the server


class Abandoned:
    """Of one client, as long as there are any."""

    def __init__(self, client: Client) -> None:
        self._client = client
        # The session, and when the server has forgotten it.
        self._until: dict[bytes, tuple[Mapping[str, Any], float]] = {}

    def add(self, session: Mapping[str, Any]) -> None:
        """Its transaction is to be ended."""
        until = asyncio.get_running_loop().time() + FORGOTTEN_SECONDS
        self._until[bytes(session["id"])] = session, until
        if len(self._until) > MOST:
            del self._until[next(iter(self._until))]

    async def end(self) -> None:
        """Until there are none any more."""
        clock = asyncio.get_running_loop().time
        while self._until:
            oldest = dict(list(self._until.items())[:AT_ONCE])
            ended = await self._killed([session for session, _ in oldest.values()])
            for key, (_, until) in oldest.items():
                if ended or until < clock():
                    self._until.pop(key, None)
            if not ended:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _killed(self, sessions: list[Mapping[str, Any]]) -> bool:
        try:
            with pymongo.timeout(ASK_SECONDS):
                await self._client.admin.command({"killSessions": sessions})
        except PyMongoError:
            return False
        return True


_at_work: dict[int, tuple[Abandoned, asyncio.Task[None]]] = {}


def abandon(client: Client, session: Mapping[str, Any]) -> None:
    """Ends the transaction of the session with this `lsid` once the server answers again. Returns at once; nobody may
    use the session any more."""
    key = id(client.delegate)
    if key not in _at_work:
        abandoned = Abandoned(client)
        task = asyncio.get_running_loop().create_task(abandoned.end())
        task.add_done_callback(lambda _: _at_work.pop(key, None))
        _at_work[key] = abandoned, task
    _at_work[key][0].add(session)
