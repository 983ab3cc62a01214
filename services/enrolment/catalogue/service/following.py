"""What a step of a programme means for its runs and their buckets, inside the unit of work of that step."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.programmes import Programme, reopens
from services.enrolment.catalogue.domain.runs import (
    OfferedRun,
    Run,
    RunState,
    end_run,
    offered,
    open_run,
    reopen_run,
    schedule,
)
from services.enrolment.catalogue.storage import Catalogue, ProgrammeWithRuns
from shared.events.envelope import Event
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session


class SeatsOfRuns(Protocol):
    """The buckets of a run, all at once, inside the catalogue's unit of work."""

    async def open_all(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> list[str]: ...

    async def close_all(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> None: ...

    async def reopen_all(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> list[str]: ...

    async def reschedule(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> None: ...


class Following:
    """One per process."""

    def __init__(self, catalogue: Catalogue, seats: SeatsOfRuns) -> None:
        self._catalogue = catalogue
        self._seats = seats

    async def open(self, before: ProgrammeWithRuns, recorder: EventRecorder, session: Session) -> list[Run]:
        description, opened = before.programme.description, []
        for run in before.runs:
            if run.state is RunState.CANCELLED:
                opened.append(run)
                continue
            units = await self._seats.open_all(offered(run, description), recorder, session)
            after, events = open_run(run, description, tuple(units), recorder.now)
            opened.append(await self._store(run, _touched(after, before), events, description, recorder, session))
        return opened

    async def reopen(self, before: ProgrammeWithRuns, recorder: EventRecorder, session: Session) -> list[Run]:
        description, runs = before.programme.description, []
        for run in before.runs:
            if not reopens(run, recorder.now):
                runs.append(run)
                continue
            units = await self._seats.reopen_all(offered(run, description), recorder, session)
            after, events = reopen_run(run, description, tuple(units), recorder.now)
            runs.append(await self._store(run, _touched(after, before), events, description, recorder, session))
        return runs

    async def close(self, before: ProgrammeWithRuns, recorder: EventRecorder, session: Session) -> list[Run]:
        return await self._end(before, recorder, session, cancelled=False)

    async def cancel(self, before: ProgrammeWithRuns, recorder: EventRecorder, session: Session) -> list[Run]:
        return await self._end(before, recorder, session, cancelled=True)

    async def revise(
        self, before: ProgrammeWithRuns, revised: Programme, recorder: EventRecorder, session: Session
    ) -> list[Run]:
        """Schedules the runs anew, which carry copies of what is described."""
        return [await self._reschedule(run, revised, recorder, session) for run in before.runs]

    async def _end(
        self, before: ProgrammeWithRuns, recorder: EventRecorder, session: Session, *, cancelled: bool
    ) -> list[Run]:
        """What has taken place already is not cancelled with the rest; what is closed already is not closed, and what
        is cancelled already is neither."""
        description, ended = before.programme.description, []
        for run in before.runs:
            cancels = cancelled and not run.over(recorder.now)
            if run.state is RunState.CANCELLED or (run.state is RunState.CLOSED and not cancels):
                ended.append(run)
                continue
            await self._seats.close_all(offered(run, description), recorder, session)
            after, events = end_run(run, description, cancelled=cancels)
            ended.append(await self._store(run, _touched(after, before), events, description, recorder, session))
        return ended

    async def _reschedule(self, run: Run, revised: Programme, recorder: EventRecorder, session: Session) -> Run:
        description = revised.description
        after, events = schedule(replace(run, version=revised.version), description)
        stored = await self._store(run, after, events, description, recorder, session)
        await self._seats.reschedule(offered(stored, description), recorder, session)
        return stored

    async def _store(
        self,
        run: Run,
        after: Run,
        events: Sequence[Event],
        description: Description,
        recorder: EventRecorder,
        session: Session,
    ) -> Run:
        recorder.record(events, after=run.seq, offset_seconds=run.offset_seconds)
        await self._catalogue.update_run(run, after, description, session)
        return after


def _touched(run: Run, before: ProgrammeWithRuns) -> Run:
    """By the change that is made now."""
    return replace(run, version=before.programme.version + 1)
