"""Checks the attendance of runs: every event against those before it, what is stored, and what consumers made of it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from pattana.audit.documents import ENROLMENT, REPORTING
from pattana.audit.folding import Moments, check_messages, fold_events, unmoved
from pattana.audit.history import Kind
from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.pages import pages
from pattana.audit.projection import Mailbox, ReportedAttendance, Reports
from pattana.audit.scans import first_scans, scan_differences, without_scans
from pattana.audit.verdict import Verdict
from services.notification.reacting import CONSUMER
from services.reporting.projecting import CERTIFIED
from services.reporting.storage.documents import field_name
from shared.events.attendance import (
    AttendanceFact,
    MarksFact,
    PersonMark,
    Presence,
    SessionClosed,
    attendance_aggregate,
)
from shared.mongo import Database, Document, majority

SEATED: Final = "CONFIRMED"
PRESENT: Final = frozenset({Presence.PRESENT, Presence.LATE})
HEAD: Final[Mapping[str, str]] = {"HOLDER": "heads", "ACTING": "actors"}
Counts = Counter[tuple[str, str, str]]


class Had(NamedTuple):
    """What somebody has in a session."""

    presence: str
    minutes: int


@dataclass(slots=True)
class AttendanceFold:
    """Pure. The attendance of a run up to the event `seq`, from its events alone. `counts`: by bucket, place and name,
    as reports have them. `held`: the minutes that the session had when something was first recorded of somebody."""

    seq: int = 0
    marks: dict[str, dict[int, Had]] = field(default_factory=dict)
    people: dict[str, PersonMark] = field(default_factory=dict)
    minutes: dict[int, int] = field(default_factory=dict)
    held: dict[tuple[str, int], int] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def apply(self, seq: int, event: AttendanceFact) -> None:
        self.seq = seq
        if isinstance(event, SessionClosed):
            if event.session in self.closed:
                self.problems.append(f"event {event.aggregate}:{seq} closes session {event.session} again")
            self.closed.add(event.session)
            self._held(event.session, event.minutes, f"event {event.aggregate}:{seq}")
        if isinstance(event, MarksFact):
            for mark in event.marks:
                self._mark(event.session, mark, f"event {event.aggregate}:{seq}")

    def copy(self) -> "AttendanceFold":
        marks = {key: dict(had) for key, had in self.marks.items()}
        minutes, held = dict(self.minutes), dict(self.held)
        return AttendanceFold(self.seq, marks, dict(self.people), minutes, held, set(self.closed))

    def times(self, nomination: str) -> int:
        return sum(had.presence in PRESENT for had in self.marks.get(nomination, {}).values())

    def missed(self, nomination: str) -> int:
        return sum(had.presence == Presence.ABSENT for had in self.marks.get(nomination, {}).values())

    def counts(self, gone: Collection[str] = ()) -> Counts:
        """Whoever has given back the seat (`gone`) is not missed."""
        counts: Counts = Counter()
        for nomination, had in self.marks.items():
            mark, times = self.people[nomination], self.times(nomination)
            place = field_name(mark.place.unit, mark.place.province, mark.place.group, mark.place.region)
            told = {
                "attended": int(times > 0),
                "missed": int(times == 0 and self.missed(nomination) > 0 and nomination not in gone),
                "present": sum(one.minutes for one in had.values()),
                "held": sum(self.held[nomination, session] for session in had),
            }
            if (name := HEAD.get(str(mark.ex_officio))) is not None:
                told[name] = int(times > 0)
            for name, count in told.items():
                counts[f"{mark.target}:{mark.bucket_unit}", place, name] += count
        return +counts

    def _held(self, session: int, minutes: int, what: str) -> None:
        if self.minutes.setdefault(session, minutes) != minutes:
            self.problems.append(f"{what} says that session {session} has {minutes} minutes, it had others before")

    def _mark(self, session: int, mark: PersonMark, what: str) -> None:
        # A session that is to come may be planned otherwise after somebody was excused.
        if mark.presence != Presence.EXCUSED or session in self.minutes:
            self._held(session, mark.held, what)
        self.held.setdefault((mark.nomination, session), mark.held)
        before = self.marks.get(mark.nomination, {}).get(session)
        said = None if mark.before is None else Had(str(mark.before), mark.before_minutes)
        counted = (self.times(mark.nomination), self.missed(mark.nomination))
        if before != said or counted != (mark.times_before, mark.missed_before):
            self.problems.append(f"{what} does not say of {mark.nomination} what was before")
        if not 0 <= mark.minutes <= mark.held or (mark.minutes and mark.presence not in PRESENT):
            self.problems.append(f"{what} gives {mark.nomination} {mark.minutes} of {mark.held} minutes")
        self.people[mark.nomination] = mark
        self.marks.setdefault(mark.nomination, {})[session] = Had(str(mark.presence), mark.minutes)
        if (self.times(mark.nomination), self.missed(mark.nomination)) != (mark.times, mark.missed):
            self.problems.append(f"{what} does not count the sessions of {mark.nomination}")


async def check_attendance(
    databases: Mapping[str, Database], outboxes: Outboxes, verdict: Verdict, advance: Advance, *, new_only: bool
) -> None:
    """All runs with attendance, or those that have new events."""
    enrolment, there = databases[ENROLMENT], set[str]()
    mailbox = Mailbox(databases)
    for known in outboxes.ledger.pages(ENROLMENT, Kind.ATTENDANCE, changed=new_only):
        reports = await Reports.answering(databases[REPORTING])
        for one in known:
            run = one.aggregate.removeprefix(attendance_aggregate(""))
            there.add(run)
            await _RunAttendance(run, enrolment, reports, mailbox, outboxes, verdict).check(one.last, advance)
    if not new_only:
        async for page in pages(majority(enrolment["attendance_sheets"]), {"seq": True}):
            for row in page:
                if row["seq"] and row["_id"] not in there:
                    verdict["attendance"].broken(f"attendance of run {row['_id']} has a sheet and no events")


@dataclass(frozen=True, slots=True)
class _RunAttendance:
    run: str
    enrolment: Database
    reports: Reports
    mailbox: Mailbox
    outboxes: Outboxes
    verdict: Verdict

    async def check(self, least: int, advance: Advance) -> None:
        """Consumers first, then what is stored, then the events that both must have come from."""
        subject = attendance_aggregate(self.run)
        reported = await self.reports.attendance(subject, self.run)
        notified = (await self.mailbox.last_of([subject])).get(subject, 0)
        scans = await first_scans(self.enrolment, self.run)
        sheets = majority(self.enrolment["attendance_sheets"])
        stored = await unmoved(sheets, self.run, "seq", self._people)
        if stored is None:
            self.verdict["attendance"].broken(f"attendance of run {self.run} has events and no sheet")
            return
        sheet, people = stored
        moments = Moments(max(sheet["seq"], least), sheet["seq"], reported.last, notified)
        folded = await fold_events(AttendanceFold, AttendanceFact, subject, self.outboxes, moments, advance)
        await check_messages(self.mailbox, folded.messages, self.verdict)
        for consumer, last in ((self.reports.consumer, reported.last), (CONSUMER, notified)):
            self.verdict.behind(consumer, least - last)
        check = self.verdict["attendance"]
        check.count("sheets")
        check.count("people", len(people))
        check.all_broken(folded.problems)
        check.all_broken(sheet_differences(folded.stored, sheet, people, least))
        check.all_broken(scan_differences(scans, people))
        check.all_broken(await without_scans(self.enrolment, self.run, people))
        if await self.reports.discarded(subject):
            self.verdict["attended"].could_not("runs of which something was discarded")
        else:
            self.verdict["attended"].count("runs")
            self.verdict["attended"].all_broken(report_differences(self.run, folded.reported, reported))

    async def _people(self) -> list[Document]:
        people: list[Document] = await majority(self.enrolment["attendees"]).find({"run": self.run}).to_list(None)
        return people


def sheet_differences(
    fold: AttendanceFold, sheet: Mapping[str, Any], people: Sequence[Mapping[str, Any]], least: int
) -> Iterator[str]:
    """Pure. What is stored of a run against its events, of which its outbox had `least`."""
    what = f"attendance of run {sheet['_id']}"
    if sheet["seq"] < least or fold.seq != sheet["seq"]:
        yield f"{what} stands at event {sheet['seq']}, its outbox reaches to {max(least, fold.seq)}"
        return
    closed = {sitting["number"] for sitting in sheet["sittings"] if sitting["closed_at"] is not None}
    if closed != fold.closed:
        yield f"{what} has the sessions {sorted(closed)} closed, its events say {sorted(fold.closed)}"
    for sitting in sheet["sittings"]:
        number = sitting["number"]
        counted = Counter(had[number].presence for had in fold.marks.values() if number in had)
        if +Counter(sitting["counts"]) != counted:
            yield f"{what}: session {number} counts {sitting['counts']}, its events say {dict(counted)}"
    stored = {row["nomination"]: row for row in people}
    for key in sorted(stored.keys() | fold.marks.keys()):
        yield from _person_differences(f"{what}: {key}", fold, key, stored.get(key))


def _person_differences(what: str, fold: AttendanceFold, key: str, row: Mapping[str, Any] | None) -> Iterator[str]:
    had = fold.marks.get(key)
    if row is None or had is None:
        yield f"{what} has {'events and no document' if row is None else 'a document and no events'}"
        return
    marks = {int(number): Had(mark["presence"], mark["minutes"]) for number, mark in row["marks"].items()}
    if marks != had:
        yield f"{what} has {marks}, its events say {had}"
    sums = (sum(one.minutes for one in had.values()), fold.times(key), fold.missed(key))
    if (row["minutes"], row["times"], row["missed"]) != sums:
        yield f"{what} sums to {row['minutes'], row['times'], row['missed']}, its events to {sums}"
    if row["person"] != fold.people[key].person:
        yield f"{what} is of {row['person']}, its events of {fold.people[key].person}"


def report_differences(run: str, fold: AttendanceFold, report: ReportedAttendance) -> Iterator[str]:
    """Pure. `fold` is the run up to the report's position."""
    for nomination, gone in report.gone.items():
        if nomination in report.states and gone is (report.states[nomination] == SEATED):
            yield f"report of run {run}: {nomination} is {'gone' if gone else 'seated'} and {report.states[nomination]}"
    expected = fold.counts({nomination for nomination, gone in report.gone.items() if gone})
    reported = _reported(run, report.documents)
    for cell in sorted(expected.keys() | reported.keys()):
        if expected[cell] != reported[cell]:
            bucket, place, name = cell
            yield f"report of run {run}: {bucket} {place} counts {reported[cell]} {name}, not {expected[cell]}"


def _reported(run: str, documents: Sequence[Mapping[str, Any]]) -> Counts:
    """Without certificates, which stand in the same documents."""
    reported: Counts = Counter()
    for document in documents:
        for place, counts in document.get("cells", {}).items():
            for name, count in counts.items():
                if name != CERTIFIED:
                    reported[document["_id"].removeprefix(f"{run}:"), place, name] += count
    return reported
