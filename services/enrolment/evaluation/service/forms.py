"""The question bank, forms, and what a run asks: versions are added and never changed; the organiser of a run chooses
one and may fix its times."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from services.enrolment.catalogue import OfferedRun
from services.enrolment.evaluation.domain.evaluations import Chosen, Evaluation, require_form, set_up
from services.enrolment.evaluation.domain.form_refusals import FormOfOtherKind, QuestionNotInBank, UnknownFormVersion
from services.enrolment.evaluation.domain.forms import Asked, Form, Wording, check_form
from services.enrolment.evaluation.domain.questions import Question, check_question
from services.enrolment.evaluation.http.responses import form_response, question_response, run_form_response
from services.enrolment.evaluation.service.runs import OfferedRuns, RunsToAsk, opened_run, run_with_form
from services.enrolment.evaluation.storage import Bank, Evaluations
from shared.clock import business
from shared.conditions import ChangedSince
from shared.events.evaluation import FormKind
from shared.idempotency import CommandKey, Recorded
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.write import CommandResult, UnitOfWork


class RunForm(NamedTuple):
    """A form of a run, with what it asks now."""

    run: OfferedRun
    evaluation: Evaluation
    form: Form


class FormService:
    """One per process."""

    def __init__(
        self, units_of_work: UnitOfWork, bank: Bank, evaluations: Evaluations, runs: OfferedRuns, to_ask: RunsToAsk
    ) -> None:
        self.bank = bank
        self._to_ask = to_ask
        self._units_of_work = units_of_work
        self._evaluations = evaluations
        self._runs = runs

    async def add_question(self, key: CommandKey, question: Question, by: str) -> Recorded:
        """Its version is the next one. Raises the refusals of questions."""
        check_question(question)

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = (await self.bank.questions([question.key], session)).get(question.key)
            added = replace(question, version=1 if before is None else before.version + 1)
            await self.bank.add_question(added, by, session)
            return CommandResult(question_response(added), status=201)

        return await self._units_of_work.carry_out(key, work)

    async def add_form(self, key: CommandKey, wording: Wording, by: str) -> Recorded:
        """With the newest version of each question. Raises QuestionNotInBank, FormOfOtherKind for a key that another
        kind has, and the refusals of forms."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await self.bank.form(wording.key, session)
            if before is not None and before.kind is not wording.kind:
                raise FormOfOtherKind(form=before.kind.value)
            asked = await self._asked(wording, session)
            version = 1 if before is None else before.version + 1
            form = Form(wording.key, version, wording.kind, wording.th, asked, wording.measure, wording.en)
            check_form(form)
            await self.bank.add_form(form, by, session)
            return CommandResult(form_response(form), status=201)

        return await self._units_of_work.carry_out(key, work)

    async def _asked(self, wording: Wording, session: Session) -> tuple[Asked, ...]:
        known = await self.bank.questions([key for key, _ in wording.asked], session)
        for key, _ in wording.asked:
            if key not in known:
                raise QuestionNotInBank(question=key)
        return tuple(Asked(known[key], required) for key, required in wording.asked)

    async def of_run(self, run: str) -> list[RunForm]:
        """In the order in which they are answered. Raises NotFound."""
        offered = await opened_run(self._runs, run)
        stored = await self._evaluations.of_run(run)
        evaluations = [stored.get(kind, Evaluation(run, kind)) for kind in FormKind if kind in offered.forms]
        return [RunForm(offered, one, await self.asked_by(one)) for one in evaluations]

    async def one(self, run: str, kind: FormKind) -> RunForm:
        """Raises NotFound and UnknownForm."""
        offered = await run_with_form(self._runs, run, kind)
        evaluation = await self._evaluations.load(run, kind)
        return RunForm(offered, evaluation, await self.asked_by(evaluation))

    async def asked_by(self, evaluation: Evaluation, session: Session | None = None) -> Form:
        """The version that was chosen, or else the newest of the form with the name of its kind."""
        if evaluation.chosen is not None:
            form = await self.bank.form_of_version(*evaluation.chosen, session)
        else:
            form = await self.bank.form(evaluation.kind.value, session)
        if form is None:
            raise LookupError(f"{evaluation.id} asks a form that is not there")
        return form

    def now(self, run: OfferedRun) -> datetime:
        """Business time of the run."""
        return business(self._units_of_work.now(), run.offset_seconds)

    async def set_up(
        self,
        key: CommandKey,
        run: str,
        kind: FormKind,
        chosen: Chosen | None,
        times: tuple[datetime | None, datetime | None],
        expected: int,
    ) -> Recorded:
        """Raises NotFound, UnknownForm, UnknownFormVersion, FormOfOtherKind, FormInUse, WindowBackwards and
        ChangedSince."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            offered = await opened_run(self._runs, run, session)
            require_form(offered, kind)
            before = await self._evaluations.load(run, kind, session)
            if before.version != expected:
                raise ChangedSince(version=before.version, changes=[], complete=False)
            await self._require(chosen, kind, session)
            after = set_up(before, offered, chosen, *times)
            await self._evaluations.save(before, after, None, session)
            await self._to_ask.look_at_once(run, session)
            form = await self.asked_by(after, session)
            recorder.note("set-up", "form", after.id)
            body = run_form_response(offered, after, form, business(recorder.now, offered.offset_seconds), told=True)
            return CommandResult(body, version=after.version)

        return await self._units_of_work.carry_out(key, work)

    async def _require(self, chosen: Chosen | None, kind: FormKind, session: Session) -> None:
        if chosen is None:
            return
        form = await self.bank.form_of_version(*chosen, session)
        if form is None:
            raise UnknownFormVersion(form=chosen.key)
        if form.kind is not kind:
            raise FormOfOtherKind(form=kind.value)
