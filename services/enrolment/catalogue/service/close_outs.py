"""Close-outs of runs: filed once, after the end."""

import asyncio

from services.enrolment.catalogue.domain.changes import require_version
from services.enrolment.catalogue.domain.close_out import file, is_overdue
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.runs import Run
from services.enrolment.catalogue.http.responses import run_response
from services.enrolment.catalogue.service.runs import RunService
from services.enrolment.catalogue.storage import Catalogue
from shared.idempotency import CommandKey, Recorded
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.write import CommandResult, UnitOfWork


class CloseOutService:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, catalogue: Catalogue, runs: RunService) -> None:
        self._units_of_work = units_of_work
        self._catalogue = catalogue
        self._runs = runs

    async def is_overdue(self, run: Run, description: Description) -> bool:
        """Now, by the clock of the run."""
        return await asyncio.to_thread(is_overdue, run, description, self._units_of_work.now())

    async def file(self, key: CommandKey, run: str, by: str, expected: int | None) -> Recorded:
        """Raises ChangedSince when the run is not of the version `expected`, and the refusals of close_out.py."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before, parent = await self._runs.load(run, session)
            require_version(expected, before.version, parent.changes, run=run)
            description = parent.programme.description
            filed, events = file(before, description, by, recorder.now)
            filed = await self._runs.count(before, filed, parent, ("closeOutFiledAt",), by, recorder, session)
            recorder.record(events, after=before.seq, offset_seconds=before.offset_seconds)
            recorder.note("close-out", "run", run)
            await self._catalogue.update_run(before, filed, description, session)
            return CommandResult(run_response(filed, description), version=filed.version)

        return await self._units_of_work.carry_out(key, work)
