"""PATCH of programmes and runs: what is there as a body, and what is named of it changed."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.programmes import Programme
from services.enrolment.catalogue.domain.runs import Run
from services.enrolment.catalogue.domain.schedule import Proposal, in_one
from services.enrolment.catalogue.http.answers import ProgrammeWritten
from services.enrolment.catalogue.http.bodies import DescriptionBody, RunBody
from services.enrolment.catalogue.http.clash_answers import RescheduledRun
from services.enrolment.catalogue.http.responses import programme_response, run_in_programme
from services.enrolment.catalogue.service.programmes import ProgrammeService
from services.enrolment.catalogue.service.runs import RunService
from shared.answers import told
from shared.bodies import Body
from shared.headers import idempotency_key, if_match
from shared.http import key_of, recorded_response
from shared.patches import Changes, changes
from shared.rights import Permission, Principal
from shared.security import requires

PROGRAMMES: Final = "/api/enrolment/programmes"
RUNS: Final = "/api/enrolment/runs"
Key = Annotated[str | None, Depends(idempotency_key)]
Writer = Annotated[Principal, Depends(requires(Permission.PROGRAMME_WRITE))]
Seen = Annotated[int | None, Depends(if_match)]


def add_changing(routes: APIRouter, programmes: ProgrammeService, runs: RunService) -> None:
    _add_change_of_draft(routes, programmes)
    _add_change_of_run(routes, runs)


def _add_change_of_draft(routes: APIRouter, programmes: ProgrammeService) -> None:
    @routes.patch(
        f"{PROGRAMMES}/{{programme}}", summary="Change some fields of a draft", responses=told(ProgrammeWritten)
    )
    async def change_programme(
        request: Request,
        programme: str,
        principal: Writer,
        sent: Annotated[Changes[DescriptionBody], changes(DescriptionBody)],
        key: Key,
        version: Seen,
    ) -> Response:
        def describe(present: Programme) -> Description:
            return sent.onto(programme_as_body(present)).described(present.description.fiscal_year)

        command = key_of(request, principal, key)
        return recorded_response(
            request, await programmes.revise(command, programme, describe, principal.subject, version)
        )


def _add_change_of_run(routes: APIRouter, runs: RunService) -> None:
    @routes.patch(f"{RUNS}/{{run}}", summary="Change some fields of a run", responses=told(RescheduledRun))
    async def change_run(
        request: Request,
        run: str,
        principal: Writer,
        sent: Annotated[Changes[RunBody], changes(RunBody)],
        key: Key,
        version: Seen,
    ) -> Response:
        def propose(present: Run) -> Proposal:
            return sent.onto(run_as_body(present)).proposal()

        command = key_of(request, principal, key)
        return recorded_response(request, await runs.reschedule(command, run, propose, principal.subject, version))


def programme_as_body(programme: Programme) -> dict[str, Any]:
    """As it would be sent to be what it is."""
    return _written(programme_response(programme, ()), DescriptionBody)


def run_as_body(run: Run) -> dict[str, Any]:
    """The same of a run; one session that lasts as long as the run need not be said."""
    written = _written(run_in_programme(run), RunBody)
    if in_one(run.plan):
        del written["sessions"]
    return written


def _written(response: dict[str, Any], body: type[Body]) -> dict[str, Any]:
    names = {field.alias for field in body.model_fields.values()}
    return {name: _without_nulls(value) for name, value in response.items() if name in names and value is not None}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(part) for name, part in value.items() if part is not None}
    return [_without_nulls(part) for part in value] if isinstance(value, list) else value
