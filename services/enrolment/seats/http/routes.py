"""Seats over HTTP: nominations of a run, one or a list at a time, and its buckets."""

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.enrolment.seats.domain.allocation import Seating
from services.enrolment.seats.domain.commands import Caller, Command, Decide, Decision, Nominate, Substitute
from services.enrolment.seats.domain.nominations import Action
from services.enrolment.seats.domain.records import Wanted
from services.enrolment.seats.domain.refusals import UnknownNomination
from services.enrolment.seats.http import bodies
from services.enrolment.seats.http.bulk import carry_out_rows
from services.enrolment.seats.http.responses import (
    BucketsResponse,
    NominationDetails,
    NominationResponse,
    RowsResponse,
    buckets_response,
    nomination_details,
)
from services.enrolment.seats.service.buckets import BucketService
from services.enrolment.seats.service.nominations import SeatService
from services.enrolment.seats.storage import Seats
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.conditions import etag
from shared.direct_routes import add_direct_route
from shared.events.seats import NominationState, Rank
from shared.headers import idempotency_key, required_if_match
from shared.http import answer, hung_up, key_of, recorded_response
from shared.idempotency import CommandKey
from shared.ids import new_id
from shared.pages import PageRequest, page_request
from shared.rights import Permission, Principal
from shared.security import requires
from shared.values import Term

RUN: Final = "/api/enrolment/runs/{run}"
Key = Annotated[str | None, Depends(idempotency_key)]
DECISIONS: Final[Mapping[Decision, Permission]] = {
    Action.APPROVE: Permission.NOMINATION_APPROVE,
    Action.REJECT: Permission.NOMINATION_APPROVE,
    Action.WITHDRAW: Permission.NOMINATION_WITHDRAW,
}


def router(service: SeatService, seats: Seats, buckets: BucketService) -> APIRouter:
    """All routes of this feature."""
    routes = APIRouter()
    _add_nominating(routes, service)
    _add_applying(routes, service)
    for action, permission in DECISIONS.items():
        _add_decision(routes, service, action, permission)
        _add_decisions(routes, service, action, permission)
    _add_substitution(routes, service)
    _add_reading(routes, seats, buckets)
    _add_reading_one(routes, seats)
    _add_buckets(routes, buckets)
    return routes


def _add_nominating(routes: APIRouter, service: SeatService) -> None:
    async def nominate(request: Request, principal: Principal, sent: bodies.NominateBody) -> Response:
        run, key = request.path_params["run"], await idempotency_key(request)
        caller = _caller(principal, Permission.NOMINATION_WRITE)
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
        caller = _caller(principal, Permission.NOMINATION_APPLY)
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
        caller = _caller(principal, permission)
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
        return await carry_out_rows(service, request, _caller(principal, permission), key, rows)


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
        command = Substitute(run, id, sent.person, sent.reason, new_id())
        caller = _caller(principal, Permission.NOMINATION_WRITE)
        return await _carried_out(service, request, command, key_of(request, principal, key), caller)


def _add_reading(routes: APIRouter, seats: Seats, buckets: BucketService) -> None:
    @routes.get(
        f"{RUN}/nominations",
        summary="Nominations of a run that the caller may see",
        responses=told(PageOf[NominationDetails]),
    )
    async def list_nominations(
        run: str,
        principal: Annotated[Principal, Depends(requires(Permission.NOMINATION_READ))],
        page: Annotated[PageRequest, Depends(page_request)],
        state: NominationState | None = None,
        bucket_unit: Annotated[Term | None, Query(alias="bucketUnit")] = None,
        unit: Term | None = None,
        person: Term | None = None,
    ) -> Response:
        wanted = Wanted(state and state.value, bucket_unit or None, unit or None, person or None)
        scope = principal.scope(Permission.NOMINATION_READ)
        after = None if page.after is None else str(page.after[0])
        records = await seats.page(run, scope, wanted, after, page.limit)
        if not records:  # an existing run without any, or else UnknownRun
            await buckets.of_run(run, drafts=principal.sees_drafts)
        respond = partial(nomination_details, scope=scope, counts=principal.counts())
        return answer(page.cut(records, respond, lambda record: (record.nomination.id,)))


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


def _add_buckets(routes: APIRouter, buckets: BucketService) -> None:
    @routes.get(f"{RUN}/buckets", summary="Seats of a run by target group and unit", responses=told(BucketsResponse))
    async def read_buckets(
        run: str, principal: Annotated[Principal, Depends(requires(Permission.PROGRAMME_READ))]
    ) -> Response:
        seats, version = await buckets.of_run(run, drafts=principal.sees_drafts)
        return answer(buckets_response(seats, version, principal.counts()), headers=etag(version))

    @routes.put(f"{RUN}/buckets", summary="Set the seats of a run", responses=told(BucketsResponse))
    async def allocate(
        request: Request,
        run: str,
        principal: Annotated[Principal, Depends(requires(Permission.PROGRAMME_WRITE))],
        sent: Annotated[bodies.AllocationBody, body(bodies.AllocationBody)],
        key: Key,
        version: Annotated[int, Depends(required_if_match)],
    ) -> Response:
        seatings = [Seating(row.target, row.bucket_unit, row.seats) for row in sent.buckets]
        command = key_of(request, principal, key)
        return recorded_response(request, await buckets.allocate(command, run, seatings, principal, version))


async def _carried_out(
    service: SeatService, request: Request, command: Command, key: CommandKey, caller: Caller
) -> Response:
    return recorded_response(request, await service.carry_out(command, key, caller, hung_up(request)))


@lru_cache(maxsize=2_000)  # the same few officers in a rush, and three scopes to work out for each
def _caller(principal: Principal, permission: Permission) -> Caller:
    return Caller(principal.subject, principal.scope(permission), principal.sees_drafts, principal.counts())


def nominate_command(run: str, row: bodies.NominationRow | bodies.NominateBody) -> Nominate:
    """The command of a row, or of a body without rows (which then has a person), with the id of the new nomination."""
    return Nominate(run, row.person or "", row.rank or Rank.PRIMARY, row.target, row.note, new_id())
