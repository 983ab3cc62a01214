"""Rollups by difference equal rollups counted anew, for any history and any interleaving of buckets."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.seats.domain.checks import NominationWarning
from services.reporting.projecting.domain.buckets import Bucket
from services.reporting.projecting.domain.nominations import Impossible
from services.reporting.projecting.domain.rollups import Cell
from services.reporting.projecting.handlers import HANDLERS, ProjectionBatch
from shared.events.directory import InPost
from shared.events.envelope import Envelope
from shared.events.seats import NominationState, Place, Rank, WarningCode
from tests.unit.reporting.histories import CHIANG_MAI, ONE_STEP, PERSONNEL, TWO_STEPS, YALA, History
from tests.unit.reporting.oracle import Cells, nested, recount

S = NominationState
LIVE = (S.SUBMITTED, S.CONFIRMED, S.WAITLISTED)


def folded(envelopes: Iterable[Envelope]) -> ProjectionBatch:
    batch = ProjectionBatch()
    for envelope in envelopes:
        assert envelope.event is not None
        HANDLERS[type(envelope.event)](batch, envelope, envelope.event)
    return batch


def cells(batch: ProjectionBatch) -> Cells:
    """What the differences of a batch come to."""
    return {cell: counts for change in batch.changes.values() for cell, counts in nested(change.added).items()}


def buckets(batch: ProjectionBatch) -> dict[str, Bucket | None]:
    return {bucket_id: change.now for bucket_id, change in batch.changes.items()}


def interleaved(histories: Sequence[History], seed: int) -> list[Envelope]:
    """One order in which the buckets' events may arrive; each bucket's own order is kept."""
    left = [list(history.envelopes) for history in histories]
    chance = random.Random(seed)
    result = []
    while any(left):
        result.append(chance.choice([events for events in left if events]).pop(0))
    return result


ROUTES = (ONE_STEP, TWO_STEPS)


@st.composite
def histories(draw: st.DrawFn) -> list[History]:
    places: list[Place] = [CHIANG_MAI, YALA, PERSONNEL]
    made = [
        History.of(place, draw(st.integers(0, 3)), run=run, target=target, route=draw(st.sampled_from(ROUTES)))
        for place, run, target in [(places[0], "r1", "HR"), (places[1], "r1", "HR"), (places[2], "r2", "ALL.STAFF")]
    ]
    for number in range(draw(st.integers(0, 25))):
        _step(draw, draw(st.sampled_from(made)), f"n{number}")
    return made


def _step(draw: st.DrawFn, history: History, name: str) -> None:
    """Something that is possible now in this bucket."""
    submitted, confirmed, live = history.names(S.SUBMITTED), history.names(S.CONFIRMED), history.names(*LIVE)
    possible = ["nominate", "seats"]
    possible += ["approve", "reject", "overdue"] if submitted else []
    possible += ["substitute"] if confirmed else []
    possible += ["withdraw"] if live else []
    match draw(st.sampled_from(possible)):
        case "nominate":
            place = history.bucket.place.model_copy(update={"unit": draw(st.sampled_from(["A.HR", "B|$"]))})
            for_post = draw(st.sampled_from([None, *InPost]))
            approval = draw(st.booleans())
            history.nominate(name, place, draw(st.sampled_from(Rank)), needs_approval=approval, ex_officio=for_post)
        case "seats":
            history.change_seats(history.bucket.confirmed + draw(st.integers(0, 2)))
        case "approve":
            history.approve(draw(st.sampled_from(submitted)))
        case "reject":
            history.reject(draw(st.sampled_from(submitted)))
        case "overdue":
            history.overdue(draw(st.sampled_from(submitted)))
        case "substitute":
            history.substitute(draw(st.sampled_from(confirmed)), name)
        case _:
            history.withdraw(draw(st.sampled_from(live)))


@given(histories(), st.integers())
def test_differences_come_to_the_same_as_counting_anew(made: list[History], seed: int) -> None:
    batch = folded(interleaved(made, seed))
    assert cells(batch) == recount(batch.rows.values())


@given(histories(), st.integers())
def test_the_order_of_buckets_does_not_matter(made: list[History], seed: int) -> None:
    mixed = folded(interleaved(made, seed))
    in_order = folded(envelope for history in made for envelope in history.envelopes)
    assert mixed.rows == in_order.rows
    assert cells(mixed) == cells(in_order)
    assert buckets(mixed) == buckets(in_order)


def by_state(counted: Cells) -> Counter[tuple[Cell, str]]:
    """Nominations of all ranks."""
    counts: Counter[tuple[Cell, str]] = Counter()
    for cell, counters in counted.items():
        for name, count in counters.items():
            counts[cell, name[0]] += count
    return counts


def of_a_later_release(data: st.DataObject, envelope: Envelope) -> Envelope:
    """The same event, as it is read, with some of its states and kinds unknown to this release."""
    event = envelope.event
    assert event is not None
    fields = event.model_dump(by_alias=True)
    for name, value in (("before", "INVITED"), ("rank", "OBSERVER"), ("by", "LOTTERY")):
        if isinstance(fields.get(name), str) and data.draw(st.booleans()):
            fields[name] = value
    return replace(envelope, event=type(event).model_validate(fields))


@given(st.data(), histories(), st.integers())
def test_values_of_a_later_release_change_no_state_and_no_total(
    data: st.DataObject, made: list[History], seed: int
) -> None:
    known = interleaved(made, seed)
    today, later = folded(known), folded(of_a_later_release(data, envelope) for envelope in known)
    assert cells(later) == recount(later.rows.values())
    assert {name: row.state for name, row in later.rows.items()} == {n: row.state for n, row in today.rows.items()}
    assert by_state(cells(later)) == by_state(cells(today))
    assert buckets(later) == buckets(today)


@given(histories())
def test_a_bucket_stands_as_enrolment_says(made: list[History]) -> None:
    batch = folded(interleaved(made, 1))
    for history in made:
        theirs = history.bucket
        ours = batch.changes[theirs.id].now
        assert ours is not None
        assert (ours.seats, ours.confirmed, ours.seats - ours.confirmed, ours.open) == (
            theirs.seats,
            theirs.confirmed,
            theirs.free,
            theirs.open,
        )
        assert {n: row.state for n, row in batch.rows.items() if row.bucket == theirs.id} == {
            n: nomination.state for n, nomination in history.nominations.items()
        }


def test_an_event_seen_twice_is_impossible() -> None:
    """Duplicates are dropped by position before; should one get through, it must not be counted."""
    envelopes = History.of(CHIANG_MAI, 5).nominate("a", CHIANG_MAI).envelopes
    batch = folded(envelopes)
    event = envelopes[1].event
    assert event is not None
    with pytest.raises(Impossible):
        HANDLERS[type(event)](batch, envelopes[1], event)
    assert cells(batch) == recount(batch.rows.values())


def test_what_checks_had_found_counts_once_for_each_nomination_whatever_becomes_of_it() -> None:
    """By its place and code, and once for all its codes together."""
    clash = NominationWarning(WarningCode.CLASH, "r0", "PO-50")
    twice = (clash, NominationWarning(WarningCode.CLASH, "r2", "PO-50"), NominationWarning(WarningCode.REPEATED))
    history = History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI, warnings=twice).nominate("b", CHIANG_MAI)
    history.nominate("c", YALA, warnings=(clash,), needs_approval=True).approve("c").withdraw("a").withdraw("c")
    (change,) = folded(history.envelopes).changes.values()
    place = {cell.place.unit: cell for cell, _ in change.warned}
    assert change.warned == {
        (place["PO-50.HR"], "any"): 1,
        (place["PO-50.HR"], "clash"): 1,
        (place["PO-50.HR"], "repeated"): 1,
        (place["PO-95.HR"], "any"): 1,
        (place["PO-95.HR"], "clash"): 1,
    }
