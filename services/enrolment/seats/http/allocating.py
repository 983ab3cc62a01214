"""The seats of a run over HTTP: proposed by a rule, set, copied, and moved between units."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.seats.http import allocation_bodies as bodies
from services.enrolment.seats.http.proposal_responses import ProposalResponse, proposal_response
from services.enrolment.seats.http.responses import AllocatedResponse, BucketsResponse, buckets_response
from services.enrolment.seats.service.buckets import BucketService
from services.enrolment.seats.service.proposals import Proposals
from shared.answers import told
from shared.bodies import body
from shared.conditions import etag
from shared.headers import idempotency_key, if_match, required_if_match
from shared.http import answer, key_of, recorded_response
from shared.rights import Permission, Principal
from shared.security import requires

RUN: Final = "/api/enrolment/runs/{run}"
Key = Annotated[str | None, Depends(idempotency_key)]
Planner = Annotated[Principal, Depends(requires(Permission.PROGRAMME_WRITE))]


def add_allocating(routes: APIRouter, buckets: BucketService, proposals: Proposals) -> None:
    _add_reading(routes, buckets)
    _add_proposing(routes, proposals)
    _add_setting(routes, buckets)
    _add_moving(routes, buckets)


def _add_reading(routes: APIRouter, buckets: BucketService) -> None:
    @routes.get(f"{RUN}/buckets", summary="Seats of a run by target group and unit", responses=told(BucketsResponse))
    async def read_buckets(
        run: str, principal: Annotated[Principal, Depends(requires(Permission.PROGRAMME_READ))]
    ) -> Response:
        seats, version = await buckets.of_run(run, drafts=principal.sees_drafts)
        return answer(buckets_response(seats, version, principal.counts()), headers=etag(version))


def _add_proposing(routes: APIRouter, proposals: Proposals) -> None:
    @routes.post(
        f"{RUN}/allocation",
        summary="Propose the seats of a run by a rule; nothing is stored",
        responses=told(ProposalResponse),
    )
    async def propose(
        run: str, principal: Planner, sent: Annotated[bodies.ProposalBody, body(bodies.ProposalBody)]
    ) -> Response:
        proposed = await proposals.propose(run, sent.asked())
        return answer(proposal_response(proposed), headers=etag(proposed.version))


def _add_setting(routes: APIRouter, buckets: BucketService) -> None:
    @routes.put(f"{RUN}/buckets", summary="Set the seats of a run", responses=told(AllocatedResponse))
    async def allocate(
        request: Request,
        run: str,
        principal: Planner,
        sent: Annotated[bodies.AllocationBody, body(bodies.AllocationBody)],
        key: Key,
        version: Annotated[int, Depends(required_if_match)],
    ) -> Response:
        command = key_of(request, principal, key)
        if sent.copied_from is not None:
            recorded = await buckets.copy(command, run, sent.copied_from, principal, version)
        else:
            recorded = await buckets.allocate(command, run, sent.seatings(), principal, version)
        return recorded_response(request, recorded)


def _add_moving(routes: APIRouter, buckets: BucketService) -> None:
    @routes.post(
        f"{RUN}/buckets/move", summary="Move seats from one unit to another", responses=told(AllocatedResponse)
    )
    async def move(
        request: Request,
        run: str,
        principal: Planner,
        sent: Annotated[bodies.MoveBody, body(bodies.MoveBody)],
        key: Key,
        version: Annotated[int | None, Depends(if_match)],
    ) -> Response:
        transfer = (sent.source.where(), sent.to.where(), sent.seats)
        command = key_of(request, principal, key)
        return recorded_response(request, await buckets.transfer(command, run, transfer, principal, version))
