"""The audit's fold of a bucket: histories made by enrolment's rules have no fault, planted defects are reported."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pattana.audit.bucket_documents import bucket_differences, bucket_limits
from pattana.audit.buckets import BucketFold
from pattana.audit.enrolled import Divided, Stored, divided_of
from pattana.audit.nominations import nomination_differences
from pattana.audit.reports import _expected, rollup_differences
from pattana.audit.seats import stored_faults, sum_faults, two_live
from services.enrolment.seats.domain.checks import NominationWarning
from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.domain.transitions import Action, require
from services.enrolment.seats.storage.bucket_documents import bucket_document
from services.enrolment.seats.storage.warnings import warned_fields
from services.reporting.projecting.handlers import HANDLERS, ProjectionBatch
from services.reporting.storage.documents import update_of
from shared.errors import Refused
from shared.events.directory import InPost
from shared.events.seats import (
    BucketFact,
    BucketRescheduled,
    BucketSeatsChanged,
    NominationState,
    NominationWithdrawn,
    Rank,
    Regrouping,
    SeatConfirmed,
    WarningCode,
    bucket_parts,
)
from tests.unit.reporting.histories import CHIANG_MAI, TWO_STEPS, History

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
    st.sampled_from(["nominate", "reserve", "submit", "approve", "reject", "overdue", "withdraw", "seats"]),
    st.integers(0, 5),
)


@given(seats=st.integers(0, 3), steps=st.lists(STEP, max_size=40))
def test_every_possible_history_of_enrolment_has_no_fault(seats: int, steps: list[tuple[str, int]]) -> None:
    history = History.of(CHIANG_MAI, seats, route=TWO_STEPS)
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
            require(history.nominations[chosen].state, Action.EXPIRE if step == "overdue" else Action(step))
            getattr(history, step)(chosen)
    except Refused:
        return


def test_a_bucket_closes_and_takes_nominations_again() -> None:
    history = example().close().reopen().nominate("f", CHIANG_MAI)
    bucket, rows = documents(history)
    assert faults(history, bucket, rows) == []
    assert faults(history, bucket | {"open": False}, rows) == ["bucket r1:HR:PO-50: open is False, its events say True"]
    twice = history.reopen()
    assert faults(twice, documents(twice)[0], rows) == ["r1:HR:PO-50:13 reopens the bucket, which is open"]


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


def test_as_what_somebody_comes_for_a_post_is_what_its_events_say() -> None:
    history = History.of(CHIANG_MAI, 2).nominate("a", CHIANG_MAI, ex_officio=InPost.ACTING).withdraw("a")
    fold = folded(history.events)
    assert fold.problems == []
    stored = nomination_row(history.nominations["a"])
    for kept, faults_found in (({"in_post": "ACTING"}, 0), ({"in_post": "HOLDER"}, 1), (None, 1)):
        row = stored | ({"ex_officio": kept} if kept else {})
        assert len(list(nomination_differences(fold, row, set()))) == faults_found
    changed = history.events[-1].model_copy(update={"ex_officio": InPost.HOLDER})
    assert len(folded([*history.events[:-1], changed]).problems) == 1


def test_a_report_counts_holders_and_those_who_act() -> None:
    history = History.of(CHIANG_MAI, 3)
    for name, kind in (("a", InPost.HOLDER), ("b", InPost.ACTING), ("c", InPost.ACTING)):
        history.nominate(name, CHIANG_MAI, ex_officio=kind)
    fold = folded(history.withdraw("c").events)
    place = (CHIANG_MAI.unit, CHIANG_MAI.province, CHIANG_MAI.group, CHIANG_MAI.region)
    assert _expected(fold) == {(place, "c1"): 2, (place, "h"): 1, (place, "a"): 1, (place, "x1"): 1}


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


@pytest.mark.parametrize(
    ("buckets", "state", "faults"),
    [
        ([4, 6], "OPEN", 0),
        ([4, 5], "OPEN", 1),
        ([4, 5], "PLANNED", 1),
        ([4, 5], "CLOSED", 1),  # who waits moves up until it begins
        ([4, 7], "CLOSED", 1),
        ([4, 5], "CANCELLED", 0),  # what was still to be given
        ([4, 7], "CANCELLED", 1),
        ([4, 9], "OPEN", 2),
        ([], "CANCELLED", 0),
    ],
)
def test_the_seats_of_a_run_are_those_of_its_buckets(buckets: list[int], state: str, faults: int) -> None:
    run = {"allocated": 10, "capacity": 12, "state": state}
    divided = divided_of(run, [{"seats": seats} for seats in buckets])
    assert len(list(sum_faults("r1", divided))) == faults


def test_a_bucket_that_grows_counts_with_the_seats_that_it_is_to_have() -> None:
    growing: list[dict[str, Any]] = [
        {"seats": 1, "growing": {"seats": 9, "by": "officer"}},
        {"seats": 1, "growing": None},
    ]
    run = {"allocated": 10, "capacity": 12, "state": "OPEN"}
    assert divided_of(run, growing) == Divided(10, 10, 12, cancelled=False)


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


def test_warnings_that_differ_from_the_events_are_reported() -> None:
    """Those of the document by their codes, each once; those of the report by their counts."""
    clash = NominationWarning(WarningCode.CLASH, "r0", "PO-50")
    twice = (clash, NominationWarning(WarningCode.CLASH, "r2", "PO-50"))
    history = History.of(CHIANG_MAI, 2).nominate("a", CHIANG_MAI, warnings=twice).nominate("b", CHIANG_MAI)
    fold = folded(history.events)
    (marked, plain) = (nomination_row(made) for made in history.nominations.values())
    marked |= warned_fields(twice)
    assert [*nomination_differences(fold, marked, set()), *nomination_differences(fold, plain, set())] == []
    assert len(list(nomination_differences(fold, marked | {"warnings": []}, set()))) == 1
    assert len(list(nomination_differences(fold, plain | warned_fields((clash,)), set()))) == 1


def test_counts_of_warnings_that_differ_from_the_events_are_reported() -> None:
    clash = NominationWarning(WarningCode.CLASH, "r0", "PO-50")
    history = History.of(CHIANG_MAI, 2).nominate("a", CHIANG_MAI, warnings=(clash,)).nominate("b", CHIANG_MAI)
    batch = ProjectionBatch()
    for each in history.envelopes:
        assert each.event is not None
        HANDLERS[type(each.event)](batch, each, each.event)
    (change,) = batch.changes.values()
    assert change.now is not None
    update = update_of(change, change.now)
    stored: Document = {"_id": change.bucket_id, "cells": {}, "warned": {}, **update["$set"]}
    for path, number in update["$inc"].items():
        kind, _, rest = path.partition(".")
        place, _, name = rest.rpartition(".")
        stored[kind].setdefault(place, {})[name] = number
    fold = folded(history.events)
    assert list(rollup_differences(fold, stored)) == []
    (place,) = stored["warned"]
    wrong = {**stored, "warned": {place: {"any": 1, "clash": 2}}}
    assert [fault.partition("counts ")[2] for fault in rollup_differences(fold, wrong)] == [
        "2 warned clash, its events say 1"
    ]
