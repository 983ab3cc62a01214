"""Many marks of a run in one transaction: what every way of recording comes to in the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from services.enrolment.attendance.domain.marks import Mark, merge
from services.enrolment.attendance.domain.refusals import NoSeatInRun, RunNotHeld, SeatWithdrawn, UnknownAttendee
from services.enrolment.attendance.domain.sheet import Attendee, Change, Sheet, apply
from services.enrolment.attendance.domain.sittings import Sitting, sitting_of
from services.enrolment.attendance.storage import Attendances
from services.enrolment.catalogue import OfferedRun, RunState
from services.enrolment.directory import PersonErased
from services.enrolment.seats import Holder
from shared.clock import business
from shared.errors import NotFound, Refused
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session


class Runs(Protocol):
    """Runs as the catalogue offers them."""

    async def offered(self, run: str, session: Session | None = None) -> OfferedRun | None: ...


class SeatHolders(Protocol):
    """Who has a seat."""

    async def page(self, run: str, after: str, limit: int, session: Session | None = None) -> list[Holder]: ...

    async def of(self, run: str, nominations: Sequence[str], session: Session | None = None) -> dict[str, Holder]: ...

    async def of_people(self, run: str, people: Sequence[str], session: Session | None = None) -> dict[str, Holder]: ...

    async def left(self, run: str, people: Sequence[str], session: Session | None = None) -> dict[str, Holder]: ...

    async def gone(self, run: str) -> list[str]: ...

    async def count(self, run: str) -> int: ...


# Makes the mark of an entry, at a business time. Raises a refusal of sessions.
Marking = Callable[[Sitting, datetime], Mark]


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody in a session: by nomination, or by person. `anyway`: also without a seat, if there is a mark or the
    person had one when the session began. `refused`: why what was shown says nobody."""

    session: int
    mark: Marking
    nomination: str | None = None
    person: str | None = None
    reason: str | None = None
    anyway: bool = False
    refused: Refused | None = None


class Result(NamedTuple):
    """What one entry came to: whose it is, what counts now, and whether it was new."""

    attendee: Attendee
    mark: Mark
    new: bool


@dataclass(frozen=True, slots=True)
class Present:
    """A run as it is before a command. `now` is business time."""

    run: OfferedRun
    sheet: Sheet | None
    holders: Mapping[str, Holder]
    by_person: Mapping[str, Holder]
    attendees: Mapping[str, Attendee]
    now: datetime


class Recording:
    """One per process."""

    def __init__(self, store: Attendances, runs: Runs, holders: SeatHolders) -> None:
        self.store = store
        self.holders = holders
        self._runs = runs

    async def run(self, run: str, session: Session | None = None) -> OfferedRun:
        """Raises NotFound for one that nobody was told of, and RunNotHeld."""
        offered = await self._runs.offered(run, session)
        if offered is None or not offered.opened:
            raise NotFound()
        if offered.state is RunState.CANCELLED:
            raise RunNotHeld()
        return offered

    async def record(
        self, run: str, entries: Sequence[Entry], recorder: EventRecorder, session: Session
    ) -> list[Result | Refused]:
        """One result for each entry, in order. What is refused of it leaves the rest alone."""
        before = await self._present(run, entries, recorder.now, session)
        return await self._carry_out(before, entries, recorder, session)

    async def _carry_out(
        self, before: Present, entries: Sequence[Entry], recorder: EventRecorder, session: Session
    ) -> list[Result | Refused]:
        working = Working(before)
        results = [working.take(entry) for entry in entries]
        changes = working.changes()
        if changes:
            sheet = before.sheet or Sheet(before.run.id, before.run.programme, before.run.fiscal_year)
            outcome = apply(sheet, working.initial, working.sittings, changes)
            await self.store.write(before.sheet, outcome, before.attendees, session)
            replaced = [one for one in changes if one.before is not None or one.reason is not None]
            await self.store.note_changes(replaced, working.initial, recorder.now, session)
            recorder.record(outcome.events, after=sheet.seq, offset_seconds=before.run.offset_seconds)
        return results

    async def _present(self, run: str, entries: Sequence[Entry], at: datetime, session: Session) -> Present:
        offered = await self.run(run, session)
        sheet = await self.store.sheet(run, session)
        people = list({entry.person for entry in entries if entry.person is not None})
        by_person = await self.holders.of_people(run, people, session) if people else {}
        gone = [person for person in people if person not in by_person]
        by_person |= await self.holders.left(run, gone, session) if gone else {}
        ids = {entry.nomination for entry in entries if entry.nomination is not None}
        ids |= {holder.nomination for holder in by_person.values()}
        holders = await self.holders.of(run, list(ids), session) if ids else {}
        attendees = await self.store.attendees(run, list(holders), session) if holders else {}
        now = business(at, offered.offset_seconds).replace(microsecond=0)
        return Present(offered, sheet, holders, by_person, attendees, now)


class Working:
    """The entries of one command, each seeing what those before it have done."""

    def __init__(self, before: Present) -> None:
        self._before = before
        self._kept = before.sheet.sittings if before.sheet is not None else {}
        self._last: dict[tuple[str, int], Change] = {}
        self.initial: dict[str, Attendee] = {}
        self.sittings: dict[int, Sitting] = {}

    def take(self, entry: Entry) -> Result | Refused:
        try:
            return self._taken(entry)
        except Refused as refusal:
            return refusal

    def changes(self) -> list[Change]:
        return [change for change in self._last.values() if change.before != change.after]

    def _taken(self, entry: Entry) -> Result:
        holder = self._holder(entry)
        sitting = self.sittings.get(entry.session) or sitting_of(self._before.run, self._kept, entry.session)
        self.sittings[entry.session] = sitting
        mark, key = entry.mark(sitting, self._before.now), (holder.nomination, entry.session)
        attendee = self._attendee(holder, entry, sitting.starts_at if entry.anyway else mark.at)
        first = attendee.marks.get(entry.session)
        known = self._last[key].after if key in self._last else first
        merged = merge(known, mark)
        if merged is not None:
            self._last[key] = Change(*key, first, merged, entry.reason)
        counts = merged or known
        return Result(attendee, mark if counts is None else counts, merged is not None)

    def _holder(self, entry: Entry) -> Holder:
        """Raises UnknownAttendee, SeatWithdrawn, NoSeatInRun and, where a reason would be kept, PersonErased; and what
        the entry is refused with."""
        if entry.refused is not None:
            raise entry.refused
        holder = self._before.holders.get(entry.nomination or "")
        if entry.person is not None:
            holder = self._before.by_person.get(entry.person)
        if holder is None:
            raise UnknownAttendee()
        if holder.erased and entry.reason is not None:
            raise PersonErased(person=holder.person)
        marked = entry.anyway and holder.nomination in self._before.attendees
        if not (holder.seated or holder.seat_until is not None or marked):
            raise SeatWithdrawn() if holder.withdrawn else NoSeatInRun()
        return holder

    def _attendee(self, holder: Holder, entry: Entry, at: datetime) -> Attendee:
        """`at`: when the person must have had a seat, if there is none now. What comes late counts as it would have
        before the seat was given back. Raises SeatWithdrawn."""
        known = self._before.attendees.get(holder.nomination)
        if not (holder.seated or holder.seated_at(at) or (entry.anyway and known is not None)):
            raise SeatWithdrawn()
        return self.initial.setdefault(holder.nomination, known or Attendee.of(holder))
