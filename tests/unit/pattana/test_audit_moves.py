"""The audit of people who moved to another office: the fold of what was said, and the directory against nominations."""

from dataclasses import replace
from typing import Any

import pytest

from pattana.audit.buckets import BucketFold
from pattana.audit.moves import elsewhere_of
from pattana.audit.nominations import nomination_differences
from services.enrolment.catalogue import OnMove
from services.enrolment.seats.domain.transfers import keep, release, transfer
from shared.events.seats import BucketFact
from tests.unit.enrolment.seats.builders import run
from tests.unit.pattana.test_audit_buckets import folded, nomination_row
from tests.unit.reporting.histories import CHIANG_MAI, History

ASKING = run(on_move=OnMove.ASK, organiser="PERS")


def seated() -> History:
    return History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI).nominate("b", CHIANG_MAI)


def moved(history: History, *units: str) -> History:
    for unit in units:
        history.take(transfer(history.bucket, history.nominations["a"], unit, ASKING, asks=True))
    return history


def row(history: History) -> dict[str, Any]:
    made = history.nominations["a"]
    marks = {"moved": True, "present_unit": made.present_unit} if made.present_unit else {}
    return {**nomination_row(made), **marks, **({"asked": True} if made.asked else {})}


def faults(history: History, **changes: Any) -> list[str]:
    fold = folded(history.events, history.bucket.id)
    document = {name: value for name, value in {**row(history), **changes}.items() if value is not None}
    return [*fold.problems, *nomination_differences(fold, document, set())]


@pytest.mark.parametrize(
    "units", [(), ("PO-95.HR",), ("PO-95.HR", "PO-96.HR"), ("PO-95.HR", "PO-50.HR"), ("PERS", "DRI", "PO-50.STRAT")]
)
def test_moves_that_were_told_have_no_fault(units: tuple[str, ...]) -> None:
    assert faults(moved(seated(), *units)) == []


def test_what_the_organiser_decides_has_no_fault() -> None:
    kept, gone = moved(seated(), "PO-95.HR"), moved(seated(), "PO-95.HR")
    kept.take(keep(kept.bucket, kept.nominations["a"]))
    gone.take(release(gone.bucket, gone.nominations["a"], gone.waiting))
    assert [faults(kept), faults(gone)] == [[], []]
    assert folded(gone.events, gone.bucket.id).nominees["b"].state == "CONFIRMED"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"present_unit": "PO-96.HR"}, "is marked as of PO-96.HR"),
        ({"present_unit": None, "moved": None}, "is marked as of None"),
        ({"moved": None}, "is marked as of PO-95.HR"),
        ({"asked": None}, "its field asked is None"),
    ],
)
def test_a_mark_that_no_event_made_is_a_fault(changes: dict[str, Any], says: str) -> None:
    (fault,) = faults(moved(seated(), "PO-95.HR"), **changes)
    assert says in fault


def events_of(*steps: Any) -> list[BucketFact]:
    history = seated()
    for step in steps:
        history.take(step(history))
    return history.events


@pytest.mark.parametrize(
    ("events", "says"),
    [
        (
            events_of(
                lambda h: transfer(h.bucket, replace(h.nominations["a"], present_unit="PERS"), "DRI", ASKING, asks=True)
            ),
            "from PERS, it was of PO-50",
        ),
        (
            events_of(lambda h: transfer(h.bucket, h.nominations["a"], "PO-50.STRAT", ASKING, asks=True)),
            "to where it is",
        ),
        (events_of(lambda h: keep(h.bucket, replace(h.nominations["a"], asked=True))), "nobody was asked"),
        (
            events_of(lambda h: transfer(h.bucket, replace(h.nominations["a"], id="x"), "PERS", ASKING, asks=True)),
            "it is none that lives",
        ),
    ],
)
def test_an_event_that_cannot_be_true_is_a_fault(events: list[BucketFact], says: str) -> None:
    fold = BucketFold(events[0].aggregate)
    for seq, event in enumerate(events, start=1):
        fold.apply(seq, event)
    assert any(says in problem for problem in fold.problems), fold.problems


@pytest.mark.parametrize(
    ("marked", "state", "person", "found"),
    [
        (None, "CONFIRMED", {"unit": "PO-50.HR"}, False),
        (None, "CONFIRMED", {"unit": "PO-50.STRAT"}, False),
        (None, "CONFIRMED", {"unit": "PO-95.HR"}, True),
        (None, "CONFIRMED", {"unit": "PO-95.HR", "moving": {}}, False),
        (None, "WITHDRAWN", {"unit": "PO-95.HR"}, False),
        (None, "SUBMITTED", None, False),
        ("PO-95.HR", "WAITLISTED", {"unit": "PO-95.HR"}, False),
        ("PO-95.HR", "WAITLISTED", {"unit": "PO-95.STRAT"}, True),
        ("PO-95.HR", "WAITLISTED", {"unit": "PO-50.HR"}, True),
    ],
)
def test_the_directory_against_what_nominations_say(
    marked: str | None, state: str, person: dict[str, Any] | None, found: bool
) -> None:
    nomination = {"_id": "n", "person": "p", "state": state, "place": {"unit": "PO-50.HR"}, "present_unit": marked}
    people = {} if person is None else {"p": person}
    assert bool(list(elsewhere_of([nomination], people))) is found


def test_what_was_made_ex_officio_is_of_the_post() -> None:
    nomination = {
        "_id": "n",
        "person": "p",
        "state": "CONFIRMED",
        "place": {"unit": "PO-50"},
        "ex_officio": {"key": "k"},
    }
    assert list(elsewhere_of([nomination], {"p": {"unit": "PO-95"}})) == []
