"""What is left to do about a person whom an import has given another unit, and when. Pure.

The same is done in two turns. The first comes behind the import; the second, a little later, finds what commands have
written that had read the unit before.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

TURNS: Final = (timedelta(0), timedelta(minutes=2))


@dataclass(frozen=True, slots=True)
class Moving:
    """`seats`: behind which nomination this turn goes on."""

    began: datetime
    due: datetime
    turn: int = 0
    seats: str = ""

    def went_on(self, seats: str | None) -> "Moving | None":
        """`seats` None: this turn has them all. None when the last turn is over."""
        if seats is not None:
            return replace(self, seats=seats)
        if self.turn == len(TURNS) - 1:
            return None
        return Moving(self.began, self.began + TURNS[self.turn + 1], self.turn + 1)


def begun(at: datetime) -> Moving:
    return Moving(at, at)
