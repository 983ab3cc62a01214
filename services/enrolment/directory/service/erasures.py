"""Erases what the outbox holds of a person: the first rows with the command, all others page by page behind it.

What is left to do stands with the person, so a replica that starts goes on where another one was cut off. Two that work
on the same person conflict, and neither does harm.
"""

import asyncio
from typing import Final

import structlog

from services.enrolment.directory.storage import People, erase_sealed
from shared.events.directory import contact_aggregate
from shared.messaging.outbox import Outbox
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session, StoreError
from shared.runtime import Runtime
from shared.waiting import first_of
from shared.write import UnitOfWork

LOOK_EVERY_SECONDS: Final = 60.0  # for erasures that another replica left behind
log = structlog.get_logger(__name__)


class Erasures:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, people: People, outbox: Outbox) -> None:
        self._units_of_work = units_of_work
        self._people = people
        self._outbox = outbox.collection
        self._woken = asyncio.Event()

    def attach(self, runtime: Runtime) -> None:
        runtime.add_loop("erasures", self.run)

    def wake(self) -> None:
        """A command may have left rows to erase."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping`; what is not done by then is done by the next process."""
        while not stopping.is_set():
            self._woken.clear()
            try:
                for person in await self._people.being_erased():
                    await self._finish(person, stopping)
            except StoreError as error:
                log.warning("erasure_interrupted", error=str(error))
            await first_of(LOOK_EVERY_SECONDS, stopping, self._woken)

    async def begin(self, person: str, session: Session) -> None:
        """As part of the command: nearly always these are all rows."""
        await self._page(person, "", session)

    async def _finish(self, person: str, stopping: asyncio.Event) -> None:
        async def page(session: Session, recorder: EventRecorder) -> bool:
            after = await self._people.erased_up_to(person, session)
            return after is None or await self._page(person, after, session)

        while not stopping.is_set():
            if await self._units_of_work.commit(page):
                return

    async def _page(self, person: str, after: str, session: Session) -> bool:
        """Whether these were the last rows."""
        last = await erase_sealed(self._outbox, contact_aggregate(person), after, session)
        if last is not None or after:
            await self._people.note_erased(person, last, session)
        return last is None
