"""Folds the history of one bucket and compares it with what is stored. Pure; shares no code with the services, so
that the same error cannot be in both."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pattana.audit.differences import differences
from shared.events.envelope import Event
from shared.events.seats import (
    BucketClosed,
    BucketFact,
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
    bucket_parts,
)
from shared.events.seats import Place as EventPlace

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
    """`rank` is a plain string if this release does not know it. `queue`: the event with which its wait began."""

    person: str
    rank: Rank | str
    place: Place
    state: NominationState
    queue: int | None = None


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
    fiscal_year: int = 0
    run_starts_at: datetime | None = None
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
        if isinstance(event, BucketFact):
            self._copies(seq, event)
        if isinstance(event, NominationFact):
            self._nomination(seq, event)
        else:
            self._seats(seq, event)
        if self.confirmed > self.seats:
            self.overbooked.append(f"{self.aggregate}:{seq} has {self.confirmed} confirmed on {self.seats} seats")

    def _seats(self, seq: int, event: Event) -> None:
        if isinstance(event, BucketOpened):
            self._opened(seq, event)
        elif isinstance(event, BucketSeatsChanged):
            if event.before != self.seats:
                self.problems.append(
                    f"{self.aggregate}:{seq} changes seats from {event.before}, they were {self.seats}"
                )
            self.seats = event.seats
        elif isinstance(event, BucketRescheduled):
            self.place = place_of(event.place)
            self.regrouped |= {moved.province: (moved.group, moved.region) for moved in event.regrouped}
        elif isinstance(event, BucketClosed):
            self.open = False

    def _opened(self, seq: int, event: BucketOpened) -> None:
        if seq != 1:
            self.problems.append(f"{self.aggregate}:{seq} opens the bucket a second time")
        self.seats, self.open, self.place = event.seats, True, place_of(event.place)

    def _copies(self, seq: int, event: BucketFact) -> None:
        """What every event of a bucket carries: its name is its aggregate's, its programme never changes."""
        if event.aggregate != self.aggregate:
            self.problems.append(f"{self.aggregate}:{seq} says that it is of bucket {event.aggregate}")
        if self.programme not in ("", event.programme):
            self.problems.append(f"{self.aggregate}:{seq} is of programme {event.programme}, not {self.programme}")
        self.programme, self.fiscal_year = event.programme, event.fiscal_year
        self.run_starts_at = event.run_starts_at

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
            place = place_of(event.place)
            shared = self._places.setdefault(place, place)
            known = self.nominees[event.nomination] = Nominee(event.person, event.rank, shared, state)
        else:
            if (known.person, known.place) != (event.person, place_of(event.place)):
                self.problems.append(f"{self.aggregate}:{seq} gives nomination {event.nomination} to somebody else")
            self.states[known.state] -= 1
            known.state = state
        known.queue = seq if state is NominationState.WAITLISTED else None
        self.states[state] += 1

    def copy(self) -> "BucketFold":
        """As it is now; the original keeps changing."""
        nominees = {key: replace(nominee) for key, nominee in self.nominees.items()}
        return replace(
            self,
            nominees=nominees,
            states=Counter(self.states),
            problems=[],
            overbooked=[],
            regrouped=dict(self.regrouped),
        )

    def counted_at(self, place: Place) -> Place:
        """Where the reports count a nomination made at this place: in the group of the run's last day."""
        unit, province, group, region = place
        group, region = self.regrouped.get(province or "", (group, region))
        return unit, province, group, region


def place_of(place: EventPlace) -> Place:
    return place.unit, place.province, place.group, place.region


def place_document(place: Place | None) -> dict[str, str | None] | None:
    """As enrolment stores it."""
    return None if place is None else dict(zip(("unit", "province", "group", "region"), place, strict=True))


def bucket_limits(document: Mapping[str, Any]) -> Iterator[str]:
    """P1 for the document alone."""
    if not 0 <= document["free"] <= document["seats"]:
        yield f"bucket {document['_id']} has {document['free']} free of {document['seats']} seats"


def bucket_differences(fold: BucketFold, document: Mapping[str, Any]) -> Iterator[str]:
    """P2: the bucket's document against its events."""
    run, target, bucket_unit = bucket_parts(fold.aggregate)
    expected = {
        "run": run,
        "target": target,
        "bucket_unit": bucket_unit,
        "programme": fold.programme,
        "fiscal_year": fold.fiscal_year,
        "run_starts_at": fold.run_starts_at,
        "place": place_document(fold.place),
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
    run, target, bucket_unit = bucket_parts(fold.aggregate)
    expected = {
        "bucket": fold.aggregate,
        "run": run,
        "target": target,
        "bucket_unit": bucket_unit,
        "programme": fold.programme,
        "place": place_document(nominee.place),
        "state": nominee.state.value,
        "person": nominee.person,
        "rank": str(nominee.rank),
        "queue": nominee.queue,
    }
    yield from differences(f"nomination {key}", expected, document)
    if bool(document.get("live")) != (nominee.state in LIVE):
        yield f"nomination {key} is {nominee.state.value}, its field live is {document.get('live')}"
