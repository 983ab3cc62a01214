"""How many rows the next transaction of an import takes, and how long others may go first. Pure: no clock.

A transaction keeps others from what it writes to, on the embedded engine from the whole of it. So it is cut by the time
that it takes, which only its forerunner tells: engines, machines and files differ a hundredfold.
"""

from dataclasses import dataclass
from typing import Final

LEAST_ROWS: Final = 5
MOST_ROWS: Final = 200
FIRST_ROWS: Final = 20
AIM_SECONDS: Final = 0.1  # less would be spent on beginning and committing: a few rows cost hardly less than twenty


@dataclass(frozen=True, slots=True)
class Pace:
    """`rest`: for how long it waits at most, while others wait for a seat. So they get half of the time."""

    rows: int = FIRST_ROWS
    rest: float = 0.0


def next_pace(rows: int, seconds: float) -> Pace:
    """After `rows` took so many seconds. It grows at most twofold, since the next rows may cost more, and shrinks at
    once."""
    fitting = int(rows * AIM_SECONDS / seconds) if seconds > 0 else MOST_ROWS
    return Pace(max(LEAST_ROWS, min(MOST_ROWS, 2 * rows, fitting)), min(seconds, AIM_SECONDS))
