"""Nominating the person of a plan because of a row, over HTTP: answered as any nomination is."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from services.enrolment.plans.http.bodies import MOST_NUMBER, ApplyFromRowBody, NominateRowBody
from services.enrolment.plans.service.nominating import Caller, RowNominating
from services.enrolment.seats import NominationResponse
from shared.answers import told
from shared.bodies import body
from shared.headers import idempotency_key
from shared.http import hung_up, key_of, recorded_response
from shared.rights import Permission, Principal
from shared.security import requires

ROW: Final = "/api/enrolment/plans/{plan}/rows/{row}"
Number = Annotated[int, Path(ge=1, le=MOST_NUMBER)]
Key = Annotated[str | None, Depends(idempotency_key)]
NOMINATE, APPLY = Permission.NOMINATION_WRITE, Permission.NOMINATION_APPLY
Nominator = Annotated[Principal, Depends(requires(NOMINATE))]
Applicant = Annotated[Principal, Depends(requires(APPLY))]


def add_nominating(routes: APIRouter, nominating: RowNominating) -> None:
    @routes.post(
        f"{ROW}/nominate",
        summary="Nominate the person of a plan for a run because of a row",
        status_code=201,
        responses=told(NominationResponse, 201),
    )
    async def nominate_row(
        request: Request,
        plan: str,
        row: Number,
        principal: Nominator,
        sent: Annotated[NominateRowBody, body(NominateRowBody)],
        key: Key,
    ) -> Response:
        command, caller = key_of(request, principal, key), Caller(principal, NOMINATE, hung_up(request))
        return recorded_response(request, await nominating.nominate(command, plan, row, sent.wanted(), caller))

    _add_applying(routes, nominating)


def _add_applying(routes: APIRouter, nominating: RowNominating) -> None:
    @routes.post(
        f"{ROW}/apply",
        summary="Apply for a run because of a row of the own plan",
        status_code=201,
        responses=told(NominationResponse, 201),
    )
    async def apply_from_row(
        request: Request,
        plan: str,
        row: Number,
        principal: Applicant,
        sent: Annotated[ApplyFromRowBody, body(ApplyFromRowBody)],
        key: Key,
    ) -> Response:
        command, caller = key_of(request, principal, key), Caller(principal, APPLY, hung_up(request))
        return recorded_response(request, await nominating.nominate(command, plan, row, sent.wanted(), caller))
