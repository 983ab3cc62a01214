"""Seats over HTTP: nominations of a run, one or a list at a time. Its buckets are in allocating.py."""

from collections.abc import Mapping
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.seats.domain.commands import Caller, Command, Decide, Decision, EnterLate, Nominate, Substitute
from services.enrolment.seats.domain.refusals import UnknownNomination
from services.enrolment.seats.domain.transitions import Action
from services.enrolment.seats.http import bodies
from services.enrolment.seats.http.allocating import add_allocating
from services.enrolment.seats.http.bulk import carry_out_rows
from services.enrolment.seats.http.ex_officio import add_ex_officio
from services.enrolment.seats.http.listing import add_list
from services.enrolment.seats.http.releases import add_releases
from services.enrolment.seats.http.responses import (
    NominationDetails,
    NominationResponse,
    RowsResponse,
    nomination_details,
)
from services.enrolment.seats.http.transfers import add_moves
from services.enrolment.seats.service.buckets import BucketService
from services.enrolment.seats.service.ex_officio import ExOfficio
from services.enrolment.seats.service.nominating import caller_of
from services.enrolment.seats.service.nominations import SeatService
from services.enrolment.seats.service.proposals import Proposals
from services.enrolment.seats.service.searching import NominationSearch
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.releases import ReleaseStore
from shared.answers import told
from shared.bodies import body
from shared.direct_routes import add_direct_route
from shared.events.seats import Rank
from shared.headers import idempotency_key
from shared.http import answer, hung_up, key_of, recorded_response
from shared.idempotency import CommandKey
from shared.ids import new_id
from shared.mongo import Database
from shared.rights import Permission, Principal
from shared.security import requires

RUN: Final = "/api/enrolment/runs/{run}"
Key = Annotated[str | None, Depends(idempotency_key)]
DECISIONS: Final[Mapping[Decision, Permission]] = {
    Action.APPROVE: Permission.NOMINATION_APPROVE,
    Action.REJECT: Permission.NOMINATION_APPROVE,
    Action.WITHDRAW: Permission.NOMINATION_WITHDRAW,
}


def router(
    service: SeatService,
    seats: Seats,
    buckets: BucketService,
    search: NominationSearch,
    proposals: Proposals,
    ex_officio: ExOfficio,
    store: Database,
) -> APIRouter:
    """All routes of this feature."""
    routes = APIRouter()
    _add_nominating(routes, service)
    _add_applying(routes, service)
    for action, permission in DECISIONS.items():
        _add_decision(routes, service, action, permission)
        _add_decisions(routes, service, action, permission)
    _add_substitution(routes, service)
    _add_late_entries(routes, service)
    add_ex_officio(routes, service, ex_officio)
    add_moves(routes, service)
    add_list(routes, search, buckets)
    _add_reading_one(routes, seats)
    add_allocating(routes, buckets, proposals)
    add_releases(routes, ReleaseStore(store), buckets)
    return routes


def _add_nominating(routes: APIRouter, service: SeatService) -> None:
    async def nominate(request: Request, principal: Principal, sent: bodies.NominateBody) -> Response:
        run, key = request.path_params["run"], await idempotency_key(request)
        caller = caller_of(principal, Permission.NOMINATION_WRITE)
        if sent.nominations is None:
            command = nominate_command(run, sent)
            return await _carried_out(service, request, command, key_of(request, principal, key), caller)
        rows = [(nominate_command(run, row), row.model_dump_json().encode()) for row in sent.nominations]
        return await carry_out_rows(service, request, caller, key, rows)

    add_direct_route(
        routes,
        "POST",
        f"{RUN}/nominations",
        nominate,
        permission=Permission.NOMINATION_WRITE,
        body=bodies.NominateBody,
        summary="Nominate one person, or a list of people",
        answers={201: NominationResponse, 200: RowsResponse},
    )


def _add_applying(routes: APIRouter, service: SeatService) -> None:
    @routes.post(
        f"{RUN}/applications",
        summary="Apply for oneself",
        status_code=201,
        responses=told(NominationResponse, 201),
    )
    async def apply(
        request: Request,
        run: str,
        principal: Annotated[Principal, Depends(requires(Permission.NOMINATION_APPLY))],
        sent: Annotated[bodies.ApplyBody, body(bodies.ApplyBody)],
        key: Key,
    ) -> Response:
        command = Nominate(run, principal.subject, Rank.PRIMARY, sent.target, sent.note, new_id())
        caller = caller_of(principal, Permission.NOMINATION_APPLY)
        return await _carried_out(service, request, command, key_of(request, principal, key), caller)


def _add_decision(routes: APIRouter, service: SeatService, action: Decision, permission: Permission) -> None:
    guard = Depends(requires(permission))

    @routes.post(
        f"{RUN}/nominations/{{id}}/{action}",
        summary=f"{action.capitalize()} a nomination",
        name=action,
        responses=told(NominationResponse),
    )
    async def decide_one(
        request: Request,
        run: str,
        id: str,
        principal: Annotated[Principal, guard],
        sent: Annotated[bodies.ReasonBody, body(bodies.ReasonBody)],
        key: Key,
    ) -> Response:
        command = Decide(run, id, action, sent.reason)
        caller = caller_of(principal, permission)
        return await _carried_out(service, request, command, key_of(request, principal, key), caller)


def _add_decisions(routes: APIRouter, service: SeatService, action: Decision, permission: Permission) -> None:
    guard = Depends(requires(permission))

    @routes.post(
        f"{RUN}/nominations/{action}",
        summary=f"{action.capitalize()} a list",
        name=f"{action}-list",
        responses=told(RowsResponse),
    )
    async def decide_rows(
        request: Request,
        run: str,
        principal: Annotated[Principal, guard],
        sent: Annotated[bodies.IdsBody, body(bodies.IdsBody)],
        key: Key,
    ) -> Response:
        rows: list[tuple[Command, bytes]] = [
            (Decide(run, id, action, sent.reason), orjson.dumps([id, sent.reason])) for id in sent.ids
        ]
        return await carry_out_rows(service, request, caller_of(principal, permission), key, rows)


def _add_substitution(routes: APIRouter, service: SeatService) -> None:
    @routes.post(
        f"{RUN}/nominations/{{id}}/substitute",
        summary="Give the seat to another person of the same unit",
        responses=told(NominationResponse),
    )
    async def substitute(
        request: Request,
        run: str,
        id: str,
        principal: Annotated[Principal, Depends(requires(Permission.NOMINATION_WRITE))],
        sent: Annotated[bodies.SubstituteBody, body(bodies.SubstituteBody)],
        key: Key,
    ) -> Response:
        command = Substitute(run, id, sent.person, sent.reason, new_id(), sent.swap)
        caller = caller_of(principal, Permission.NOMINATION_WRITE)
        return await _carried_out(service, request, command, key_of(request, principal, key), caller)


def _add_late_entries(routes: APIRouter, service: SeatService) -> None:
    @routes.post(
        f"{RUN}/late-entries",
        summary="Give a free seat to somebody who comes when the run has begun",
        status_code=201,
        responses=told(NominationResponse, 201),
    )
    async def enter_late(
        request: Request,
        run: str,
        principal: Annotated[Principal, Depends(requires(Permission.LATE_ENTRY))],
        sent: Annotated[bodies.LateEntryBody, body(bodies.LateEntryBody)],
        key: Key,
    ) -> Response:
        command = EnterLate(run, sent.person, sent.target, sent.reason, new_id())
        caller = caller_of(principal, Permission.LATE_ENTRY)
        return await _carried_out(service, request, command, key_of(request, principal, key), caller)


def _add_reading_one(routes: APIRouter, seats: Seats) -> None:
    @routes.get(f"{RUN}/nominations/{{id}}", summary="One nomination", responses=told(NominationDetails))
    async def read_nomination(
        run: str, id: str, principal: Annotated[Principal, Depends(requires(Permission.NOMINATION_READ))]
    ) -> Response:
        scope = principal.scope(Permission.NOMINATION_READ)
        record = await seats.one(run, id, scope)
        if record is None:
            raise UnknownNomination(nomination=id)
        return answer(nomination_details(record, scope, principal.counts()))


async def _carried_out(
    service: SeatService, request: Request, command: Command, key: CommandKey, caller: Caller
) -> Response:
    return recorded_response(request, await service.carry_out(command, key, caller, hung_up(request)))


def nominate_command(run: str, row: bodies.NominationRow | bodies.NominateBody) -> Nominate:
    """The command of a row, or of a body without rows (which then has a person), with the id of the new nomination."""
    return Nominate(run, row.person or "", row.rank or Rank.PRIMARY, row.target, row.note, new_id())
