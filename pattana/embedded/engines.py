"""Broker and database as the services process meets them: they start beside it, so it waits, and says how they are."""

import asyncio
import contextlib
from urllib.parse import urlsplit

from pattana.embedded.listening import silent
from shared.engine import end_sessions, open_database, ping
from shared.messaging.lag import broker_answers
from shared.mongo import StoreUnavailable
from shared.runtime import Runtime

_LOOK_SECONDS = 0.05


class Stopped(Exception):
    """The process is to end before there was anything to serve with."""


class Engines:
    """The engines of one data folder, which nobody else uses: their address is a port of this machine."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._mongo_url = runtime.settings.mongo_url
        self._kafka = runtime.settings.broker
        open_database(runtime)  # whoever asks how we are hears of the database itself, and not three services of it
        runtime.add_check("broker", self._broker)

    async def wait(self) -> None:
        """Returns when both take requests, and what an earlier, killed process left open is ended. Raises Stopped."""
        await self._until_listening(urlsplit(self._mongo_url).netloc.rpartition("@")[2])
        while not await self._database_answers():
            self._go_on()
        await self._until_listening(self._kafka.bootstrap)

    async def _until_listening(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        while await silent(int(port), host) is not None:
            self._go_on()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _database_answers(self) -> bool:
        """Nobody answers for a replica set before it has a primary."""
        with contextlib.suppress(StoreUnavailable):
            await ping(self._mongo_url)
            await end_sessions(self._mongo_url)
            return True
        return False

    def _go_on(self) -> None:
        if self._runtime.draining:
            raise Stopped("stopped while broker and database were awaited")

    async def _broker(self) -> str | None:
        if await broker_answers(self._kafka):
            return None
        return f"no metadata from {self._kafka.bootstrap}"
