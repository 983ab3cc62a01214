"""What follow-up asks of the features before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.enrolment.attendance import Share
from services.enrolment.catalogue import OfferedRun, RunState
from services.enrolment.directory import Unit
from services.enrolment.followup.domain.refusals import FollowUpOfCancelledRun
from services.enrolment.seats import Holder
from shared.errors import NotFound
from shared.mongo import Session


class Runs(Protocol):
    """Runs as the catalogue offers them."""

    async def offered(self, run: str, session: Session | None = None) -> OfferedRun | None: ...


class SeatHolders(Protocol):
    """Who has a seat."""

    async def page(self, run: str, after: str, limit: int, session: Session | None = None) -> list[Holder]: ...

    async def of_people(self, run: str, people: Sequence[str], session: Session | None = None) -> dict[str, Holder]: ...


class Units(Protocol):
    async def units(self) -> Mapping[str, Unit]: ...


class Attendance(Protocol):
    async def shares(self, run: str, persons: Sequence[str]) -> Mapping[str, Share]: ...


@dataclass(frozen=True)
class Sources:
    runs: Runs
    holders: SeatHolders
    units: Units
    attendance: Attendance

    async def run(self, run: str, session: Session | None = None) -> OfferedRun:
        """Raises NotFound for one that nobody was told of, and FollowUpOfCancelledRun."""
        offered = await self.runs.offered(run, session)
        if offered is None or not offered.opened:
            raise NotFound()
        if offered.state is RunState.CANCELLED:
            raise FollowUpOfCancelledRun()
        return offered
