"""The audit's fold of a bucket: histories made by enrolment's rules have no fault, planted defects are reported."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pattana.audit.buckets import BucketFold, bucket_differences, bucket_limits, nomination_differences
from pattana.audit.enrolled import Stored
from pattana.audit.seats import stored_faults, two_live
from services.enrolment.seats.domain.nominations import Action, require
from services.enrolment.seats.storage import bucket_document
from shared.errors import Refused
from shared.events.seats import (
    BucketFact,
    BucketRescheduled,
    BucketSeatsChanged,
    NominationState,
    NominationWithdrawn,
    Rank,
    Regrouping,
    SeatConfirmed,
)
from tests.unit.reporting.histories import CHIANG_MAI, History

Document = dict[str, Any]


def folded(events: list[BucketFact], aggregate: str = "r1:HR:PO-50") -> BucketFold:
    fold = BucketFold(aggregate)
    for seq, event in enumerate(events, start=1):
        fold.apply(seq, event)
    return fold


def documents(history: History) -> tuple[Document, list[Document]]:
    """As enrolment stores them."""
    rows = [
        {"_id": made.id, "person": made.person, "rank": made.rank.value, "state": made.state.value}
        | ({"live": True} if made.live else {})
        for made in history.nominations.values()
    ]
    return bucket_document(history.bucket), rows


def faults(history: History, bucket: Document, rows: list[Document]) -> list[str]:
    fold = folded(history.events)
    limits = [*bucket_limits(bucket), *fold.overbooked, *fold.problems]
    return [*limits, *stored_faults(fold, bucket, rows, least=len(history.events))]


def example() -> History:
    """Two seats: two confirmed, one waits, one withdrew and was replaced, one was rejected."""
    history = History.of(CHIANG_MAI, 2)
    for name in ("a", "b", "c", "d"):
        history.nominate(name, CHIANG_MAI)
    history.nominate("e", CHIANG_MAI, needs_approval=True).reject("e")
    return history.withdraw("a")


STEP = st.tuples(
    st.sampled_from(["nominate", "reserve", "submit", "approve", "reject", "withdraw", "seats"]), st.integers(0, 5)
)


@given(seats=st.integers(0, 3), steps=st.lists(STEP, max_size=40))
def test_every_possible_history_of_enrolment_has_no_fault(seats: int, steps: list[tuple[str, int]]) -> None:
    history = History.of(CHIANG_MAI, seats)
    for number, (step, value) in enumerate(steps):
        take(history, step, value, f"n{number}")
    bucket, rows = documents(history)
    assert faults(history, bucket, rows) == []


def take(history: History, step: str, value: int, name: str) -> None:
    """One random step; steps that the rules refuse are left out."""
    known = list(history.nominations)
    try:
        if step in ("nominate", "reserve", "submit"):
            rank = Rank.RESERVE if step == "reserve" else Rank.PRIMARY
            history.nominate(name, CHIANG_MAI, rank, needs_approval=step == "submit")
        elif step == "seats":
            history.change_seats(value)
        elif known:
            chosen = known[value % len(known)]
            require(history.nominations[chosen].state, Action(step))
            getattr(history, step)(chosen)
    except Refused:
        return


def more_free(bucket: Document, rows: list[Document]) -> None:
    bucket["free"] += 1


def less_waiting(bucket: Document, rows: list[Document]) -> None:
    bucket["waiting"] -= 1


def another_state(bucket: Document, rows: list[Document]) -> None:
    rows[2]["state"] = "WAITLISTED"


def not_live(bucket: Document, rows: list[Document]) -> None:
    del rows[1]["live"]


def nomination_gone(bucket: Document, rows: list[Document]) -> None:
    rows.pop()


def nomination_too_many(bucket: Document, rows: list[Document]) -> None:
    rows.append({"_id": "x", "person": "p", "rank": "PRIMARY", "state": "SUBMITTED", "live": True})


def behind(bucket: Document, rows: list[Document]) -> None:
    bucket["seq"] -= 1


@pytest.mark.parametrize(
    "plant", [more_free, less_waiting, another_state, not_live, nomination_gone, nomination_too_many, behind]
)
def test_a_defect_in_the_documents_is_reported(plant: Callable[[Document, list[Document]], None]) -> None:
    history = example()
    bucket, rows = documents(history)
    assert faults(history, bucket, rows) == []
    plant(bucket, rows)
    assert len(faults(history, bucket, rows)) >= 1


def test_a_fold_shorter_than_its_outbox_is_reported() -> None:
    fold, bucket = folded(example().events[:1]), bucket_document(History.of(CHIANG_MAI, 2).bucket)
    assert list(stored_faults(fold, bucket, [], least=1)) == []
    assert list(stored_faults(fold, bucket, [], least=2)) == [
        "bucket r1:HR:PO-50 stands at event 1, its outbox reaches to 2"
    ]


@pytest.mark.parametrize("missing", range(1, 8))
def test_a_history_with_a_missing_event_is_reported(missing: int) -> None:
    history = example()
    events = [event for place, event in enumerate(history.events) if place != missing]
    bucket, rows = documents(history)
    fold = folded(events)
    assert [*fold.problems, *fold.overbooked, *stored_faults(fold, bucket, rows, least=0)]


def test_one_confirmed_too_many_is_reported_at_its_prefix() -> None:
    history = History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI).nominate("b", CHIANG_MAI)
    waiting = history.events[-1]
    data = waiting.model_dump() | {"before": None, "by": "NOMINATION"}
    events = [*history.events[:-1], SeatConfirmed(**data)]
    withdrawn = NominationWithdrawn(**(data | {"before": NominationState.CONFIRMED}))
    fold = folded([*events, withdrawn])
    assert fold.overbooked == ["r1:HR:PO-50:3 has 2 confirmed on 1 seats"]
    assert fold.confirmed == 1


def test_contradicting_events_are_reported() -> None:
    history = History.of(CHIANG_MAI, 2).nominate("a", CHIANG_MAI)
    lied = history.events[-1].model_dump() | {"before": "SUBMITTED"}
    more = BucketSeatsChanged(**(history.events[0].model_dump() | {"seats": 3, "before": 1}))
    fold = folded([*history.events, NominationWithdrawn(**lied), more, history.events[0]])
    assert len(fold.problems) == 3


def test_a_rescheduled_bucket_counts_in_the_groups_of_the_new_day() -> None:
    history = History.of(CHIANG_MAI, 2).nominate("a", CHIANG_MAI)
    place = CHIANG_MAI.model_copy(update={"unit": "PO-50", "group": "NU2"})
    data = {name: value for name, value in history.events[0].model_dump().items() if name not in ("seats", "place")}
    moved = BucketRescheduled(**data, place=place, regrouped=(Regrouping(province="50", group="NU2", region="N"),))
    fold = folded([*history.events, moved])
    assert (fold.problems, fold.place) == ([], ("PO-50", "50", "NU2", "N"))
    made_at = fold.nominees["a"].place
    assert made_at[2] == CHIANG_MAI.group, "as the nomination was made"
    assert fold.copy().counted_at(made_at) == (made_at[0], "50", "NU2", "N")
    assert fold.counted_at(("PERS", None, None, "CENTRAL")) == ("PERS", None, None, "CENTRAL")


def test_an_unknown_rank_is_kept_as_it_is() -> None:
    history = History.of(CHIANG_MAI, 2).nominate("a", CHIANG_MAI)
    data = history.events[-1].model_dump() | {"rank": "GUEST", "by": "OFFER"}
    fold = folded([*history.events[:-1], SeatConfirmed(**data)])
    assert fold.problems == []
    stored = {"_id": "a", "person": "person-a", "rank": "GUEST", "state": "CONFIRMED", "live": True}
    assert list(nomination_differences(fold, stored, set())) == []
    assert len(list(nomination_differences(fold, stored | {"rank": "PRIMARY"}, set()))) == 1


def test_a_copy_does_not_change() -> None:
    history = example()
    fold = BucketFold("r1:HR:PO-50")
    copies = []
    for seq, event in enumerate(history.events, start=1):
        fold.apply(seq, event)
        copies.append(fold.copy())
    for length, copy in enumerate(copies, start=1):
        whole = folded(history.events[:length])
        assert (copy.seats, copy.states, copy.nominees) == (whole.seats, whole.states, whole.nominees)


def test_a_person_with_two_live_nominations_in_a_run_is_reported() -> None:
    first = {"_id": "1", "person": "p", "state": "CONFIRMED"}
    second = {"_id": "2", "person": "p", "state": "SUBMITTED"}
    gone = {"_id": "3", "person": "p", "state": "WITHDRAWN"}
    assert list(two_live("r1", Stored(nominations={"a": [first, gone]}))) == []
    assert len(list(two_live("r1", Stored(nominations={"a": [first, gone], "b": [second]})))) == 1


def test_differences_name_the_stored_and_the_expected_value() -> None:
    history = example()
    bucket, rows = documents(history)
    bucket["free"] = 1
    assert list(bucket_differences(folded(history.events), bucket)) == [
        "bucket r1:HR:PO-50: free is 1, its events say 0"
    ]
    assert list(nomination_differences(folded(history.events), rows[0] | {"person": "x"}, set())) == [
        "nomination a: person is 'x', its events say 'person-a'"
    ]
