"""Proposals: what each rule gives and why, and that no seat is ever made, lost or given by chance."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrolment.catalogue import TargetGroup, TargetScope
from services.enrolment.directory import Assignment, Held, Unit, bundled
from services.enrolment.directory.domain.refusals import UnknownUnit
from services.enrolment.directory.domain.units import bundled_unit
from services.enrolment.seats.domain.allocation import Seating, check_allocation
from services.enrolment.seats.domain.allocation_refusals import (
    BangkokHasNoOffice,
    BucketOutOfScope,
    RuleTwice,
)
from services.enrolment.seats.domain.asks import Ask, Combination, Rule, asks_of, check_asks, needs_people
from services.enrolment.seats.domain.proposals import GIVES, RULES, Known, Proposal, Why, propose
from services.enrolment.seats.domain.refusals import TargetWithoutPosts, UnknownTarget
from services.enrolment.seats.domain.shares import in_rounds, largest_remainder
from shared.errors import Refused
from shared.events.directory import InPost

REFERENCE = bundled()
UNITS: dict[str, Unit] = {key: bundled_unit(unit, REFERENCE) for key, unit in REFERENCE.units.items()}
OFFICES = sorted(key for key, unit in UNITS.items() if key == f"PO-{unit.province}")
DAY = date(2024, 5, 27)
HEADS = TargetGroup("PROV_HEAD", TargetScope.PROVINCIAL, levels=("M2",), posts=("PROV_HEAD",))
K3 = TargetGroup("PROV_K3", TargetScope.PROVINCIAL, levels=("K3",))
CENTRE = TargetGroup("CENTRE", TargetScope.CENTRAL)
ALL = TargetGroup("ALL", TargetScope.BOTH)
HOLDERS = [(Assignment(office, "M2", held=(Held(office, "PROV_HEAD", InPost.HOLDER),)), 1) for office in OFFICES]


def known(people: Any = (), used: Any = None) -> Known:
    return Known(UNITS, DAY, {one.key: people for one in (HEADS, K3, CENTRE, ALL)}, used or {})


def cells(proposal: Proposal) -> dict[tuple[str, str | None], tuple[int, str]]:
    return {(cell.target, cell.unit): (cell.seats, cell.reason.code.value) for cell in proposal.given}


def left_out(proposal: Proposal) -> list[tuple[str, str | None, int, str]]:
    return [(cell.target, cell.unit, cell.seats, cell.reason.code.value) for cell in proposal.left_out]


# ---- each rule


def test_posts_then_pool_gives_the_seats_of_play_d() -> None:
    asks = asks_of(Combination.POSTS_THEN_POOL, (HEADS, K3))
    proposal = propose(asks, (HEADS, K3), 150, known(HOLDERS))
    assert len(OFFICES) == 76
    assert cells(proposal) == {
        **{("PROV_HEAD", office): (1, "per-post") for office in OFFICES},
        ("PROV_K3", "PO"): (74, "pool"),
    }
    assert (proposal.seats, left_out(proposal)) == (150, [])


def test_a_post_without_a_holder_gets_no_seat_and_is_named() -> None:
    proposal = propose([Ask("PROV_HEAD", Rule.PER_POST)], (HEADS,), 100, known(HOLDERS[1:]))
    assert proposal.seats == 75
    assert left_out(proposal) == [("PROV_HEAD", OFFICES[0], 0, "no-holder")]


def test_who_does_not_belong_to_the_group_is_no_holder() -> None:
    head, of_group = (Held("PO-50", post, InPost.HOLDER) for post in ("PROV_HEAD", "GROUP_HEAD"))
    people = [(Assignment("PO-50", "M1", held=(head,)), 1), (Assignment("PO-51", "M2", held=(of_group,)), 4)]
    assert propose([Ask("PROV_HEAD", Rule.PER_POST)], (HEADS,), 100, known(people)).seats == 0


def test_per_unit_goes_round_until_the_capacity_ends() -> None:
    proposal = propose([Ask("PROV_K3", Rule.PER_UNIT, each=2)], (K3,), 150, known())
    found = cells(proposal)
    assert [found["PROV_K3", office] for office in OFFICES] == [(2, "per-unit")] * 74 + [(1, "per-unit-short")] * 2
    assert left_out(proposal) == [("PROV_K3", office, 1, "capacity-used-up") for office in OFFICES[-2:]]


def test_per_unit_by_the_number_of_the_group_and_the_limit_of_the_group() -> None:
    group = replace(K3, per_unit=3, seats=4)
    proposal = propose([Ask("PROV_K3", Rule.PER_UNIT, units=("PO-95", "PO-50"))], (group,), 100, known())
    assert cells(proposal) == {("PROV_K3", "PO-95"): (2, "per-unit-short"), ("PROV_K3", "PO-50"): (2, "per-unit-short")}
    assert {row[3] for row in left_out(proposal)} == {"target-limit"}


@pytest.mark.parametrize(
    ("target", "people", "shares"),
    [
        (K3, [], {"PO": (10, "pool")}),
        (CENTRE, [], {"OPS": (10, "pool")}),
        (ALL, [], {"PO": (5, "pool-share"), "OPS": (5, "pool-share")}),
        (
            ALL,
            [(Assignment("PO-50.HR"), 3), (Assignment("PO-51"), 3), (Assignment("PERS.A"), 1)],
            {"PO": (9, "pool-share"), "OPS": (1, "pool-share")},
        ),
    ],
)
def test_the_pool_of_a_group_is_that_of_its_scope(target: TargetGroup, people: Any, shares: Any) -> None:
    proposal = propose([Ask(target.key, Rule.POOL, seats=10)], (target,), 12, known(people))
    assert cells(proposal) == {(target.key, unit): share for unit, share in shares.items()}


def test_a_pool_beyond_the_capacity_says_what_does_not_fit() -> None:
    proposal = propose([Ask("CENTRE", Rule.POOL, seats=10)], (CENTRE,), 7, known())
    assert (proposal.seats, left_out(proposal)) == (7, [("CENTRE", None, 3, "capacity-used-up")])


PEOPLE = [
    (Assignment("PO-50.HR", "K3"), 5),
    (Assignment("PO-50", "K3"), 1),
    (Assignment("PO-51", "K3"), 3),
    (Assignment("PO-95", "K3"), 3),
    (Assignment("PO-95", "K2"), 90),  # not of the group
    (Assignment("PERS", "K3"), 90),
]


def test_by_head_count_with_the_largest_remainder_and_ties_by_code() -> None:
    """6, 3 and 3 of 12 on ten seats: 5, 2.5 and 2.5."""
    proposal = propose([Ask("PROV_K3", Rule.BY_HEAD_COUNT, seats=10)], (K3,), 100, known(PEOPLE))
    assert cells(proposal) == {
        ("PROV_K3", "PO-50"): (5, "by-head-count"),
        ("PROV_K3", "PO-51"): (3, "by-head-count"),
        ("PROV_K3", "PO-95"): (2, "by-head-count"),
    }
    assert {cell.reason.details["of"] for cell in proposal.given} == {12}
    assert left_out(proposal) == []


def test_people_count_at_the_nearest_of_the_named_units() -> None:
    ask = Ask("ALL", Rule.BY_HEAD_COUNT, seats=20, units=("PERS", "OPS", "PO-50.HR", "PO"))
    people = [(Assignment(unit), 5) for unit in ("PERS.A", "DRI", "PO-50.HR", "PO-51")]
    proposal = propose([ask], (ALL,), 100, known(people))
    assert cells(proposal) == {("ALL", unit): (5, "by-head-count") for unit in ask.units}


def test_nobody_gets_more_seats_than_there_are_people() -> None:
    proposal = propose([Ask("PROV_K3", Rule.BY_HEAD_COUNT, seats=20)], (K3,), 15, known(PEOPLE))
    assert proposal.seats == 12
    assert left_out(proposal) == [("PROV_K3", None, 8, "more-than-people")]
    empty = propose([Ask("PROV_K3", Rule.BY_HEAD_COUNT, seats=20)], (K3,), 15, known())
    assert (empty.seats, left_out(empty)) == (0, [("PROV_K3", None, 20, "nobody-known")])


def test_by_last_year_gives_as_many_or_shares_a_number_by_them() -> None:
    used = {"PROV_K3": {"PO-50.HR": 3, "PO-51": 1, "PERS": 9}}
    same = propose([Ask("PROV_K3", Rule.BY_LAST_YEAR)], (K3,), 100, known(used=used))
    assert cells(same) == {("PROV_K3", "PO-50"): (3, "by-last-year"), ("PROV_K3", "PO-51"): (1, "by-last-year")}
    more = propose([Ask("PROV_K3", Rule.BY_LAST_YEAR, seats=10)], (K3,), 8, known(used=used))
    assert {unit: seats for (_, unit), (seats, _) in cells(more).items()} == {"PO-50": 6, "PO-51": 2}
    assert left_out(more) == [("PROV_K3", None, 2, "capacity-used-up")]
    none = propose([Ask("PROV_K3", Rule.BY_LAST_YEAR, seats=10)], (K3,), 8, known())
    assert left_out(none) == [("PROV_K3", None, 10, "nothing-last-year")]


def test_a_total_without_a_split_is_nobodys_and_is_kept_free() -> None:
    asks = [Ask("PROV_K3", Rule.POOL), Ask("CENTRE", Rule.TOTAL, seats=30)]
    proposal = propose(asks, (K3, CENTRE), 100, known())
    assert cells(proposal) == {("PROV_K3", "PO"): (70, "pool")}
    assert left_out(proposal) == [("CENTRE", None, 30, "total-not-split")]


def test_groups_without_a_number_share_what_the_others_leave() -> None:
    asks = [Ask("PROV_K3", Rule.POOL), Ask("CENTRE", Rule.POOL), Ask("ALL", Rule.POOL, seats=5, units=("OPS",))]
    proposal = propose(asks, (K3, CENTRE, ALL), 16, known())
    assert {(target, unit): seats for (target, unit), (seats, _) in cells(proposal).items()} == {
        ("ALL", "OPS"): 5,
        ("PROV_K3", "PO"): 6,
        ("CENTRE", "OPS"): 5,
    }


def test_the_groups_own_numbers() -> None:
    groups = (replace(K3, per_unit=1), replace(CENTRE, seats=24), ALL)
    asks = asks_of(Combination.OWN_NUMBERS, groups)
    assert [ask.rule for ask in asks] == [Rule.PER_UNIT, Rule.POOL, Rule.TOTAL]
    assert propose(asks[:2], groups, 100, known()).seats == 100


# ---- what is refused


@pytest.mark.parametrize(
    ("asks", "refusal"),
    [
        ([Ask("NOBODY", Rule.POOL)], UnknownTarget),
        ([Ask("PROV_K3", Rule.POOL), Ask("PROV_K3", Rule.TOTAL)], RuleTwice),
        ([Ask("PROV_K3", Rule.PER_UNIT, units=("PO-50", "PO-99"))], UnknownUnit),
        ([Ask("PROV_K3", Rule.PER_UNIT, units=("PO-10",))], BangkokHasNoOffice),
        ([Ask("PROV_K3", Rule.PER_UNIT, units=("PERS",))], BucketOutOfScope),
        ([Ask("CENTRE", Rule.POOL, units=("PO",))], BucketOutOfScope),
    ],
)
def test_what_no_proposal_is_made_for(asks: list[Ask], refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        check_asks(asks, (HEADS, K3, CENTRE, ALL), UNITS)


def test_a_group_without_posts_has_no_holders() -> None:
    with pytest.raises(TargetWithoutPosts):
        propose([Ask("PROV_K3", Rule.PER_POST)], (K3,), 10, known())


def test_people_are_counted_only_where_a_rule_goes_by_them() -> None:
    counting = {rule for rule in Rule if needs_people(Ask("PROV_K3", rule), K3)}
    assert counting == {Rule.PER_POST, Rule.BY_HEAD_COUNT}
    assert needs_people(Ask("ALL", Rule.POOL), ALL)


# ---- what holds for all of them

SOME = ["PO-50", "PO-51", "PO-95", "PO-50.HR", "PERS", "OPS", "PO"]
BELOW = ["PO-50.HR", "PO-50.ADM", "PO-51", "PO-95.HR", "PERS", "DRI", "OPS"]
LEVELS: list[str | None] = ["K3", "M2", None]
amounts = st.one_of(st.none(), st.integers(1, 60))
people = st.lists(
    st.tuples(
        st.builds(Assignment, st.sampled_from(BELOW), st.sampled_from(LEVELS), st.sampled_from(["PROV_HEAD", None])),
        st.integers(1, 30),
    ),
    max_size=8,
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Ask], list[TargetGroup], int, Known]:
    groups = [replace(one, seats=draw(amounts), per_unit=draw(amounts)) for one in (HEADS, K3, CENTRE, ALL)]
    asks = []
    for group in draw(st.lists(st.sampled_from(groups), unique_by=lambda one: one.key)):
        rule = draw(st.sampled_from([one for one in Rule if one is not Rule.PER_POST or group.posts]))
        allowed = {"PROVINCIAL": [*SOME[:4], "PO"], "CENTRAL": ["PERS", "OPS"], "BOTH": SOME}[group.scope]
        units = tuple(draw(st.lists(st.sampled_from(allowed), max_size=4)))
        asks.append(Ask(group.key, rule, draw(amounts), draw(amounts), units))
    counted = draw(people)
    used = {group.key: Counter({one.unit: count for one, count in draw(people)}) for group in groups}
    return asks, groups, draw(st.integers(0, 120)), Known(UNITS, DAY, {one.key: counted for one in groups}, used)


@settings(deadline=None, max_examples=200)
@given(cases())
def test_a_proposal_is_an_allocation_and_conserves_what_was_asked_for(case: Any) -> None:
    asks, groups, capacity, facts = case
    check_asks(asks, groups, UNITS)
    proposal = propose(asks, groups, capacity, facts)
    seatings = [Seating(cell.target, cell.unit or "", cell.seats) for cell in proposal.given]
    check_allocation(seatings, groups, UNITS, capacity)
    assert all(cell.seats > 0 for cell in proposal.given)
    assert {cell.reason.code for cell in proposal.given} <= GIVES
    assert {cell.reason.code for cell in proposal.left_out}.isdisjoint(GIVES)
    by_key = {group.key: group for group in groups}
    for ask in asks:
        came_to = sum(c.seats for c in (*proposal.given, *proposal.left_out) if c.target == ask.target)
        asked = asked_for(ask, by_key[ask.target], facts)
        assert asked is None or came_to == asked


def asked_for(ask: Ask, group: TargetGroup, facts: Known) -> int | None:
    """Said in another way than the rules do. None: whatever the others leave, or counted."""
    units = len(set(ask.units))
    if ask.rule is Rule.PER_UNIT:
        return (ask.each or group.per_unit or 1) * units if units else None
    if ask.rule in (Rule.PER_POST, Rule.BY_LAST_YEAR):
        return ask.seats if ask.rule is Rule.BY_LAST_YEAR else None
    return ask.seats if ask.seats is not None else group.seats


@settings(deadline=None)
@given(cases(), st.randoms())
def test_the_order_in_which_facts_come_changes_nothing(case: Any, random: Any) -> None:
    asks, groups, capacity, facts = case

    def shuffled(pairs: Any) -> Any:
        return random.sample(list(pairs), len(list(pairs)))

    mixed = Known(
        dict(shuffled(UNITS.items())),
        DAY,
        {key: shuffled(rows) for key, rows in facts.people.items()},
        {key: dict(shuffled(rows.items())) for key, rows in facts.used.items()},
    )
    assert propose(asks, groups, capacity, mixed) == propose(asks, groups, capacity, facts)


@given(st.integers(0, 500), st.dictionaries(st.text("ABCDE", min_size=1, max_size=2), st.integers(0, 50)))
def test_the_largest_remainder(seats: int, weights: dict[str, int]) -> None:
    shares, whole = largest_remainder(seats, weights), sum(weights.values())
    assert shares.keys() == weights.keys()
    assert sum(shares.values()) == (seats if whole else 0)
    for unit, share in shares.items():
        assert not whole or abs(share * whole - seats * weights[unit]) < whole  # never a whole seat away


def test_ties_go_by_code_whatever_the_order() -> None:
    assert largest_remainder(1, {"B": 1, "A": 1}) == {"A": 1, "B": 0}
    assert in_rounds({"B": 1, "A": 1}, 1) == {"A": 1, "B": 0}


@given(st.integers(0, 300), st.dictionaries(st.text("ABCDE", min_size=1, max_size=2), st.integers(0, 50)))
def test_rounds_are_played_one_by_one(seats: int, wanted: dict[str, int]) -> None:
    given_out, left = dict.fromkeys(wanted, 0), seats
    while left and given_out != wanted:
        for unit in sorted(wanted):
            if left and given_out[unit] < wanted[unit]:
                given_out[unit] += 1
                left -= 1
    assert in_rounds(wanted, seats) == given_out


def test_every_rule_is_in_the_table() -> None:
    assert set(RULES) == set(Rule)
    assert len(GIVES) == 7
    assert set(Why) > GIVES
