"""How far a release of seats is, and the seats that it has moved, each with the reason. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from services.enrolment.catalogue import ReleaseRule
from shared.events.seats import bucket_id, bucket_parts


class ReleaseWhy(StrEnum):
    """Why this one got the seat, or why nobody did."""

    OWN_LIST = "own-list"
    WAITING_ORDER = "waiting-order"
    UNDER_SERVED = "under-served"
    NOBODY_WAITS = "nobody-waits"
    BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class Served:
    """Of an office in the fiscal year: its people who were confirmed, and its seats, those that it gave up included."""

    confirmed: int = 0
    seats: int = 0

    @property
    def share(self) -> Fraction:
        return Fraction(self.confirmed, self.seats) if self.seats else Fraction(self.confirmed)


@dataclass(frozen=True, slots=True)
class Moved:
    """One seat: whose it was, whose it is now, and who has it. `office` is that of who has it; `served` is what that
    office had before, where this was the reason."""

    source: str
    to: str
    why: ReleaseWhy
    nomination: str | None = None
    office: str | None = None
    served: Served | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The release of a target group into one pool, whose bucket gives it its id. `after`: the last bucket that was
    dealt with; `moved`: how many seats were so far; `pages` tells one state of it from the next."""

    id: str
    run: str
    target: str
    pool: str
    rule: ReleaseRule
    after: str = ""
    pages: int = 0
    moved: int = 0
    done: bool = False
    served: Mapping[str, Served] = field(default_factory=dict)


def inherited(progress: Progress, run: str) -> Progress:
    """Of a run that is split off: as far as the other one was, so that what was released there is not released once
    more. None of its own seats was moved."""
    return replace(
        progress,
        id=_in(run, progress.id),
        run=run,
        after=_in(run, progress.after) if progress.after else "",
        moved=0,
    )


def _in(run: str, bucket: str) -> str:
    _, target, unit = bucket_parts(bucket)
    return bucket_id(run, target, unit)
