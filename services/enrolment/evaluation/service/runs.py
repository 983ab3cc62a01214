"""What evaluation needs of runs and of those who have a seat, as the composition root hands it over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.enrolment.catalogue import OfferedRun
from services.enrolment.evaluation.domain.evaluations import require_form
from services.enrolment.seats import Holder
from shared.errors import NotFound
from shared.events.evaluation import FormKind
from shared.mongo import Session, translated_calls


class OfferedRuns(Protocol):
    """The catalogue's runs."""

    async def offered(self, run: str, session: Session | None = None) -> OfferedRun | None: ...


class RunsToAsk(Protocol):
    """Which runs are to be looked at, because people may have to be asked there. The catalogue keeps that."""

    async def due(self, now: datetime, most: int) -> list[str]: ...

    async def look_at(self, run: str, at: datetime | None, session: Session) -> None: ...

    async def look_at_once(self, run: str, session: Session) -> None: ...

    async def fill_in(self) -> bool: ...


class SeatHolders(Protocol):
    """Who has a seat."""

    async def page(self, run: str, after: str, limit: int, session: Session | None = None) -> list[Holder]: ...

    async def of_people(self, run: str, people: Sequence[str], session: Session | None = None) -> dict[str, Holder]: ...


class Attendance(Protocol):
    """Who was there; None where nobody's attendance was recorded: then whoever has a seat has taken part."""

    async def present(self, run: str, persons: Sequence[str]) -> set[str] | None: ...


async def opened_run(runs: OfferedRuns, run: str, session: Session | None = None) -> OfferedRun:
    """Raises NotFound also for a run that is not open to everybody yet."""
    with translated_calls():
        offered = await runs.offered(run, session)
    if offered is None or not offered.opened:
        raise NotFound(run=run)
    return offered


async def run_with_form(runs: OfferedRuns, run: str, kind: FormKind, session: Session | None = None) -> OfferedRun:
    """Raises NotFound and UnknownForm."""
    offered = await opened_run(runs, run, session)
    require_form(offered, kind)
    return offered


async def seated(
    holders: SeatHolders, run: str, people: Sequence[str], session: Session | None = None
) -> dict[str, Holder]:
    """Those of these people who have a seat."""
    found = await holders.of_people(run, people, session)
    return {person: holder for person, holder in found.items() if holder.seated}
