"""What goes of answers: with a person who is erased, and some time after a form was closed. What has been told, and
that somebody has answered, stays: counts do not change."""

from datetime import datetime
from typing import Final, Protocol

from services.enrolment.evaluation.storage import Evaluations, Respondents, Texts
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.write import UnitOfWork

_ANSWERS: Final = "answers"


class OtherTexts(Protocol):
    """What others have written about people: of nominations."""

    async def erase_of(self, person: str, after: str, session: Session) -> str | None: ...


class TextsAndAnswers:
    """What is erased of a person: the texts of nominations first, then drafts, and answers that have a person."""

    def __init__(self, texts: OtherTexts, respondents: Respondents) -> None:
        self._texts = texts
        self._respondents = respondents

    async def erase_of(self, person: str, after: str, session: Session) -> str | None:
        """Some of it, behind `after`. Where to go on, or None when that was all."""
        if after == _ANSWERS:
            return _ANSWERS if await self._respondents.erase_of(person, session) else None
        further = await self._texts.erase_of(person, after, session)
        return _ANSWERS if further is None else further


class AnswerRetention:
    """A step takes what is kept of one form of a run that was closed before."""

    def __init__(
        self, units_of_work: UnitOfWork, evaluations: Evaluations, respondents: Respondents, texts: Texts
    ) -> None:
        self._units_of_work = units_of_work
        self._evaluations = evaluations
        self._respondents = respondents
        self._texts = texts

    async def step(self, before: datetime) -> bool:
        """Whether there may be another one."""
        found = await self._evaluations.first_kept(before)
        if found is None:
            return False
        run, kind = found

        async def page(session: Session, recorder: EventRecorder) -> bool:
            more = await self._respondents.remove_answers(run, kind, session)
            if not more and not await self._texts.remove(run, kind, session):
                await self._evaluations.note_nothing_kept(run, kind, session)
                return False
            return True

        while await self._units_of_work.commit(page):
            pass
        return True
