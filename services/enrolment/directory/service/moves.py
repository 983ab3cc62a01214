"""Tells what depends on people's units of those whom an import has moved: page by page behind it, and once more a
little later (domain/moves.py).

What is left to do stands with the person, so a replica that starts goes on where another one was cut off. Two that work
on the same person conflict, and neither does harm.
"""

import asyncio
from collections.abc import Collection
from datetime import datetime
from typing import Final, Protocol

import structlog

from services.enrolment.directory.domain.moves import begun
from services.enrolment.directory.storage.moving import AT_ONCE, MovedPeople
from shared.clock import Clock
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session, StoreError
from shared.worker import Worker
from shared.write import UnitOfWork

LOOK_EVERY_SECONDS: Final = 60.0
log = structlog.get_logger(__name__)


class Seats(Protocol):
    """What others keep for people."""

    async def hopeful(self, people: Collection[str]) -> set[str]:
        """Those of these people who have or hope for something."""

    async def follow(self, person: str, unit: str, after: str, session: Session, recorder: EventRecorder) -> str | None:
        """The person is of this unit now: some of what he or she has, behind the id `after`, follows. The id to go on
        behind, or None."""


class Moves(Worker):
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, people: MovedPeople, seats: Seats, clock: Clock) -> None:
        super().__init__("moves", self.step, every=LOOK_EVERY_SECONDS)
        self._units_of_work = units_of_work
        self._people = people
        self._seats = seats
        self._clock = clock

    async def begin(self, people: Collection[str], at: datetime, session: Session) -> None:
        """As part of the import, which waits for no bucket."""
        await self._people.mark(people, begun(at), session)

    async def step(self, stopping: asyncio.Event) -> bool:
        """Whether there may be more to do at once. Most people have nothing that follows: they go all together."""
        people = await self._people.due(self._clock())
        hopeful = await self._seats.hopeful(people) if people else set()
        rest = [person for person in people if person not in hopeful]
        await self._pass(rest)
        done = [await self._finish(person) for person in people if person in hopeful and not stopping.is_set()]
        return len(people) == AT_ONCE and (bool(rest) or any(done))

    async def _pass(self, people: Collection[str]) -> None:
        async def work(session: Session, recorder: EventRecorder) -> None:
            due = await self._people.still_due(people, recorder.now, session)
            await self._people.note([(one.id, one.moving.went_on(None)) for one in due], session)

        if people:
            await self._units_of_work.commit(work)

    async def _finish(self, person: str) -> bool:
        """One whose bucket is under a rush is tried again later, and holds up nobody."""

        async def page(session: Session, recorder: EventRecorder) -> bool:
            due = await self._people.still_due([person], recorder.now, session)
            if not due:
                return True
            (moved,) = due
            seats = None
            if not moved.erased:
                seats = await self._seats.follow(person, moved.unit, moved.moving.seats, session, recorder)
            await self._people.note([(person, moved.moving.went_on(seats))], session)
            return seats is None

        try:
            while not await self._units_of_work.commit(page):
                pass
        except StoreError as error:
            log.warning("move_interrupted", person=person, error=str(error))
            return False
        return True
