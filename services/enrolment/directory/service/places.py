"""All units, in memory: every command about seats needs the place of a person.

Units change by ministerial regulation, a few times a year, so they are kept for half a minute.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

from services.enrolment.directory.domain.units import Unit
from services.enrolment.directory.storage import Units

FRESH_SECONDS: Final = 30.0


class Places:
    """One per process. Answers from memory, and reads all units again when they are old."""

    def __init__(self, units: Units) -> None:
        self._storage = units
        self._units: Mapping[str, Unit] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def units(self) -> Mapping[str, Unit]:
        """All units by key, at most half a minute old."""
        if self._old():
            async with self._reading:
                if self._old():  # who has waited here finds what another one has read
                    await self._read()
        return self._units

    def _old(self) -> bool:
        return asyncio.get_running_loop().time() - self._read_at > FRESH_SECONDS

    async def _read(self) -> None:
        self._units = {unit.key: unit for unit in await self._storage.all()}
        # No units at all: the directory is being filled, so the next call reads again.
        self._read_at = asyncio.get_running_loop().time() if self._units else float("-inf")
