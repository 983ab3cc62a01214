"""Offers of seats over HTTP: the person, or an officer of the unit, accepts or declines; and why somebody has no seat
yet."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.seats.domain.commands import Caller, Decide, Decision
from services.enrolment.seats.domain.transitions import Action
from services.enrolment.seats.http.bodies import ReasonBody
from services.enrolment.seats.http.responses import NominationResponse
from services.enrolment.seats.http.standing import StandingAnswer, standing_response
from services.enrolment.seats.service.nominations import SeatService
from services.enrolment.seats.service.standings import Standings
from shared.answers import told
from shared.bodies import body
from shared.headers import idempotency_key
from shared.http import answer, hung_up, key_of, recorded_response
from shared.rights import Permission, Principal
from shared.security import requires

RUN: Final = "/api/enrolment/runs/{run}"
Key = Annotated[str | None, Depends(idempotency_key)]
Reader = Annotated[Principal, Depends(requires(Permission.NOMINATION_READ))]
Answering = Annotated[Principal, Depends(requires(Permission.NOMINATION_ANSWER))]


def router(service: SeatService, standings: Standings) -> APIRouter:
    """All routes of offers."""
    routes = APIRouter()
    _add_answer(routes, service, Action.ACCEPT)
    _add_answer(routes, service, Action.DECLINE)
    _add_standing(routes, standings)
    return routes


def _add_answer(routes: APIRouter, service: SeatService, action: Decision) -> None:
    """An offer is named by its nomination, which has one at a time."""

    @routes.post(
        f"{RUN}/offers/{{id}}/{action}",
        summary=f"{action.capitalize()} the seat that is offered to a nomination",
        name=action,
        responses=told(NominationResponse),
    )
    async def answer_offer(
        request: Request,
        run: str,
        id: str,
        principal: Answering,
        sent: Annotated[ReasonBody, body(ReasonBody)],
        key: Key,
    ) -> Response:
        scope = principal.scope(Permission.NOMINATION_ANSWER)
        caller = Caller(principal.subject, scope, principal.sees_drafts, principal.counts())
        command = Decide(run, id, action, sent.reason)
        recorded = await service.carry_out(command, key_of(request, principal, key), caller, hung_up(request))
        return recorded_response(request, recorded)


def _add_standing(routes: APIRouter, standings: Standings) -> None:
    @routes.get(
        f"{RUN}/nominations/{{id}}/standing",
        summary="Why a nomination has no seat yet",
        responses=told(StandingAnswer),
    )
    async def read_standing(run: str, id: str, principal: Reader) -> Response:
        return answer(standing_response(await standings.of(run, id, principal)))
