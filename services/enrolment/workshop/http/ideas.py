"""Routes of ideas."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.workshop.domain.ideas import Action, Adoption
from services.enrolment.workshop.http import answers, bodies
from services.enrolment.workshop.http.responses import idea_response
from services.enrolment.workshop.service.ideas import IdeaService
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.conditions import etag
from shared.headers import idempotency_key, required_if_match
from shared.http import answer, key_of, recorded_response
from shared.pages import PageRequest, page_request
from shared.rights import Permission, Principal
from shared.security import requires

IDEAS: Final = "/api/enrolment/runs/{run}/ideas"
ONE: Final = f"{IDEAS}/{{idea}}"
Key = Annotated[str | None, Depends(idempotency_key)]
Seen = Annotated[int, Depends(required_if_match)]
Page = Annotated[PageRequest, Depends(page_request)]
Reader = Annotated[Principal, Depends(requires(Permission.IDEA_READ))]
Writer = Annotated[Principal, Depends(requires(Permission.IDEA_WRITE))]
Manager = Annotated[Principal, Depends(requires(Permission.GROUP_MANAGE))]
Nothing = Annotated[bodies.EmptyBody, body(bodies.EmptyBody)]


def add_ideas(routes: APIRouter, ideas: IdeaService) -> None:
    _add_reading(routes, ideas)
    _add_beginning(routes, ideas)
    _add_changing(routes, ideas)
    _add_moving(routes, ideas)
    _add_award(routes, ideas)
    _add_later(routes, ideas)


def _add_reading(routes: APIRouter, ideas: IdeaService) -> None:
    @routes.get(IDEAS, summary="Ideas of a run that the caller may see", responses=told(PageOf[answers.IdeaAnswer]))
    async def list_ideas(run: str, principal: Reader, page: Page) -> Response:
        after = page.after_key or ""
        found = await ideas.page(run, principal, after, page.limit)
        return answer(page.cut(found, idea_response, lambda one: (one.id,)))

    @routes.get(ONE, summary="One idea", responses=told(answers.IdeaAnswer))
    async def read_idea(run: str, idea: str, principal: Reader) -> Response:
        found = await ideas.one(run, idea, principal)
        return answer(idea_response(found), headers=etag(found.version))


def _add_beginning(routes: APIRouter, ideas: IdeaService) -> None:
    @routes.post(
        IDEAS,
        summary="Begin an idea of a group, or submit it at once",
        status_code=201,
        responses=told(answers.IdeaAnswer, 201),
    )
    async def begin_idea(
        request: Request,
        run: str,
        principal: Writer,
        sent: Annotated[bodies.IdeaBody, body(bodies.IdeaBody)],
        key: Key,
    ) -> Response:
        command, content = key_of(request, principal, key), sent.content()
        made = await ideas.begin(command, run, principal, sent.group, content, submit=sent.submit)
        return recorded_response(request, made)


def _add_changing(routes: APIRouter, ideas: IdeaService) -> None:
    @routes.put(ONE, summary="Replace what a draft says", responses=told(answers.IdeaAnswer))
    async def change_idea(
        request: Request,
        run: str,
        idea: str,
        principal: Writer,
        sent: Annotated[bodies.ContentBody, body(bodies.ContentBody)],
        key: Key,
        version: Seen,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await ideas.change(command, run, principal, idea, sent.content(), version))


def _add_moving(routes: APIRouter, ideas: IdeaService) -> None:
    @routes.post(f"{ONE}/submit", summary="Submit a draft", responses=told(answers.IdeaAnswer))
    async def submit(request: Request, run: str, idea: str, principal: Writer, sent: Nothing, key: Key) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await ideas.move(command, run, principal, idea, Action.SUBMIT))

    @routes.post(f"{ONE}/reopen", summary="Make a draft of it again", responses=told(answers.IdeaAnswer))
    async def reopen(request: Request, run: str, idea: str, principal: Writer, sent: Nothing, key: Key) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await ideas.move(command, run, principal, idea, Action.REOPEN))

    @routes.post(f"{ONE}/withdraw", summary="Give an idea up", responses=told(answers.IdeaAnswer))
    async def withdraw(request: Request, run: str, idea: str, principal: Writer, sent: Nothing, key: Key) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await ideas.move(command, run, principal, idea, Action.WITHDRAW))


def _add_award(routes: APIRouter, ideas: IdeaService) -> None:
    @routes.post(f"{ONE}/award", summary="Give an idea an award", responses=told(answers.IdeaAnswer))
    async def award(
        request: Request,
        run: str,
        idea: str,
        principal: Manager,
        sent: Annotated[bodies.AwardBody, body(bodies.AwardBody)],
        key: Key,
    ) -> Response:
        return recorded_response(request, await ideas.award(key_of(request, principal, key), run, idea, sent.award))


def _add_later(routes: APIRouter, ideas: IdeaService) -> None:
    @routes.post(f"{ONE}/adoptions", summary="A unit works by an idea", responses=told(answers.IdeaAnswer))
    async def adopt(
        request: Request,
        run: str,
        idea: str,
        principal: Manager,
        sent: Annotated[bodies.AdoptionBody, body(bodies.AdoptionBody)],
        key: Key,
    ) -> Response:
        command, adoption = key_of(request, principal, key), Adoption(sent.unit, sent.since)
        return recorded_response(request, await ideas.adopt(command, run, idea, adoption))

    @routes.post(
        f"{ONE}/measurements", summary="Measure an idea where it was adopted", responses=told(answers.IdeaAnswer)
    )
    async def measure(
        request: Request,
        run: str,
        idea: str,
        principal: Manager,
        sent: Annotated[bodies.MeasurementBody, body(bodies.MeasurementBody)],
        key: Key,
    ) -> Response:
        command = key_of(request, principal, key)
        measured = await ideas.measure(command, run, idea, sent.unit, sent.indicator, sent.on, sent.value)
        return recorded_response(request, measured)
