"""Who may be in a post beside whom: every way in which two times can lie, as every kind, of one person and of two."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Final

import pytest

from services.enrolment.directory.domain.posts import (
    Filling,
    Holding,
    Occupant,
    Recorded,
    check_holding,
    fill,
    filled,
    posts_of,
)
from services.enrolment.directory.domain.reference import UnitKind, bundled
from services.enrolment.directory.domain.units import Unit, bundled_unit
from shared.errors import Refused
from shared.events.directory import InPost

HOLDER, ACTING = InPost.HOLDER, InPost.ACTING
DAYS: Final = [date(2024, 1, 1) + timedelta(days=n) for n in range(5)]
UNITS: Final = {key: bundled_unit(unit, bundled()) for key, unit in bundled().units.items()}
OFFICE: Final = UNITS["PO-50"]
OFFICER: Final = Occupant("a", "PO-50.ADM")


def holding(person: str = "a", first: int = 0, last: int | None = None, in_post: InPost = HOLDER) -> Holding:
    days = (DAYS[first], None if last is None else DAYS[last])
    return Holding(f"{person}{first}{in_post}", "PO-50", "PROV_HEAD", person, in_post, *days)


def outcome(known: list[Holding], new: Holding, *, confirmed: bool = False) -> Filling | str:
    try:
        return fill(known, replace(new, id="new"), confirmed=confirmed)
    except Refused as error:
        return error.code


TIMES: Final = [(first, last) for first in range(4) for last in (*range(first, 5), None)]


@pytest.mark.parametrize("confirmed", [False, True])
@pytest.mark.parametrize(("other", "known_as", "new_as"), [*product((False, True), InPost, InPost)])
def test_two_times_of_one_post(other: bool, known_as: InPost, new_as: InPost, confirmed: bool) -> None:
    """Against a plain model: sets of days."""
    for (a, b), (c, d) in product(TIMES, TIMES):
        known, new = holding("a", a, b, known_as), holding("b" if other else "a", c, d, new_as)
        shared = set(range(a, 9 if b is None else b + 1)) & set(range(c, 9 if d is None else d + 1))
        assert known.meets(new) is new.meets(known) is bool(shared)
        done = outcome([known], new, confirmed=confirmed)
        if not other and known_as is new_as and a == c:
            assert done == Filling(replace(known, valid_to=new.valid_to), _changed(b, d))
        elif not shared or (other and known_as is not new_as):
            assert done == Filling(replace(new, id="new"), Recorded.RECORDED)
        elif b is None and a < c:
            ended = replace(known, valid_to=DAYS[c] - timedelta(days=1))
            made = Filling(replace(new, id="new"), Recorded.RECORDED, ended)
            assert done == (made if confirmed else "predecessor-stays")
        else:
            assert done == ("post-taken" if other else "in-post-already")


def _changed(before: int | None, after: int | None) -> Recorded:
    return Recorded.UNCHANGED if before == after else Recorded.CHANGED


def test_the_same_again_keeps_a_last_day_of_which_nothing_is_said() -> None:
    known = holding("a", 0, 3)
    assert fill([known], holding("a", 0), keeps_end=True) == Filling(known, Recorded.UNCHANGED)
    assert fill([known], holding("a", 0)).holding.valid_to is None


def test_nothing_is_to_be_stored_of_what_is_unchanged() -> None:
    known = holding("a", 0, 3)
    assert fill([known], known).changed == ()
    filling = fill([holding("a", 0)], holding("b", 2), confirmed=True)
    assert [(one.person, one.valid_to) for one in filling.changed] == [("a", DAYS[1]), ("b", None)]


def test_a_last_day_is_not_moved_into_the_time_of_a_successor() -> None:
    known = [holding("a", 0, 1), holding("b", 2)]
    assert outcome(known, holding("a", 0, 1)) == Filling(known[0], Recorded.UNCHANGED)
    assert outcome(known, holding("a", 0, 2)) == "post-taken"
    assert outcome(known, holding("a", 0)) == "post-taken"


def test_one_who_acts_becomes_the_holder() -> None:
    done = outcome([holding("a", 0, None, ACTING)], holding("a", 2, None, HOLDER), confirmed=True)
    assert isinstance(done, Filling)
    assert done.ended == holding("a", 0, 1, ACTING)


def refused(new: Holding, unit: Unit = OFFICE, person: Occupant = OFFICER) -> str | None:
    try:
        check_holding(new, unit, person)
    except Refused as error:
        return error.code
    return None


def test_what_is_refused_whoever_else_is_there() -> None:
    assert refused(holding()) is None
    assert refused(holding("a", 1, 1)) is None
    assert refused(holding("a", 1, 0)) == "validity-reversed"
    assert refused(replace(holding(), post="KING")) == "unknown-post"
    assert refused(replace(holding(), post="GROUP_HEAD")) == "post-not-in-unit"
    assert refused(holding(), person=Occupant("a", "PO-50", erased=True)) == "person-erased"
    assert refused(replace(holding(), valid_from=date(2009, 1, 1)), UNITS["PO-38"]) == "unit-not-in-force"


def test_a_holder_is_of_the_office_and_one_who_acts_may_be_of_another() -> None:
    elsewhere = Occupant("a", "PO-51")
    assert refused(holding(), person=elsewhere) == "holder-of-other-office"
    assert refused(holding(in_post=ACTING), person=elsewhere) is None


def test_which_units_have_which_posts() -> None:
    found = {kind: {tuple(posts_of(unit)) for unit in UNITS.values() if unit.kind is kind} for kind in UnitKind}
    assert found == {
        UnitKind.MINISTRY_OFFICE: {()},
        UnitKind.CENTRAL_UNIT: {("UNIT_DIRECTOR",)},
        UnitKind.PROVINCIAL_OFFICE: {("PROV_HEAD",)},
        UnitKind.WORK_GROUP: {("GROUP_HEAD",)},
    }


def test_the_event_says_who_and_when() -> None:
    event = filled(holding("a", 0, 1, ACTING))
    assert (event.aggregate, event.key) == ("post:PO-50:PROV_HEAD", "PO-50")
    assert event.model_dump(mode="json", by_alias=True) == {
        "unit": "PO-50",
        "post": "PROV_HEAD",
        "holding": "a0ACTING",
        "person": "a",
        "inPost": "ACTING",
        "validFrom": "2024-01-01",
        "validTo": "2024-01-02",
    }
