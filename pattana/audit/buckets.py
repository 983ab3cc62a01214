"""Folds the history of one bucket and compares it with what is stored. Pure; shares no code with the services, so
that the same error cannot be in both."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from pattana.audit.loans import Loans
from pattana.audit.states import LIVE, STATE_AFTER, came_from
from shared.events.directory import InPost, TrainingClass
from shared.events.envelope import Event
from shared.events.offers import BucketLoansSettled, SeatOffered
from shared.events.seats import (
    BucketClosed,
    BucketFact,
    BucketOpened,
    BucketReopened,
    BucketRescheduled,
    BucketSeatsChanged,
    NominationFact,
    NominationKept,
    NominationMoved,
    NominationState,
    NominationTransferred,
    Rank,
    SeatsChangedBecause,
)
from shared.events.seats import Place as EventPlace

Place = tuple[str, str | None, str | None, str]  # unit, province, group, region


class Gone(StrEnum):
    """What a nomination is in a bucket that it has left for one of another run."""

    TRANSFERRED = "TRANSFERRED"


def key_of(event: NominationFact) -> str:
    """A nomination in one of the runs that it was in."""
    return stored_key(event.nomination, event.transfers)


def stored_key(nomination: str, transfers: int) -> str:
    return f"{nomination}~{transfers}" if transfers else nomination


@dataclass(slots=True)
class Nominee:
    """`rank` and `ex_officio` are plain strings if this release does not know them. `queue`: the event with which its
    wait began. `away`: the office that its person belongs to now, if it is another one than at nomination. `until`:
    when the last offer of a seat ends."""

    person: str
    rank: Rank | str
    place: Place
    state: NominationState | Gone
    queue: int | None = None
    warnings: tuple[str, ...] = ()
    ex_officio: InPost | str | None = None
    training_class: TrainingClass | str | None = None
    away: str | None = None
    asked: bool = False
    until: datetime | None = None

    def move(self, event: NominationMoved) -> str | None:
        """What is wrong with the event, if anything."""
        here = office(self.place[0])
        was, self.away = self.away or here, office(event.to_unit) if office(event.to_unit) != here else None
        self.asked = event.asked
        if office(event.from_unit) != was:
            return f"from {event.from_unit}, it was of {was}"
        return "to where it is" if office(event.to_unit) == was else None


def _nominee(event: NominationFact, place: Place, state: NominationState | Gone) -> Nominee:
    """As its first event has it."""
    return Nominee(
        event.person,
        event.rank,
        place,
        state,
        warnings=tuple(event.warnings),
        ex_officio=event.ex_officio,
        training_class=event.training_class,
    )


@dataclass(slots=True)
class BucketFold:
    """The state after the events so far. `problems` are events that cannot follow the ones before them. `releases` have
    changed its seats by `moved`; `released` and `received` are what it says of them itself."""

    aggregate: str
    seats: int = 0
    open: bool = False
    seq: int = 0
    nominees: dict[str, Nominee] = field(default_factory=dict)
    states: Counter[NominationState | Gone] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    overbooked: list[str] = field(default_factory=list)
    loans: Loans = field(default_factory=Loans)
    place: Place | None = None
    programme: str = ""
    regrouped: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    fiscal_year: int = 0
    run_starts_at: datetime | None = None
    releases: int = 0
    moved: int = 0
    released: int = 0
    received: int = 0
    _places: dict[Place, Place] = field(default_factory=dict)

    @property
    def confirmed(self) -> int:
        return self.states[NominationState.CONFIRMED]

    @property
    def held(self) -> int:
        """Seats of the pool that nobody has taken: offered, or on their way back."""
        return self.states[NominationState.OFFERED] + self.loans.returning

    @property
    def waiting(self) -> int:
        return self.states[NominationState.WAITLISTED]

    def apply(self, seq: int, event: Event) -> None:
        """Applies the next event. A problem at any prefix of the history is kept."""
        self.seq = seq
        if isinstance(event, BucketFact):
            self._copies(seq, event)
        if isinstance(event, NominationMoved | NominationKept):
            self._moved(seq, event)
        elif isinstance(event, NominationTransferred):
            self._transferred(seq, event)
        elif isinstance(event, NominationFact):
            self._nomination(seq, event)
        else:
            self._seats(seq, event)
        if self.confirmed + self.held > self.seats:
            taken = f"{self.confirmed} confirmed" + (f" and {self.held} held" if self.held else "")
            self.overbooked.append(f"{self.aggregate}:{seq} has {taken} on {self.seats} seats")

    def _seats(self, seq: int, event: Event) -> None:
        if isinstance(event, BucketOpened):
            self._opened(seq, event)
        elif isinstance(event, BucketSeatsChanged):
            if event.before != self.seats:
                self.problems.append(
                    f"{self.aggregate}:{seq} changes seats from {event.before}, they were {self.seats}"
                )
            self.seats = event.seats
            self.problems += [f"{self.aggregate}:{seq} {fault}" for fault in self.loans.seats_changed(event)]
            self._released(event)
        elif isinstance(event, BucketLoansSettled):
            faults = self.loans.settled(event, self.states[NominationState.OFFERED])
            self.problems += [f"{self.aggregate}:{seq} {fault}" for fault in faults]
        elif isinstance(event, BucketRescheduled):
            self.place = place_of(event.place)
            self.regrouped |= {moved.province: (moved.group, moved.region) for moved in event.regrouped}
        elif isinstance(event, BucketClosed):
            self.open = False
        elif isinstance(event, BucketReopened):
            self._reopened(seq)

    def _released(self, event: BucketSeatsChanged) -> None:
        """By how many seats the releases have changed the bucket, and how many it says that it gave up and got."""
        if event.because == SeatsChangedBecause.RELEASED:
            self.releases += 1
            self.moved += event.seats - event.before
        self.released, self.received = event.released, event.received

    def _opened(self, seq: int, event: BucketOpened) -> None:
        if seq != 1:
            self.problems.append(f"{self.aggregate}:{seq} opens the bucket a second time")
        self.seats, self.open, self.place = event.seats, True, place_of(event.place)

    def _reopened(self, seq: int) -> None:
        if self.open:
            self.problems.append(f"{self.aggregate}:{seq} reopens the bucket, which is open")
        self.open = True

    def _copies(self, seq: int, event: BucketFact) -> None:
        """What every event of a bucket carries: its name is its aggregate's, its programme never changes."""
        if event.aggregate != self.aggregate:
            self.problems.append(f"{self.aggregate}:{seq} says that it is of bucket {event.aggregate}")
        if self.programme not in ("", event.programme):
            self.problems.append(f"{self.aggregate}:{seq} is of programme {event.programme}, not {self.programme}")
        self.programme, self.fiscal_year = event.programme, event.fiscal_year
        self.run_starts_at = event.run_starts_at

    def _nomination(self, seq: int, event: NominationFact) -> None:
        known = self.nominees.get(key_of(event))
        state = STATE_AFTER[type(event)]
        before = known.state if known else None
        claimed = getattr(event, "before", before)
        if before not in came_from(event, state) or claimed != before:
            was = before.value if before else "nothing"
            self.problems.append(
                f"{self.aggregate}:{seq} makes nomination {event.nomination} {state.value}: "
                f"it was {was}, the event says {claimed or 'nothing'}"
            )
        if known is None:
            place = place_of(event.place)
            shared = self._places.setdefault(place, place)
            known = self.nominees[key_of(event)] = _nominee(event, shared, state)
        else:
            told = (event.person, place_of(event.place), event.ex_officio, event.training_class)
            if (known.person, known.place, known.ex_officio, known.training_class) != told:
                self.problems.append(f"{self.aggregate}:{seq} gives nomination {event.nomination} to somebody else")
            self.states[known.state] -= 1
            known.state = state
        self.states[state] += 1
        self._waits(seq, event, known)

    def _waits(self, seq: int, event: NominationFact, nominee: Nominee) -> None:
        nominee.queue = seq if nominee.state is NominationState.WAITLISTED else None
        nominee.until = event.expires_at if isinstance(event, SeatOffered) else nominee.until
        faults = self.loans.nominated(event, self.states[NominationState.OFFERED])
        self.problems += [f"{self.aggregate}:{seq} nomination {event.nomination} {fault}" for fault in faults]

    def _transferred(self, seq: int, event: NominationTransferred) -> None:
        known = self.nominees.get(key_of(event))
        if known is None or known.state not in LIVE or (known.state, known.person) != (event.before, event.person):
            self.problems.append(f"{self.aggregate}:{seq} takes nomination {event.nomination} away, which is not there")
            return
        self.states[known.state] -= 1
        known.state, known.queue = Gone.TRANSFERRED, None
        self.loans.leave(event)

    def _moved(self, seq: int, event: NominationMoved | NominationKept) -> None:
        """Nothing else changes: it counts where it was made."""
        known = self.nominees.get(key_of(event))
        fault: str | None
        if known is None or known.state not in LIVE or known.person != event.person:
            fault = "it is none that lives"
        elif isinstance(event, NominationMoved):
            fault = known.move(event)
        else:
            fault = None if known.asked else "nobody was asked"
            known.asked = False
        if fault is not None:
            self.problems.append(f"{self.aggregate}:{seq} moves or keeps nomination {event.nomination}: {fault}")

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
            loans=self.loans.copy(),
        )

    def counted_at(self, place: Place) -> Place:
        """Where the reports count a nomination made at this place: in the group of the run's last day."""
        unit, province, group, region = place
        group, region = self.regrouped.get(province or "", (group, region))
        return unit, province, group, region


def place_of(place: EventPlace) -> Place:
    return place.unit, place.province, place.group, place.region


def office(unit: str) -> str:
    return unit.partition(".")[0]


def place_document(place: Place | None) -> dict[str, str | None] | None:
    """As enrolment stores it."""
    return None if place is None else dict(zip(("unit", "province", "group", "region"), place, strict=True))
