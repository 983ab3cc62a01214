"""Delegations over HTTP: who is away names somebody; who was named decides, with an answer per row, and sees what waits
for that."""

from functools import partial
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.enrolment.seats.domain.approvals import steps_of
from services.enrolment.seats.domain.commands import Caller, Command, Decide, Decision
from services.enrolment.seats.domain.delegations import Delegation
from services.enrolment.seats.domain.model import WaitsFor
from services.enrolment.seats.domain.records import Wanted
from services.enrolment.seats.domain.transitions import Action
from services.enrolment.seats.http.bulk import carry_out_rows
from services.enrolment.seats.http.delegation_answers import DelegationAnswer, delegation_response
from services.enrolment.seats.http.delegation_bodies import DelegationBody, EndBody, StandInBody
from services.enrolment.seats.http.responses import NominationDetails, RowsResponse, nomination_details
from services.enrolment.seats.service.delegations import DelegationService
from services.enrolment.seats.service.nominations import SeatService
from services.enrolment.seats.storage import Seats
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.events.seats import Approver
from shared.headers import idempotency_key
from shared.http import answer, key_of, recorded_response
from shared.pages import PageRequest, page_request
from shared.rights import Permission, Principal, Scope
from shared.security import requires
from shared.values import Id

ROUTE: Final = "/api/enrolment/delegations"
Key = Annotated[str | None, Depends(idempotency_key)]
Approving = Annotated[Principal, Depends(requires(Permission.NOMINATION_APPROVE))]
StandIn = Annotated[Principal, Depends(requires(Permission.NOMINATION_STAND_IN))]


def router(service: DelegationService, nominations: SeatService, seats: Seats) -> APIRouter:
    """All routes of delegations."""
    routes = APIRouter()
    _add_giving(routes, service)
    _add_reading(routes, service)
    _add_deciding(routes, service, nominations, Action.APPROVE)
    _add_deciding(routes, service, nominations, Action.REJECT)
    _add_waiting(routes, service, seats)
    return routes


def _add_giving(routes: APIRouter, service: DelegationService) -> None:
    @routes.post(
        ROUTE,
        summary="Name somebody who decides while the caller is away",
        status_code=201,
        responses=told(DelegationAnswer, 201),
    )
    async def give(
        request: Request, principal: Approving, sent: Annotated[DelegationBody, body(DelegationBody)], key: Key
    ) -> Response:
        command = key_of(request, principal, key)
        given = await service.give(command, principal, sent.delegate, sent.starts_at, sent.ends_at)
        return recorded_response(request, given)

    @routes.post(f"{ROUTE}/{{delegation}}/end", summary="End a delegation", responses=told(DelegationAnswer))
    async def end(
        request: Request,
        delegation: str,
        principal: Approving,
        sent: Annotated[EndBody, body(EndBody)],
        key: Key,
    ) -> Response:
        return recorded_response(request, await service.end(key_of(request, principal, key), principal, delegation))


def _add_reading(routes: APIRouter, service: DelegationService) -> None:
    @routes.get(
        ROUTE,
        summary="Delegations that the caller gave or got, and posts in which the caller acts",
        responses=told(PageOf[DelegationAnswer]),
    )
    async def list_delegations(principal: StandIn, page: Annotated[PageRequest, Depends(page_request)]) -> Response:
        after = page.after_key
        found = await service.page(principal, after, page.limit)
        return answer(page.cut(found, delegation_response, lambda one: (one.id,)))


def _add_deciding(routes: APIRouter, service: DelegationService, nominations: SeatService, action: Decision) -> None:
    @routes.post(
        f"{ROUTE}/{{delegation}}/{action}",
        summary=f"{action.capitalize()} a list in the name of who is away",
        name=f"{action}-for",
        responses=told(RowsResponse),
    )
    async def decide_rows(
        request: Request,
        delegation: str,
        principal: StandIn,
        sent: Annotated[StandInBody, body(StandInBody)],
        key: Key,
    ) -> Response:
        caller = stand_in(principal, await service.acting(principal, delegation, sent.run))
        rows: list[tuple[Command, bytes]] = [
            (Decide(sent.run, id, action, sent.reason), orjson.dumps([sent.run, id, sent.reason])) for id in sent.ids
        ]
        return await carry_out_rows(nominations, request, caller, key, rows)


def _add_waiting(routes: APIRouter, service: DelegationService, seats: Seats) -> None:
    @routes.get(
        f"{ROUTE}/{{delegation}}/nominations",
        summary="What waits for a step of who is away",
        responses=told(PageOf[NominationDetails]),
    )
    async def list_waiting(
        delegation: str,
        principal: StandIn,
        page: Annotated[PageRequest, Depends(page_request)],
        run: Annotated[Id, Query()],
        step: Approver,
    ) -> Response:
        scope = await service.seen(principal, delegation, run, step)
        after = page.after_key
        records = await seats.page(run, scope, Wanted(waits_for=WaitsFor(step)), after, page.limit)
        respond = partial(nomination_details, scope=Scope(person=principal.subject), counts=Scope())
        return answer(page.cut(records, respond, lambda record: (record.nomination.id,)))


def stand_in(principal: Principal, delegation: Delegation) -> Caller:
    """Who decides, with the steps and the units of who is away, and for no other time."""
    absent, period = delegation.in_the_name_of, (delegation.starts_at, delegation.ends_at)
    scope = absent.scope(Permission.NOMINATION_APPROVE)
    return Caller(principal.subject, scope, steps=steps_of(absent), on_behalf_of=delegation.absent, period=period)
