"""Removes notes and reasons of nominations some time after the end of their run: nobody decides by them any more, and
they may say anything about anybody. Run by run, a page in one transaction."""

from datetime import datetime
from typing import Protocol

from services.enrolment.seats.storage.texts import Texts
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.write import UnitOfWork


class EndedRuns(Protocol):
    """The catalogue's runs whose nominations may have texts."""

    async def first_ended(self, before: datetime) -> str | None: ...

    async def note_without_texts(self, run: str, session: Session) -> None: ...


class TextRetention:
    """A step takes the texts of one run."""

    def __init__(self, units_of_work: UnitOfWork, runs: EndedRuns, texts: Texts) -> None:
        self._units_of_work = units_of_work
        self._runs = runs
        self._texts = texts

    async def step(self, before: datetime) -> bool:
        """Whether there may be another run that ended before."""
        run = await self._runs.first_ended(before)
        after: str | None = "" if run is not None else None
        while run is not None and after is not None:
            after = await self._page(run, after)
        return run is not None

    async def _page(self, run: str, after: str) -> str | None:
        async def work(session: Session, recorder: EventRecorder) -> str | None:
            last = await self._texts.remove_of_run(run, after, session)
            if last is None:
                await self._runs.note_without_texts(run, session)
            return last

        return await self._units_of_work.commit(work)
