"""When a step is played: `D-30`, `D`, `D+1` (at 08:30 in Bangkok), or a moment. Pure."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from shared.clock import BANGKOK

MORNING: Final = time(8, 30)
_DAY: Final = re.compile(r"D([+-][0-9]{1,4})?")


def day_of(moment: datetime) -> date:
    """In Bangkok."""
    return moment.astimezone(BANGKOK).date()


def moment_of(at: str, first_day: date) -> datetime:
    """`first_day` is that of the first session. Raises ValueError with a sentence."""
    counted = _DAY.fullmatch(at)
    if counted is not None:
        return datetime.combine(first_day + timedelta(days=int(counted[1] or 0)), MORNING, BANGKOK)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise ValueError(f"{at} is neither a day as D-30 or D+1 nor a moment") from None
    if moment.tzinfo is None:
        raise ValueError(f"{at} says no offset from UTC, as +07:00")
    return moment
