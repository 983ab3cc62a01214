"""One run is cancelled, with its buckets, in one unit of work; the other runs of the programme take place."""

from typing import Any

from services.enrolment.catalogue.domain.cancelling import cancel_run
from services.enrolment.catalogue.domain.changes import require_version
from services.enrolment.catalogue.domain.dividing import require_still
from services.enrolment.catalogue.domain.organising import require_organiser
from services.enrolment.catalogue.domain.runs import offered
from services.enrolment.catalogue.http.responses import run_response
from services.enrolment.catalogue.service.following import SeatsOfRuns
from services.enrolment.catalogue.service.runs import RunService
from shared.idempotency import CommandKey, Recorded
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.rights import Principal
from shared.write import CommandResult, UnitOfWork


class CancelService:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, runs: RunService, seats: SeatsOfRuns) -> None:
        self._units_of_work = units_of_work
        self._runs = runs
        self._seats = seats

    async def cancel(
        self, key: CommandKey, run: str, caller: Principal, expected: int | None, reason: str | None
    ) -> Recorded:
        """Writes as much as the run has buckets, however many people are in it. Raises NotTheOrganiser, ChangedSince
        and the refusals of `cancel_run`."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before, parent = await self._runs.load(run, session)
            description = parent.programme.description
            require_organiser(description, caller)
            require_version(expected, before.version, parent.changes, run=run)
            require_still([before])
            ended, events = cancel_run(parent.programme.state, before, parent.runs, description, recorder.now)
            ended = await self._runs.count(before, ended, parent, ("state",), caller.subject, recorder, session)
            await self._seats.close_all(offered(before, description), recorder, session)
            recorder.record(events, after=before.seq, offset_seconds=before.offset_seconds)
            recorder.note("cancel", "run", run)
            stamps: dict[str, Any] = {"cancelled_by": caller.subject, "cancelled_at": recorder.now}
            if reason is not None:
                stamps["reason"] = reason
            await self._runs.catalogue.update_run(before, ended, description, session, **stamps)
            return CommandResult(run_response(ended, description), version=ended.version)

        return await self._units_of_work.carry_out(key, work)
