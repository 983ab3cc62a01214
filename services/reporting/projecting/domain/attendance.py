"""What the attendance of a bucket's people adds up to, by difference: every event says what was before. Whoever was
missing counts as long as the seat was not given back, and the two come in either order. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from services.reporting.projecting.domain.nominations import Place
from shared.events.attendance import MarksFact, PersonMark
from shared.events.directory import InPost
from shared.events.seats import (
    NominationFact,
    NominationState,
    NominationTransferred,
    NominationWithdrawn,
    SeatConfirmed,
    bucket_id,
)

# Counters of a place, beside those of nominations: people who attended at least one session, those who have a seat and
# missed all in which they are recorded; holders of a post and acting among the former; minutes present, and held for
# those recorded; valid certificates.
ATTENDED, NO_SHOW = "attended", "missed"
ATTENDED_HEADS, ATTENDED_ACTING = "heads", "actors"
PRESENT_MINUTES, HELD_MINUTES = "present", "held"
CERTIFIED: Final = "certified"
ATTENDANCE: Final = frozenset(
    {ATTENDED, NO_SHOW, ATTENDED_HEADS, ATTENDED_ACTING, PRESENT_MINUTES, HELD_MINUTES, CERTIFIED}
)
_IN_POST: Final = {InPost.HOLDER: ATTENDED_HEADS, InPost.ACTING: ATTENDED_ACTING}


class Absence(NamedTuple):
    """Of a nomination in a run: its person was never there, and not only excused (`missed`); its seat was given back
    (`gone`)."""

    id: str
    run: str
    missed: bool = False
    gone: bool = False

    @property
    def counts(self) -> bool:
        return self.missed and not self.gone


@dataclass(slots=True)
class AttendanceChange:
    """One bucket within a batch: what to add to its stored counters, by place."""

    bucket: str
    run: str
    target: str
    bucket_unit: str
    added: dict[tuple[Place, str], int] = field(default_factory=dict)

    def add(self, place: Place, name: str, change: int) -> None:
        self.added[place, name] = self.added.get((place, name), 0) + change


Changes = dict[str, AttendanceChange]


def change_of(changes: Changes, run: str, target: str, bucket_unit: str) -> AttendanceChange:
    """That of the bucket, begun if need be."""
    key = bucket_id(run, target, bucket_unit)
    return changes.setdefault(key, AttendanceChange(key, run, target, bucket_unit))


def absence_id(run: str, nomination: str) -> str:
    return f"{run}:{nomination}"


def fold_marks(changes: Changes, absences: dict[str, Absence], event: MarksFact) -> None:
    """Adds an event to the changes by bucket."""
    for mark in event.marks:
        change, place = change_of(changes, event.run, mark.target, mark.bucket_unit), Place.of(mark.place)
        for name, by in _delta(mark):
            change.add(place, name, by)
        if may_be_absent(mark):
            key = absence_id(event.run, mark.nomination)
            before = absences.get(key, Absence(key, event.run))
            after = absences[key] = before._replace(missed=_no_show(mark.times, mark.missed))
            change.add(place, NO_SHOW, after.counts - before.counts)


def may_be_absent(mark: PersonMark) -> bool:
    """Whether what is known of the person's absence is, or was, of any account."""
    return _no_show(mark.times, mark.missed) or _no_show(mark.times_before, mark.missed_before)


def fold_gone(changes: Changes, absences: dict[str, Absence], event: NominationFact) -> None:
    """A seat that is given back, or taken again."""
    if not is_about_gone(event):
        return
    key = absence_id(event.run, event.nomination)
    before = absences.get(key, Absence(key, event.run))
    after = absences[key] = before._replace(gone=not isinstance(event, SeatConfirmed))
    change = change_of(changes, event.run, event.target, event.bucket_unit)
    change.add(Place.of(event.place), NO_SHOW, after.counts - before.counts)


def is_about_gone(event: NominationFact) -> bool:
    """Only what comes again from another run may take a seat that it has given back."""
    if isinstance(event, SeatConfirmed):
        return event.transfers > 0
    if isinstance(event, NominationWithdrawn | NominationTransferred):
        return event.before == NominationState.CONFIRMED
    return False


def _delta(mark: PersonMark) -> Iterator[tuple[str, int]]:
    attended = (mark.times > 0) - (mark.times_before > 0)
    yield ATTENDED, attended
    if isinstance(mark.ex_officio, InPost):
        yield _IN_POST[mark.ex_officio], attended
    yield PRESENT_MINUTES, mark.minutes - mark.before_minutes
    yield HELD_MINUTES, mark.held if mark.before is None else 0


def _no_show(times: int, missed: int) -> bool:
    """Who was never there, and not only excused."""
    return times == 0 and missed > 0
