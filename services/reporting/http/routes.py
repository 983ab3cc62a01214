"""Questions in, answers out. Reading outside one's scope finds nothing."""

import asyncio
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from services.reporting.answering import By, ByPlace, ByTask, Question, RunFilter, Visibility
from services.reporting.answering.answers import Answers
from services.reporting.http.answers import (
    CoverageAnswer,
    OwnAnswer,
    ProgrammeReportAnswer,
    RunReportAnswer,
    RunsAnswer,
)
from services.reporting.http.following import follow_up_response
from services.reporting.http.following_answers import FollowUpAnswer
from services.reporting.http.planning import PlansAnswer, plans_response
from services.reporting.http.responses import (
    coverage_response,
    freshness_response,
    own_nomination_response,
    programme_response,
    run_line_response,
    run_response,
)
from shared.answers import told
from shared.http import Awaited, after_positions, answer
from shared.messaging.rebuilding import Rebuilding
from shared.pages import PageRequest, page_request
from shared.problems import language_of
from shared.rebuild_routes import rebuild_router
from shared.rights import Permission, Principal
from shared.routes import add_routes
from shared.security import requires
from shared.values import FiscalYear, Term

BASE: Final = "/api/reporting"

Year = Annotated[FiscalYear | None, Query(alias="fiscalYear")]
After = Annotated[Awaited, Depends(after_positions)]
Page = Annotated[PageRequest, Depends(page_request)]
Reader = Annotated[Principal, Depends(requires(Permission.REPORT_READ))]
Nominee = Annotated[Principal, Depends(requires(Permission.NOMINATION_READ))]


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
    _add_programmes(routes, answers)
    _add_coverage(routes, answers)
    _add_follow_up(routes, answers)
    _add_plans(routes, answers)
    _add_own(routes, answers)
    add_routes(routes, rebuild_router(BASE, rebuilding, of="reports"))
    return routes


def _add_runs(routes: APIRouter, answers: Answers) -> None:
    @routes.get(f"{BASE}/runs", summary="Runs and how full they are, newest first", responses=told(RunsAnswer))
    async def read_runs(
        request: Request,
        principal: Reader,
        page: Page,
        after: After,
        fiscal_year: Year = None,
        programme: Term | None = None,
    ) -> Response:
        run_filter = RunFilter(fiscal_year=fiscal_year, programme=programme)
        before = page.after_key
        result = await answers.runs(run_filter, page.limit, before, _question(principal, after))
        lines, language = result.content.lines, language_of(request)
        last = (lines[-1].run.id,) if result.content.more else None
        body = page.body([run_line_response(line, language) for line in lines], last)
        return answer(body | freshness_response(result.freshness))

    @routes.get(
        f"{BASE}/runs/{{run}}",
        summary="One run: seats, nominations and who was reached",
        responses=told(RunReportAnswer),
    )
    async def read_run(run: str, request: Request, principal: Reader, after: After) -> Response:
        result = await answers.run(run, _question(principal, after))
        return answer(run_response(result.content, language_of(request)) | freshness_response(result.freshness))


def _add_programmes(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        f"{BASE}/programmes/{{programme}}",
        summary="One programme with its runs",
        responses=told(ProgrammeReportAnswer),
    )
    async def read_programme(programme: str, request: Request, principal: Reader, after: After) -> Response:
        result = await answers.programme(programme, _question(principal, after))
        body = programme_response(result.content, language_of(request))
        return answer(body | freshness_response(result.freshness))


def _add_coverage(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        f"{BASE}/coverage",
        summary="Expected against actual: seats and people, per place or per programme",
        description="Without a year, a programme or a run: of the current fiscal year, or of the newest one before it "
        "in which anything is counted; `fiscalYear` of the answer says which.",
        responses=told(CoverageAnswer),
    )
    async def read_coverage(
        request: Request,
        principal: Reader,
        after: After,
        by: CoverageBy = CoverageBy.PROVINCE,
        fiscal_year: Year = None,
        programme: Term | None = None,
        run: Term | None = None,
        key: Annotated[Term | None, Query(description="Only this row; 404 when there is none.")] = None,
    ) -> Response:
        run_filter = RunFilter(fiscal_year, programme, run)
        result = await answers.coverage(By(by.value), run_filter, _question(principal, after), key)
        # In a thread: there may be many rows, and the projection shares this process.
        body = await asyncio.to_thread(coverage_response, result.content, language_of(request))
        return answer(body | freshness_response(result.freshness))


def _add_follow_up(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        f"{BASE}/follow-ups",
        summary="What is to be done after runs: done, overdue at this moment, and pending",
        description="Without a year or a run: of the current fiscal year.",
        responses=told(FollowUpAnswer),
    )
    async def read_follow_up(
        principal: Reader,
        after: After,
        by: ByTask = ByTask.PROVINCE,
        fiscal_year: Year = None,
        programme: Term | None = None,
        run: Term | None = None,
    ) -> Response:
        run_filter = RunFilter(fiscal_year, programme, run)
        result = await answers.follow_up(by, run_filter, _question(principal, after))
        # In a thread: there may be many rows, and the projection shares this process.
        body = await asyncio.to_thread(follow_up_response, result.content)
        return answer(body | freshness_response(result.freshness))


def _add_plans(routes: APIRouter, answers: Answers) -> None:
    @routes.get(
        f"{BASE}/plans",
        summary="How many people have a development plan, and how far these are",
        description="Without a year: of the current fiscal year.",
        responses=told(PlansAnswer),
    )
    async def read_plans(
        principal: Reader, after: After, by: ByPlace = ByPlace.PROVINCE, fiscal_year: Year = None
    ) -> Response:
        result = await answers.plans(by, fiscal_year, _question(principal, after))
        return answer(plans_response(result.content) | freshness_response(result.freshness))


def _add_own(routes: APIRouter, answers: Answers) -> None:
    @routes.get(f"{BASE}/people/me", summary="The caller's own nominations, newest first", responses=told(OwnAnswer))
    async def read_own(principal: Nominee, page: Page, after: After) -> Response:
        before = page.after_key
        result = await answers.own(principal.subject, page.limit, before, _question(principal, after))
        nominations = result.content.nominations
        last = (nominations[-1].row.nomination,) if result.content.more else None
        body = page.body([own_nomination_response(nomination) for nomination in nominations], last)
        return answer({"person": principal.subject} | body | freshness_response(result.freshness))


def _question(principal: Principal, after: Awaited) -> Question:
    return Question(Visibility.of(principal), after.reached, after.caller)
