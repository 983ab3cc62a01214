"""Times that overlap: of the sessions of two runs, and of runs as a whole. Pure.

What ends when something else begins does not overlap it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class OtherRun:
    """Another run as far as a check needs it."""

    id: str
    lasts: Span
    sessions: tuple[Span, ...]


def overlap(ours: Sequence[Span], theirs: Sequence[Span]) -> bool:
    """Whether any of ours is at the same time as any of theirs."""
    return any(one[0] < other[1] and other[0] < one[1] for one in ours for other in theirs)


def encloses(outer: Span, inner: Span) -> bool:
    """Whether the first lasts for as long as the second at least."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]
