"""What the stored run of a transaction did, when nobody knows whether an earlier one of its runs was stored.

A run after an unanswered commit finds everything as the run before may have left it, and would say that nothing has
changed. So a run that changes what was known leaves a mark in its own transaction: the number of the run, by which the
next one finds in memory what was done. The mark is a record of a command with an empty answer, and goes with these.
"""

from typing import Generic, TypeVar

from shared.idempotency import CommandKey, Recorded, record
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.write import UnitOfWork

T = TypeVar("T")


class Runs(Generic[T]):
    """Of one transaction: one for each."""

    def __init__(self, units_of_work: UnitOfWork) -> None:
        self._records = units_of_work.records
        self._key = CommandKey(new_id(), None)
        self._marked: list[T] = []

    async def stored(self, session: Session) -> T | None:
        """What an earlier run has done, if it was stored with its mark. Asked before anything is decided."""
        if not self._marked:
            return None
        known = await self._records.find([self._key], session)
        return self._marked[int(known[self._key.id]["body"])] if known else None

    async def mark(self, done: T, session: Session, recorder: EventRecorder) -> None:
        """As part of the run that does this."""
        answer = Recorded(200, str(len(self._marked)), ())
        self._marked.append(done)
        await self._records.store([record(self._key, answer, recorder.now + self._records.kept)], session)
