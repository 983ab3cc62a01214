"""Evaluation over HTTP: the bank and forms, what a run asks, drafts and answers, and results."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.enrolment.evaluation.domain.evaluations import Evaluation
from services.enrolment.evaluation.domain.refusals import FormNotOpen
from services.enrolment.evaluation.domain.windows import Phase
from services.enrolment.evaluation.http import answers, bodies
from services.enrolment.evaluation.http.responses import (
    draft_response,
    form_response,
    question_response,
    results_response,
    run_form_response,
    run_form_summary,
)
from services.enrolment.evaluation.service.answering import Answering, asked_of
from services.enrolment.evaluation.service.forms import FormService, RunForm
from services.enrolment.evaluation.service.results import Results
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.clock import BANGKOK
from shared.conditions import etag
from shared.events.envelope import Position
from shared.events.evaluation import FormKind
from shared.headers import idempotency_key, required_if_match
from shared.http import answer, key_of, reached_header, recorded_response
from shared.pages import PageRequest, page_request
from shared.position_tokens import Reached
from shared.rights import Permission, Principal
from shared.security import requires
from shared.values import Id

BASE: Final = "/api/enrolment"
RUN_FORMS: Final = f"{BASE}/runs/{{run}}/forms"
ONE: Final = f"{RUN_FORMS}/{{form}}"
NOWHERE: Final = Reached(())
Key = Annotated[str | None, Depends(idempotency_key)]
Seen = Annotated[int, Depends(required_if_match)]
Paged = Annotated[PageRequest, Depends(page_request)]
Reader = Annotated[Principal, Depends(requires(Permission.PROGRAMME_READ))]
Maker = Annotated[Principal, Depends(requires(Permission.FORM_WRITE))]
Answerer = Annotated[Principal, Depends(requires(Permission.EVALUATION_ANSWER))]
Evaluator = Annotated[Principal, Depends(requires(Permission.EVALUATION_READ))]
About = Annotated[Id | None, Query(description="The person who is assessed with TRANSFER.")]


def router(forms: FormService, answering: Answering, results: Results) -> APIRouter:
    """All routes of this feature."""
    routes = APIRouter()
    _add_bank(routes, forms)
    _add_forms(routes, forms)
    _add_reading(routes, forms)
    _add_setting_up(routes, forms)
    _add_draft(routes, answering)
    _add_answers(routes, answering)
    _add_results(routes, forms, results)
    _add_gains(routes, results)
    return routes


def _add_bank(routes: APIRouter, forms: FormService) -> None:
    @routes.get(f"{BASE}/questions", summary="The question bank", responses=told(PageOf[answers.QuestionAnswer]))
    async def list_questions(principal: Maker, page: Paged) -> Response:
        found = await forms.bank.page_of_questions(page.after_key or "", page.limit)
        return answer(page.cut(found, question_response, lambda one: (one.key,)))

    @routes.post(
        f"{BASE}/questions",
        summary="Add a question to the bank, or the next version of one",
        status_code=201,
        responses=told(answers.QuestionAnswer, 201),
    )
    async def add_question(
        request: Request,
        principal: Maker,
        sent: Annotated[bodies.QuestionBody, body(bodies.QuestionBody)],
        key: Key,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await forms.add_question(command, sent.question(), principal.subject))


def _add_forms(routes: APIRouter, forms: FormService) -> None:
    @routes.get(f"{BASE}/forms", summary="Forms that a run may use", responses=told(PageOf[answers.FormAnswer]))
    async def list_forms(principal: Maker, page: Paged) -> Response:
        found = await forms.bank.page_of_forms(page.after_key or "", page.limit)
        return answer(page.cut(found, form_response, lambda one: (one.key,)))

    @routes.post(
        f"{BASE}/forms",
        summary="Add a form, or the next version of one",
        status_code=201,
        responses=told(answers.FormAnswer, 201),
    )
    async def add_form(
        request: Request,
        principal: Maker,
        sent: Annotated[bodies.FormBody, body(bodies.FormBody)],
        key: Key,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await forms.add_form(command, sent.wording(), principal.subject))


def _add_reading(routes: APIRouter, forms: FormService) -> None:
    @routes.get(RUN_FORMS, summary="The forms of a run", responses=told(PageOf[answers.RunFormSummary]))
    async def list_run_forms(run: str, principal: Reader) -> Response:
        read = await forms.of_run(run)
        tells = principal.can(Permission.EVALUATION_READ)
        items = [run_form_summary(*one, forms.now(one.run), told=tells) for one in read]
        return answer({"items": items, "next": None})

    @routes.get(ONE, summary="What a form of a run asks", responses=told(answers.RunFormAnswer))
    async def read_run_form(request: Request, run: str, form: FormKind, principal: Reader) -> Response:
        read = await forms.one(run, form)
        _require_readable(read, forms, principal)
        tells = principal.can(Permission.EVALUATION_READ)
        response = run_form_response(*read, forms.now(read.run), told=tells)
        headers = etag(read.evaluation.version)
        return answer(
            response, headers=headers | reached_header(request, _reached(read.evaluation) if tells else NOWHERE)
        )


def _reached(evaluation: Evaluation) -> Reached:
    """Where the events stand that tell of it."""
    return Reached((Position(evaluation.id, evaluation.seq),)) if evaluation.seq else NOWHERE


def _require_readable(read: RunForm, forms: FormService, principal: Principal) -> None:
    """Nobody but those who write them reads the questions of a test beforehand. Raises FormNotOpen."""
    early = read.evaluation.phase(read.run, forms.now(read.run)) is Phase.NOT_OPEN
    if early and not principal.can(Permission.FORM_WRITE):
        raise FormNotOpen(opensAt=read.evaluation.window(read.run).opens_at.astimezone(BANGKOK).isoformat())


def _add_setting_up(routes: APIRouter, forms: FormService) -> None:
    @routes.put(ONE, summary="Choose what a run asks, and from when until when", responses=told(answers.RunFormAnswer))
    async def set_up(
        request: Request,
        run: str,
        form: FormKind,
        principal: Maker,
        sent: Annotated[bodies.RunFormBody, body(bodies.RunFormBody)],
        key: Key,
        version: Seen,
    ) -> Response:
        command, times = key_of(request, principal, key), (sent.opens_at, sent.closes_at)
        return recorded_response(request, await forms.set_up(command, run, form, sent.chosen(), times, version))


def _add_draft(routes: APIRouter, answering: Answering) -> None:
    @routes.get(f"{ONE}/draft", summary="The caller's draft", responses=told(answers.DraftAnswer))
    async def read_draft(run: str, form: FormKind, principal: Answerer, about: About = None) -> Response:
        draft = await answering.draft(asked_of(run, form, principal, about))
        return answer(draft_response(run, form, draft.answers), headers=etag(draft.version))

    @routes.put(f"{ONE}/draft", summary="Keep a draft of the caller's answers", responses=told(answers.SavedAnswer))
    async def save_draft(
        request: Request,
        run: str,
        form: FormKind,
        principal: Answerer,
        sent: Annotated[bodies.AnswersBody, body(bodies.AnswersBody)],
        key: Key,
        version: Seen,
    ) -> Response:
        asked = asked_of(run, form, principal, sent.about)
        command = key_of(request, principal, key)
        return recorded_response(request, await answering.save_draft(command, asked, sent.answers, version))


def _add_answers(routes: APIRouter, answering: Answering) -> None:
    @routes.post(
        f"{ONE}/answers",
        summary="Answer a form, once",
        status_code=201,
        responses=told(answers.AnsweredAnswer, 201),
    )
    async def answer_form(
        request: Request,
        run: str,
        form: FormKind,
        principal: Answerer,
        sent: Annotated[bodies.AnswersBody, body(bodies.AnswersBody)],
        key: Key,
    ) -> Response:
        asked = asked_of(run, form, principal, sent.about)
        return recorded_response(request, await answering.answer(key_of(request, principal, key), asked, sent.answers))


def _add_results(routes: APIRouter, forms: FormService, results: Results) -> None:
    @routes.get(f"{ONE}/results", summary="Results, in batches of five or more", responses=told(answers.ResultsAnswer))
    async def read_results(run: str, form: FormKind, principal: Evaluator) -> Response:
        read = await results.of(run, form)
        return answer(results_response(*read, forms.now(read.run)))

    @routes.get(
        f"{ONE}/texts",
        summary="What was written, when the form is closed and if five have written",
        responses=told(PageOf[answers.TextAnswer]),
    )
    async def read_texts(
        run: str,
        form: FormKind,
        principal: Evaluator,
        page: Paged,
        question: Annotated[Id, Query(description="A question that is answered with a text.")],
    ) -> Response:
        found = await results.texts(run, form, question, page.after_key or "", page.limit)
        return answer(page.cut(found, lambda one: {"text": one[1]}, lambda one: (one[0],)))


def _add_gains(routes: APIRouter, results: Results) -> None:
    @routes.get(
        f"{BASE}/runs/{{run}}/gains",
        summary="What people came to before and after",
        responses=told(PageOf[answers.GainAnswer]),
    )
    async def list_gains(
        run: str, principal: Annotated[Principal, Depends(requires(Permission.EVALUATION_MARKS))], page: Paged
    ) -> Response:
        found = await results.gains(run, principal, page.after_key or "", page.limit)
        return answer(page.cut(found, lambda one: one, lambda one: (str(one["person"]),)))
