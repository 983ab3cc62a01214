"""What the features behind this one hand in and get: a nomination that they want, and how one stands. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

from shared.events.seats import NominationState, Rank


@dataclass(frozen=True, slots=True)
class WantedSeat:
    """`target` None: the first group that fits."""

    run: str
    person: str
    rank: Rank = Rank.PRIMARY
    target: str | None = None
    note: str | None = None


class SeatNow(NamedTuple):
    """`live`: the person has or hopes for a seat by it."""

    state: NominationState
    live: bool
