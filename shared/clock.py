"""The two clocks. System time is never driven; business time is system time plus a run's offset.

System time stamps tokens, leases, expiry, recorded_at, published_at and lag. Business time is what a run's windows,
reminders and occurred_at see: the offset is 0 in production, and is stored with the run when a past programme is
entered afterwards, rehearsed or played by the demo. Domains take either as a parameter and must not read a clock.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BANGKOK = ZoneInfo("Asia/Bangkok")

Clock = Callable[[], datetime]


def now() -> datetime:
    """System time, aware, in UTC."""
    return datetime.now(UTC)


def midnight(day: date) -> datetime:
    """The beginning of a day in Bangkok."""
    return datetime.combine(day, time(), BANGKOK)


def business(now: datetime, offset_seconds: float) -> datetime:
    """Business time of a run whose stored offset is `offset_seconds`, for the system time `now`."""
    return now + timedelta(seconds=offset_seconds)
