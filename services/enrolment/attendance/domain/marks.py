"""What a person has in a session, and what may become of it: one literal table. Pure.

Whoever was seen twice was seen once: the earlier time counts, in whatever order the two arrive. Who has corrected has
the last word over everything that is only recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.enrolment.attendance.domain.refusals import AlreadyPresent
from shared.events.attendance import Presence, Via

PRESENT: Final = frozenset({Presence.PRESENT, Presence.LATE})


@dataclass(frozen=True, slots=True)
class Mark:
    """`at` is when the person came, or when it was decided (business time); `source` tells two of the same time apart,
    always in the same order. `by` is the subject that recorded it, `device` the one that it was recorded on."""

    presence: Presence
    minutes: int
    at: datetime
    via: Via
    by: str
    source: str = ""
    device: str | None = None

    @property
    def present(self) -> bool:
        return self.presence in PRESENT

    @property
    def order(self) -> tuple[datetime, str]:
        return self.at, self.source


class Kind(StrEnum):
    """What a mark is, for the table."""

    NONE = "nothing"
    SEEN = "seen"
    EXCUSED = "excused"
    MISSED = "missed"
    CORRECTED = "corrected"


class Step(StrEnum):
    """TAKE the new one, KEEP the old one, take the EARLIER, or REFUSE."""

    TAKE = "take"
    KEEP = "keep"
    EARLIER = "earlier"
    REFUSE = "refuse"


STEPS: Final[Mapping[tuple[Kind, Kind], Step]] = {
    (Kind.NONE, Kind.SEEN): Step.TAKE,
    (Kind.NONE, Kind.EXCUSED): Step.TAKE,
    (Kind.NONE, Kind.MISSED): Step.TAKE,
    (Kind.NONE, Kind.CORRECTED): Step.TAKE,
    (Kind.SEEN, Kind.SEEN): Step.EARLIER,
    (Kind.SEEN, Kind.EXCUSED): Step.REFUSE,
    (Kind.SEEN, Kind.MISSED): Step.KEEP,
    (Kind.SEEN, Kind.CORRECTED): Step.TAKE,
    (Kind.EXCUSED, Kind.SEEN): Step.TAKE,  # came after all
    (Kind.EXCUSED, Kind.EXCUSED): Step.KEEP,
    (Kind.EXCUSED, Kind.MISSED): Step.KEEP,
    (Kind.EXCUSED, Kind.CORRECTED): Step.TAKE,
    (Kind.MISSED, Kind.SEEN): Step.TAKE,  # an upload that came late
    (Kind.MISSED, Kind.EXCUSED): Step.TAKE,
    (Kind.MISSED, Kind.MISSED): Step.KEEP,
    (Kind.MISSED, Kind.CORRECTED): Step.TAKE,
    (Kind.CORRECTED, Kind.SEEN): Step.KEEP,
    (Kind.CORRECTED, Kind.EXCUSED): Step.KEEP,
    (Kind.CORRECTED, Kind.MISSED): Step.KEEP,
    (Kind.CORRECTED, Kind.CORRECTED): Step.TAKE,
}


def kind_of(mark: Mark | None) -> Kind:
    if mark is None:
        return Kind.NONE
    if mark.via is Via.CORRECTION:
        return Kind.CORRECTED
    if mark.present:
        return Kind.SEEN
    return Kind.EXCUSED if mark.presence is Presence.EXCUSED else Kind.MISSED


def merge(before: Mark | None, new: Mark) -> Mark | None:
    """The mark that counts from now on; None where what is there stays. Raises AlreadyPresent."""
    step = STEPS[kind_of(before), kind_of(new)]
    if step is Step.REFUSE:
        raise AlreadyPresent()
    if step is Step.EARLIER:
        return new if before is not None and new.order < before.order else None
    if before is not None and _says_the_same(before, new):
        return None
    return new if step is Step.TAKE else None


def _says_the_same(before: Mark, new: Mark) -> bool:
    return kind_of(before) is kind_of(new) and (before.presence, before.minutes) == (new.presence, new.minutes)
