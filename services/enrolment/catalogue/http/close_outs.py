"""Close-outs of runs over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.catalogue.http.answers import RunAnswer
from services.enrolment.catalogue.http.changing import RUNS, Key, Seen
from services.enrolment.catalogue.service.close_outs import CloseOutService
from shared.answers import told
from shared.bodies import Body, body
from shared.http import key_of, recorded_response
from shared.rights import Permission, Principal
from shared.security import requires

Publisher = Annotated[Principal, Depends(requires(Permission.PROGRAMME_PUBLISH))]


class CloseOutBody(Body):
    """Nothing yet: who files it and when is known."""


def add_close_outs(routes: APIRouter, close_outs: CloseOutService) -> None:
    @routes.post(
        f"{RUNS}/{{run}}/close-out", summary="File the close-out of a run that has ended", responses=told(RunAnswer)
    )
    async def file_close_out(
        request: Request,
        run: str,
        principal: Publisher,
        sent: Annotated[CloseOutBody, body(CloseOutBody)],
        key: Key,
        seen: Seen,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await close_outs.file(command, run, principal.subject, seen))
