"""Waves of reminders: how many days before a run each is due, and what tells the wave of one day from that of another.
Pure.

A wave is due at 08:30 in Bangkok, so many days before the day on which the run starts.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final

from shared.clock import BANGKOK

WAVES: Final[Mapping[str, int]] = {"D-7": 7, "D-1": 1}
_TIME_OF_DAY: Final = time(8, 30)


def due_at(starts_at: datetime, days: int) -> datetime:
    """Business time."""
    day = starts_at.astimezone(BANGKOK).date() - timedelta(days=days)
    return datetime.combine(day, _TIME_OF_DAY, BANGKOK)


def wave_reason(whom: str, wave: str, due: datetime) -> str:
    """`whom`: a nomination, or the run for all of them. A run that moves to another day has new waves; one that
    moves within the day does not."""
    return f"{whom}|{wave}|{due.astimezone(BANGKOK).date().isoformat()}"
