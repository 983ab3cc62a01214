"""The calendars of holidays that deadlines are counted in."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from services.enrolment.catalogue import Route
from services.enrolment.seats.domain.approvals import years_of
from shared.thai import government_holidays


async def calendars(route: Route, now: datetime) -> None:
    """Those of a route's deadlines; none where it has none."""
    await calendars_of(sorted(years_of(route, now)))


async def calendars_of(years: Iterable[int]) -> None:
    """Reads them beside what is being answered: the first time takes 0.3 s."""
    for year in years:
        await asyncio.to_thread(government_holidays, year)
