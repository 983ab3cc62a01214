"""Rollups by difference equal rollups counted anew, for any history and any interleaving of buckets."""

import random
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain import Impossible
from services.reporting.handlers import HANDLERS, Folding
from services.reporting.rollups import Cell, recount
from shared.events.enrolment import NominationState, Place, Rank
from shared.events.envelope import Envelope
from tests.unit.reporting.histories import CHIANG_MAI, PERSONNEL, YALA, History

S = NominationState
LIVE = (S.SUBMITTED, S.CONFIRMED, S.WAITLISTED)


def folded(envelopes: Iterable[Envelope]) -> Folding:
    folding = Folding()
    for one in envelopes:
        assert one.event is not None
        HANDLERS[type(one.event)](folding, one, one.event)
    return folding


def cells(folding: Folding) -> dict[Cell, dict[str, int]]:
    """What the differences of a batch come to, without the counters that came back to zero."""
    found: dict[Cell, dict[str, int]] = {}
    for change in folding.changes.values():
        for (cell, name), count in change.added.items():
            if count:
                found.setdefault(cell, {})[name] = count
    return found


def interleaved(histories: Sequence[History], seed: int) -> list[Envelope]:
    """One order in which the buckets' events may arrive; each bucket's own order is kept."""
    left = [list(history.envelopes) for history in histories]
    chance = random.Random(seed)
    result = []
    while any(left):
        result.append(chance.choice([events for events in left if events]).pop(0))
    return result


@st.composite
def histories(draw: st.DrawFn) -> list[History]:
    places: list[Place] = [CHIANG_MAI, YALA, PERSONNEL]
    made = [
        History.of(place, draw(st.integers(0, 3)), run=run, target=target)
        for place, run, target in [(places[0], "r1", "HR"), (places[1], "r1", "HR"), (places[2], "r2", "ALL.STAFF")]
    ]
    for number in range(draw(st.integers(0, 25))):
        _step(draw, draw(st.sampled_from(made)), f"n{number}")
    return made


def _step(draw: st.DrawFn, history: History, name: str) -> None:
    """Something that is possible now in this bucket."""
    submitted, confirmed, live = history.names(S.SUBMITTED), history.names(S.CONFIRMED), history.names(*LIVE)
    possible = ["nominate", "seats"]
    possible += ["approve", "reject"] if submitted else []
    possible += ["substitute"] if confirmed else []
    possible += ["withdraw"] if live else []
    match draw(st.sampled_from(possible)):
        case "nominate":
            place = history.bucket.place.model_copy(update={"unit": draw(st.sampled_from(["A.HR", "B|$"]))})
            history.nominate(name, place, draw(st.sampled_from(Rank)), needs_approval=draw(st.booleans()))
        case "seats":
            history.change_seats(history.bucket.confirmed + draw(st.integers(0, 2)))
        case "approve":
            history.approve(draw(st.sampled_from(submitted)))
        case "reject":
            history.reject(draw(st.sampled_from(submitted)))
        case "substitute":
            history.substitute(draw(st.sampled_from(confirmed)), name)
        case _:
            history.withdraw(draw(st.sampled_from(live)))


@given(histories(), st.integers())
def test_differences_come_to_the_same_as_counting_anew(made: list[History], seed: int) -> None:
    folding = folded(interleaved(made, seed))
    assert cells(folding) == recount(folding.rows.values())


@given(histories(), st.integers())
def test_the_order_of_buckets_does_not_matter(made: list[History], seed: int) -> None:
    one = folded(interleaved(made, seed))
    other = folded(envelope for history in made for envelope in history.envelopes)
    assert one.rows == other.rows
    assert cells(one) == cells(other)
    assert {run: c.buckets for run, c in one.changes.items()} == {run: c.buckets for run, c in other.changes.items()}


@given(histories())
def test_a_bucket_stands_as_enrolment_says(made: list[History]) -> None:
    folding = folded(interleaved(made, 1))
    for history in made:
        theirs = history.bucket
        ours = folding.changes[theirs.run].buckets[theirs.target, theirs.unit]
        assert (ours.seats, ours.confirmed, ours.free, ours.open) == (
            theirs.seats,
            theirs.confirmed,
            theirs.free,
            theirs.open,
        )
        assert {n: row.state for n, row in folding.rows.items() if row.bucket == theirs.id} == {
            n: nomination.state for n, nomination in history.nominations.items()
        }


def test_an_event_seen_twice_is_impossible() -> None:
    """Duplicates are dropped by position before; should one get through, it must not be counted."""
    envelopes = History.of(CHIANG_MAI, 5).nominate("a", CHIANG_MAI).envelopes
    folding = folded(envelopes)
    event = envelopes[1].event
    assert event is not None
    with pytest.raises(Impossible):
        HANDLERS[type(event)](folding, envelopes[1], event)
    assert cells(folding) == recount(folding.rows.values())
