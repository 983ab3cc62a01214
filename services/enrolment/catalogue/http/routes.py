"""Programmes and runs over HTTP."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.enrolment.catalogue.http.answers import (
    ClockAnswer,
    ProgrammeAnswer,
    ProgrammeWritten,
    RunAnswer,
    RunRead,
)
from services.enrolment.catalogue.http.bodies import (
    ClockBody,
    CommandBody,
    DescriptionBody,
    Dropped,
    ProgrammeBody,
    RunBody,
)
from services.enrolment.catalogue.http.changing import PROGRAMMES, RUNS, Key, Seen, Writer, add_changing
from services.enrolment.catalogue.http.clash_answers import RescheduledRun
from services.enrolment.catalogue.http.close_outs import add_close_outs
from services.enrolment.catalogue.http.responses import outside, programme_response, run_response
from services.enrolment.catalogue.service.close_outs import CloseOutService
from services.enrolment.catalogue.service.judging import Judging
from services.enrolment.catalogue.service.programmes import ProgrammeService
from services.enrolment.catalogue.service.runs import RunService
from shared.answers import told
from shared.bodies import body
from shared.conditions import etag
from shared.errors import NotFound
from shared.headers import required_if_match
from shared.http import answer as json_answer
from shared.http import key_of, recorded_response
from shared.idempotency import CommandKey, Recorded
from shared.rights import Permission, Principal
from shared.security import requires

Reader = Annotated[Principal, Depends(requires(Permission.PROGRAMME_READ))]
Step = Callable[[CommandKey, str, str, int | None, str | None], Awaitable[Recorded]]
Replaced = Annotated[int, Depends(required_if_match)]


def router(programmes: ProgrammeService, runs: RunService, judging: Judging, close_outs: CloseOutService) -> APIRouter:
    """All routes of this feature."""
    routes = APIRouter()
    _add_writing(routes, programmes)
    _add_rewriting(routes, programmes)
    add_changing(routes, programmes, runs)
    _add_steps(routes, programmes)
    _add_reading(routes, programmes)
    _add_reading_of_runs(routes, runs, judging, close_outs)
    _add_runs(routes, runs)
    add_close_outs(routes, close_outs)
    _add_clock(routes, runs)
    return routes


def _add_writing(routes: APIRouter, programmes: ProgrammeService) -> None:
    @routes.post(
        PROGRAMMES,
        summary="Draft a programme, with its runs if they are known",
        status_code=201,
        responses=told(ProgrammeWritten, 201),
    )
    async def create(
        request: Request, principal: Writer, sent: Annotated[ProgrammeBody, body(ProgrammeBody)], key: Key
    ) -> Response:
        description, proposals = sent.drafted()
        return recorded_response(
            request, await programmes.create(key_of(request, principal, key), principal, description, proposals)
        )


def _add_rewriting(routes: APIRouter, programmes: ProgrammeService) -> None:
    @routes.put(f"{PROGRAMMES}/{{programme}}", summary="Rewrite a draft", responses=told(ProgrammeWritten))
    async def revise(
        request: Request,
        programme: str,
        principal: Writer,
        sent: Annotated[DescriptionBody, body(DescriptionBody)],
        key: Key,
        version: Replaced,
    ) -> Response:
        return recorded_response(
            request,
            await programmes.revise(
                key_of(request, principal, key),
                programme,
                lambda present: sent.described(present.description.fiscal_year),
                principal.subject,
                version,
            ),
        )


def _add_steps(routes: APIRouter, programmes: ProgrammeService) -> None:
    steps: list[tuple[str, Permission, Step, str]] = [
        ("submit", Permission.PROGRAMME_WRITE, _without_reason(programmes.submit), "Submit for approval"),
        ("approve", Permission.PROGRAMME_APPROVE, _without_reason(programmes.approve), "Approve"),
        (
            "publish",
            Permission.PROGRAMME_PUBLISH,
            _without_reason(programmes.publish),
            "Open all runs and ask their units for nominations",
        ),
        ("close", Permission.PROGRAMME_PUBLISH, _without_reason(programmes.close), "Close nominations"),
        (
            "reopen",
            Permission.PROGRAMME_PUBLISH,
            _without_reason(programmes.reopen),
            "Take nominations again for the runs that have not begun",
        ),
        ("cancel", Permission.PROGRAMME_PUBLISH, programmes.cancel, "Cancel the programme"),
    ]
    for name, permission, step, summary in steps:
        _add_step(routes, name, permission, step, summary)


def _without_reason(step: Callable[[CommandKey, str, str, int | None], Awaitable[Recorded]]) -> Step:
    return lambda key, programme, by, seen, _: step(key, programme, by, seen)


def _add_step(routes: APIRouter, name: str, permission: Permission, step: Step, summary: str) -> None:
    guard = Depends(requires(permission))

    @routes.post(
        f"{PROGRAMMES}/{{programme}}/{name}",
        summary=summary,
        name=f"{name}-programme",
        responses=told(ProgrammeWritten if name == "reopen" else ProgrammeAnswer),
    )
    async def take(
        request: Request,
        programme: str,
        principal: Annotated[Principal, guard],
        sent: Annotated[CommandBody, body(CommandBody)],
        key: Key,
        seen: Seen,
    ) -> Response:
        return recorded_response(
            request, await step(key_of(request, principal, key), programme, principal.subject, seen, sent.reason)
        )


def _add_reading(routes: APIRouter, programmes: ProgrammeService) -> None:
    @routes.get(f"{PROGRAMMES}/{{programme}}", summary="One programme with its runs", responses=told(ProgrammeAnswer))
    async def read_programme(programme: str, principal: Reader) -> Response:
        loaded = await programmes.load(programme)
        if not (loaded.published or principal.sees_drafts):
            raise NotFound()
        response = programme_response(loaded.programme, loaded.runs)
        if not principal.sees_drafts:
            response["runs"] = [outside(run) for run in response["runs"]]
        return json_answer(response, headers=etag(loaded.programme.version))


def _add_reading_of_runs(routes: APIRouter, runs: RunService, judging: Judging, close_outs: CloseOutService) -> None:
    @routes.get(f"{RUNS}/{{run}}", summary="One run", responses=told(RunRead))
    async def read_run(run: str, principal: Reader) -> Response:
        loaded, parent = await runs.load(run)
        if not (parent.published or principal.sees_drafts):
            raise NotFound()
        description = parent.programme.description
        # Who plans and approves it is told again what the checks say, as things are now.
        notices = await judging.of_plan(loaded.plan, description.checks, loaded) if principal.sees_drafts else None
        response = run_response(loaded, description, notices)
        if not principal.sees_drafts:
            response = outside(response)
        response["closeOutOverdue"] = await close_outs.is_overdue(loaded, description)
        return json_answer(response, headers=etag(loaded.version))


def _add_runs(routes: APIRouter, runs: RunService) -> None:
    @routes.post(
        f"{PROGRAMMES}/{{programme}}/runs",
        summary="Plan another run",
        status_code=201,
        responses=told(RunAnswer, 201),
    )
    async def add(
        request: Request, programme: str, principal: Writer, sent: Annotated[RunBody, body(RunBody)], key: Key
    ) -> Response:
        return recorded_response(
            request, await runs.add(key_of(request, principal, key), programme, sent.proposal(), principal.subject)
        )

    @routes.put(f"{RUNS}/{{run}}", summary="Reschedule a run", responses=told(RescheduledRun))
    async def reschedule(
        request: Request,
        run: str,
        principal: Writer,
        sent: Annotated[RunBody, body(RunBody)],
        key: Key,
        version: Replaced,
        drop: Annotated[Dropped | None, Query(description="What is left out on purpose.")] = None,
    ) -> Response:
        command, proposal = key_of(request, principal, key), sent.proposal()
        unsaid = sent.unsaid(drop or "")
        done = await runs.reschedule(command, run, lambda _: proposal, principal.subject, version, unsaid)
        return recorded_response(request, done)


def _add_clock(routes: APIRouter, runs: RunService) -> None:
    @routes.put(
        f"{RUNS}/{{run}}/clock",
        summary="Set the business time of a run (rehearsals, past programmes)",
        responses=told(ClockAnswer),
    )
    async def set_clock(
        request: Request,
        run: str,
        principal: Annotated[Principal, Depends(requires(Permission.CLOCK_SET))],
        sent: Annotated[ClockBody, body(ClockBody)],
        key: Key,
    ) -> Response:
        return recorded_response(
            request, await runs.set_clock(key_of(request, principal, key), run, sent.offset, principal.subject)
        )
