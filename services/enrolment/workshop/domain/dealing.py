"""Who comes into which group: sizes differ by one at most, and so do the people of one office (or of whatever comes
first) in each group; what comes after that is spread as far as this leaves room. The same people give the same groups,
in whatever order they are named. Pure.

Why it holds: the people of one office are dealt in rounds in which each group gets one, the smallest groups first. A
round begins with sizes that differ by one at most, and keeps them so; an office that ends within a round does too.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

Rank = Callable[[int, tuple[int, ...]], tuple[int, ...]]  # of a group, by who is like the one: the least is the best


class Candidate(NamedTuple):
    """Somebody to be dealt: what is spread, the most important first. `key` orders people who are alike."""

    key: str
    traits: tuple[str, ...]


class Table:
    """Groups with what they have so far, by number from 1. Only while dealing."""

    def __init__(self, groups: int) -> None:
        self._sizes = [0] * groups
        self._traits: list[Counter[tuple[int, str]]] = [Counter() for _ in range(groups)]

    def seat(self, one: Candidate, group: int) -> None:
        self._sizes[group - 1] += 1
        self._traits[group - 1].update(enumerate(one.traits))

    def by_rule(self, one: Candidate) -> int:
        """The first trait counts before the size: within an office everybody gets one before anybody gets two."""
        return self._least(one, lambda group, alike: (*alike[:1], self._sizes[group], *alike[1:], group))

    def by_room(self, one: Candidate) -> int:
        """For somebody who comes later: where there is most room, and then where fewest are like this one."""
        return self._least(one, lambda group, alike: (self._sizes[group], *alike, group))

    def _least(self, one: Candidate, rank: Rank) -> int:
        alike = [tuple(have[trait] for trait in enumerate(one.traits)) for have in self._traits]
        return 1 + min(range(len(self._sizes)), key=lambda group: rank(group, alike[group]))


def deal(people: Iterable[Candidate], groups: int) -> dict[str, int]:
    """From keys to the numbers of groups, of which there is at least one."""
    table, dealt = Table(groups), dict[str, int]()
    for one in _in_order(list(people)):
        dealt[one.key] = group = table.by_rule(one)
        table.seat(one, group)
    return dealt


def add(
    here: Mapping[str, int], known: Mapping[str, Candidate], people: Sequence[Candidate], groups: int
) -> dict[str, int]:
    """Where people go who come later; `here` are those who are in groups."""
    table, dealt = Table(groups), dict[str, int]()
    for key, group in here.items():
        table.seat(known[key], group)
    for one in sorted(people):
        dealt[one.key] = group = table.by_room(one)
        table.seat(one, group)
    return dealt


def _in_order(people: list[Candidate]) -> list[Candidate]:
    """The largest office first; in it people who are alike beside each other."""
    sizes = Counter(one.traits[:1] for one in people)
    return sorted(people, key=lambda one: (-sizes[one.traits[:1]], one.traits, one.key))
