"""Who has a seat, as the features behind this one need it. Pure."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.directory import InPost
from shared.events.seats import NominationState, Place, Rank


@dataclass(frozen=True, slots=True)
class Holder:
    """A nomination that has, or had, a seat. `ex_officio`: as what the person comes for a post. `replaces` is the
    nomination whose seat it took over. `erased`: nothing is written about this person any more. `seat_until` is the
    business time at which it gave its seat back."""

    nomination: str
    run: str
    person: str
    target: str
    bucket_unit: str
    place: Place
    state: NominationState
    ex_officio: InPost | None = None
    replaces: str | None = None
    erased: bool = False
    rank: Rank = Rank.PRIMARY
    seat_until: datetime | None = None

    @property
    def seated(self) -> bool:
        return self.state is NominationState.CONFIRMED

    def seated_at(self, at: datetime) -> bool:
        """At a business time, of one that has no seat any more."""
        return self.seat_until is not None and at < self.seat_until

    @property
    def withdrawn(self) -> bool:
        return self.state is NominationState.WITHDRAWN
