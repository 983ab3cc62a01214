"""HTTP of the reporting service: questions in, answers out. Reading outside one's scope finds nothing."""

from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from services.reporting.answers import Answers, Asked
from services.reporting.queries import Filter, View
from services.reporting.rebuilding import Rebuilding
from services.reporting.sums import By
from shared.events.envelope import Position
from shared.http import PageRequest, after_positions, answer, language_of, page_request
from shared.rights import Permission, Principal
from shared.security import requires

BASE: Final = "/api/reporting"

Id = Annotated[str, Path(max_length=100)]
OptionalId = Annotated[str | None, Query(max_length=100)]
FiscalYear = Annotated[
    int | None, Query(alias="fiscalYear", ge=2400, le=2700, description="Buddhist year in which the fiscal year ends.")
]
After = Annotated[list[Position], Depends(after_positions)]
Page = Annotated[PageRequest, Depends(page_request)]
Reader = Annotated[Principal, Depends(requires(Permission.REPORT_READ))]
Nominee = Annotated[Principal, Depends(requires(Permission.NOMINATION_READ))]
Operator = Annotated[Principal, Depends(requires(Permission.SYSTEM_OPERATE))]


class CoverageBy(StrEnum):
    """The dimensions that may be asked for."""

    PROVINCE = "province"
    GROUP = "group"
    REGION = "region"
    UNIT = "unit"
    RUN = "run"
    PROGRAMME = "programme"
    FISCAL_YEAR = "fiscalYear"


def router(answers: Answers, rebuilding: Rebuilding) -> APIRouter:
    routes = APIRouter()
    _add_runs(routes, answers)
    _add_wider(routes, answers)
    _add_own(routes, answers)
    _add_rebuild(routes, rebuilding)
    return routes


def _add_runs(routes: APIRouter, answers: Answers) -> None:
    @routes.get(f"{BASE}/runs", summary="Runs and how full they are, newest first")
    async def read_runs(
        request: Request,
        principal: Reader,
        page: Page,
        after: After,
        fiscal_year: FiscalYear = None,
        programme: OptionalId = None,
    ) -> Response:
        which = Filter(fiscal_year=fiscal_year, programme=programme)
        return answer(await answers.runs(which, page, _asked(request, principal, after)))

    @routes.get(f"{BASE}/runs/{{run}}", summary="One run: seats, nominations and who was reached")
    async def read_run(run: Id, request: Request, principal: Reader, after: After) -> Response:
        return answer(await answers.run(run, _asked(request, principal, after)))


def _add_wider(routes: APIRouter, answers: Answers) -> None:
    @routes.get(f"{BASE}/programmes/{{programme}}", summary="One programme with its runs")
    async def read_programme(programme: Id, request: Request, principal: Reader, after: After) -> Response:
        return answer(await answers.programme(programme, _asked(request, principal, after)))

    @routes.get(f"{BASE}/coverage", summary="Expected against actual: seats and people, per place or per programme")
    async def read_coverage(
        request: Request,
        principal: Reader,
        after: After,
        by: CoverageBy = CoverageBy.PROVINCE,
        fiscal_year: FiscalYear = None,
        programme: OptionalId = None,
        run: OptionalId = None,
        key: Annotated[str | None, Query(max_length=100, description="Only this row; 404 when there is none.")] = None,
    ) -> Response:
        which = Filter(fiscal_year, programme, run)
        return answer(await answers.coverage(By(by.value), which, _asked(request, principal, after), key))


def _add_own(routes: APIRouter, answers: Answers) -> None:
    @routes.get(f"{BASE}/people/me", summary="The caller's own nominations")
    async def read_own(request: Request, principal: Nominee, after: After) -> Response:
        return answer(await answers.own(principal.subject, _asked(request, principal, after)))


def _add_rebuild(routes: APIRouter, rebuilding: Rebuilding) -> None:
    @routes.post(f"{BASE}/rebuild", status_code=202, summary="Fills everything anew from the log, while answering")
    async def begin_rebuild(principal: Operator) -> Response:
        return answer(await rebuilding.begin(), 202)

    @routes.get(f"{BASE}/rebuild", summary="How far a rebuild is")
    async def read_rebuild(principal: Operator) -> Response:
        return answer(await rebuilding.progress())


def _asked(request: Request, principal: Principal, after: list[Position]) -> Asked:
    return Asked(View.of(principal), language_of(request), after)
