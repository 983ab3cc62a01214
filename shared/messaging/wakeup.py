"""Wakes the relay for rows that other replicas commit. A hint only: the poll finds what this misses."""

import asyncio
from collections.abc import Callable

import structlog

from shared.messaging.leases import Lanes
from shared.mongo import Collection, Document, StoreError, translated_calls
from shared.waiting import first_of

LOOK_EVERY_SECONDS = 2.0
log = structlog.get_logger(__name__)


class Wakeup:
    """Watches the outbox by a change stream, but only while there are other replicas whose commits we would miss."""

    def __init__(self, outbox: Collection, lanes: Lanes, wake: Callable[[], None]) -> None:
        self._outbox = outbox
        self._lanes = lanes
        self._wake = wake

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping`; a broken stream is opened again after a pause."""
        while not stopping.is_set():
            if self._lanes.live_relays > 1:
                try:
                    await self._watch(stopping)
                except StoreError as error:
                    log.info("change_stream_interrupted", error=str(error))
            await first_of(LOOK_EVERY_SECONDS, stopping)

    async def _watch(self, stopping: asyncio.Event) -> None:
        inserts: list[Document] = [{"$match": {"operationType": "insert"}}, {"$project": {"_id": 1}}]
        with translated_calls():
            async with self._outbox.watch(inserts, max_await_time_ms=500) as stream:
                await stream.try_next()  # only now the stream is open
                self._wake()
                while not stopping.is_set() and self._lanes.live_relays > 1:
                    if await stream.try_next() is not None:
                        self._wake()
