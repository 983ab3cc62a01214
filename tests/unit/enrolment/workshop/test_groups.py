"""Groups made, changed by hand and locked: what each comes to, and what is refused."""

from dataclasses import replace

import pytest

from services.enrolment.workshop.domain import groups, refusals
from services.enrolment.workshop.domain.groups import Member, exchange, lock, make, put, settle
from shared.errors import Refused
from shared.events import workshops as events
from shared.events.seats import NominationState
from shared.events.workshops import MOST_MEMBERS, LeftBecause, PlacedBy
from tests.unit.enrolment.workshop.people import BOTH, EMPTY, holder, holders, in_groups, made

PEOPLE = holders(10)
FIVE = made(PEOPLE, 3)
MEMBERS = in_groups(FIVE)


def by_group(number: int, count: int = 1) -> list[Member]:
    return [one for one in MEMBERS.values() if one.group == number][:count]


def test_a_deal_says_who_is_where_and_ends_with_the_sizes() -> None:
    kinds = [type(fact) for fact in FIVE.events]
    assert kinds == [events.GroupsMade, events.GroupMembersPlaced]
    last = FIVE.events[-1]
    assert isinstance(last, events.GroupMembersPlaced)
    assert (last.sizes, last.by, last.last) == ((4, 3, 3), PlacedBy.RULE, True)
    assert {one.nomination: one.group for one in last.members} == {key: one.group for key, one in MEMBERS.items()}
    assert (FIVE.workshop.sizes, FIVE.workshop.seq) == ((4, 3, 3), 2)


def test_a_large_deal_is_told_in_pages_of_a_hundred() -> None:
    outcome = made(holders(250), 4)
    pages = [fact for fact in outcome.events if isinstance(fact, events.GroupMembersPlaced)]
    assert [len(page.members) for page in pages] == [100, 100, 50]
    assert [page.last for page in pages] == [False, False, True]
    assert pages[0].sizes == (63, 37, 0, 0)
    assert pages[-1].sizes == outcome.workshop.sizes == (63, 63, 62, 62)


def test_made_anew_everybody_is_told_where_they_were() -> None:
    again = make(FIVE.workshop, MEMBERS, PEOPLE[:9], 2, BOTH, {}, by_rule=True)
    made_event, placed = again.events
    assert isinstance(made_event, events.GroupsMade)
    assert made_event.sizes == (0, 0)
    assert isinstance(placed, events.GroupMembersPlaced)
    assert {one.nomination: one.before for one in placed.members} == {
        key: one.group for key, one in MEMBERS.items() if key != PEOPLE[9].nomination
    }
    assert again.members[PEOPLE[9].nomination].group is None
    assert again.workshop.sizes == (5, 4)


def test_empty_groups_are_filled_by_hand() -> None:
    empty = make(EMPTY, {}, PEOPLE, 2, (), {}, by_rule=False)
    assert (empty.workshop.sizes, empty.members) == ((0, 0), {})
    one = put(empty.workshop, Member.of(PEOPLE[0]), 2)
    assert (one.workshop.sizes, one.members[PEOPLE[0].nomination].by) == ((0, 1), PlacedBy.HAND)
    assert put(one.workshop, one.members[PEOPLE[0].nomination], 2).events == ()
    moved = put(one.workshop, one.members[PEOPLE[0].nomination], 1)
    assert moved.workshop.sizes == (1, 0)
    cleared = make(moved.workshop, moved.members, PEOPLE, 3, (), {}, by_rule=False)
    assert (cleared.workshop.sizes, cleared.members[PEOPLE[0].nomination].group) == ((0, 0, 0), None)


def test_an_exchange_leaves_the_sizes_as_they_are() -> None:
    [one], [other] = by_group(1), by_group(2)
    outcome = exchange(FIVE.workshop, one, other)
    assert outcome.workshop.sizes == FIVE.workshop.sizes
    assert [outcome.members[key.nomination].group for key in (one, other)] == [2, 1]
    [fact] = outcome.events
    assert isinstance(fact, events.GroupMembersPlaced)
    assert sorted((row.before, row.group) for row in fact.members) == [(1, 2), (2, 1)]


LOCKED = replace(FIVE.workshop, locked=True)
USED = replace(FIVE.workshop, ideas=1)
FULL = replace(FIVE.workshop, sizes=(MOST_MEMBERS, 3, 3))
CROWDED = replace(FIVE.workshop, sizes=(99,) * 21)
[FIRST, SECOND], [ELSEWHERE] = by_group(1, 2), by_group(2)
NEW = Member.of(holder(99))


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        (lambda: made(PEOPLE, 3, LOCKED), refusals.GroupsAreLocked),
        (lambda: made(PEOPLE, 3, USED), refusals.GroupsInUse),
        (lambda: made([], 1), refusals.NobodyToGroup),
        (lambda: made(holders(groups.MOST_PEOPLE + 1), 50), refusals.TooManyToGroup),
        (lambda: made(PEOPLE, 11), refusals.MoreGroupsThanPeople),
        (lambda: made(holders(MOST_MEMBERS + 1), 1), refusals.GroupTooLarge),
        (lambda: put(EMPTY, NEW, 1), refusals.NoGroups),
        (lambda: put(LOCKED, NEW, 1), refusals.GroupsAreLocked),
        (lambda: put(FIVE.workshop, NEW, 4), refusals.UnknownGroup),
        (lambda: put(FULL, NEW, 1), refusals.GroupFull),
        (lambda: put(CROWDED, NEW, 1), refusals.TooManyToGroup),
        (lambda: exchange(EMPTY, FIRST, ELSEWHERE), refusals.NoGroups),
        (lambda: exchange(LOCKED, FIRST, ELSEWHERE), refusals.GroupsAreLocked),
        (lambda: exchange(FIVE.workshop, FIRST, SECOND), refusals.SameGroup),
        (lambda: exchange(FIVE.workshop, FIRST, NEW), refusals.NotInGroup),
        (lambda: lock(EMPTY, locked=True), refusals.NoGroups),
    ],
)
def test_what_cannot_be_is_refused_with_its_own_code(attempt: object, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        attempt()  # type: ignore[operator]


def test_a_lock_is_told_once() -> None:
    locked = lock(FIVE.workshop, locked=True)
    assert [type(fact) for fact in locked.events] == [events.GroupsLocked]
    assert lock(locked.workshop, locked=True).events == ()
    assert [type(fact) for fact in lock(locked.workshop, locked=False).events] == [events.GroupsUnlocked]


def settled(workshop: groups.Workshop, here: list[object], also: list[object] | None = None) -> groups.Outcome:
    """`here`: the nominations of this run as they are now; `also`: who came."""
    known = {one.nomination: one for one in here}  # type: ignore[attr-defined]
    seated = [one for one in [*here, *(also or [])] if one.seated]  # type: ignore[attr-defined]
    return settle(workshop, MEMBERS, known, seated, {})  # type: ignore[arg-type]


def test_who_withdraws_leaves_and_who_moves_up_takes_the_room() -> None:
    gone, rest = replace(PEOPLE[0], state=NominationState.WITHDRAWN), PEOPLE[1:]
    left = settled(FIVE.workshop, [gone, *rest])
    [fact] = left.events
    assert isinstance(fact, events.GroupMembersLeft)
    assert (fact.because, [one.nomination for one in fact.members]) == (LeftBecause.SEAT_LOST, [gone.nomination])
    assert left.members[gone.nomination].group is None
    assert sum(left.workshop.sizes) == 9
    up = settled(FIVE.workshop, [gone, *rest], [holder(50)])
    assert up.members["n0050"].by is PlacedBy.SEAT
    assert max(up.workshop.sizes) - min(up.workshop.sizes) <= 1


def test_a_substitute_takes_over_the_place_also_in_locked_groups() -> None:
    gone = replace(PEOPLE[4], state=NominationState.WITHDRAWN)
    instead, other = holder(60, replaces=gone.nomination), holder(61)
    rest = [one for one in PEOPLE if one.nomination != gone.nomination]
    for workshop in (FIVE.workshop, LOCKED):
        outcome = settled(workshop, [gone, *rest], [instead, other])
        assert outcome.members["n0060"].group == MEMBERS[gone.nomination].group
        assert outcome.members["n0060"].by is PlacedBy.SUBSTITUTION
        assert ("n0061" in outcome.members) is not workshop.locked


def test_who_goes_to_another_run_with_the_seat_leaves() -> None:
    outcome = settled(FIVE.workshop, PEOPLE[:5])  # type: ignore[arg-type]
    [fact] = outcome.events
    assert isinstance(fact, events.GroupMembersLeft)
    assert (fact.because, len(fact.members)) == (LeftBecause.OTHER_RUN, 5)
    assert sum(outcome.workshop.sizes) == 5


def test_nothing_happened_and_nothing_is_told() -> None:
    assert settled(FIVE.workshop, PEOPLE).events == ()  # type: ignore[arg-type]


def test_when_all_groups_are_full_who_comes_is_in_none() -> None:
    outcome = settled(replace(FIVE.workshop, sizes=(MOST_MEMBERS,) * 3), PEOPLE, [holder(70)])  # type: ignore[arg-type]
    assert outcome.events == ()
