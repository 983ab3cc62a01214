"""Writing somebody down at the door, and saying later who that was."""

from datetime import datetime
from typing import NamedTuple

from services.enrolment.attendance.domain.marks import Mark
from services.enrolment.attendance.domain.sittings import Sitting, sitting_of
from services.enrolment.attendance.domain.walk_in_refusals import UnknownWalkIn
from services.enrolment.attendance.domain.walk_ins import WalkIn, dismissed, matched, put_right, without_texts
from services.enrolment.attendance.http.responses import decided_response, written_response
from services.enrolment.attendance.service.recording import Entry, Marking, Recording
from services.enrolment.attendance.storage.walk_ins import WalkIns
from shared.clock import business
from shared.errors import Refused
from shared.events.attendance import Via
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.locks import Locks
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.write import CommandResult, UnitOfWork


class AtTheDoor(NamedTuple):
    """Who stands there, as somebody has typed it. `at` None: now."""

    session: int
    name: str
    office: str | None = None
    in_place_of: str | None = None
    at: datetime | None = None


class Match(NamedTuple):
    """Whose it was. `session` and `at`: to which the person came, and when, where that is not what was written down."""

    nomination: str
    reason: str | None = None
    session: int | None = None
    at: datetime | None = None


class WalkInService:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, recording: Recording, walk_ins: WalkIns, locks: Locks) -> None:
        self.walk_ins = walk_ins
        self._units_of_work = units_of_work
        self._recording = recording
        self._locks = locks

    async def write_down(self, key: CommandKey, by: str, run: str, somebody: AtTheDoor) -> Recorded:
        """Raises NotFound, RunNotHeld, UnknownSession, OutsideSession and CheckInAhead."""
        id = new_id()

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            offered = await self._recording.run(run, session)
            sheet = await self._recording.store.sheet(run, session)
            sitting = sitting_of(offered, {} if sheet is None else sheet.sittings, somebody.session)
            now = business(recorder.now, offered.offset_seconds).replace(microsecond=0)
            at = somebody.at or now
            sitting.require_during(at, now)
            whom = (somebody.name, somebody.office, somebody.in_place_of)
            walk_in = WalkIn(id, run, somebody.session, at, *whom, recorder.now, by)
            await self.walk_ins.add([walk_in], session)
            recorder.note("write-down", "run", run)
            return CommandResult(written_response(walk_in), 201)

        return await self._units_of_work.carry_out(key, work)

    async def match(self, key: CommandKey, by: str, run: str, id: str, said: Match) -> Recorded:
        """The person was there from when he or she was written down, or the organiser says; of one who was erased no
        text stays. Raises UnknownWalkIn, WalkInSettled, and the refusals of sessions and of people."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before, nomination = await self._one(run, id, session), said.nomination
            walk_in = put_right(before, said.session, said.at)
            entry = Entry(walk_in.came[0], _marking(walk_in, by), nomination=nomination)
            result = (await self._recording.record(run, [entry], recorder, session))[0]
            if isinstance(result, Refused):
                raise result
            after = matched(walk_in, nomination, result.attendee.person, said.reason, by, recorder.now)
            if (await self._recording.holders.of(run, [nomination], session))[nomination].erased:
                after = without_texts(after)
            await self._settle(before, after, "match-walk-in", recorder, session)
            return CommandResult(decided_response(after))

        async with self._locks.of(run):
            return await self._units_of_work.carry_out(key, work)

    async def dismiss(self, key: CommandKey, by: str, run: str, id: str, reason: str) -> Recorded:
        """It was nobody, or written down twice. Raises UnknownWalkIn and WalkInSettled."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await self._one(run, id, session)
            after = dismissed(before, reason, by, recorder.now)
            await self._settle(before, after, "dismiss-walk-in", recorder, session)
            return CommandResult(decided_response(after))

        return await self._units_of_work.carry_out(key, work)

    async def _settle(
        self, before: WalkIn, after: WalkIn, action: str, recorder: EventRecorder, session: Session
    ) -> None:
        if after is not before:
            await self.walk_ins.settle(before, after, session)
            recorder.note(action, "run", before.run)

    async def _one(self, run: str, id: str, session: Session) -> WalkIn:
        walk_in = await self.walk_ins.one(run, id, session)
        if walk_in is None:
            raise UnknownWalkIn()
        return walk_in


def _marking(walk_in: WalkIn, by: str) -> Marking:
    def mark(sitting: Sitting, now: datetime) -> Mark:
        _, at = walk_in.came
        sitting.require_during(at, now)
        source, device = f"walk-in:{walk_in.id}", None
        return Mark(*sitting.presence_at(at), at, Via.WALK_IN, by, source, device)

    return mark
