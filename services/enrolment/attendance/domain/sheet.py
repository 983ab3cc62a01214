"""The attendance of a run: its sessions with their counts, its people with their marks, and the events of a change.
Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple

from services.enrolment.attendance.domain.marks import Mark
from services.enrolment.attendance.domain.refusals import SessionNotOver
from services.enrolment.attendance.domain.sittings import Sitting
from services.enrolment.seats import Holder
from shared.events import attendance as events
from shared.events.attendance import PersonMark, Presence, Via
from shared.events.directory import InPost
from shared.events.seats import Place

MOST_MARKS: Final = 100  # of an event


@dataclass(frozen=True, slots=True)
class Sheet:
    """One run. `seq` is the sequence of its last event. `sittings` are those in which anything was recorded, by
    number."""

    run: str
    programme: str
    fiscal_year: int
    seq: int = 0
    sittings: Mapping[int, Sitting] = field(default_factory=dict)

    @property
    def held(self) -> int:
        """The minutes of all sessions in which somebody was seen or missed. Where people are only excused, it may be
        still to come."""
        return sum(sitting.minutes for sitting in self.sittings.values() if sitting.kept)

    @property
    def has_excused(self) -> bool:
        return any(sitting.counts.get(Presence.EXCUSED) for sitting in self.sittings.values())

    @property
    def closing(self) -> bool:
        return any(sitting.after is not None for sitting in self.sittings.values())


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who has, or had, a seat, with a mark for each session in which there is one."""

    nomination: str
    run: str
    person: str
    target: str
    bucket_unit: str
    place: Place
    ex_officio: InPost | None = None
    marks: Mapping[int, Mark] = field(default_factory=dict)

    @classmethod
    def of(cls, holder: Holder) -> "Attendee":
        return cls(
            holder.nomination,
            holder.run,
            holder.person,
            holder.target,
            holder.bucket_unit,
            holder.place,
            holder.ex_officio,
        )

    @property
    def times(self) -> int:
        return sum(mark.present for mark in self.marks.values())

    @property
    def missed(self) -> int:
        return sum(mark.presence is Presence.ABSENT for mark in self.marks.values())

    @property
    def minutes(self) -> int:
        return sum(mark.minutes for mark in self.marks.values())


class Change(NamedTuple):
    """A mark that is new, and what it takes the place of. `reason`: why somebody has corrected it."""

    nomination: str
    session: int
    before: Mark | None
    after: Mark
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The sheet, the people whose marks are others, and what happened, in order."""

    sheet: Sheet
    attendees: Mapping[str, Attendee]
    events: tuple[events.AttendanceFact, ...]


def apply(
    sheet: Sheet, attendees: Mapping[str, Attendee], sittings: Mapping[int, Sitting], changes: Iterable[Change]
) -> Outcome:
    """`changes`: at most one of a person and a session. `attendees` and `sittings` as they were before."""
    ordered = sorted(changes, key=lambda change: (change.session, change.after.via, change.nomination))
    people, kept, facts = dict(attendees), dict(sheet.sittings), []
    touched: dict[str, Attendee] = {}
    for (session, via), group in groupby(ordered, key=lambda change: (change.session, change.after.via)):
        sitting = _timed(kept.get(session), sittings[session])
        marks = []
        for change in group:
            before = people[change.nomination]
            attendee = _marked(before, session, change.after)
            people[change.nomination] = touched[change.nomination] = attendee
            sitting = _counted(sitting, change)
            marks.append(_person_mark(before, attendee, sitting, change))
        kept[session] = sitting
        facts += _facts(sheet, session, via, marks)
    return Outcome(replace(sheet, seq=sheet.seq + len(facts), sittings=kept), touched, tuple(facts))


def close(sheet: Sheet, sitting: Sitting, by: str, now: datetime) -> Outcome:
    """`now` is business time. Closed again it stays as it is. Raises SessionNotOver."""
    if sitting.closed_at is not None:
        return Outcome(sheet, {}, ())
    if now < sitting.ends_at:
        raise SessionNotOver(session=sitting.number)
    closed = replace(sitting, closed_at=now, closed_by=by, after="")
    fact = events.SessionClosed(
        programme=sheet.programme,
        run=sheet.run,
        fiscal_year=sheet.fiscal_year,
        session=sitting.number,
        starts_at=sitting.starts_at,
        ends_at=sitting.ends_at,
        minutes=sitting.minutes,
    )
    sittings = {**sheet.sittings, sitting.number: closed}
    return Outcome(replace(sheet, seq=sheet.seq + 1, sittings=sittings), {}, (fact,))


def went_on(sheet: Sheet, number: int, after: str | None) -> Sheet:
    """The closing of a session has come so far; None: to its end."""
    return replace(sheet, sittings={**sheet.sittings, number: replace(sheet.sittings[number], after=after)})


def _timed(known: Sitting | None, planned: Sitting) -> Sitting:
    """With who is recorded in it, at the time that it keeps or, as long as nobody is more than excused, is planned."""
    if known is None:
        return planned
    return known if known.kept else replace(planned, counts=known.counts)


def _marked(attendee: Attendee, session: int, mark: Mark) -> Attendee:
    return replace(attendee, marks={**attendee.marks, session: mark})


def _counted(sitting: Sitting, change: Change) -> Sitting:
    counts = dict(sitting.counts)
    if change.before is not None:
        counts[change.before.presence.value] = counts.get(change.before.presence.value, 0) - 1
    counts[change.after.presence.value] = counts.get(change.after.presence.value, 0) + 1
    return replace(sitting, counts=counts)


def _person_mark(earlier: Attendee, attendee: Attendee, sitting: Sitting, change: Change) -> PersonMark:
    # Everything here is typed already, and there may be a thousand of them.
    return PersonMark.model_construct(
        nomination=attendee.nomination,
        person=attendee.person,
        target=attendee.target,
        bucket_unit=attendee.bucket_unit,
        place=attendee.place,
        ex_officio=attendee.ex_officio,
        presence=change.after.presence,
        minutes=change.after.minutes,
        held=sitting.minutes,
        before=None if change.before is None else change.before.presence,
        before_minutes=0 if change.before is None else change.before.minutes,
        times=attendee.times,
        times_before=earlier.times,
        missed=attendee.missed,
        missed_before=earlier.missed,
    )


def _facts(sheet: Sheet, session: int, via: Via, marks: Sequence[PersonMark]) -> list[events.AttendanceFact]:
    kind = events.AttendanceCorrected if via is Via.CORRECTION else events.AttendanceRecorded
    return [
        kind(
            programme=sheet.programme,
            run=sheet.run,
            fiscal_year=sheet.fiscal_year,
            session=session,
            via=via,
            marks=tuple(marks[start : start + MOST_MARKS]),
        )
        for start in range(0, len(marks), MOST_MARKS)
    ]
