"""Erases what the outbox and the nominations hold of a person: the first of it with the command, all else page by page
behind it, and once more later (domain/erasing.py).

What is left to do stands with the person, so a replica that starts goes on where another one was cut off. Two that work
on the same person conflict, and neither does harm.
"""

import asyncio
from datetime import datetime
from typing import Final, Protocol

import structlog

from services.enrolment.directory.domain.erasing import Erasing
from services.enrolment.directory.storage import People
from shared.clock import Clock
from shared.events.directory import KEY_HEADER, ContactErased, contact_aggregate
from shared.messaging.outbox import Outbox
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session, StoreError
from shared.runtime import Runtime
from shared.waiting import first_of
from shared.write import UnitOfWork

LOOK_EVERY_SECONDS: Final = 60.0
ROWS_AT_ONCE: Final = 200  # outbox rows that one transaction changes
log = structlog.get_logger(__name__)


class Texts(Protocol):
    """What others have written about people."""

    async def erase_of(self, person: str, after: str, session: Session) -> str | None:
        """Some of it, behind the id `after`. The id to go on behind, or None when that was all."""


class Erasures:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, people: People, outbox: Outbox, texts: Texts, clock: Clock) -> None:
        self._units_of_work = units_of_work
        self._people = people
        self._outbox = outbox
        self._texts = texts
        self._clock = clock
        self._woken = asyncio.Event()

    def attach(self, runtime: Runtime) -> None:
        runtime.add_loop("erasures", self.run)

    def wake(self) -> None:
        """A command may have left something to erase."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping`; what is not done by then is done by the next process."""
        while not stopping.is_set():
            self._woken.clear()
            try:
                for person in await self._people.being_erased(self._clock()):
                    await self._finish(person, stopping)
            except StoreError as error:
                log.warning("erasure_interrupted", error=str(error))
            await first_of(LOOK_EVERY_SECONDS, stopping, self._woken)

    async def begin(self, person: str, tombstone: str, at: datetime, session: Session) -> None:
        """As part of the command."""
        await self._go_on(person, Erasing(tombstone, at, at), session)

    async def _finish(self, person: str, stopping: asyncio.Event) -> None:
        async def page(session: Session, recorder: EventRecorder) -> bool:
            left = await self._people.erasing(person, session)
            return left is None or left.due > recorder.now or await self._go_on(person, left, session)

        while not stopping.is_set():
            if await self._units_of_work.commit(page):
                return

    async def _go_on(self, person: str, left: Erasing, session: Session) -> bool:
        """A page of everything; whether nothing is left to do for now."""
        rows, texts = left.rows, left.texts
        if rows is not None:
            contact, kind = contact_aggregate(person), ContactErased.type
            rows = await self._outbox.erase(contact, kind, KEY_HEADER, rows, ROWS_AT_ONCE, session)
        if texts is not None:
            texts = await self._texts.erase_of(person, texts, session)
        if left.last:
            await self._outbox.send_again(left.tombstone, session)
        then = left.went_on(rows, texts)
        await self._people.note_erasing(person, then, session)
        return then is None or then.turn != left.turn
