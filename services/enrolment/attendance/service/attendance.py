"""Check-ins by list, corrections, and the closing of a session: each one unit of work."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.enrolment.attendance.domain.corrections import corrected
from services.enrolment.attendance.domain.marks import Mark
from services.enrolment.attendance.domain.sheet import Sheet, close
from services.enrolment.attendance.domain.sittings import Sitting, sitting_of
from services.enrolment.attendance.http.responses import marked_response, sitting_response
from services.enrolment.attendance.service.closing import Closing
from services.enrolment.attendance.service.recording import Entry, Recording, Result
from shared.clock import business
from shared.errors import Refused
from shared.events.attendance import Presence, Via
from shared.idempotency import CommandKey, Recorded
from shared.locks import Locks
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.write import CommandResult, UnitOfWork

Problem = Callable[[Refused], dict[str, Any]]  # as the caller reads it


class Seen(NamedTuple):
    """A row of a list: somebody, by nomination or by person, who came or is excused. `at` None: now, or from the
    beginning where the presence is said."""

    nomination: str | None
    person: str | None
    presence: Presence | None
    at: datetime | None


class Correction(NamedTuple):
    session: int
    nomination: str
    presence: Presence
    minutes: int | None
    reason: str


class AttendanceService:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, recording: Recording, closing: Closing, locks: Locks) -> None:
        self.recording = recording
        self._units_of_work = units_of_work
        self._closing = closing
        self._locks = locks

    async def check_in(
        self, key: CommandKey, by: str, run: str, session_number: int, rows: Sequence[Seen], via: Via, problem: Problem
    ) -> Recorded:
        """A result for each row. Raises NotFound, RunNotHeld."""
        entries = [
            Entry(session_number, _marking(row, via, by), nomination=row.nomination, person=row.person) for row in rows
        ]

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            results = await self.recording.record(run, entries, recorder, session)
            recorder.note("check-in", "run", run, count=len(rows))
            return CommandResult({"results": [row_result(one, session_number, problem) for one in results]})

        async with self._locks.of(run):
            return await self._units_of_work.carry_out(key, work)

    async def correct(self, key: CommandKey, by: str, run: str, correction: Correction) -> Recorded:
        """Raises the refusals of corrections, of sessions and of people."""

        def mark(sitting: Sitting, now: datetime) -> Mark:
            return corrected(sitting, correction.presence, correction.minutes, by, now)

        entry = Entry(correction.session, mark, nomination=correction.nomination, reason=correction.reason, anyway=True)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            result = (await self.recording.record(run, [entry], recorder, session))[0]
            if isinstance(result, Refused):
                raise result
            recorder.note("correct-attendance", "nomination", correction.nomination)
            return CommandResult(marked_response(result.attendee, correction.session, result.mark, result.new))

        async with self._locks.of(run):
            return await self._units_of_work.carry_out(key, work)

    async def close(self, key: CommandKey, by: str, run: str, number: int) -> Recorded:
        """Whoever was not seen is recorded as absent behind this, page by page. Raises UnknownSession and
        SessionNotOver."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            offered = await self.recording.run(run, session)
            before = await self.recording.store.sheet(run, session)
            sheet = before or Sheet(run, offered.programme, offered.fiscal_year)
            sitting = sitting_of(offered, sheet.sittings, number)
            outcome = close(sheet, sitting, by, business(recorder.now, offered.offset_seconds))
            if outcome.events:
                await self.recording.store.write(before, outcome, {}, session)
                recorder.record(outcome.events, after=sheet.seq, offset_seconds=offered.offset_seconds)
                recorder.note("close-session", "run", run)
            return CommandResult(sitting_response(outcome.sheet.sittings[number], None))

        async with self._locks.of(run):
            answer = await self._units_of_work.carry_out(key, work)
        self._closing.wake()
        return answer


def _marking(row: Seen, via: Via, by: str) -> Callable[[Sitting, datetime], Mark]:
    def mark(sitting: Sitting, now: datetime) -> Mark:
        if row.presence is Presence.EXCUSED:
            return Mark(Presence.EXCUSED, 0, now, via, by)
        at = row.at or (now if row.presence is None else sitting.starts_at)
        sitting.require_during(at, now)
        return Mark(*sitting.presence_at(at), at, via, by, source=f"list:{by}")

    return mark


def row_result(result: Result | Refused, number: int, problem: Problem) -> dict[str, Any]:
    if isinstance(result, Refused):
        told = problem(result)
        return {"status": told["status"], "problem": told}
    return {"status": 200, "attendance": marked_response(result.attendee, number, result.mark, result.new)}
