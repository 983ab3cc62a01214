"""A post is invited: whom that nominates, whom it leaves as they are, and what the post is to a nomination."""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Final

import pytest

from services.enrolment.catalogue import OfferedRun, TargetGroup, TargetScope
from services.enrolment.directory import Assignment, Held, Incumbents
from services.enrolment.directory.domain.reference import bundled
from services.enrolment.directory.domain.units import bundled_unit
from services.enrolment.seats.domain.board import Board
from services.enrolment.seats.domain.commands import Nominate
from services.enrolment.seats.domain.ex_officio import (
    invited_posts,
    plan,
    successions,
    target_with_posts,
    to_take_over,
)
from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.domain.nominees import Person
from services.enrolment.seats.domain.transitions import Action
from shared.errors import Refused
from shared.events.directory import InPost
from shared.events.seats import NominationState, Rank
from shared.rights import Scope
from tests.unit.enrolment.seats.builders import (
    CALLER,
    EVERYTHING,
    NOW,
    C,
    board,
    bucket,
    decide,
    nomination,
    place,
    run,
    states,
    substitute,
)

UNITS: Final = {key: bundled_unit(unit, bundled()) for key, unit in bundled().units.items()}
HEADS: Final = TargetGroup("HEADS", TargetScope.PROVINCIAL, posts=("PROV_HEAD",), levels=("M2",))
POST: Final = ("PO-50", "PROV_HEAD")
HOLDER, ACTING = Held(*POST, InPost.HOLDER), Held(*POST, InPost.ACTING)
LIVE: Final = {*NominationState} - {NominationState.REJECTED, NominationState.WITHDRAWN, NominationState.EXPIRED}


def standing(person: str, state: NominationState, held: Held = HOLDER, **changes: object) -> Nomination:
    made = nomination(f"of-{person}", state, person, "PO-50", bucket="run:HEADS:PO-50", ex_officio=held)
    return replace(made, **changes)  # type: ignore[arg-type]


# ---- which posts are invited


def posts(target: TargetGroup = HEADS, *buckets: str, scope: Scope = EVERYTHING, day: str = "2024-05-27") -> list[str]:
    found = invited_posts("run", target, UNITS.values(), buckets, scope, date.fromisoformat(day))
    return [unit for unit, _ in found]


def test_a_unit_with_a_bucket_is_invited() -> None:
    assert posts(HEADS, "run:HEADS:PO-50", "run:OTHER:PO-51", "run:HEADS:PERS") == ["PO-50"]
    assert posts(HEADS) == []


def test_the_pool_has_seats_for_all_of_its_scope() -> None:
    assert len(posts(HEADS, "run:HEADS:PO")) == 76
    assert len(posts(HEADS, "run:HEADS:PO", day="2010-05-27")) == 75  # Bueng Kan is of 2011
    directors = TargetGroup("HEADS", TargetScope.CENTRAL, posts=("UNIT_DIRECTOR",))
    assert "PERS" in posts(directors, "run:HEADS:OPS")
    assert not [unit for unit in posts(directors, "run:HEADS:OPS") if unit.startswith("PO-")]


def test_the_bucket_of_an_office_is_for_the_heads_of_its_groups() -> None:
    groups = TargetGroup("HEADS", TargetScope.PROVINCIAL, posts=("GROUP_HEAD",))
    assert posts(groups, "run:HEADS:PO-50") == [unit for unit in sorted(UNITS) if unit.startswith("PO-50.")]
    assert posts(replace(groups, unit="PO.HR"), "run:HEADS:PO-50") == ["PO-50.HR"]


def test_a_province_invites_its_own() -> None:
    both = ("run:HEADS:PO-50", "run:HEADS:PO-51")
    assert posts(HEADS, *both, scope=Scope(unit="PO-51")) == ["PO-51"]


def test_a_target_group_that_names_no_posts_is_refused() -> None:
    offered: OfferedRun = run(targets=(HEADS, replace(HEADS, key="ALL", posts=())))
    assert target_with_posts(offered, "HEADS") is HEADS
    for key, code in (("ALL", "target-without-posts"), ("NONE", "unknown-target")):
        with pytest.raises(Refused) as caught:
            target_with_posts(offered, key)
        assert caught.value.code == code


# ---- whom that nominates


@pytest.mark.parametrize(("state", "same"), [*product(NominationState, (True, False))])
def test_what_stands_for_the_post_already(state: NominationState, same: bool) -> None:
    known = {POST: [standing("a" if same else "b", state)]}
    (invited,), vacant = plan([POST], {POST: Incumbents("a", InPost.ACTING)}, known, "run")
    assert (invited.held, invited.person, vacant) == (ACTING, "a", [])
    code = None if invited.unless is None else invited.unless.code
    if state in LIVE:
        assert code == ("already-nominated" if same else "predecessor-nominated")
    else:
        assert code == ("ex-officio-ended" if same else None)


def test_who_was_substituted_is_not_nominated_again() -> None:
    known = {POST: [standing("a", NominationState.WITHDRAWN), standing("b", C)]}
    (invited,), _ = plan([POST], {POST: Incumbents("a")}, known, "run")
    assert invited.unless is not None
    assert invited.unless.code == "predecessor-nominated"


def test_who_is_in_the_post_stands_already_beside_a_predecessor_whom_a_merge_has_brought() -> None:
    known = {POST: [standing("b", C), standing("a", C)]}
    (invited,), _ = plan([POST], {POST: Incumbents("a")}, known, "run")
    assert invited.unless is not None
    assert (invited.unless.code, invited.standing) == ("already-nominated", known[POST][1])


def test_vacant_posts_and_those_with_several_are_told() -> None:
    other = ("PO-51", "PROV_HEAD")
    invited, vacant = plan([POST, other], {POST: Incumbents(), other: Incumbents(several=True)}, {}, "run")
    assert vacant == [POST]
    assert [(one.held.unit, one.person, one.unless and one.unless.code) for one in invited] == [
        ("PO-51", "", "post-several-registered")
    ]


@pytest.mark.parametrize(
    ("now", "listed"),
    [(Incumbents("a"), False), (Incumbents("b"), True), (Incumbents("b", InPost.ACTING), True), (Incumbents(), True)],
)
def test_who_is_not_in_the_post_any_more(now: Incumbents, listed: bool) -> None:
    found = successions([standing("a", C)], {POST: now})
    assert [(one.nomination.person, one.now) for one in found] == [("a", now)] * listed
    assert successions([replace(standing("a", C), erased=True)], {POST: now}) == []


@pytest.mark.parametrize(("state", "same_seat"), [*product(sorted(LIVE), (True, False))])
def test_whose_successor_is_in_the_run_already_is_not_to_be_replaced(state: NominationState, same_seat: bool) -> None:
    """Unless that one waits for the very seat: then it is a swap."""
    gone = successions([standing("a", C)], {POST: Incumbents("b")})
    own = replace(standing("b", state), bucket=f"run:{'HEADS' if same_seat else 'OTHER'}:PO-50")
    listed = to_take_over(gone, {"b": own})
    assert listed == (gone if same_seat and state is NominationState.WAITLISTED else [])
    assert to_take_over(gone, {}) == gone


def test_who_comes_after_nobody_is_to_be_replaced_all_the_same() -> None:
    gone = successions([standing("a", C)], {POST: Incumbents()})
    assert to_take_over(gone, {"b": standing("b", C)}) == gone


# ---- what the post is to a nomination


def in_post(id: str, *held: Held, unit: str = "PO-50", level: str | None = "M2") -> Person:
    assignment = Assignment(unit, level, held=held)
    return Person(id, assignment, place(unit), tuple((one, place(one.unit)) for one in held))


def on(*people: Person, seats: int = 1, nominations: tuple[Nomination, ...] = ()) -> Board:
    heads = [bucket(unit, seats, "HEADS", free=seats - len(nominations)) for unit in ("PO-50", "PO-51")]
    return board(heads, people, nominations, run(targets=(HEADS,)))


def invite(who: str, held: Held | None = HOLDER) -> Nominate:
    return Nominate("run", who, Rank.PRIMARY, "HEADS", None, f"new-{who}", held)


@pytest.mark.parametrize("person", [in_post("a", HOLDER), in_post("a", ACTING, unit="PO-51", level="K3")])
def test_the_seat_the_place_and_the_mark_are_those_of_the_post(person: Person) -> None:
    """Who acts may come from elsewhere, and of another level."""
    decision = on(person).decide(invite("a"), CALLER, NOW)
    held = person.posts[0][0]
    assert (decision.bucket.id, decision.nomination.place) == ("run:HEADS:PO-50", place("PO-50"))
    assert decision.nomination.ex_officio == held
    assert [event.model_dump(mode="json", by_alias=True)["exOfficio"] for event in decision.events] == [held.in_post]


def test_an_ordinary_nomination_has_no_mark() -> None:
    """Not of a head either: a person is nominated, not the post."""
    decision = on(in_post("a", HOLDER)).decide(invite("a", None), CALLER, NOW)
    assert decision.nomination.ex_officio is None
    assert [event.model_dump(mode="json", by_alias=True)["exOfficio"] for event in decision.events] == [None]


def refused(on_board: Board, command: object, scope: Scope = EVERYTHING) -> str:
    with pytest.raises(Refused) as caught:
        on_board.decide(command, replace(CALLER, scope=scope), NOW)  # type: ignore[arg-type]
    assert on_board.changes == []
    return caught.value.code


def test_who_has_left_the_post_meanwhile_is_not_nominated() -> None:
    assert refused(on(in_post("a")), invite("a")) == "not-in-post"
    assert refused(on(in_post("a", replace(HOLDER, unit="PO-51"))), invite("a")) == "not-in-post"
    assert refused(on(in_post("a", HOLDER, level="K3")), invite("a")) == "wrong-level"
    assert refused(on(), invite("a")) == "unknown-person"
    gone = in_post("a", HOLDER)
    assert refused(on(replace(gone, assignment=replace(gone.assignment, erased=True))), invite("a")) == "person-erased"


def test_a_province_nominates_whoever_acts_for_it_and_nobody_elsewhere() -> None:
    acting = in_post("a", ACTING, unit="PO-51")
    assert on(acting).decide(invite("a"), replace(CALLER, scope=Scope(unit="PO-50")), NOW).nomination.person == "a"
    assert refused(on(acting), invite("a"), Scope(unit="PO-51")) == "unknown-person"


def test_the_successor_takes_over_with_the_own_mark() -> None:
    first = standing("a", C)
    successor = in_post("b", ACTING, unit="PO-51", level="K3")
    before = on(in_post("a"), successor, nominations=(first,))
    decision = before.decide(substitute("of-a", "b"), CALLER, NOW)
    assert (decision.nomination.ex_officio, decision.nomination.place) == (ACTING, place("PO-50"))
    assert [event.ex_officio for event in decision.events] == [InPost.HOLDER, InPost.ACTING]  # type: ignore[attr-defined]
    assert states(before) == {"of-a": "WITHDRAWN", "new": "CONFIRMED"}


def test_a_delegate_who_is_not_in_the_post_has_no_mark_and_must_be_eligible() -> None:
    delegate = in_post("b", replace(HOLDER, unit="PO-50"))
    none = replace(delegate, posts=(), assignment=replace(delegate.assignment, held=()))
    assert refused(on(none, nominations=(standing("a", C),)), substitute("of-a", "b")) == "wrong-post"


def test_every_later_event_keeps_the_mark() -> None:
    on_board = on(in_post("a", ACTING))
    on_board.decide(invite("a"), CALLER, NOW)
    withdrawn = on_board.decide(decide(Action.WITHDRAW, "new-a"), CALLER, NOW)
    assert [event.ex_officio for event in withdrawn.events] == [InPost.ACTING]  # type: ignore[attr-defined]
