"""Where a unit belongs on a day: province, group and region, from the directory's documents.

Units change by ministerial regulation, so by a few a year: they are kept in memory for half a minute.
"""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

from services.enrolment.seats.domain import root_unit
from shared.events.enrolment import CENTRAL_REGION, Place
from shared.mongo import Collection, Document

FRESH_SECONDS = 30.0


class Places:
    """Answers from memory; reads all units again when they are old or one is missing."""

    def __init__(self, units: Collection) -> None:
        self._collection = units
        self._units: dict[str, Document] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def units(self) -> Mapping[str, Document]:
        """All units by key, at most half a minute old."""
        if asyncio.get_running_loop().time() - self._read_at > FRESH_SECONDS:
            await self._read()
        return self._units

    async def unit(self, key: str) -> Document | None:
        """One unit; a key that is not known is looked up afresh, for it may be new."""
        units = await self.units()
        if key not in units:
            await self._read()
        return self._units.get(key)

    async def _read(self) -> None:
        async with self._reading:
            fields = {"kind": 1, "province": 1, "memberships": 1, "parent": 1, "name_th": 1}
            self._units = {row["_id"]: row async for row in self._collection.find({}, fields)}
            # No units at all is a directory that is being filled: it is looked at again at the next question.
            self._read_at = asyncio.get_running_loop().time() if self._units else float("-inf")


def place_on(units: Mapping[str, Document], unit: str, day: date) -> Place:
    """The place of somebody of this unit. Central units, and units we no longer know, are CENTRAL."""
    office = units.get(root_unit(unit))
    province = None if office is None else office.get("province")
    membership = None if office is None else _membership(office.get("memberships") or (), day.isoformat())
    if province is None or membership is None:
        return Place.model_construct(unit=unit, province=province, group=None, region=CENTRAL_REGION)
    return Place.model_construct(unit=unit, province=province, group=membership["group"], region=membership["region"])


def _membership(memberships: Any, day: str) -> Mapping[str, Any] | None:
    for membership in memberships:
        until = membership.get("valid_to")
        if str(membership["valid_from"])[:10] <= day and (until is None or day < str(until)[:10]):
            found: Mapping[str, Any] = membership
            return found
    return None
