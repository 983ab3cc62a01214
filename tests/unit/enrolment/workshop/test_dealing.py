"""Groups by the rule: every small case there is, and large ones drawn at random."""

from collections import Counter
from itertools import combinations_with_replacement, permutations

from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.workshop.domain.dealing import Candidate, add, deal


def spreads(dealt: dict[str, int], groups: int, keys: set[str] | None = None) -> int:
    """How much larger the largest group is than the smallest, counting only these."""
    counts = Counter(group for key, group in dealt.items() if keys is None or key in keys)
    sizes = [counts[number] for number in range(1, groups + 1)]
    return max(sizes) - min(sizes)


def of_first(people: list[Candidate]) -> dict[str, set[str]]:
    first: dict[str, set[str]] = {}
    for one in people:
        first.setdefault(one.traits[0] if one.traits else "", set()).add(one.key)
    return first


def require_fair(people: list[Candidate], groups: int) -> dict[str, int]:
    dealt = deal(people, groups)
    assert set(dealt) == {one.key for one in people}
    assert set(dealt.values()) <= set(range(1, groups + 1))
    assert spreads(dealt, groups) <= 1
    for keys in of_first(people).values():
        assert spreads(dealt, groups, keys) <= 1
    return dealt


def test_every_small_office_and_level_is_dealt_fairly() -> None:
    """Up to six people of three offices and two levels, in up to six groups: all that differ."""
    kinds = [(office, level) for office in "ABC" for level in "12"]
    cases = 0
    for count in range(1, 7):
        for traits in combinations_with_replacement(kinds, count):
            people = [Candidate(f"n{number}", one) for number, one in enumerate(traits)]
            for groups in range(1, count + 1):
                require_fair(people, groups)
                cases += 1
    assert cases > 4_000


def test_the_order_in_which_they_are_named_does_not_matter() -> None:
    people = [Candidate(f"n{number}", (office,)) for number, office in enumerate("AABBC")]
    dealt = deal(people, 2)
    assert all(deal(order, 2) == dealt for order in permutations(people))


def test_levels_of_one_office_are_spread_too() -> None:
    for sizes in ((3, 3), (5, 1), (4, 3), (7, 2)):
        people = [
            Candidate(f"n{level}{number}", ("A", str(level)))
            for level, size in enumerate(sizes)
            for number in range(size)
        ]
        for groups in range(1, sum(sizes) + 1):
            dealt = deal(people, groups)
            for level in range(len(sizes)):
                assert spreads(dealt, groups, {one.key for one in people if one.traits[1] == str(level)}) <= 1


people_of = st.lists(
    st.tuples(st.sampled_from("ABCDEFGH"), st.sampled_from("123"), st.sampled_from("NS")), max_size=120
)


@given(people_of.filter(bool), st.integers(1, 30), st.randoms(use_true_random=False))
def test_a_large_crowd_is_dealt_fairly_and_always_alike(
    traits: list[tuple[str, ...]], groups: int, order: object
) -> None:
    people = [Candidate(f"n{number:03}", one) for number, one in enumerate(traits)]
    dealt = require_fair(people, groups)
    shuffled = list(people)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert deal(shuffled, groups) == dealt


@given(people_of, people_of, st.integers(1, 12))
def test_who_comes_later_goes_where_there_is_most_room(
    first: list[tuple[str, ...]], later: list[tuple[str, ...]], groups: int
) -> None:
    people = [Candidate(f"n{number:03}", one) for number, one in enumerate(first)]
    new = [Candidate(f"z{number:03}", one) for number, one in enumerate(later)]
    here = deal(people, groups)
    came = add(here, {one.key: one for one in people}, new, groups)
    assert set(came) == {one.key for one in new}
    assert spreads(here | came, groups) <= 1


def test_who_comes_later_goes_to_who_is_not_alike() -> None:
    known = {"n1": Candidate("n1", ("A",)), "n2": Candidate("n2", ("B",))}
    assert add({"n1": 1, "n2": 2}, known, [Candidate("n3", ("A",))], 2) == {"n3": 2}
    assert add({"n1": 1, "n2": 2}, known, [Candidate("n3", ("B",))], 2) == {"n3": 1}


def test_what_comes_second_is_spread_where_the_first_leaves_room() -> None:
    """Two of each office, one of each level: dealt in turn, all of one level would be together."""
    people = [Candidate(f"{office}{level}", (office, level)) for office in "ABCD" for level in "12"]
    dealt = require_fair(people, 2)
    for level in "12":
        assert spreads(dealt, 2, {one.key for one in people if one.traits[1] == level}) == 0
