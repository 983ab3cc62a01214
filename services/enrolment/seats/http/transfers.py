"""What the organiser decides about nominations of people who have moved, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.seats.domain.commands import Decide
from services.enrolment.seats.domain.transitions import Action
from services.enrolment.seats.http.bodies import MoveBody
from services.enrolment.seats.http.responses import NominationResponse
from services.enrolment.seats.service.nominating import caller_of
from services.enrolment.seats.service.nominations import SeatService
from shared.answers import told
from shared.bodies import body
from shared.headers import idempotency_key
from shared.http import hung_up, key_of, recorded_response
from shared.rights import Permission, Principal
from shared.security import requires


def add_moves(routes: APIRouter, service: SeatService) -> None:
    @routes.post(
        "/api/enrolment/runs/{run}/nominations/{id}/move",
        summary="Say whether the nomination of somebody who has moved stays",
        responses=told(NominationResponse),
    )
    async def decide_move(
        request: Request,
        run: str,
        id: str,
        principal: Annotated[Principal, Depends(requires(Permission.NOMINATION_MOVE))],
        sent: Annotated[MoveBody, body(MoveBody)],
        key: Annotated[str | None, Depends(idempotency_key)],
    ) -> Response:
        caller = caller_of(principal, Permission.NOMINATION_MOVE)
        command = Decide(run, id, Action.KEEP if sent.keep else Action.RELEASE, sent.reason)
        answer = await service.carry_out(command, key_of(request, principal, key), caller, hung_up(request))
        return recorded_response(request, answer)
