"""The deliverables of a run: what is asked of whom, until when. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from services.enrolment.followup.domain.refusals import (
    DeliverableDiffers,
    DeliverableDuePassed,
    DeliverableTwice,
    TooManyDeliverables,
    UnknownDeliverable,
)
from shared.events.followups import Per
from shared.thai import next_working_day

MOST_DELIVERABLES: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A deliverable as somebody asks for it. `only`: offices or groups that have it; empty: all of them."""

    key: str
    per: Per
    due: date
    fiscal_year: int
    title: str | None = None
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deliverable:
    """`after`: whom it was assigned to, or looked at, last; None when everybody has it. `tasks` and `done` count what
    there is."""

    asked: Asked
    after: str | None = ""
    tasks: int = 0
    done: int = 0

    @property
    def key(self) -> str:
        return self.asked.key

    @property
    def assigning(self) -> bool:
        return self.after is not None

    @property
    def due_on(self) -> date:
        return due_on(self.asked.due)

    def for_more(self, today: date) -> bool:
        """Whether asking again may reach somebody else: whoever turns out to have been there, or comes to a seat, after
        everybody was looked at. Offices and groups are those of the run's first day, and stay so. Nobody is given what
        would be overdue at once."""
        return self.asked.per is Per.PERSON and self.after != "" and today <= self.due_on

    def overdue(self, today: date) -> bool:
        """Whether what is not done of it is. `today` is the run's."""
        return today > self.due_on


@dataclass(frozen=True, slots=True)
class FollowUps:
    """What a run has to be followed up by, in the order of asking. `seq` is the sequence of its last event, `version`
    counts changes."""

    run: str
    programme: str
    seq: int = 0
    version: int = 0
    deliverables: tuple[Deliverable, ...] = ()

    @property
    def assigning(self) -> Deliverable | None:
        """The first that not everybody has who should."""
        return next((one for one in self.deliverables if one.assigning), None)

    def of(self, key: str) -> Deliverable:
        """Raises UnknownDeliverable."""
        found = next((one for one in self.deliverables if one.key == key), None)
        if found is None:
            raise UnknownDeliverable(deliverable=key)
        return found

    def put(self, changed: Deliverable) -> tuple[Deliverable, ...]:
        """All of them, with this one as it is now."""
        return tuple(changed if one.key == changed.key else one for one in self.deliverables)


def due_on(written: date) -> date:
    """The working day of the government on which it is due: the first from the day that was written. The first call of
    a year reads the calendar."""
    return next_working_day(written)


def ask(board: FollowUps, asked: Sequence[Asked], today: date) -> FollowUps:
    """What is there already stays as it is, so that asking twice is asking once; of persons, those who have none
    yet are looked for. Raises DeliverableTwice, DeliverableDiffers, DeliverableDuePassed and TooManyDeliverables."""
    known = {one.key: one for one in board.deliverables}
    new: list[Deliverable] = []
    for one in asked:
        if any(one.key == other.key for other in new) or sum(one.key == other.key for other in asked) > 1:
            raise DeliverableTwice(deliverable=one.key)
        if one.key in known:
            if known[one.key].asked != one:
                raise DeliverableDiffers(deliverable=one.key)
            continue
        if today > due_on(one.due):
            raise DeliverableDuePassed(deliverable=one.key)
        new.append(Deliverable(one))
    again = {one.key for one in asked if one.key in known and known[one.key].for_more(today)}
    if not new and not again:
        return board
    if len(board.deliverables) + len(new) > MOST_DELIVERABLES:
        raise TooManyDeliverables(most=MOST_DELIVERABLES)
    before = (replace(one, after="") if one.key in again else one for one in board.deliverables)
    return replace(board, version=board.version + 1, deliverables=(*before, *new))
