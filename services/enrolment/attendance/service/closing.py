"""Records whoever was not seen in a closed session as absent, a page of the run's seats in one transaction.

How far it has come stands in the sheet, so any replica goes on after a crash; two that do so at once conflict, and that
costs time only.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.enrolment.attendance.domain.marks import Mark, merge
from services.enrolment.attendance.domain.sheet import Attendee, Change, Sheet, apply, went_on
from services.enrolment.attendance.service.recording import Recording
from services.enrolment.catalogue import OfferedRun
from shared.events.attendance import Presence, Via
from shared.locks import Locks
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.worker import Worker
from shared.write import UnitOfWork

POLL_SECONDS: Final = 5.0
MOST_RUNS: Final = 100
AT_ONCE: Final = 500  # seats that one transaction looks at


class Closing(Worker):
    """One per process. `most` seats are looked at in one transaction."""

    def __init__(self, units_of_work: UnitOfWork, recording: Recording, locks: Locks) -> None:
        super().__init__("closing of sessions", self._round, every=POLL_SECONDS)
        self._units_of_work = units_of_work
        self._recording = recording
        self._locks = locks
        self.most = AT_ONCE

    async def _round(self, stopping: asyncio.Event) -> bool:
        """One page of every run that there is something to do for. False when there was nothing."""
        moved = False
        for run in await self._recording.store.closing(MOST_RUNS):
            if stopping.is_set():
                break
            moved |= await self.step(run)
        return moved

    async def step(self, run: str) -> bool:
        """A page. False when there was nothing left to do."""

        async def work(session: Session, recorder: EventRecorder) -> bool:
            sheet = await self._recording.store.sheet(run, session)
            if sheet is None or not sheet.closing:
                return False
            offered = await self._recording.run(run, session)
            await self._page(sheet, offered, recorder, session)
            return True

        async with self._locks.of(run):
            return await self._units_of_work.commit(work)

    async def _page(self, sheet: Sheet, run: OfferedRun, recorder: EventRecorder, session: Session) -> None:
        number, sitting = next((n, one) for n, one in sorted(sheet.sittings.items()) if one.after is not None)
        after, store = sitting.after or "", self._recording.store
        holders = await self._recording.holders.page(run.id, after, self.most, session)
        known = await store.attendees(run.id, [holder.nomination for holder in holders], session)
        people = {holder.nomination: known.get(holder.nomination) or Attendee.of(holder) for holder in holders}
        changes = _missed(people, number, sitting.closed_at or sitting.ends_at, sitting.closed_by or "")
        outcome = apply(sheet, people, {number: sitting}, changes)
        ended = len(holders) < self.most
        then = went_on(outcome.sheet, number, None if ended else holders[-1].nomination)
        await store.write(sheet, replace(outcome, sheet=then), known, session)
        recorder.record(outcome.events, after=sheet.seq, offset_seconds=run.offset_seconds)


def _missed(people: dict[str, Attendee], number: int, at: datetime, by: str) -> Sequence[Change]:
    absent = Mark(Presence.ABSENT, 0, at, Via.CLOSE, by)
    return [
        Change(key, number, attendee.marks.get(number), absent)
        for key, attendee in people.items()
        if merge(attendee.marks.get(number), absent) is not None
    ]
