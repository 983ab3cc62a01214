"""Programmes and runs over HTTP."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.enrolment.catalogue.bodies import ClockBody, CommandBody, DescriptionBody, ProgrammeBody, RunBody
from services.enrolment.catalogue.domain import State
from services.enrolment.catalogue.responses import programme_view, summary_view, whole_run_view
from services.enrolment.catalogue.run_service import RunService
from services.enrolment.catalogue.service import CatalogueService
from shared.errors import NotFound
from shared.http import PageRequest, body, idempotency_key, page_request, raw_body
from shared.http import answer as json_answer
from shared.idempotency import CommandKey, Recorded, command_key
from shared.rights import Permission, Principal
from shared.security import requires

PROGRAMMES: Final = "/api/enrolment/programmes"
RUNS: Final = "/api/enrolment/runs"
Key = Annotated[str | None, Depends(idempotency_key)]
Writer = Annotated[Principal, Depends(requires(Permission.PROGRAMME_WRITE))]
Reader = Annotated[Principal, Depends(requires(Permission.PROGRAMME_READ))]
Page = Annotated[PageRequest, Depends(page_request)]
# Who sees a programme before it is published.
_INSIDERS: Final = (Permission.PROGRAMME_WRITE, Permission.PROGRAMME_APPROVE, Permission.SYSTEM_OPERATE)
Step = Callable[[CommandKey, str, Principal, CommandBody], Awaitable[Recorded]]


def router(programmes: CatalogueService, runs: RunService) -> APIRouter:
    """All routes of this feature."""
    routes = APIRouter()
    _add_writing(routes, programmes)
    _add_steps(routes, programmes)
    _add_list(routes, programmes)
    _add_reading(routes, programmes, runs)
    _add_runs(routes, runs)
    return routes


def _add_writing(routes: APIRouter, programmes: CatalogueService) -> None:
    @routes.post(PROGRAMMES, summary="Draft a programme, with its runs where they are known", status_code=201)
    async def create(
        request: Request, principal: Writer, given: Annotated[ProgrammeBody, body(ProgrammeBody)], key: Key
    ) -> Response:
        written, proposals = given.drafted()
        return _told(await programmes.create(_keyed(request, principal, key), principal, written, proposals))

    @routes.put(f"{PROGRAMMES}/{{programme}}", summary="Rewrite a draft")
    async def revise(
        request: Request,
        programme: str,
        principal: Writer,
        given: Annotated[DescriptionBody, body(DescriptionBody)],
        key: Key,
    ) -> Response:
        return _told(await programmes.revise(_keyed(request, principal, key), programme, given.described))


def _add_steps(routes: APIRouter, programmes: CatalogueService) -> None:
    steps: list[tuple[str, Permission, Step, str]] = [
        (
            "submit",
            Permission.PROGRAMME_WRITE,
            lambda k, p, by, _: programmes.submit(k, p, by.subject),
            "Ask for approval",
        ),
        ("approve", Permission.PROGRAMME_APPROVE, lambda k, p, by, _: programmes.approve(k, p, by.subject), "Approve"),
        (
            "publish",
            Permission.PROGRAMME_PUBLISH,
            lambda k, p, by, _: programmes.publish(k, p, by.subject),
            "Open all runs and ask their units for nominations",
        ),
        (
            "close",
            Permission.PROGRAMME_PUBLISH,
            lambda k, p, by, _: programmes.close(k, p, by.subject),
            "End nomination",
        ),
        (
            "cancel",
            Permission.PROGRAMME_PUBLISH,
            lambda k, p, by, given: programmes.cancel(k, p, by.subject, given.reason),
            "Call the programme off",
        ),
    ]
    for name, permission, step, summary in steps:
        _add_step(routes, name, permission, step, summary)


def _add_step(routes: APIRouter, name: str, permission: Permission, step: Step, summary: str) -> None:
    guard = Depends(requires(permission))

    @routes.post(f"{PROGRAMMES}/{{programme}}/{name}", summary=summary, name=f"{name}-programme")
    async def take(
        request: Request,
        programme: str,
        principal: Annotated[Principal, guard],
        given: Annotated[CommandBody, body(CommandBody)],
        key: Key,
    ) -> Response:
        return _told(await step(_keyed(request, principal, key), programme, principal, given))


def _add_list(routes: APIRouter, programmes: CatalogueService) -> None:
    @routes.get(PROGRAMMES, summary="Programmes, the newest first")
    async def read_programmes(
        principal: Reader,
        page: Page,
        state: State | None = None,
        fiscal_year: Annotated[int | None, Query(alias="fiscalYear")] = None,
        code: Annotated[str | None, Query(max_length=64)] = None,
    ) -> Response:
        given = {"state": state and state.value, "fiscal_year": fiscal_year, "code": code}
        filters: dict[str, Any] = {name: value for name, value in given.items() if value}
        if not sees_drafts(principal):
            filters["published_at"] = {"$exists": True}
        after = None if page.after is None else str(page.after[0])
        found = await programmes.catalogue.page(filters, after, page.limit)
        shown = found[: page.limit]
        last = (shown[-1].id,) if len(found) > page.limit else None
        return json_answer(page.body([summary_view(one) for one in shown], last))


def _add_reading(routes: APIRouter, programmes: CatalogueService, runs: RunService) -> None:
    @routes.get(f"{PROGRAMMES}/{{programme}}", summary="One programme with its runs")
    async def read_programme(programme: str, principal: Reader) -> Response:
        found = await programmes.load(programme)
        if not (found.published or sees_drafts(principal)):
            raise NotFound()
        return json_answer(programme_view(found.programme, found.runs))

    @routes.get(f"{RUNS}/{{run}}", summary="One run")
    async def read_run(run: str, principal: Reader) -> Response:
        found, of = await runs.load(run)
        if not (of.published or sees_drafts(principal)):
            raise NotFound()
        return json_answer(whole_run_view(found, of.programme.description))


def _add_runs(routes: APIRouter, runs: RunService) -> None:
    @routes.post(f"{PROGRAMMES}/{{programme}}/runs", summary="Plan another run", status_code=201)
    async def add(
        request: Request, programme: str, principal: Writer, given: Annotated[RunBody, body(RunBody)], key: Key
    ) -> Response:
        return _told(await runs.add(_keyed(request, principal, key), programme, given.proposal()))

    @routes.put(f"{RUNS}/{{run}}", summary="Reschedule a run")
    async def reschedule(
        request: Request, run: str, principal: Writer, given: Annotated[RunBody, body(RunBody)], key: Key
    ) -> Response:
        return _told(await runs.reschedule(_keyed(request, principal, key), run, given.proposal()))

    @routes.put(f"{RUNS}/{{run}}/clock", summary="Set the business time of a run (rehearsals, past programmes)")
    async def set_clock(
        request: Request,
        run: str,
        principal: Annotated[Principal, Depends(requires(Permission.CLOCK_SET))],
        given: Annotated[ClockBody, body(ClockBody)],
        key: Key,
    ) -> Response:
        return _told(await runs.set_clock(_keyed(request, principal, key), run, given.offset))


def sees_drafts(principal: Principal) -> bool:
    """Whether what is not published yet is this caller's business."""
    return any(principal.can(permission) for permission in _INSIDERS)


def _keyed(request: Request, principal: Principal, key: str | None) -> CommandKey:
    return command_key(principal.subject, request.method, request.url.path, key, raw_body(request))


def _told(done: Recorded) -> Response:
    headers = {"pattana-position": ", ".join(map(str, done.positions))} if done.positions else None
    return Response(done.body, done.status, headers, "application/json")
