"""What the attendance of a bucket's people adds up to, by difference: every event says what was before, so nothing has
to be looked up. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from services.reporting.projecting.domain.nominations import Place
from shared.events.attendance import MarksFact, PersonMark
from shared.events.directory import InPost
from shared.events.seats import bucket_id

# Counters of a place, beside those of nominations: people who attended at least one session, those who missed all in
# which they are recorded; holders of a post and acting among the former; minutes present, and held for those recorded.
ATTENDED, NO_SHOW = "attended", "missed"
ATTENDED_HEADS, ATTENDED_ACTING = "heads", "actors"
PRESENT_MINUTES, HELD_MINUTES = "present", "held"
ATTENDANCE: Final = frozenset({ATTENDED, NO_SHOW, ATTENDED_HEADS, ATTENDED_ACTING, PRESENT_MINUTES, HELD_MINUTES})
_IN_POST: Final = {InPost.HOLDER: ATTENDED_HEADS, InPost.ACTING: ATTENDED_ACTING}


@dataclass(slots=True)
class AttendanceChange:
    """One bucket within a batch: what to add to its stored counters, by place."""

    bucket: str
    run: str
    target: str
    bucket_unit: str
    added: dict[tuple[Place, str], int] = field(default_factory=dict)

    def add(self, mark: PersonMark) -> None:
        place = Place.of(mark.place)
        for name, change in _delta(mark):
            self.added[place, name] = self.added.get((place, name), 0) + change


def fold_marks(changes: dict[str, AttendanceChange], event: MarksFact) -> None:
    """Adds an event to the changes by bucket."""
    for mark in event.marks:
        key = bucket_id(event.run, mark.target, mark.bucket_unit)
        change = changes.get(key)
        if change is None:
            change = changes[key] = AttendanceChange(key, event.run, mark.target, mark.bucket_unit)
        change.add(mark)


def _delta(mark: PersonMark) -> Iterator[tuple[str, int]]:
    attended = (mark.times > 0) - (mark.times_before > 0)
    yield ATTENDED, attended
    yield NO_SHOW, _no_show(mark.times, mark.missed) - _no_show(mark.times_before, mark.missed_before)
    if isinstance(mark.ex_officio, InPost):
        yield _IN_POST[mark.ex_officio], attended
    yield PRESENT_MINUTES, mark.minutes - mark.before_minutes
    yield HELD_MINUTES, mark.held if mark.before is None else 0


def _no_show(times: int, missed: int) -> int:
    """Who was never there, and not only excused."""
    return int(times == 0 and missed > 0)
