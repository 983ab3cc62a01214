"""Passes of people and codes of rooms over HTTP, also as pictures, and the check-in of oneself."""

import io
from typing import Annotated, Any, Final

import segno
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.attendance.http.answers import OwnMarkAnswer, PassAnswer, RoomCodeAnswer, RunKeyAnswer
from services.enrolment.attendance.http.bodies import RoomCheckInBody
from services.enrolment.attendance.http.responses import key_response, pass_response, room_code_response
from services.enrolment.attendance.http.routes import RUN, Keeper, Key, Reader, Session
from services.enrolment.attendance.service.attendance import AttendanceService
from services.enrolment.attendance.service.passes import Passes
from shared.answers import told
from shared.bodies import body
from shared.http import answer, key_of, recorded_response
from shared.rights import Permission, Principal
from shared.security import requires

SVG: Final = "image/svg+xml"
PICTURE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {SVG: {"schema": {"type": "string"}}}}}
Comer = Annotated[Principal, Depends(requires(Permission.ATTENDANCE_SELF))]


def router(service: AttendanceService, passes: Passes) -> APIRouter:
    routes = APIRouter()
    _add_key(routes, passes)
    _add_passes(routes, passes)
    _add_room(routes, passes)
    _add_coming(routes, service)
    return routes


def _add_key(routes: APIRouter, passes: Passes) -> None:
    @routes.get(
        f"{RUN}/attendance-key",
        summary="The public key by which a pass of the run is verified without a network",
        responses=told(RunKeyAnswer),
    )
    async def read_key(run: str, principal: Reader) -> Response:
        return answer(key_response(run, await passes.key(run)))


def _add_passes(routes: APIRouter, passes: Passes) -> None:
    @routes.get(f"{RUN}/passes/{{nomination}}", summary="The pass of somebody with a seat", responses=told(PassAnswer))
    async def read_pass(run: str, nomination: str, principal: Reader) -> Response:
        scope = principal.scope(Permission.ATTENDANCE_READ)
        return answer(pass_response(*await passes.issue(run, nomination, scope)))

    @routes.get(
        f"{RUN}/passes/{{nomination}}/qr",
        summary="The pass as a picture, to be shown at the door",
        response_class=Response,
        responses=PICTURE,
    )
    async def draw_pass(run: str, nomination: str, principal: Reader) -> Response:
        scope = principal.scope(Permission.ATTENDANCE_READ)
        return _picture((await passes.issue(run, nomination, scope))[2])


def _add_room(routes: APIRouter, passes: Passes) -> None:
    path = f"{RUN}/sessions/{{session}}/room-code"

    @routes.get(
        path, summary="The code that the room shows now; it changes twice a minute", responses=told(RoomCodeAnswer)
    )
    async def read_code(run: str, session: Session, principal: Keeper) -> Response:
        return answer(room_code_response(session, await passes.room_code(run, session)))

    @routes.get(f"{path}/qr", summary="The code of the room as a picture", response_class=Response, responses=PICTURE)
    async def draw_code(run: str, session: Session, principal: Keeper) -> Response:
        return _picture((await passes.room_code(run, session)).text)


def _add_coming(routes: APIRouter, service: AttendanceService) -> None:
    @routes.post(
        f"{RUN}/check-ins/room",
        summary="Check oneself in, with the code that the room shows",
        responses=told(OwnMarkAnswer),
    )
    async def come(
        request: Request,
        run: str,
        principal: Comer,
        sent: Annotated[RoomCheckInBody, body(RoomCheckInBody)],
        key: Key,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await service.check_in_myself(command, principal.subject, run, sent.code))


def _picture(text: str) -> Response:
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", scale=8, border=4)
    return Response(drawn.getvalue(), media_type=SVG)
