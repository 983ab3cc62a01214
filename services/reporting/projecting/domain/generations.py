"""Which generations of the projection there are.

    active  answers       next  is being filled       retired  answered before, and is dropped after a while

A crash at any point leaves one of these states, and the loop of projector.py goes on from there. Pure.
"""

from dataclasses import dataclass
from datetime import datetime


def consumer_name(generation: int) -> str:
    """The name of a generation's consumer in positions, and its group."""
    return f"reporting.g{generation}"


@dataclass(frozen=True, slots=True)
class Retired:
    generation: int
    at: datetime


@dataclass(frozen=True, slots=True)
class GenerationState:
    """Numbers of generations; `since` when `active` began to answer, `started_at` when `next` began to be filled."""

    active: int
    since: datetime
    highest: int
    next: int | None = None
    started_at: datetime | None = None
    retired: tuple[Retired, ...] = ()
