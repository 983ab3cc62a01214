"""From when until when a form is answered, in business time of the run. Pure.

Usual times follow the run wherever it is moved; an organiser may fix either end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from services.enrolment.catalogue import OfferedRun
from shared.clock import BANGKOK, midnight
from shared.events.evaluation import FormKind


class Phase(StrEnum):
    NOT_OPEN = "NOT_OPEN"
    OPEN = "OPEN"
    CLOSED = "CLOSED"


class Usual(NamedTuple):
    """Days at which a form opens, from their beginning, and closes, at their end; counted from the first day of the run
    or (`after`) from its last."""

    after: bool
    opens: int
    closes: int


USUAL: Final[Mapping[FormKind, Usual]] = {
    FormKind.PRE: Usual(False, -30, 0),
    FormKind.POST: Usual(True, 0, 30),
    FormKind.REACTION: Usual(True, 0, 30),
    FormKind.TRANSFER: Usual(True, 90, 150),
}


@dataclass(frozen=True, slots=True)
class Window:
    opens_at: datetime
    closes_at: datetime

    def phase(self, now: datetime) -> Phase:
        """`now` is business time; the moment at which it closes is outside."""
        if now < self.opens_at:
            return Phase.NOT_OPEN
        return Phase.OPEN if now < self.closes_at else Phase.CLOSED


def window_of(run: OfferedRun, form: FormKind, opens_at: datetime | None, closes_at: datetime | None) -> Window:
    """`opens_at` and `closes_at` are what the organiser has fixed."""
    usual = USUAL[form]
    day = run.ends_at - timedelta(microseconds=1) if usual.after else run.starts_at
    return Window(
        opens_at or _midnight(day, usual.opens),
        closes_at or _midnight(day, usual.closes + 1),
    )


def _midnight(day: datetime, days: int) -> datetime:
    return midnight(day.astimezone(BANGKOK).date() + timedelta(days=days))
