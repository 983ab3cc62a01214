"""What is read of attendance, live."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from services.enrolment.attendance.domain.sheet import Sheet
from services.enrolment.attendance.service.recording import Recording
from services.enrolment.catalogue import OfferedRun
from services.enrolment.seats import Holder

PAGES_AT_ONCE: Final = 4  # of seats, that a page of the missing looks at


class Expected(NamedTuple):
    """Whom a run expects: `seated` have a seat, and by session so many were `recorded` who have given theirs back, or
    have gone to another run."""

    seated: int
    recorded: Mapping[int, int] = MappingProxyType({})

    def of(self, session: int) -> int:
        """Of how many people something is recorded in a session, or missing."""
        return self.seated + self.recorded.get(session, 0)


class Reading:
    """One per process."""

    def __init__(self, recording: Recording) -> None:
        self.store = recording.store
        self._recording = recording

    async def run(self, run: str) -> tuple[OfferedRun, Sheet | None]:
        """Raises NotFound and RunNotHeld."""
        return await self._recording.run(run), await self.store.sheet(run)

    async def expected(self, run: str, sheet: Sheet | None) -> Expected:
        holders = self._recording.holders
        gone = await holders.gone(run)
        if (
            sheet is not None and sheet.has_excused
        ):  # before a run begins nothing else is recorded, and nobody goes later
            never_seen = await self.store.never_seen(run)
            here = await holders.of(run, never_seen)
            gone += [nomination for nomination in never_seen if nomination not in here]
        recorded = await self.store.marks_of(run, gone) if gone else {}
        return Expected(await holders.count(run), recorded)

    async def missing(self, run: str, number: int, after: str, limit: int) -> tuple[list[Holder], str | None]:
        """Some of those who have a seat and no mark in the session, behind the nomination `after`; and the one to go on
        behind, None when these were the last. A page may be short, or even empty, though there are more: it looks at
        so many seats and no more."""
        found: list[Holder] = []
        for _ in range(PAGES_AT_ONCE):
            holders = await self._recording.holders.page(run, after, limit)
            marked = await self.store.marked(run, [holder.nomination for holder in holders], number)
            for holder in holders:
                if len(found) == limit:
                    return found, after
                if holder.nomination not in marked:
                    found.append(holder)
                after = holder.nomination
            if len(holders) < limit:
                return found, None
        return found, after
