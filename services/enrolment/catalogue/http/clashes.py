"""What a move would come to, and who is in two runs at once, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.enrolment.catalogue.domain.runs import Run
from services.enrolment.catalogue.domain.schedule import Proposal
from services.enrolment.catalogue.http.bodies import RunBody
from services.enrolment.catalogue.http.changing import RUNS, Writer, run_as_body
from services.enrolment.catalogue.http.clash_answers import ClashPage, PreviewAnswer, clashes_response
from services.enrolment.catalogue.service.clashes import Clashing
from services.enrolment.catalogue.service.runs import RunService
from shared.answers import told
from shared.http import answer
from shared.pages import PageRequest, page_request
from shared.patches import Changes, changes

Page = Annotated[PageRequest, Depends(page_request)]


def add_clashes(routes: APIRouter, runs: RunService, clashing: Clashing) -> None:
    _add_preview(routes, runs)
    _add_list(routes, runs, clashing)


def _add_preview(routes: APIRouter, runs: RunService) -> None:
    @routes.post(
        f"{RUNS}/{{run}}/preview",
        summary="See what a change of a run would come to; nothing is stored",
        responses=told(PreviewAnswer),
    )
    async def preview(
        run: str, principal: Writer, sent: Annotated[Changes[RunBody], changes(RunBody)], page: Page
    ) -> Response:
        def propose(present: Run) -> Proposal:
            return sent.onto(run_as_body(present)).proposal()

        return answer(await runs.preview(run, propose, page.after_key, page.limit))


def _add_list(routes: APIRouter, runs: RunService, clashing: Clashing) -> None:
    @routes.get(
        f"{RUNS}/{{run}}/clashes", summary="People of a run who are in another one, too", responses=told(ClashPage)
    )
    async def read_clashes(
        run: str,
        principal: Writer,
        page: Page,
        new: Annotated[bool, Query(description="Only those who are so by the last move.")] = False,
    ) -> Response:
        loaded, parent = await runs.load(run)
        description = parent.programme.description
        return answer(clashes_response(await clashing.present(loaded, description, new, page.after_key, page.limit)))
