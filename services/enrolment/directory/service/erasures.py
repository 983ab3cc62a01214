"""Erases what the outbox and the nominations hold of a person, and frees the seats: the first texts with the command,
all else page by page behind it, and once more later (domain/erasing.py).

What is left to do stands with the person, so a replica that starts goes on where another one was cut off. Two that work
on the same person conflict, and neither does harm.
"""

import asyncio
from datetime import datetime
from typing import Final, Protocol

from services.enrolment.directory.domain.erasing import Erasing
from services.enrolment.directory.storage import People
from shared.clock import Clock
from shared.events.directory import KEY_HEADER, ContactErased, contact_aggregate
from shared.messaging.outbox import Outbox
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.worker import Worker
from shared.write import UnitOfWork

LOOK_EVERY_SECONDS: Final = 60.0
ROWS_AT_ONCE: Final = 200  # outbox rows that one transaction changes


class Texts(Protocol):
    """What others have written about people."""

    async def erase_of(self, person: str, after: str, session: Session) -> str | None:
        """Some of it, behind the id `after`. The id to go on behind, or None when that was all."""


class Seats(Protocol):
    """What others keep for people."""

    async def withdraw_of(self, person: str, after: str, session: Session, recorder: EventRecorder) -> str | None:
        """Some of what the person has or hopes for, behind the id `after`. The id to go on behind, or None."""


class Erasures(Worker):
    """One per process."""

    def __init__(
        self, units_of_work: UnitOfWork, people: People, outbox: Outbox, texts: Texts, seats: Seats, clock: Clock
    ) -> None:
        super().__init__("erasures", self.step, every=LOOK_EVERY_SECONDS)
        self._units_of_work = units_of_work
        self._people = people
        self._outbox = outbox
        self._texts = texts
        self._seats = seats
        self._clock = clock

    async def step(self, stopping: asyncio.Event) -> bool:
        """All that is due."""
        for person in await self._people.being_erased(self._clock()):
            await self._finish(person, stopping)
        return False

    async def begin(self, person: str, tombstone: str, at: datetime, session: Session) -> None:
        """As part of the command, which waits for no bucket: seats come behind it."""
        await self._go_on(person, Erasing(tombstone, at, at), "", session)

    async def _finish(self, person: str, stopping: asyncio.Event) -> None:
        async def page(session: Session, recorder: EventRecorder) -> bool:
            left = await self._people.erasing(person, session)
            if left is None or left.due > recorder.now:
                return True
            seats = left.seats
            if seats is not None:
                seats = await self._seats.withdraw_of(person, seats, session, recorder)
            return await self._go_on(person, left, seats, session)

        while not stopping.is_set():
            if await self._units_of_work.commit(page):
                return

    async def _go_on(self, person: str, left: Erasing, seats: str | None, session: Session) -> bool:
        """A page of everything else; whether nothing is left to do for now."""
        rows, texts = left.rows, left.texts
        if rows is not None:
            contact, kind = contact_aggregate(person), ContactErased.type
            rows = await self._outbox.erase(contact, kind, KEY_HEADER, rows, ROWS_AT_ONCE, session)
        if texts is not None:
            texts = await self._texts.erase_of(person, texts, session)
        if left.last:
            await self._outbox.send_again(left.tombstone, session)
        then = left.went_on(rows, texts, seats)
        await self._people.note_erasing(person, then, session)
        return then is None or then.turn != left.turn
