"""Development plans over HTTP: the own one, and those of one's people."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.enrolment.plans.domain.plans import Action, State
from services.enrolment.plans.http.answers import CompetenciesAnswer, PlanAnswer, PlanChangedAnswer, TrainingAnswer
from services.enrolment.plans.http.bodies import DraftBody, NothingBody, ReasonBody, ResultBody, RowsBody
from services.enrolment.plans.http.nominating import ROW, Number, add_nominating
from services.enrolment.plans.http.responses import CODES
from services.enrolment.plans.service.nominating import RowNominating
from services.enrolment.plans.service.planning import Planning, Which
from services.enrolment.plans.service.reading import PlanReading
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.conditions import etag
from shared.headers import idempotency_key, required_if_match
from shared.http import answer, key_of, recorded_response
from shared.pages import PageRequest, page_request
from shared.rights import Permission, Principal
from shared.security import requires
from shared.values import FiscalYear, Term

PLANS: Final = "/api/enrolment/plans"
ONE: Final = f"{PLANS}/{{plan}}"
Year = Annotated[FiscalYear | None, Query(alias="fiscalYear", description="The present one if nothing is said.")]
Key = Annotated[str | None, Depends(idempotency_key)]
Seen = Annotated[int, Depends(required_if_match)]
Page = Annotated[PageRequest, Depends(page_request)]
Writer = Annotated[Principal, Depends(requires(Permission.PLAN_WRITE))]
Supervisor = Annotated[Principal, Depends(requires(Permission.PLAN_AGREE))]
Reader = Annotated[Principal, Depends(requires(Permission.PLAN_READ))]
BY_PERSON: Final[Mapping[Action, str]] = {
    Action.SUBMIT: "Submit the own plan to the supervisor",
    Action.RECALL: "Take the own plan back before it is agreed",
    Action.REVISE: "Make a draft of the own plan that was agreed, to change it",
}
BY_SUPERVISOR: Final[Mapping[Action, str]] = {
    Action.AGREE: "Agree to a plan",
    Action.CLOSE: "Close a plan: nothing more becomes of it",
}


def router(planning: Planning, reading: PlanReading, nominating: RowNominating) -> APIRouter:
    """All routes of development plans."""
    routes = APIRouter()
    _add_codes(routes)
    _add_lists(routes, reading)
    _add_writing(routes, planning)
    for action, summary in BY_PERSON.items():
        _add_step(routes, planning, action, summary, Permission.PLAN_WRITE)
    for action, summary in BY_SUPERVISOR.items():
        _add_step(routes, planning, action, summary, Permission.PLAN_AGREE)
    _add_giving_back(routes, planning)
    _add_rows(routes, planning)
    add_nominating(routes, nominating)
    return routes


def _add_codes(routes: APIRouter) -> None:
    @routes.get(
        "/api/enrolment/competencies", summary="What rows of plans may name", responses=told(CompetenciesAnswer)
    )
    async def list_codes(principal: Reader) -> Response:
        return answer(CODES)


def _add_lists(routes: APIRouter, reading: PlanReading) -> None:
    @routes.get(
        PLANS,
        summary="The plans of a fiscal year within one's scope, by unit",
        responses=told(PageOf[PlanChangedAnswer]),
    )
    async def list_plans(
        principal: Reader,
        page: Page,
        year: Year = None,
        state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    ) -> Response:
        scope = principal.scope(Permission.PLAN_READ)
        return answer(await reading.page(page, scope, year, state))

    _add_hours(routes, reading)

    @routes.get(ONE, summary="One plan", responses=told(PlanAnswer))
    async def read_plan(plan: str, principal: Reader) -> Response:
        version, response = await reading.one(_which(plan, principal, Permission.PLAN_READ))
        return answer(response, headers=etag(version))


def _add_hours(routes: APIRouter, reading: PlanReading) -> None:
    """Before what has the id of a plan in its place."""

    @routes.get(
        f"{PLANS}/hours",
        summary="How much people were trained in a fiscal year, by name, and what is expected",
        responses=told(PageOf[TrainingAnswer]),
    )
    async def list_hours(
        principal: Reader,
        page: Page,
        year: Year = None,
        unit: Annotated[Term | None, Query(description="With what is below it.")] = None,
    ) -> Response:
        return answer(await reading.hours(page, principal.scope(Permission.PLAN_READ), year, unit or None))


def _add_writing(routes: APIRouter, planning: Planning) -> None:
    @routes.post(
        PLANS,
        summary="Begin the own plan for a fiscal year",
        status_code=201,
        responses=told(PlanChangedAnswer, 201),
    )
    async def draft(
        request: Request, principal: Writer, sent: Annotated[DraftBody, body(DraftBody)], key: Key
    ) -> Response:
        rows = [row.written() for row in sent.rows]
        command, person = key_of(request, principal, key), principal.subject
        return recorded_response(request, await planning.draft(command, person, sent.fiscal_year, rows))

    @routes.put(ONE, summary="Write the rows of the own plan anew", responses=told(PlanChangedAnswer))
    async def rewrite(
        request: Request,
        plan: str,
        principal: Writer,
        sent: Annotated[RowsBody, body(RowsBody)],
        key: Key,
        seen: Seen,
    ) -> Response:
        which, rows = _which(plan, principal, Permission.PLAN_WRITE), [row.written() for row in sent.rows]
        return recorded_response(request, await planning.rewrite(key_of(request, principal, key), which, seen, rows))


def _add_step(routes: APIRouter, planning: Planning, action: Action, summary: str, permission: Permission) -> None:
    guard = Depends(requires(permission))

    @routes.post(
        f"{ONE}/{action.value}", summary=summary, name=f"{action.value}-plan", responses=told(PlanChangedAnswer)
    )
    async def decide(
        request: Request,
        plan: str,
        principal: Annotated[Principal, guard],
        sent: Annotated[NothingBody, body(NothingBody)],
        key: Key,
    ) -> Response:
        which = _which(plan, principal, permission)
        return recorded_response(request, await planning.decide(key_of(request, principal, key), which, action))


def _add_giving_back(routes: APIRouter, planning: Planning) -> None:
    @routes.post(f"{ONE}/return", summary="Give a plan back, with a reason", responses=told(PlanChangedAnswer))
    async def give_back(
        request: Request,
        plan: str,
        principal: Supervisor,
        sent: Annotated[ReasonBody, body(ReasonBody)],
        key: Key,
    ) -> Response:
        which, command = _which(plan, principal, Permission.PLAN_AGREE), key_of(request, principal, key)
        return recorded_response(request, await planning.decide(command, which, Action.RETURN, sent.reason))


def _add_rows(routes: APIRouter, planning: Planning) -> None:
    @routes.post(f"{ROW}/complete", summary="Say that a row of the own plan is done", responses=told(PlanChangedAnswer))
    async def complete(
        request: Request,
        plan: str,
        row: Number,
        principal: Writer,
        sent: Annotated[ResultBody, body(ResultBody)],
        key: Key,
    ) -> Response:
        which, command = _which(plan, principal, Permission.PLAN_WRITE), key_of(request, principal, key)
        return recorded_response(request, await planning.complete(command, which, row, sent.result))

    @routes.post(
        f"{ROW}/reopen", summary="Say that a row of the own plan is to be done", responses=told(PlanChangedAnswer)
    )
    async def reopen(
        request: Request,
        plan: str,
        row: Number,
        principal: Writer,
        sent: Annotated[NothingBody, body(NothingBody)],
        key: Key,
    ) -> Response:
        which, command = _which(plan, principal, Permission.PLAN_WRITE), key_of(request, principal, key)
        return recorded_response(request, await planning.reopen(command, which, row))


def _which(plan: str, principal: Principal, permission: Permission) -> Which:
    return Which(plan, principal.scope(permission), principal.subject)
