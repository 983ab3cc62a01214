"""The audit's fold of a bucket: histories made by enrolment's rules have no fault, planted defects are reported."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pattana.audit.buckets import BucketFold, bucket_differences, bucket_limits, nomination_differences
from pattana.audit.enrolled import Stored
from pattana.audit.seats import stored_faults, two_live
from services.enrolment.seats.domain.nominations import Action, Nomination, require
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
    bucket_parts,
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
    rows = [nomination_row(made) for made in history.nominations.values()]
    return bucket_document(history.bucket), rows


def nomination_row(made: Nomination) -> Document:
    run, target, bucket_unit = bucket_parts(made.bucket)
    kept: Document = {"_id": made.id, "bucket": made.bucket, "run": run, "target": target, "bucket_unit": bucket_unit}
    kept |= {"programme": "p1", "person": made.person, "place": made.place.model_dump(), "rank": made.rank.value}
    kept |= {"state": made.state.value, "queue": made.queue}
    return kept | ({"live": True} if made.live else {})


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


# (bucket or number of a nomination, field, wrong value): every field that events determine.
WRONG: list[tuple[int | None, str, Any]] = [
    (None, "run", "r2"),
    (None, "target", "IT"),
    (None, "bucket_unit", "PO-51"),
    (None, "programme", "p2"),
    (None, "place", {"unit": "PO-50", "province": "51", "group": "NU1", "region": "N"}),
    (None, "seats", 3),
    (None, "free", 1),
    (None, "waiting", 0),
    (None, "open", False),
    (None, "seq", 3),
    (2, "bucket", "r1:HR:PO-51"),
    (2, "run", "r2"),
    (2, "target", "IT"),
    (2, "bucket_unit", "PO-51"),
    (2, "programme", "p2"),
    (2, "person", "somebody"),
    (2, "place", {"unit": "PO-50.HR", "province": "50", "group": "NU1", "region": "S"}),
    (2, "rank", "RESERVE"),
    (2, "state", "WAITLISTED"),
    (3, "queue", 1),
    (1, "live", None),
    (0, "live", True),
]


@pytest.mark.parametrize(("which", "name", "value"), WRONG)
def test_a_wrong_field_of_a_document_is_reported(which: int | None, name: str, value: Any) -> None:
    history = example()
    bucket, rows = documents(history)
    assert faults(history, bucket, rows) == []
    (bucket if which is None else rows[which])[name] = value
    assert len(faults(history, bucket, rows)) >= 1


def test_a_nomination_too_few_or_too_many_is_reported() -> None:
    history = example()
    bucket, rows = documents(history)
    assert len(faults(history, bucket, rows[:-1])) == 1
    assert len(faults(history, bucket, [*rows, rows[0] | {"_id": "x"}])) == 1


WRONG_EVENTS: list[dict[str, Any]] = [
    {"run": "r2"},
    {"target": "IT"},
    {"bucket_unit": "PO-51"},
    {"programme": "p2"},
    {"person": "somebody"},
    {"place": {"unit": "PO-50.HR", "province": "51", "group": "NU1", "region": "N"}},
    {"before": "SUBMITTED"},
]


@pytest.mark.parametrize("changes", WRONG_EVENTS)
def test_an_event_that_contradicts_those_before_it_is_reported(changes: dict[str, Any]) -> None:
    events = example().events
    place = max(n for n, event in enumerate(events) if isinstance(event, NominationWithdrawn))
    wrong = type(events[place])(**events[place].model_dump() | changes)
    assert folded(events).problems == []
    assert folded([*events[:place], wrong, *events[place + 1 :]]).problems


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
    stored = nomination_row(history.nominations["a"]) | {"rank": "GUEST"}
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
