"""Walk-ins over HTTP: written down at the door, and matched by the organiser."""

from typing import Annotated, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.enrolment.attendance.domain.walk_ins import WalkInState
from services.enrolment.attendance.http.answers import WalkInAnswer, WalkInDecided, WalkInWritten
from services.enrolment.attendance.http.bodies import DismissBody, MatchBody, WalkInBody
from services.enrolment.attendance.http.responses import walk_in_response
from services.enrolment.attendance.http.routes import RUN, Keeper, Key, Manager, Page
from services.enrolment.attendance.service.walk_ins import AtTheDoor, Match, WalkInService
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.http import answer, key_of, recorded_response

WALK_INS: Final = f"{RUN}/walk-ins"


def router(service: WalkInService) -> APIRouter:
    routes = APIRouter()
    _add_writing(routes, service)
    _add_reading(routes, service)
    _add_matching(routes, service)
    _add_dismissing(routes, service)
    return routes


def _add_writing(routes: APIRouter, service: WalkInService) -> None:
    @routes.post(
        WALK_INS,
        summary="Write somebody down who stands at the door and is on no list",
        status_code=201,
        responses=told(WalkInWritten, 201),
    )
    async def write_down(
        request: Request, run: str, principal: Keeper, sent: Annotated[WalkInBody, body(WalkInBody)], key: Key
    ) -> Response:
        somebody = AtTheDoor(sent.session, sent.name, sent.office, sent.in_place_of, sent.at)
        command = key_of(request, principal, key)
        return recorded_response(request, await service.write_down(command, principal.subject, run, somebody))


def _add_reading(routes: APIRouter, service: WalkInService) -> None:
    @routes.get(WALK_INS, summary="Who was written down at the door", responses=told(PageOf[WalkInAnswer]))
    async def list_walk_ins(run: str, principal: Keeper, page: Page, state: WalkInState | None = None) -> Response:
        after = page.after_key or ""
        found = await service.walk_ins.page(run, state, after, page.limit)
        return answer(page.cut(found, walk_in_response, lambda one: (one.id,)))


def _add_matching(routes: APIRouter, service: WalkInService) -> None:
    @routes.post(
        f"{WALK_INS}/{{walk_in}}/match",
        summary="Say whose nomination this was, also one that was entered late",
        responses=told(WalkInDecided),
    )
    async def match(
        request: Request,
        run: str,
        walk_in: str,
        principal: Manager,
        sent: Annotated[MatchBody, body(MatchBody)],
        key: Key,
    ) -> Response:
        command = key_of(request, principal, key)
        said = Match(sent.nomination, sent.reason, sent.session, sent.at)
        done = await service.match(command, principal.subject, run, walk_in, said)
        return recorded_response(request, done)


def _add_dismissing(routes: APIRouter, service: WalkInService) -> None:
    @routes.post(
        f"{WALK_INS}/{{walk_in}}/dismiss",
        summary="Say that it was nobody, and why; it is kept",
        responses=told(WalkInDecided),
    )
    async def dismiss(
        request: Request,
        run: str,
        walk_in: str,
        principal: Manager,
        sent: Annotated[DismissBody, body(DismissBody)],
        key: Key,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await service.dismiss(command, principal.subject, run, walk_in, sent.reason))
