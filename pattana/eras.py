"""Days and moments as operators and files of plays write them: a Buddhist year is refused with the day that was meant,
as the services do. Pure."""

from datetime import datetime

from shared.thai.dates import LAST_YEAR
from shared.values import FIRST_MOMENT, DateBuddhistIso, common_era


def require_common_era(written: str) -> None:
    """Told by the text, before it is parsed. Raises ValueError with a sentence."""
    if (days := common_era(written)) is not None:
        raise ValueError(DateBuddhistIso.en.format(text=days[0], meant=days[1]))


def require_within_reach(moment: datetime) -> None:
    """What the services take. Raises ValueError with a sentence."""
    if not FIRST_MOMENT <= moment.year <= LAST_YEAR:
        raise ValueError(f"{moment.date()} is not between the years {FIRST_MOMENT} and {LAST_YEAR}")
