"""How many different people have some seats, in eight bytes for each of them.

Of a person no more is kept than the hash of the id, of 64 bits: with 100,000 people the chance that any two of them
share one is 1 in 3,000,000,000, and a set of their ids would take twenty times as much. Pure.
"""

import heapq
from array import array
from collections.abc import Iterable
from typing import Final

_LEAST: Final = 1_024  # hashes that wait at least, before they are sorted in among the others


class Distinct:
    """Grows with the people, however many seats they have."""

    __slots__ = ("_new", "_sorted")

    def __init__(self) -> None:
        self._sorted = array("q")
        self._new = array("q")

    def add(self, people: Iterable[str]) -> None:
        for person in people:
            self._new.append(hash(person))
            self._settle(_LEAST)

    def merge(self, other: "Distinct") -> None:
        for hashes in (other._sorted, other._new):
            for start in range(0, len(hashes), _LEAST):
                self._new.extend(hashes[start : start + _LEAST])
                self._settle(_LEAST)

    def __len__(self) -> int:
        self._settle(0)
        return len(self._sorted)

    def _settle(self, least: int) -> None:
        """As soon as a quarter as many wait as are sorted: so it costs a few steps for each, all in all."""
        if len(self._new) <= max(least, len(self._sorted) // 4 if least else 0):
            return
        merged, last = array("q"), None
        for one in heapq.merge(self._sorted, sorted(self._new)):
            if one != last:
                merged.append(one)
            last = one
        self._sorted, self._new = merged, array("q")
