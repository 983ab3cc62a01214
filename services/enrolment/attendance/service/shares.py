"""What other features ask about attendance."""

from collections.abc import Sequence
from typing import Final

from services.enrolment.attendance.domain.shares import Share
from services.enrolment.attendance.storage import Attendances

AT_ONCE: Final = 1_000


class Attendance:
    """The face for who has to know how much of a run somebody was there."""

    def __init__(self, store: Attendances) -> None:
        self._store = store

    async def shares(self, run: str, persons: Sequence[str]) -> dict[str, Share]:
        """Of those of them who were recorded in any session of the run. Read in pages, so there may be many."""
        shares: dict[str, Share] = {}
        for start in range(0, len(persons), AT_ONCE):
            shares |= await self._store.shares(run, persons[start : start + AT_ONCE])
        return shares

    async def present(self, run: str, persons: Sequence[str]) -> set[str] | None:
        """Those of them who were present at least once; None where nobody was seen or missed in the run."""
        sheet = await self._store.sheet(run)
        if sheet is None or not any(sitting.kept for sitting in sheet.sittings.values()):
            return None
        return {person for person, share in (await self.shares(run, persons)).items() if share.attended}
