"""The government's working days: which days count when a letter says "five working days before".

The calendar of the holidays library is right for years whose announcements it knows; the cabinet's special days after
that, and the extra days of border provinces, come as `overrides`.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final

# A name makes the day a holiday; None makes it a working day, whatever the calendar says.
Overrides = Mapping[date, str | None]
NO_OVERRIDES: Overrides = MappingProxyType({})

_WEEKEND = 5
_NOT_FOR_GOVERNMENT = ("วันแรงงานแห่งชาติ", "วันเด็กแห่งชาติ")  # substitutes too: their names end in these


@lru_cache(maxsize=64)
def government_holidays(year: int) -> Mapping[date, str]:
    """Thai names of a Common-era year's holidays: public and government ones, without Labour Day and Children's Day.

    The first call imports the calendar (0.3 s, 20 MB), so that a service that counts no days does not carry it.
    """
    from holidays import country_holidays

    calendar = country_holidays("TH", years=year, categories=("public", "government"), language="th")
    kept = {
        day: [name for name in calendar.get_list(day) if not name.endswith(_NOT_FOR_GOVERNMENT)]
        for day in sorted(calendar)
    }
    return MappingProxyType({day: ", ".join(names) for day, names in kept.items() if names})


# Songkhla, Satun, Pattani, Yala, Narathiwat: the government adds days of its own there.
BORDER_PROVINCES: Final = frozenset({"90", "91", "94", "95", "96"})
_BORDER_DAYS: Final = {
    "Chinese New Year": "วันตรุษจีน",
    "Eid al-Fitr": "วันตรุษอีดิ้ลฟิตรี",
    "Eid al-Adha": "วันตรุษอีดิ้ลอัฎฮา",
}


@lru_cache(maxsize=64)
def border_holidays(year: int) -> Mapping[date, str]:
    """Thai names of the days that offices in the border provinces have beside everybody's. Until the government has
    announced them, two of them are expected days: they follow the moon, here as it is told in Singapore, in sight of
    the same sky."""
    from holidays import country_holidays

    calendar = country_holidays("SG", years=year, observed=False, language="en_US")
    found: dict[date, str] = {}
    for day in sorted(calendar):
        for name in calendar.get_list(day):
            thai = _BORDER_DAYS.get(name.removesuffix(" (estimated)"))
            if thai is not None and found.get(day - timedelta(days=1)) != thai:  # the first day of several
                found[day] = thai
    return MappingProxyType(found)


def holidays_in(year: int, province: str | None) -> Mapping[date, str]:
    """The government's holidays of a Common-era year in a province (its code); None: everywhere else."""
    if province not in BORDER_PROVINCES:
        return government_holidays(year)
    return MappingProxyType({**border_holidays(year), **government_holidays(year)})


def is_government_working_day(day: date, overrides: Overrides = NO_OVERRIDES) -> bool:
    if day in overrides:
        return overrides[day] is None
    return day.weekday() < _WEEKEND and day not in government_holidays(day.year)


def next_working_day(day: date, overrides: Overrides = NO_OVERRIDES) -> date:
    """The day itself when it is one, else the first after it."""
    while not is_government_working_day(day, overrides):
        day += timedelta(days=1)
    return day


def working_days_before(day: date, count: int, overrides: Overrides = NO_OVERRIDES) -> date:
    """The day with `count` working days from it up to, and without, `day`; with 0 it is `day` itself."""
    while count > 0:
        day -= timedelta(days=1)
        count -= is_government_working_day(day, overrides)
    return day


def working_days_after(day: date, count: int, overrides: Overrides = NO_OVERRIDES) -> date:
    """The last of the `count` working days that follow `day`; with 0 it is `day` itself."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_government_working_day(day, overrides)
    return day


def due_after_days(end: date, days: int, overrides: Overrides = NO_OVERRIDES) -> date:
    """`days` calendar days after the end, rolled to the next working day."""
    return next_working_day(end + timedelta(days=days), overrides)
