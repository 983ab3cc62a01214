"""Answers and drafts. An answer, that its person has answered, and the end of the draft are one transaction. No event
comes of it, so nothing in the outbox tells when it was: batches are released by a worker."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, NamedTuple

from services.enrolment.directory import PersonErased
from services.enrolment.evaluation.domain.batches import FULL, Held, Pool
from services.enrolment.evaluation.domain.evaluations import Chosen, answered, require_open
from services.enrolment.evaluation.domain.forms import ANONYMOUS, Form, check_answers, check_draft
from services.enrolment.evaluation.domain.questions import Answers
from services.enrolment.evaluation.domain.refusals import (
    AlreadyAnswered,
    AssessesOneself,
    NotAttended,
    NotInRun,
    NotOneToAssess,
    WhomToAssess,
)
from services.enrolment.evaluation.http.responses import answered_response, saved_response
from services.enrolment.evaluation.service.forms import FormService
from services.enrolment.evaluation.service.runs import Attendance, OfferedRuns, SeatHolders, run_with_form, seated
from services.enrolment.evaluation.storage import Evaluations, Respondents
from services.enrolment.evaluation.storage.people import Draft
from shared.clock import business
from shared.conditions import ChangedSince
from shared.events.evaluation import FormKind, evaluation_id
from shared.idempotency import CommandKey, Recorded
from shared.locks import Locks
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.rights import Permission, Principal
from shared.write import CommandResult, UnitOfWork

_SHUFFLE: Final = random.SystemRandom()
_NO_DIGEST: Final = b"-"  # of a body with few possible values a digest tells which it was
Release = Callable[[str, FormKind], Awaitable[int]]


class Asked(NamedTuple):
    """Which form is answered, by whom, and about whom."""

    run: str
    kind: FormKind
    by: Principal
    about: str

    @property
    def id(self) -> str:
        return evaluation_id(self.run, self.kind)


def asked_of(run: str, kind: FormKind, by: Principal, about: str | None) -> Asked:
    """Raises WhomToAssess and AssessesOneself."""
    if (kind is FormKind.TRANSFER) is (about is None):
        raise WhomToAssess()
    if about == by.subject:
        raise AssessesOneself()
    return Asked(run, kind, by, about or by.subject)


class Answering:
    """One per process. `release` makes room where many are held."""

    def __init__(
        self,
        units_of_work: UnitOfWork,
        forms: FormService,
        evaluations: Evaluations,
        respondents: Respondents,
        runs: OfferedRuns,
        holders: SeatHolders,
        attendance: Attendance,
        release: Release,
    ) -> None:
        self._units_of_work = units_of_work
        self._forms = forms
        self._evaluations = evaluations
        self._respondents = respondents
        self._runs = runs
        self._holders = holders
        self._attendance = attendance
        self._release = release
        self._locks = Locks()

    async def answer(self, key: CommandKey, asked: Asked, given: Answers) -> Recorded:
        """Raises NotFound and the refusals of refusals.py; nothing is stored then."""
        async with self._locks.of(asked.id):
            if (await self._evaluations.load(asked.run, asked.kind)).held >= FULL:
                await self._release(asked.run, asked.kind)

            async def work(session: Session, recorder: EventRecorder) -> CommandResult:
                form = await self._require_turn(asked, recorder, session)
                check_answers(form, given)
                await self._add(asked, form, given, session)
                await self._respondents.add(asked.run, asked.kind, asked.about, session)
                await self._respondents.remove_draft(asked.run, asked.kind, asked.by.subject, asked.about, session)
                return CommandResult(answered_response(asked.run, asked.kind), status=201)

            return await self._units_of_work.carry_out(_command(key, asked.kind), work)

    async def draft(self, asked: Asked) -> Draft:
        """The caller's own. Raises NotFound, UnknownForm, NotInRun, NotOneToAssess and NotAttended."""
        await run_with_form(self._runs, asked.run, asked.kind)
        await self._require_place(asked)
        return await self._respondents.draft(asked.run, asked.kind, asked.by.subject, asked.about)

    async def save_draft(self, key: CommandKey, asked: Asked, given: Answers, expected: int) -> Recorded:
        """What is missing may come later. Raises as `answer`, and ChangedSince."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            form = await self._require_turn(asked, recorder, session)
            check_draft(form, given)
            await self._begin(asked, form, session)
            whose = (asked.run, asked.kind, asked.by.subject, asked.about)
            before = await self._respondents.draft(*whose, session)
            if before.version != expected:
                raise ChangedSince(version=before.version, changes=[], complete=False)
            after = await self._respondents.save_draft(*whose, before, given, session)
            return CommandResult(saved_response(asked.run, asked.kind), version=after.version)

        return await self._units_of_work.carry_out(_command(key, asked.kind), work)

    async def _begin(self, asked: Asked, form: Form, session: Session) -> None:
        """So that drafts of a form that nobody answers end with it, too."""
        before = await self._evaluations.load(asked.run, asked.kind, session)
        if before.chosen is None:
            after = replace(before, chosen=Chosen(form.key, form.version))
            await self._evaluations.save(before, after, None, session)

    async def _require_turn(self, asked: Asked, recorder: EventRecorder, session: Session) -> Form:
        """The form that is to be answered now, by this one, for the first time."""
        run = await run_with_form(self._runs, asked.run, asked.kind, session)
        evaluation = await self._evaluations.load(asked.run, asked.kind, session)
        require_open(evaluation, run, business(recorder.now, run.offset_seconds))
        await self._require_place(asked, session)
        if await self._respondents.among(asked.run, asked.kind, [asked.about], session):
            raise AlreadyAnswered()
        return await self._forms.asked_by(evaluation, session)

    async def _require_place(self, asked: Asked, session: Session | None = None) -> None:
        """A seat in the run, of somebody who was not erased; of who is assessed, in a unit of the superior. After the
        run, of those who were there."""
        holder = (await seated(self._holders, asked.run, [asked.about], session)).get(asked.about)
        if holder is not None and holder.erased:
            raise PersonErased(person=asked.about)
        if asked.kind is not FormKind.TRANSFER:
            if holder is None:
                raise NotInRun()
        elif holder is None or not asked.by.scope(Permission.EVALUATION_ASSESS).covers_unit(holder.place.unit):
            raise NotOneToAssess()
        if asked.kind is not FormKind.PRE:
            present = await self._attendance.present(asked.run, [asked.about])
            if present is not None and asked.about not in present:
                raise NotAttended()

    async def _add(self, asked: Asked, form: Form, given: Answers, session: Session) -> None:
        before, pool = await self._evaluations.with_pool(asked.run, asked.kind, session)
        gain = None
        if not form.anonymous:
            measure = form.measured(given)
            if asked.kind is FormKind.POST:
                gain = await self._gain(asked, form, measure, session)
            by = asked.by.subject
            await self._respondents.keep(asked.run, asked.kind, asked.about, by, given, measure, session)
        after = answered(before, Chosen(form.key, form.version))
        await self._evaluations.save(before, after, _shuffled(pool, Held(dict(given), gain)), session)

    async def _gain(self, asked: Asked, form: Form, measure: int, session: Session) -> int | None:
        """Since the PRE of the same person, where it measured on the same scale."""
        before = await self._respondents.measures(asked.run, FormKind.PRE, [asked.about], session)
        if asked.about not in before:
            return None
        earlier = await self._forms.asked_by(await self._evaluations.load(asked.run, FormKind.PRE, session), session)
        return measure - before[asked.about] if form.compares(earlier) else None


def _shuffled(pool: Pool, more: Held) -> Pool:
    held = [*pool.held, more]
    _SHUFFLE.shuffle(held)
    return replace(pool, held=tuple(held))


def _command(key: CommandKey, kind: FormKind) -> CommandKey:
    """Of what was said anonymously not even a digest is remembered."""
    return replace(key, fingerprint=_NO_DIGEST) if kind in ANONYMOUS and key.fingerprint is not None else key
