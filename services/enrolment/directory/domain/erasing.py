"""What is left to do about a person who was erased, and when. Pure.

The same is done in turns. With the command goes the first: nearly always that is all there is. The second, a little
later, finds what commands have written that were under way; the last one, when the log has begun a new file for what it
writes, sends the tombstone once more: only behind it does the broker compact what stands before it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shared.events.topics import SEGMENT

TURNS: Final = (timedelta(0), timedelta(minutes=2), SEGMENT + timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Erasing:
    """`tombstone` is the outbox row that says so. `rows`, `texts` and `seats` are behind which outbox row and which
    nominations this turn goes on; None: it has all."""

    tombstone: str
    began: datetime
    due: datetime
    turn: int = 0
    rows: str | None = ""
    texts: str | None = ""
    seats: str | None = ""

    @property
    def last(self) -> bool:
        return self.turn == len(TURNS) - 1

    def went_on(self, rows: str | None, texts: str | None, seats: str | None) -> "Erasing | None":
        """None when the last turn is over."""
        if (rows, texts, seats) != (None, None, None):
            return replace(self, rows=rows, texts=texts, seats=seats)
        if self.last:
            return None
        return Erasing(self.tombstone, self.began, self.began + TURNS[self.turn + 1], self.turn + 1)
