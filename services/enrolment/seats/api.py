"""Seats over HTTP: nominations of a run, one or a list at a time, and its buckets."""

from collections.abc import Mapping
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.enrolment.catalogue.api import sees_drafts
from services.enrolment.seats import bodies
from services.enrolment.seats.allocation import Seating
from services.enrolment.seats.buckets import Buckets, view
from services.enrolment.seats.bulk import carry_out_rows, recorded_response
from services.enrolment.seats.commands import Command, Decide, Decision, Nominate, Substitute
from services.enrolment.seats.domain import Action
from services.enrolment.seats.refusals import UnknownNomination
from services.enrolment.seats.responses import nomination_view
from services.enrolment.seats.service import SeatService
from services.enrolment.seats.storage import Seats
from shared.clock import Clock
from shared.events.enrolment import NominationState, Rank
from shared.http import PageRequest, add_direct_route, answer, body, idempotency_key, page_request, raw_body
from shared.idempotency import command_key
from shared.ids import new_id
from shared.rights import Permission, Principal, Scope
from shared.security import requires

RUN = "/api/enrolment/runs/{run}"
Key = Annotated[str | None, Depends(idempotency_key)]
Limited = Annotated[str, Field(max_length=64)]


def router(service: SeatService, seats: Seats, buckets: Buckets, clock: Clock) -> APIRouter:
    """All routes of this feature."""
    routes = APIRouter()
    _add_nominating(routes, service)
    _add_applying(routes, service)
    for action, permission in DECISIONS.items():
        _add_decision(routes, service, action, permission)
    _add_substitution(routes, service)
    _add_reading(routes, seats, buckets)
    _add_buckets(routes, buckets, clock)
    return routes


def _add_nominating(routes: APIRouter, service: SeatService) -> None:
    async def nominate(request: Request, principal: Principal, given: bodies.NominateBody) -> Response:
        run, key = request.path_params["run"], await idempotency_key(request)
        scope = principal.scope(Permission.NOMINATION_WRITE)
        if given.nominations is None:
            return await _one(service, request, principal, scope, key, nominate_command(run, given.only()))
        commands: list[Command] = [nominate_command(run, row) for row in given.nominations]
        rows = [row.model_dump_json().encode() for row in given.nominations]
        return await carry_out_rows(service, request, principal, scope, key, commands, rows)

    add_direct_route(
        routes,
        "POST",
        f"{RUN}/nominations",
        nominate,
        permission=Permission.NOMINATION_WRITE,
        body=bodies.NominateBody,
        summary="Nominate one person, or a list of people",
        answers={201: bodies.NominationAnswer, 200: bodies.RowsAnswer},
    )


def _add_applying(routes: APIRouter, service: SeatService) -> None:
    @routes.post(f"{RUN}/applications", summary="Apply for oneself", status_code=201)
    async def apply(
        request: Request,
        run: str,
        principal: Annotated[Principal, Depends(requires(Permission.NOMINATION_APPLY))],
        given: Annotated[bodies.ApplyBody, body(bodies.ApplyBody)],
        key: Key,
    ) -> Response:
        command = Nominate(run, principal.subject, Rank.PRIMARY, given.target, given.note, new_id())
        scope = principal.scope(Permission.NOMINATION_APPLY)
        return await _one(service, request, principal, scope, key, command)


DECISIONS: Mapping[Decision, Permission] = {
    Action.APPROVE: Permission.NOMINATION_APPROVE,
    Action.REJECT: Permission.NOMINATION_APPROVE,
    Action.WITHDRAW: Permission.NOMINATION_WITHDRAW,
}


def _add_decision(routes: APIRouter, service: SeatService, action: Decision, permission: Permission) -> None:
    guard = Depends(requires(permission))

    @routes.post(f"{RUN}/nominations/{{id}}/{action}", summary=f"{action.capitalize()} a nomination", name=action)
    async def decide_one(
        request: Request,
        run: str,
        id: str,
        principal: Annotated[Principal, guard],
        given: Annotated[bodies.ReasonBody, body(bodies.ReasonBody)],
        key: Key,
    ) -> Response:
        command = Decide(run, id, action, given.reason)
        return await _one(service, request, principal, principal.scope(permission), key, command)

    @routes.post(f"{RUN}/nominations/{action}", summary=f"{action.capitalize()} a list", name=f"{action}-list")
    async def decide_rows(
        request: Request,
        run: str,
        principal: Annotated[Principal, guard],
        given: Annotated[bodies.IdsBody, body(bodies.IdsBody)],
        key: Key,
    ) -> Response:
        commands: list[Command] = [Decide(run, id, action, given.reason) for id in given.ids]
        rows = [orjson.dumps([id, given.reason]) for id in given.ids]
        scope = principal.scope(permission)
        return await carry_out_rows(service, request, principal, scope, key, commands, rows)


def _add_substitution(routes: APIRouter, service: SeatService) -> None:
    @routes.post(f"{RUN}/nominations/{{id}}/substitute", summary="Another person of the unit takes the seat over")
    async def substitute(
        request: Request,
        run: str,
        id: str,
        principal: Annotated[Principal, Depends(requires(Permission.NOMINATION_WRITE))],
        given: Annotated[bodies.SubstituteBody, body(bodies.SubstituteBody)],
        key: Key,
    ) -> Response:
        command = Substitute(run, id, given.person, given.reason, new_id())
        scope = principal.scope(Permission.NOMINATION_WRITE)
        return await _one(service, request, principal, scope, key, command)


def _add_reading(routes: APIRouter, seats: Seats, buckets: Buckets) -> None:
    @routes.get(f"{RUN}/nominations", summary="Nominations of a run that the caller may see")
    async def list_nominations(
        run: str,
        principal: Annotated[Principal, Depends(requires(Permission.NOMINATION_READ))],
        page: Annotated[PageRequest, Depends(page_request)],
        state: NominationState | None = None,
        unit: Annotated[str | None, Query(max_length=64)] = None,
        person: Annotated[str | None, Query(max_length=64)] = None,
    ) -> Response:
        given = {"state": state and state.value, "bucket_unit": unit, "person": person}
        filters = {name: value for name, value in given.items() if value}
        scope = principal.scope(Permission.NOMINATION_READ)
        after = None if page.after is None else str(page.after[0])
        rows = await seats.page(run, scope, filters, after, page.limit)
        if not rows:  # of a run that is there and has none to show; raises UnknownRun for every other
            await buckets.of_run(run, drafts=sees_drafts(principal))
        shown = rows[: page.limit]
        last = (shown[-1]["_id"],) if len(rows) > page.limit else None
        return answer(page.body([nomination_view(row) for row in shown], last))

    @routes.get(f"{RUN}/nominations/{{id}}", summary="One nomination")
    async def read_nomination(
        run: str, id: str, principal: Annotated[Principal, Depends(requires(Permission.NOMINATION_READ))]
    ) -> Response:
        row = await seats.one(run, id, principal.scope(Permission.NOMINATION_READ))
        if row is None:
            raise UnknownNomination(nomination=id)
        return answer(nomination_view(row))


def _add_buckets(routes: APIRouter, buckets: Buckets, clock: Clock) -> None:
    @routes.get(f"{RUN}/buckets", summary="Seats of a run by target group and unit")
    async def read_buckets(
        run: str, principal: Annotated[Principal, Depends(requires(Permission.PROGRAMME_READ))]
    ) -> Response:
        found = await buckets.of_run(run, drafts=sees_drafts(principal))
        return answer({"buckets": [view(bucket) for bucket in found], "seats": sum(b.seats for b in found)})

    @routes.put(f"{RUN}/buckets", summary="Give the run exactly these seats")
    async def allocate(
        run: str,
        principal: Annotated[Principal, Depends(requires(Permission.PROGRAMME_WRITE))],
        given: Annotated[bodies.AllocationBody, body(bodies.AllocationBody)],
    ) -> Response:
        seatings = [Seating(row.target, row.unit, row.seats) for row in given.buckets]
        done = await buckets.allocate(run, seatings, principal.subject, clock())
        shown = {"buckets": [view(b) for b in done.buckets], "seats": sum(b.seats for b in done.buckets)}
        return answer(shown, positions=done.positions)


async def _one(
    service: SeatService, request: Request, principal: Principal, scope: Scope, key: str | None, command: Command
) -> Response:
    """Carries one command out under the caller's key."""
    keyed = command_key(principal.subject, "POST", request.scope["path"], key, raw_body(request))
    return recorded_response(await service.carry_out(command, keyed, principal.subject, scope))


def nominate_command(run: str, row: bodies.NominationRow) -> Nominate:
    """A body as a command, with the id that the nomination will have."""
    return Nominate(run, row.person, row.rank, row.target, row.note, new_id())
