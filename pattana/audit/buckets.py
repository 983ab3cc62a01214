"""Folds the history of one bucket and compares it with what is stored. Pure; shares no code with the services, so
that the same error cannot be in both."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pattana.audit.differences import differences
from shared.events import seats as events
from shared.events.envelope import Event
from shared.events.seats import (
    BucketClosed,
    BucketOpened,
    BucketRescheduled,
    BucketSeatsChanged,
    NominationFact,
    NominationRejected,
    NominationState,
    NominationSubmitted,
    NominationWaitlisted,
    NominationWithdrawn,
    Rank,
    SeatConfirmed,
)

Place = tuple[str, str | None, str | None, str]  # unit, province, group, region

LIVE = frozenset({NominationState.SUBMITTED, NominationState.CONFIRMED, NominationState.WAITLISTED})
_STATE_AFTER: dict[type[Event], NominationState] = {
    NominationSubmitted: NominationState.SUBMITTED,
    SeatConfirmed: NominationState.CONFIRMED,
    NominationWaitlisted: NominationState.WAITLISTED,
    NominationRejected: NominationState.REJECTED,
    NominationWithdrawn: NominationState.WITHDRAWN,
}
_FROM: dict[NominationState, frozenset[NominationState | None]] = {
    NominationState.SUBMITTED: frozenset({None}),
    NominationState.CONFIRMED: frozenset({None, NominationState.SUBMITTED, NominationState.WAITLISTED}),
    NominationState.WAITLISTED: frozenset({None, NominationState.SUBMITTED}),
    NominationState.REJECTED: frozenset({NominationState.SUBMITTED}),
    NominationState.WITHDRAWN: LIVE,
}


@dataclass(slots=True)
class Nominee:
    """`rank` is a plain string if this release does not know it."""

    person: str
    rank: Rank | str
    place: Place
    state: NominationState


@dataclass(slots=True)
class BucketFold:
    """The state after the events so far. `problems` are events that cannot follow the ones before them."""

    aggregate: str
    seats: int = 0
    open: bool = False
    seq: int = 0
    nominees: dict[str, Nominee] = field(default_factory=dict)
    states: Counter[NominationState] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    overbooked: list[str] = field(default_factory=list)
    place: Place | None = None
    programme: str = ""
    regrouped: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    _places: dict[Place, Place] = field(default_factory=dict)

    @property
    def confirmed(self) -> int:
        return self.states[NominationState.CONFIRMED]

    @property
    def waiting(self) -> int:
        return self.states[NominationState.WAITLISTED]

    def apply(self, seq: int, event: Event) -> None:
        """Applies the next event. A problem at any prefix of the history is kept."""
        self.seq = seq
        if isinstance(event, NominationFact):
            self._nomination(seq, event)
        elif isinstance(event, BucketOpened):
            self._opened(seq, event)
        elif isinstance(event, BucketSeatsChanged):
            if event.before != self.seats:
                self.problems.append(
                    f"{self.aggregate}:{seq} changes seats from {event.before}, they were {self.seats}"
                )
            self.seats = event.seats
        elif isinstance(event, BucketRescheduled):
            self.place = _place(event.place)
            self.regrouped |= {moved.province: (moved.group, moved.region) for moved in event.regrouped}
        elif isinstance(event, BucketClosed):
            self.open = False
        if self.confirmed > self.seats:
            self.overbooked.append(f"{self.aggregate}:{seq} has {self.confirmed} confirmed on {self.seats} seats")

    def _opened(self, seq: int, event: BucketOpened) -> None:
        if seq != 1:
            self.problems.append(f"{self.aggregate}:{seq} opens the bucket a second time")
        self.seats, self.open, self.programme = event.seats, True, event.programme
        self.place = _place(event.place)

    def _nomination(self, seq: int, event: NominationFact) -> None:
        known = self.nominees.get(event.nomination)
        state = _STATE_AFTER[type(event)]
        before = known.state if known else None
        claimed = getattr(event, "before", before)
        if before not in _FROM[state] or claimed != before:
            was = before.value if before else "nothing"
            self.problems.append(
                f"{self.aggregate}:{seq} makes nomination {event.nomination} {state.value}: "
                f"it was {was}, the event says {claimed or 'nothing'}"
            )
        if known is None:
            place = _place(event.place)
            shared = self._places.setdefault(place, place)
            self.nominees[event.nomination] = Nominee(event.person, event.rank, shared, state)
        else:
            self.states[known.state] -= 1
            known.state = state
        self.states[state] += 1

    def copy(self) -> "BucketFold":
        """As it is now; the original keeps changing."""
        nominees = {key: Nominee(n.person, n.rank, n.place, n.state) for key, n in self.nominees.items()}
        return BucketFold(
            self.aggregate,
            self.seats,
            self.open,
            self.seq,
            nominees,
            Counter(self.states),
            place=self.place,
            regrouped=dict(self.regrouped),
        )

    def counted_at(self, place: Place) -> Place:
        """Where the reports count a nomination made at this place: in the group of the run's last day."""
        unit, province, group, region = place
        group, region = self.regrouped.get(province or "", (group, region))
        return unit, province, group, region


def _place(place: events.Place) -> Place:
    return place.unit, place.province, place.group, place.region


def bucket_limits(document: Mapping[str, Any]) -> Iterator[str]:
    """P1 for the document alone."""
    if not 0 <= document["free"] <= document["seats"]:
        yield f"bucket {document['_id']} has {document['free']} free of {document['seats']} seats"


def bucket_differences(fold: BucketFold, document: Mapping[str, Any]) -> Iterator[str]:
    """P2: the bucket's document against its events."""
    expected = {
        "seats": fold.seats,
        "free": fold.seats - fold.confirmed,
        "waiting": fold.waiting,
        "open": fold.open,
        "seq": fold.seq,
    }
    yield from differences(f"bucket {fold.aggregate}", expected, document)


def nomination_differences(fold: BucketFold, document: Mapping[str, Any], seen: set[str]) -> Iterator[str]:
    """P2: one stored nomination against the bucket's events. `seen` collects the checked ones."""
    key = document["_id"]
    nominee = fold.nominees.get(key)
    if nominee is None:
        yield f"nomination {key} is stored, but no event of {fold.aggregate} made it"
        return
    seen.add(key)
    expected = {"state": nominee.state.value, "person": nominee.person, "rank": str(nominee.rank)}
    yield from differences(f"nomination {key}", expected, document)
    if bool(document.get("live")) != (nominee.state in LIVE):
        yield f"nomination {key} is {nominee.state.value}, its field live is {document.get('live')}"
