"""Papers: gathered, made by processes beside this one, and kept nowhere."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, time
from typing import Final

from services.enrolment.catalogue import RunOnPaper
from services.enrolment.paper.domain.kinds import Format, Kind
from services.enrolment.paper.domain.papers import MOST_NAMES, Asked, Paper
from services.enrolment.paper.domain.refusals import PaperRunning, PapersBusy, PaperTooLong
from services.enrolment.paper.service.gathering import Gathering, Request
from services.enrolment.paper.service.sources import Sources
from services.enrolment.paper.storage import Letterheads
from shared.documents import PAPER
from shared.documents.press import Press, PressOverfull
from shared.turns import Turns

MOST_AT_ONCE: Final = 8


class Drawing:
    """One per process."""

    def __init__(self, sources: Sources, letterheads: Letterheads, press: Press) -> None:
        self._sources = sources
        self._press = press
        self._turns = Turns(MOST_AT_ONCE, running=PaperRunning, busy=PapersBusy)
        gathering = Gathering(sources, letterheads)
        self._kinds: Mapping[Kind, Callable[[RunOnPaper, Request], Awaitable[Paper]]] = {
            Kind.NOMINATION_REQUEST: gathering.nomination_request,
            Kind.NOMINATION_LETTER: gathering.nomination_letter,
            Kind.APPOINTMENT_ORDER: gathering.appointment_order,
            Kind.ATTENDANCE_SHEET: gathering.attendance_sheet,
            Kind.CERTIFICATE_LIST: gathering.certificate_list,
        }

    async def draw(self, kind: Kind, format: Format, request: Request) -> bytes:
        """The same bytes for the same state and request. Raises the refusals of papers, SignsNotInFonts, PressBusy."""
        with self._turns.of(request.principal.subject):
            run = await self._sources.run(request.run)
            paper = await self._kinds[kind](run, request)
            made_at = _made_at(run, request.asked)
            try:
                if format is Format.DOCX:
                    return await self._press.docx(paper.data(), made_at)
                return await self._press.pdf(PAPER, paper.data(), made_at)
            except PressOverfull as error:
                raise PaperTooLong(limit=MOST_NAMES) from error


def _made_at(run: RunOnPaper, asked: Asked) -> datetime:
    """A moment for the file that is no clock's: the same paper is the same file."""
    return run.starts_at if asked.on is None else datetime.combine(asked.on, time(), UTC)
