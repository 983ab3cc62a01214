"""Check-ins by list, corrections, and the closing of a session: each one unit of work."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.enrolment.attendance.domain.corrections import corrected
from services.enrolment.attendance.domain.marks import Mark
from services.enrolment.attendance.domain.passes import Pass
from services.enrolment.attendance.domain.sheet import Sheet, close
from services.enrolment.attendance.domain.sittings import Sitting, sitting_of
from services.enrolment.attendance.http.responses import marked_response, own_response, sitting_response
from services.enrolment.attendance.service.closing import Closing
from services.enrolment.attendance.service.passes import Passes
from services.enrolment.attendance.service.recording import Entry, Marking, Recording, Result
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
    """A row of a list: somebody, by nomination, by person or by a pass that was scanned, who came or is excused. `at`
    None: now, or from the beginning where the presence is said."""

    nomination: str | None = None
    person: str | None = None
    presence: Presence | None = None
    at: datetime | None = None
    token: str | None = None


class Correction(NamedTuple):
    session: int
    nomination: str
    presence: Presence
    minutes: int | None
    reason: str


class AttendanceService:
    """One per process."""

    def __init__(
        self, units_of_work: UnitOfWork, recording: Recording, passes: Passes, closing: Closing, locks: Locks
    ) -> None:
        self.recording = recording
        self._passes = passes
        self._units_of_work = units_of_work
        self._closing = closing
        self._locks = locks

    async def check_in(
        self, key: CommandKey, by: str, run: str, session_number: int, rows: Sequence[Seen], via: Via, problem: Problem
    ) -> Recorded:
        """A result for each row; `via` is how rows without a pass came. Raises NotFound, RunNotHeld."""
        entries = await self._entries(by, run, session_number, rows, via)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            results = await self.recording.record(run, entries, recorder, session)
            recorder.note("check-in", "run", run, count=len(rows))
            return CommandResult({"results": [row_result(one, session_number, problem) for one in results]})

        async with self._locks.of(run):
            return await self._units_of_work.carry_out(key, work)

    async def check_in_myself(self, key: CommandKey, person: str, run: str, code: str) -> Recorded:
        """Whoever shows the code of a room is there now. Raises RoomCodeOld, RoomCodeWrong, and the refusals of
        sessions and of people."""
        number = await self._passes.session_of(run, code)
        entry = Entry(number, _marking(Seen(person=person), Via.ROOM, person), person=person)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            result = (await self.recording.record(run, [entry], recorder, session))[0]
            if isinstance(result, Refused):
                raise result
            return CommandResult(own_response(result.attendee, number, result.mark, result.new))

        async with self._locks.of(run):
            return await self._units_of_work.carry_out(key, work)

    async def _entries(self, by: str, run: str, number: int, rows: Sequence[Seen], via: Via) -> list[Entry]:
        read = iter(await self._passes.read(run, [row.token for row in rows if row.token is not None]))
        entries = []
        for row in rows:
            shown = None if row.token is None else next(read)
            if isinstance(shown, Refused):
                entries.append(Entry(number, _marking(row, via, by), refused=shown))
            elif shown is not None:
                entries.append(Entry(number, _marking(row, Via.QR, by, shown), nomination=shown.nomination))
            else:
                entries.append(Entry(number, _marking(row, via, by), nomination=row.nomination, person=row.person))
        return entries

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


def _marking(row: Seen, via: Via, by: str, shown: Pass | None = None) -> Marking:
    def mark(sitting: Sitting, now: datetime) -> Mark:
        if row.presence is Presence.EXCUSED:
            return Mark(Presence.EXCUSED, 0, now, via, by)
        at = row.at or (now if row.presence is None else sitting.starts_at)
        sitting.require_during(at, now)
        if shown is not None:
            shown.require_good(at)
        return Mark(*sitting.presence_at(at), at, via, by, source=f"list:{by}")

    return mark


def row_result(result: Result | Refused, number: int, problem: Problem) -> dict[str, Any]:
    if isinstance(result, Refused):
        told = problem(result)
        return {"status": told["status"], "problem": told}
    return {"status": 200, "attendance": marked_response(result.attendee, number, result.mark, result.new)}
