"""Lists of programmes and of runs over HTTP."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.enrolment.catalogue.domain.programmes import State
from services.enrolment.catalogue.domain.runs import RunState
from services.enrolment.catalogue.http.answers import ProgrammeSummary, RunSummary
from services.enrolment.catalogue.http.changing import PROGRAMMES, RUNS
from services.enrolment.catalogue.http.responses import programme_summary, run_summary
from services.enrolment.catalogue.storage.lists import CatalogueLists, ProgrammesWanted, RunsWanted
from shared.answers import Page as PageOf
from shared.answers import told
from shared.http import answer
from shared.pages import PageRequest, page_request
from shared.rights import Permission, Principal
from shared.security import requires
from shared.thai import sought_text
from shared.values import FiscalYear, Line, Moment, Term

Reader = Annotated[Principal, Depends(requires(Permission.PROGRAMME_READ))]
Page = Annotated[PageRequest, Depends(page_request)]
Year = Annotated[FiscalYear | None, Query(alias="fiscalYear")]
PART: Final = (
    "Words of a title or code: of three letters and more anywhere in it, shorter ones where a word of it begins. Tone "
    "marks, spaces, punctuation and the kind of digits do not matter."
)
Part = Annotated[Line | None, Query(description=PART)]
SHORT: Final = "A page may have fewer items than its limit, or none, and go on all the same: `next` says so."


def router(lists: CatalogueLists) -> APIRouter:
    routes = APIRouter()
    _add_programmes(routes, lists)
    _add_runs(routes, lists)
    return routes


def _add_programmes(routes: APIRouter, lists: CatalogueLists) -> None:
    @routes.get(
        PROGRAMMES,
        summary="Programmes, newest first unless `sort` says otherwise",
        description=f"{SHORT} What is looked for with `q` is not sorted by title (422 `order-not-served`).",
        responses=told(PageOf[ProgrammeSummary]),
    )
    async def read_programmes(
        principal: Reader,
        page: Page,
        q: Part = None,
        state: State | None = None,
        fiscal_year: Year = None,
        organiser: Term | None = None,
        code: Term | None = None,
        sort: Literal["-created", "created", "title", "-title"] = "-created",
    ) -> Response:
        wanted = ProgrammesWanted(sought_text(q or ""), state, fiscal_year, organiser or None, code or None)
        found = await lists.programmes(wanted, sort, page.after, page.limit, drafts=principal.sees_drafts)
        return answer(page.cut(found.rows, lambda row: programme_summary(row[0]), lambda row: row[1], found.end))


def _add_runs(routes: APIRouter, lists: CatalogueLists) -> None:
    @routes.get(
        RUNS,
        summary="Runs, by their start",
        description=SHORT,
        responses=told(PageOf[RunSummary]),
    )
    async def read_runs(
        principal: Reader,
        page: Page,
        q: Part = None,
        state: RunState | None = None,
        fiscal_year: Year = None,
        since: Annotated[Moment | None, Query(alias="from", description="Runs that begin then or later.")] = None,
        until: Annotated[Moment | None, Query(alias="to", description="Runs that begin before.")] = None,
        sort: Literal["start", "-start"] = "start",
    ) -> Response:
        wanted = RunsWanted(sought_text(q or ""), state, fiscal_year, since, until)
        found = await lists.runs(wanted, sort, page.after, page.limit, drafts=principal.sees_drafts)
        return answer(page.cut(found.rows, _summary, lambda row: row[1], found.end))


def _summary(row: Any) -> dict[str, Any]:
    return run_summary(*row[0])
