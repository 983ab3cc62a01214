"""Who is in a post on a day, by what was recorded of it, and by the register of people where nothing ever was."""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Final

import pytest

from services.enrolment.directory.domain.incumbents import VACANT, Acting, Incumbents, acting, held_by, incumbents
from services.enrolment.directory.domain.people import Assignment, Held
from services.enrolment.directory.domain.posts import Holding
from shared.events.directory import InPost

HEAD: Final = ("PO-50", "PROV_HEAD")
GROUP: Final = ("PO-50.HR", "GROUP_HEAD")
HERE, ELSEWHERE = Assignment("PO-50.ADM"), Assignment("PO-51")
ERASED: Final = Assignment("PO-50.ADM", erased=True)
REGISTERED: Final = Assignment("PO-50", post="PROV_HEAD")


def holding(person: str, in_post: InPost = InPost.HOLDER) -> Holding:
    return Holding(f"h-{person}", *HEAD, person, in_post, date(2024, 1, 1))


def in_head(*holdings: Holding, registered: int = 0, recorded: bool = True, **people: Assignment) -> Incumbents:
    named = [(f"r{n}", REGISTERED) for n in range(registered)]
    return incumbents([HEAD], holdings, people, named, {HEAD} if recorded else ())[HEAD]


@pytest.mark.parametrize(("holder", "acting", "of"), [*product((False, True), (False, True), (HERE, ELSEWHERE))])
def test_who_acts_stands_before_the_holder(holder: bool, acting: bool, of: Assignment) -> None:
    """A holder is one only in the own office; who acts may come from elsewhere."""
    there = [holding("h")] * holder + [holding("a", InPost.ACTING)] * acting
    expected = Incumbents("a", InPost.ACTING) if acting else Incumbents("h") if holder and of is HERE else VACANT
    assert in_head(*there, h=of, a=of) == expected
    assert in_head(*reversed(there), h=of, a=of) == expected


@pytest.mark.parametrize(
    ("registered", "expected"), [(0, VACANT), (1, Incumbents("r0")), (2, Incumbents(several=True))]
)
def test_without_a_history_the_register_of_people_tells(registered: int, expected: Incumbents) -> None:
    assert in_head(registered=registered, recorded=False) == expected


def test_with_a_history_the_register_counts_no_more() -> None:
    """Also when nobody is there on that day."""
    assert in_head(registered=1) == VACANT
    assert in_head(holding("h"), registered=1, h=HERE) == Incumbents("h")


def test_every_post_that_is_asked_for_is_answered() -> None:
    found = incumbents([HEAD, GROUP], [holding("h")], {"h": HERE}, (), {HEAD})
    assert found == {HEAD: Incumbents("h"), GROUP: VACANT}


@pytest.mark.parametrize(("holder", "acting"), [*product((HERE, ERASED), repeat=2)])
def test_nobody_who_was_erased_is_in_a_post(holder: Assignment, acting: Assignment) -> None:
    """Nor hides one who acts and was erased the living holder."""
    there = [holding("h"), holding("a", InPost.ACTING)]
    expected = Incumbents("a", InPost.ACTING) if acting is HERE else Incumbents("h") if holder is HERE else VACANT
    assert in_head(*there, h=holder, a=acting) == expected
    held = held_by(there, {"h": holder, "a": acting}, ("PROV_HEAD",), {HEAD})
    assert {person for person, one in held.items() if one.held} == {
        person for person, one in (("h", holder), ("a", acting)) if one is HERE
    }


def test_nor_by_the_register_of_people() -> None:
    erased = replace(REGISTERED, erased=True)
    assert incumbents([HEAD], (), {}, [("r", erased), ("s", REGISTERED)], ()) == {HEAD: Incumbents("s")}
    assert held_by((), {"r": erased}, ("PROV_HEAD",), ())["r"].held == ()


def test_what_people_hold() -> None:
    people = {
        "h": HERE,
        "a": ELSEWHERE,
        "gone": ELSEWHERE,
        "r": REGISTERED,
        "g": Assignment("PO-50.HR", post="GROUP_HEAD"),
    }
    there = [holding("h"), holding("a", InPost.ACTING), holding("gone")]
    held = held_by(there, people, ("PROV_HEAD", "GROUP_HEAD"), {HEAD})
    assert {person: assignment.held for person, assignment in held.items()} == {
        "h": (Held(*HEAD, InPost.HOLDER),),
        "a": (Held(*HEAD, InPost.ACTING),),
        "gone": (),
        "r": (),
        "g": (Held(*GROUP, InPost.HOLDER),),
    }


def test_only_the_posts_that_are_asked_for() -> None:
    held = held_by((), {"g": Assignment("PO-50.HR", post="GROUP_HEAD")}, ("PROV_HEAD",), ())
    assert held["g"].held == ()


@pytest.mark.parametrize(
    ("holder", "deputy", "away"),
    [
        (HERE, HERE, "h"),
        (HERE, ELSEWHERE, "h"),
        (ELSEWHERE, HERE, None),  # moved: the post is vacant
        (ERASED, HERE, None),
        (HERE, ERASED, "nobody acts"),
    ],
)
def test_for_whom_somebody_acts(holder: Assignment, deputy: Assignment, away: str | None) -> None:
    one, other = holding("a", InPost.ACTING), holding("h")
    expected = None if away == "nobody acts" else Acting(one, away)
    assert acting(one, [one, other], {"h": holder, "a": deputy}) == expected


def test_a_holder_acts_for_nobody() -> None:
    assert acting(holding("h"), [holding("h")], {"h": HERE}) is None
    assert acting(holding("a", InPost.ACTING), (), {"a": HERE}) == Acting(holding("a", InPost.ACTING), None)
