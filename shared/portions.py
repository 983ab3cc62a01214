"""Many ids in portions: a query for a thousand of them at once costs SecantusDB far more than ten for a hundred."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")
AT_ONCE: Final = 100


def portions(items: Sequence[T], size: int = AT_ONCE) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
