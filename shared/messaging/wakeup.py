"""Wakes the relay for rows that other replicas commit. A hint only: the poll finds what this misses."""

import asyncio
from collections.abc import Callable

import structlog

from shared.messaging.leases import Lanes
from shared.mongo import Collection, Document, StoreError, translated_calls
from shared.waiting import first_of

LOOK_EVERY_SECONDS = 2.0
REST_SECONDS = 0.1
WAIT_MS = 500
EARLY_SECONDS = WAIT_MS / 1_000 / 2  # an answer before that which tells nothing
log = structlog.get_logger(__name__)


class Wakeup:
    """Listens to the outbox by a change stream, but only while there are other replicas whose commits we would miss.

    A bell and not a feed: the first insert is heard, then the stream is closed for a moment. Reading thousands of
    inserts a second to learn that there are some would cost each replica more than its relay does. An engine that
    answers whenever anything is written, as SecantusDB does, is not listened to for a while: the relay's own poll costs
    less.
    """

    def __init__(self, outbox: Collection, lanes: Lanes, wake: Callable[[], None]) -> None:
        self._outbox = outbox
        self._lanes = lanes
        self._wake = wake

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping`; a broken stream is opened again after a pause."""
        while not stopping.is_set():
            pause = LOOK_EVERY_SECONDS
            if self._lanes.live_relays > 1:
                try:
                    pause = REST_SECONDS if await self._one_insert(stopping) else LOOK_EVERY_SECONDS
                except StoreError as error:
                    log.info("change_stream_interrupted", error=str(error))
            await first_of(pause, stopping)

    async def _one_insert(self, stopping: asyncio.Event) -> bool:
        """False: the engine rings for what is no insert."""
        inserts: list[Document] = [{"$match": {"operationType": "insert"}}, {"$project": {"_id": 1}}]
        time = asyncio.get_running_loop().time
        with translated_calls():
            async with self._outbox.watch(inserts, max_await_time_ms=WAIT_MS, batch_size=1) as stream:
                insert = await stream.try_next()  # only now the stream is open
                self._wake()  # for what came while nobody listened
                while insert is None and not stopping.is_set() and self._lanes.live_relays > 1:
                    asked = time()
                    insert = await stream.try_next()
                    if insert is None and time() - asked < EARLY_SECONDS:
                        return False
        self._wake()
        return True
