"""When a step is played: `D-30`, `D`, `D+1` (at 08:30 in Bangkok), or a moment; and days of a file. Pure."""

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from pattana.eras import require_common_era, require_within_reach
from shared.clock import BANGKOK
from shared.values import Day, Moment

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
    require_common_era(at)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise ValueError(f"{at} is neither a day as D-30 or D+1 nor a moment") from None
    if moment.tzinfo is None:
        raise ValueError(f"{at} says no offset from UTC, as +07:00")
    require_within_reach(moment)
    return moment


def _of_common_era(written: Any) -> Any:
    if isinstance(written, str):
        require_common_era(written)
    return written


# As the services take them, so that a file is refused when it is read and not by a step in its middle.
OF_COMMON_ERA: Final = BeforeValidator(_of_common_era)
FileDay = Annotated[Day, OF_COMMON_ERA]
FileMoment = Annotated[Moment, OF_COMMON_ERA]
