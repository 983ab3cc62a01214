"""Nominations of people who have moved to another office: the mark, what is said, and who may do what."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.enrolment.directory.domain.moves import TURNS, begun
from services.enrolment.seats.domain.commands import Caller, Command
from services.enrolment.seats.domain.needed import waiters_needed
from services.enrolment.seats.domain.records import Wanted
from services.enrolment.seats.domain.transfer_refusals import MoveNotAsked
from services.enrolment.seats.domain.transfers import keep, marked, release, tells, transfer
from services.enrolment.seats.domain.transitions import Action
from services.enrolment.seats.storage.queries import in_reach, list_queries
from services.enrolment.seats.storage.specs import NOMINATIONS
from shared.errors import Refused
from shared.events.seats import Approver, NominationKept, NominationMoved, NominationWithdrawn, SeatConfirmed
from shared.rights import Scope
from tests.support.indexes import Asked, served
from tests.unit.enrolment.seats.builders import (
    NOW,
    C,
    D,
    R,
    S,
    W,
    board,
    bucket,
    decide,
    nominate,
    nomination,
    person,
    run,
    states,
    substitute,
)

HERE, NEW = Scope(unit="PO-50", names=True), Scope(unit="PO-95", names=True)


def of(present: str | None = None, asked: bool = False, **more: Any) -> Any:
    return nomination("n", C, "p", present_unit=present, asked=asked, **more)


@pytest.mark.parametrize(
    ("present", "asked", "unit", "asks", "expected", "said"),
    [
        (None, False, "PO-95.HR", False, ("PO-95.HR", False), True),
        (None, False, "PO-95.HR", True, ("PO-95.HR", True), True),
        (None, False, "PO-50.STRAT", True, (None, False), False),
        (None, False, "PERS", True, ("PERS", True), True),
        ("PO-95.HR", True, "PO-95.STRAT", True, ("PO-95.STRAT", True), False),
        ("PO-95.HR", False, "PO-95.STRAT", True, ("PO-95.STRAT", False), False),
        ("PO-95.HR", False, "PO-96.HR", True, ("PO-96.HR", True), True),
        ("PO-95.HR", True, "PO-96.HR", False, ("PO-96.HR", False), True),
        ("PO-95.HR", True, "PO-50.HR", True, (None, False), True),
        ("PO-95.HR", True, "PO-50.STRAT", True, (None, False), True),
    ],
)
def test_where_somebody_belongs_now(
    present: str | None, asked: bool, unit: str, asks: bool, expected: tuple[Any, bool], said: bool
) -> None:
    before = of(present, asked)
    after = marked(before, unit, asks=asks)
    assert (after.present_unit, after.asked, tells(before, after)) == (*expected, said)
    assert replace(after, present_unit=present, asked=asked) == before


@pytest.mark.parametrize("asks", [False, True])
def test_a_move_takes_no_seat_and_gives_none(asks: bool) -> None:
    here = bucket(seats=2, free=1, waiting=3, seq=7)
    outcome = transfer(here, of("PO-96.HR"), "PO-95.HR", run(organiser="PERS"), asks=asks)
    (event,) = outcome.events
    assert outcome.bucket == replace(here, seq=8)
    assert isinstance(event, NominationMoved)
    assert (event.from_unit, event.to_unit, event.place.unit) == ("PO-96.HR", "PO-95.HR", "PO-50.HR")
    assert (event.asked, event.organiser) == ((True, "PERS") if asks else (False, None))


@pytest.mark.parametrize("state", [S, C, W])
def test_only_what_is_asked_is_answered(state: Any) -> None:
    here, one = bucket(seats=2, free=1, waiting=1, seq=7), replace(of("PO-95.HR"), state=state)
    with pytest.raises(MoveNotAsked):
        keep(here, one)
    with pytest.raises(MoveNotAsked):
        release(here, one, ())
    kept = keep(here, replace(one, asked=True))
    assert (kept.bucket, kept.nominations[0]) == (replace(here, seq=8), one)
    assert isinstance(kept.events[0], NominationKept)


def test_a_seat_that_is_let_go_goes_to_the_next_who_waits() -> None:
    waits = nomination("w", W, "wan", queue=2)
    outcome = release(bucket(free=0, waiting=1, seq=7), of("PO-95.HR", asked=True), [waits])
    withdrawn, confirmed = outcome.events
    assert isinstance(withdrawn, NominationWithdrawn)
    assert isinstance(confirmed, SeatConfirmed)
    assert (withdrawn.because, confirmed.nomination, outcome.bucket.seq) == ("MOVED", "w", 9)
    one = of("PO-95.HR", asked=True)
    assert waiters_needed([decide(Action.RELEASE, "n"), decide(Action.KEEP, "n")], {"n": one}) == {one.bucket: 1}


# What each office may do about somebody who has moved from PO-50 to PO-95: "+", or the code of the refusal.
OTHER = "seat-of-other-office"
ACTS = [
    (decide(Action.APPROVE, "s"), "+", OTHER),
    (decide(Action.REJECT, "s"), "+", OTHER),
    (decide(Action.WITHDRAW, "s"), "+", "+"),
    (decide(Action.WITHDRAW, "c"), "+", "+"),
    (decide(Action.KEEP, "c"), "not-the-organiser", OTHER),
    (decide(Action.RELEASE, "c"), "not-the-organiser", OTHER),
    (substitute("c", "anan"), "+", "unknown-person"),
    (substitute("c", "nid"), "unknown-person", OTHER),
]


@pytest.mark.parametrize(("command", "here", "new"), [(one, here, new) for one, here, new in ACTS])
@pytest.mark.parametrize("unit", ["PO-50", "PO-95", "PO-96"])
def test_who_may_do_what(command: Command, here: str, new: str, unit: str) -> None:
    moved: dict[str, Any] = {"present_unit": "PO-95.HR", "asked": True}
    nominees = [nomination("c", C, "chai", **moved), nomination("s", S, "som", nominated_by="officer", **moved)]
    people = [person("anan"), person("nid", "PO-95.HR"), person("chai", "PO-95.HR")]
    on = board([bucket(seats=1, free=0, waiting=0, seq=9)], people, nominees, run())
    expected = {"PO-50": here, "PO-95": new}.get(unit, "unknown-nomination")
    scope = Scope(unit=unit)
    caller = Caller("caller", scope, steps={Approver.SUPERVISOR: scope})
    if expected == "+":
        on.decide(command, caller, NOW)
        return
    with pytest.raises(Refused) as refusal:
        on.decide(command, caller, NOW)
    # Which of two is said first matters to nobody: both hide nothing from this office.
    assert refusal.value.code in {expected, OTHER} if unit == "PO-95" else refusal.value.code == expected
    assert (on.changes, states(on)) == ([], {})


def test_the_office_of_now_is_led_to_the_nomination_there_is() -> None:
    nominees = [nomination("c", C, "chai", present_unit="PO-95.HR")]
    for unit, details in (("PO-95", True), ("PO-96", False)):
        on = board([bucket("PO-95"), bucket("PO-96")], [person("chai", f"{unit}.HR")], nominees, run())
        on.live = {"chai": nominees[0]}
        with pytest.raises(Refused) as refusal:
            on.decide(nominate("chai"), Caller("caller", Scope(unit=unit)), NOW)
        assert (refusal.value.code, bool(refusal.value.details)) == ("already-nominated", details)


LISTS = [
    (Scope(all=True), {}, 1),
    (Scope(all=True), {"moved": True}, 1),
    (Scope(all=True), {"moved": True, "state": "WAITLISTED"}, 1),
    (NEW, {}, 2),
    (NEW, {"moved": True}, 2),
    (Scope(unit="PERS"), {}, 2),
    (Scope(unit="OPS"), {"state": "CONFIRMED"}, 2),
    (Scope(unit="PO-95", person="p"), {"moved": True}, 2),
    (Scope(person="p"), {}, 1),
    (Scope(person="p"), {"moved": True}, 1),
]


@pytest.mark.parametrize("after", [None, "n5"])
@pytest.mark.parametrize(("scope", "wanted", "queries"), LISTS)
def test_every_query_of_a_list_is_served_in_the_order_of_ids(
    scope: Scope, wanted: dict[str, Any], queries: int, after: str | None
) -> None:
    made = list_queries("r", scope, Wanted(**wanted), after)
    assert len(made) == queries
    for query in made:
        first = query["$and"][0]
        indexes = [index for index in NOMINATIONS.indexes if (index.only == {"moved": True}) is ("moved" in first)]
        found = served(Asked("nominations", first, (("_id", 1),), 51), indexes)
        assert found is not None, query
        assert found.beside <= {"state"}
    if queries == 2:
        assert made[1]["$and"][0]["present_office"] == ("OPS" if scope.unit in ("PERS", "OPS") else scope.unit)


def test_by_its_id_it_is_found_from_both_offices_and_from_no_other() -> None:
    ways = in_reach(HERE)["$or"]
    assert [list(way) for way in ways] == [["place.unit"], ["present_unit"]]
    assert in_reach(Scope(all=True)) == {}
    assert in_reach(Scope(person="p")) == {"$or": [{"person": "p"}]}
    assert in_reach(Scope()) == {"$or": [{"_id": {"$in": []}}]}


def test_what_is_left_of_a_move_goes_through_two_turns() -> None:
    at = datetime.fromisoformat("2020-08-01T10:00:00+07:00")
    moving = begun(at)
    assert (moving.due, moving.turn, moving.seats) == (at, 0, "")
    behind = moving.went_on("n7")
    assert behind == replace(moving, seats="n7")
    second = moving.went_on(None)
    assert second is not None
    assert (second.turn, second.due, second.seats) == (1, at + TURNS[1], "")
    assert second.went_on("n9") == replace(second, seats="n9")
    assert second.went_on(None) is None
    assert TURNS[1] >= timedelta(minutes=1)  # longer than any command takes


def test_a_nomination_that_ended_or_is_not_asked_about_is_not_answered() -> None:
    for state in (R, D):
        with pytest.raises(Refused):
            keep(bucket(), replace(of("PO-95.HR", asked=True), state=state))
