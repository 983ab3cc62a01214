"""What a bucket's events say of seats that the pool lends, and of the order in which people move up. Pure; shares no
code with the services."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.events.envelope import Event
from shared.events.offers import BucketLoansSettled, SeatOffered
from shared.events.seats import (
    BucketSeatsChanged,
    ConfirmedBy,
    NominationFact,
    NominationState,
    NominationWaitlisted,
    NominationWithdrawn,
    Rank,
    SeatConfirmed,
    SeatsChangedBecause,
)

_MOVED = frozenset({SeatsChangedBecause.OFFERED, SeatsChangedBecause.RETURNED})
_MOVES_UP = frozenset({ConfirmedBy.PROMOTION, ConfirmedBy.RELEASE})


@dataclass(slots=True)
class Loans:
    """`borrowed` seats came from the pool (below zero: the pool has lent them), `returning` of them are on their way
    back. `lines`: who waits, in order, by rank; under "" all of them."""

    borrowed: int = 0
    returning: int = 0
    lines: dict[str, dict[str, None]] = field(default_factory=dict)

    def seats_changed(self, event: BucketSeatsChanged) -> Iterator[str]:
        if event.because not in _MOVED:
            return
        self.borrowed += event.seats - event.before
        if event.because == SeatsChangedBecause.RETURNED and event.seats < event.before:
            self.returning -= event.before - event.seats
            if self.returning < 0:
                yield "gives seats back that nobody has left"

    def settled(self, event: BucketLoansSettled, offered: int) -> Iterator[str]:
        """None is lent any more; one that is held has nobody yet whose it might be."""
        if event.settled != self.borrowed or offered + self.returning:
            yield f"settles {event.settled} seats of the pool, of {self.borrowed} that are lent"
        self.borrowed -= event.settled

    def nominated(self, event: NominationFact, offered: int) -> Iterator[str]:
        """`offered`: how many are offered a seat after the event."""
        yield from self._out_of_order(event)
        before = getattr(event, "before", None)
        if isinstance(event, NominationWaitlisted):
            self.returning += before == NominationState.OFFERED
            for line in ("", str(event.rank)):
                self.lines.setdefault(line, {})[event.nomination] = None
        elif before == NominationState.WAITLISTED or isinstance(event, SeatOffered):
            self.leave(event)
        if isinstance(event, NominationWithdrawn):
            self.returning += before == NominationState.OFFERED or event.seat_returns
            if event.seat_returns and before not in (NominationState.OFFERED, NominationState.CONFIRMED):
                yield "returns a seat that nobody had"
        if isinstance(event, SeatOffered) and offered + self.returning > self.borrowed:
            yield "is offered a seat that the pool has not lent"

    def leave(self, event: NominationFact) -> None:
        """It waits here no longer."""
        for line in ("", str(event.rank)):
            self.lines.get(line, {}).pop(event.nomination, None)

    def copy(self) -> "Loans":
        return Loans(self.borrowed, self.returning, {name: dict(line) for name, line in self.lines.items()})

    def _out_of_order(self, event: Event) -> Iterator[str]:
        """The own unit moves up in its order, also into released seats; who is no reserve may have a free seat before
        reserves. Seats of the pool are offered in that order, too, or to reserves last."""
        if isinstance(event, SeatOffered):
            lines = [str(event.rank)]
        elif isinstance(event, SeatConfirmed) and event.by in _MOVES_UP:
            lines = ["", *([str(event.rank)] if event.rank == Rank.PRIMARY else [])]
        else:
            return
        first = [next(iter(self.lines.get(line, {})), None) for line in lines]
        if event.nomination not in first:
            yield f"moves up before {first[0]}"
