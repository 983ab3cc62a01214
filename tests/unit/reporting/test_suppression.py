"""Small counts stay hidden, also from whoever can subtract."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.answering.domain.suppression import Path, hidden, is_small

names = st.sampled_from("abc")
leaves = st.dictionaries(st.tuples(names, names, names), st.integers(0, 12), max_size=12)


@pytest.mark.parametrize(("count", "small"), [(0, False), (1, True), (4, True), (5, False)])
def test_nobody_and_five_are_published(count: int, small: bool) -> None:
    assert is_small(count) is small


def test_nothing_is_hidden_without_reason() -> None:
    assert hidden({("a",): 5, ("b",): 0, ("c",): 70}) == set()


def test_the_smallest_other_part_keeps_a_hidden_one_company() -> None:
    assert hidden({("a",): 3, ("b",): 30, ("c",): 8, ("d",): 0}) == {("a",), ("c",)}


def test_a_hidden_sum_hides_below_it() -> None:
    gone = hidden({("north", "1"): 3, ("south", "2"): 6, ("south", "3"): 7, ("west", "4"): 50})
    # north is small, south keeps it company; one part of south must go or it could be added up again
    assert gone == {("north",), ("north", "1"), ("south",), ("south", "2")}


def test_a_small_whole_hides_everything() -> None:
    assert hidden({("a", "x"): 3}) == {(), ("a",), ("a", "x")}


def sums(counts: dict[Path, int]) -> dict[Path, int]:
    """Every node's count."""
    nodes: dict[Path, int] = {(): 0}
    for path, count in counts.items():
        for depth in range(len(path) + 1):
            nodes[path[:depth]] = nodes.get(path[:depth], 0) + count
    return nodes


def parts(of: Path, nodes: Iterable[Path]) -> list[Path]:
    return [path for path in nodes if len(path) == len(of) + 1 and path[: len(of)] == of]


@given(leaves)
def test_no_hidden_count_can_be_subtracted(counts: dict[Path, int]) -> None:
    """In every sum: either no part is hidden, or the whole or at least one more part is unknown as well."""
    nodes = sums(counts)
    gone = hidden(counts)
    for node in nodes:
        below = parts(node, nodes)
        unknown = [part for part in below if part in gone and nodes[part]]
        assert len(unknown) != 1 or node in gone or not nodes[node]
        if node in gone and below:
            assert unknown


@given(leaves)
def test_every_small_count_is_hidden(counts: dict[Path, int]) -> None:
    gone = hidden(counts)
    assert {node for node, count in sums(counts).items() if is_small(count)} <= gone
