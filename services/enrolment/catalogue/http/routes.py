"""Programmes and runs over HTTP."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.enrolment.catalogue.domain.programmes import State
from services.enrolment.catalogue.http.answers import (
    ClockAnswer,
    ProgrammeAnswer,
    ProgrammeSummary,
    ProgrammeWritten,
    RunAnswer,
)
from services.enrolment.catalogue.http.bodies import ClockBody, CommandBody, DescriptionBody, ProgrammeBody, RunBody
from services.enrolment.catalogue.http.responses import programme_response, programme_summary, run_response
from services.enrolment.catalogue.service.programmes import ProgrammeService
from services.enrolment.catalogue.service.runs import RunService
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.conditions import etag
from shared.errors import NotFound
from shared.headers import idempotency_key, if_match, required_if_match
from shared.http import answer as json_answer
from shared.http import key_of, recorded_response
from shared.idempotency import CommandKey, Recorded
from shared.pages import PageRequest, page_request
from shared.rights import Permission, Principal
from shared.security import requires
from shared.values import FiscalYear, Term

PROGRAMMES: Final = "/api/enrolment/programmes"
RUNS: Final = "/api/enrolment/runs"
Key = Annotated[str | None, Depends(idempotency_key)]
Writer = Annotated[Principal, Depends(requires(Permission.PROGRAMME_WRITE))]
Reader = Annotated[Principal, Depends(requires(Permission.PROGRAMME_READ))]
Page = Annotated[PageRequest, Depends(page_request)]
Step = Callable[[CommandKey, str, str, int | None, str | None], Awaitable[Recorded]]
Seen = Annotated[int | None, Depends(if_match)]
Replaced = Annotated[int, Depends(required_if_match)]


def router(programmes: ProgrammeService, runs: RunService) -> APIRouter:
    """All routes of this feature."""
    routes = APIRouter()
    _add_writing(routes, programmes)
    _add_rewriting(routes, programmes)
    _add_steps(routes, programmes)
    _add_list(routes, programmes)
    _add_reading(routes, programmes, runs)
    _add_runs(routes, runs)
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
                key_of(request, principal, key), programme, sent.described, principal.subject, version
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
        responses=told(ProgrammeAnswer),
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


def _add_list(routes: APIRouter, programmes: ProgrammeService) -> None:
    @routes.get(PROGRAMMES, summary="Programmes, newest first", responses=told(PageOf[ProgrammeSummary]))
    async def read_programmes(
        principal: Reader,
        page: Page,
        state: State | None = None,
        fiscal_year: Annotated[FiscalYear | None, Query(alias="fiscalYear")] = None,
        code: Term | None = None,
    ) -> Response:
        query = {"state": state and state.value, "fiscal_year": fiscal_year, "code": code}
        filters: dict[str, Any] = {name: value for name, value in query.items() if value}
        if not principal.sees_drafts:
            filters["published_at"] = {"$exists": True}
        after = None if page.after is None else str(page.after[0])
        rows = await programmes.catalogue.page(filters, after, page.limit)
        return json_answer(page.cut(rows, programme_summary, lambda programme: (programme.id,)))


def _add_reading(routes: APIRouter, programmes: ProgrammeService, runs: RunService) -> None:
    @routes.get(f"{PROGRAMMES}/{{programme}}", summary="One programme with its runs", responses=told(ProgrammeAnswer))
    async def read_programme(programme: str, principal: Reader) -> Response:
        loaded = await programmes.load(programme)
        if not (loaded.published or principal.sees_drafts):
            raise NotFound()
        return json_answer(programme_response(loaded.programme, loaded.runs), headers=etag(loaded.programme.version))

    @routes.get(f"{RUNS}/{{run}}", summary="One run", responses=told(RunAnswer))
    async def read_run(run: str, principal: Reader) -> Response:
        loaded, parent = await runs.load(run)
        if not (parent.published or principal.sees_drafts):
            raise NotFound()
        return json_answer(run_response(loaded, parent.programme.description), headers=etag(loaded.version))


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

    @routes.put(f"{RUNS}/{{run}}", summary="Reschedule a run", responses=told(RunAnswer))
    async def reschedule(
        request: Request,
        run: str,
        principal: Writer,
        sent: Annotated[RunBody, body(RunBody)],
        key: Key,
        version: Replaced,
    ) -> Response:
        return recorded_response(
            request,
            await runs.reschedule(key_of(request, principal, key), run, sent.proposal(), principal.subject, version),
        )


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
