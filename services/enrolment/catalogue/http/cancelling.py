"""One run is cancelled, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.catalogue.http.answers import RunAnswer
from services.enrolment.catalogue.http.bodies import CommandBody
from services.enrolment.catalogue.http.changing import RUNS, Key, Seen
from services.enrolment.catalogue.service.cancelling import CancelService
from shared.answers import told
from shared.bodies import body
from shared.http import key_of, recorded_response
from shared.rights import Permission, Principal
from shared.security import requires


def add_cancelling(routes: APIRouter, cancelling: CancelService) -> None:
    @routes.post(f"{RUNS}/{{run}}/cancel", summary="Cancel one run; the others take place", responses=told(RunAnswer))
    async def cancel_run(
        request: Request,
        run: str,
        principal: Annotated[Principal, Depends(requires(Permission.PROGRAMME_PUBLISH))],
        sent: Annotated[CommandBody, body(CommandBody)],
        key: Key,
        seen: Seen,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await cancelling.cancel(command, run, principal, seen, sent.reason))
