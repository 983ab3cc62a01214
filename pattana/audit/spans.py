"""Sets of sequence numbers as ranges: the history of an aggregate is nearly always a single range. Pure."""

from bisect import bisect_right
from collections.abc import Iterator


class Spans:
    """A set of integers that is small as long as they are dense."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, number: int) -> bool:
        """Whether the number is new."""
        if not self._ends or number > self._ends[-1] + 1:
            self._starts.append(number)
            self._ends.append(number)
            return True
        if number == self._ends[-1] + 1:
            self._ends[-1] = number
            return True
        return self._insert(number)

    def _insert(self, number: int) -> bool:
        place = bisect_right(self._starts, number)
        if place and number <= self._ends[place - 1]:
            return False
        joins_left = place > 0 and self._ends[place - 1] == number - 1
        joins_right = place < len(self._starts) and self._starts[place] == number + 1
        if joins_left and joins_right:
            self._ends[place - 1] = self._ends.pop(place)
            self._starts.pop(place)
        elif joins_left:
            self._ends[place - 1] = number
        elif joins_right:
            self._starts[place] = number
        else:
            self._starts.insert(place, number)
            self._ends.insert(place, number)
        return True

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._starts, number)
        return place > 0 and number <= self._ends[place - 1]

    def __len__(self) -> int:
        return sum(end - start + 1 for start, end in zip(self._starts, self._ends, strict=True))

    @property
    def last(self) -> int:
        """The greatest number; 0 when empty."""
        return self._ends[-1] if self._ends else 0

    def missing(self) -> Iterator[int]:
        """The numbers from 1 to the last that are missing."""
        following = 1
        for start, end in zip(self._starts, self._ends, strict=True):
            yield from range(following, start)
            following = end + 1

    def without(self, other: "Spans") -> Iterator[int]:
        """The numbers that `other` does not have."""
        for start, end in zip(self._starts, self._ends, strict=True):
            for number in range(start, end + 1):
                if number not in other:
                    yield number
