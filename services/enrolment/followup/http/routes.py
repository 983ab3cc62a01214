"""Follow-up over HTTP: deliverables of a run, and the tasks of each."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from services.enrolment.followup.domain.tasks import Action, Standing, State
from services.enrolment.followup.http.answers import FollowUpsAnswer, TaskAnswer, TaskChangedAnswer
from services.enrolment.followup.http.bodies import KEY, LONGEST_KEY, CompleteBody, FollowUpsBody, ReasonBody
from services.enrolment.followup.http.responses import follow_ups_response, task_response
from services.enrolment.followup.service.assigning import Assigning
from services.enrolment.followup.service.task_reports import TaskReports, Which
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.events.envelope import Position
from shared.events.followups import followups_aggregate
from shared.headers import idempotency_key
from shared.http import answer, key_of, reached_header, recorded_response
from shared.pages import PageRequest, page_request
from shared.position_tokens import Reached
from shared.rights import Permission, Principal
from shared.security import requires

FOLLOW_UPS: Final = "/api/enrolment/runs/{run}/follow-ups"
TASKS: Final = f"{FOLLOW_UPS}/{{deliverable}}/tasks"
DeliverableKey = Annotated[str, Path(max_length=LONGEST_KEY, pattern=KEY)]
Key = Annotated[str | None, Depends(idempotency_key)]
Page = Annotated[PageRequest, Depends(page_request)]
Manager = Annotated[Principal, Depends(requires(Permission.FOLLOWUP_MANAGE))]
Reporter = Annotated[Principal, Depends(requires(Permission.FOLLOWUP_COMPLETE))]
Reader = Annotated[Principal, Depends(requires(Permission.FOLLOWUP_READ))]
Reason = Annotated[ReasonBody, body(ReasonBody)]
STORED: Final = {Standing.DONE: State.DONE, Standing.PENDING: State.PENDING, Standing.OVERDUE: State.PENDING}


def router(assigning: Assigning, reports: TaskReports) -> APIRouter:
    """All routes of follow-up."""
    routes = APIRouter()
    _add_deliverables(routes, assigning, reports)
    _add_tasks(routes, reports)
    _add_task(routes, reports)
    _add_reports(routes, reports)
    _add_coming_back(routes, reports)
    return routes


def _add_deliverables(routes: APIRouter, assigning: Assigning, reports: TaskReports) -> None:
    @routes.post(
        FOLLOW_UPS,
        summary="Assign deliverables, each once; whoever has to do them gets them behind this",
        status_code=202,
        responses=told(FollowUpsAnswer, 202),
    )
    async def assign(
        request: Request, run: str, principal: Manager, sent: Annotated[FollowUpsBody, body(FollowUpsBody)], key: Key
    ) -> Response:
        asked = [one.asked() for one in sent.deliverables]
        return recorded_response(request, await assigning.ask(key_of(request, principal, key), run, asked))

    @routes.get(
        FOLLOW_UPS,
        summary="The deliverables of a run; to the organiser with the position of its follow-up",
        responses=told(FollowUpsAnswer),
    )
    async def list_deliverables(request: Request, run: str, principal: Reader) -> Response:
        offered, board = await reports.read(run)
        counts = principal.can(Permission.FOLLOWUP_MANAGE)
        reached = (Position(followups_aggregate(run), board.seq),) if counts and board.seq else ()
        told_now = await asyncio.to_thread(follow_ups_response, board, reports.today(offered), counts=counts)
        return answer(told_now, headers=reached_header(request, Reached(reached)))


def _add_tasks(routes: APIRouter, reports: TaskReports) -> None:
    @routes.get(TASKS, summary="The tasks of a deliverable that the caller may see", responses=told(PageOf[TaskAnswer]))
    async def list_tasks(
        run: str,
        deliverable: DeliverableKey,
        principal: Reader,
        page: Page,
        state: Annotated[
            Standing | None, Query(description="Only those that stand so, by the clock of the run.")
        ] = None,
    ) -> Response:
        offered, board = await reports.read(run)
        today, scope = reports.today(offered), principal.scope(Permission.FOLLOWUP_READ)
        late = await asyncio.to_thread(board.of(deliverable).overdue, today)
        if state in (Standing.PENDING, Standing.OVERDUE) and (state is Standing.OVERDUE) is not late:
            return answer(page.body([], None))
        after = page.after_key or ""
        stored = None if state is None else STORED[state]
        found = await reports.page(run, deliverable, scope, stored, after, page.limit)
        names = not scope.own_only
        cut = page.cut(found, lambda one: task_response(*one, today, names=names), lambda one: (one[0].id,))
        return answer(cut)


def _add_task(routes: APIRouter, reports: TaskReports) -> None:
    @routes.get(f"{TASKS}/{{task}}", summary="One task", responses=told(TaskAnswer))
    async def read_task(run: str, deliverable: DeliverableKey, task: str, principal: Reader) -> Response:
        scope = principal.scope(Permission.FOLLOWUP_READ)
        offered, found, written = await reports.task(Which(run, deliverable, task, scope))
        today, names = reports.today(offered), not scope.own_only
        return answer(await asyncio.to_thread(task_response, found, written, today, names=names))


def _add_reports(routes: APIRouter, reports: TaskReports) -> None:
    @routes.post(
        f"{TASKS}/{{task}}/complete", summary="Report a task done, with evidence", responses=told(TaskChangedAnswer)
    )
    async def complete(
        request: Request,
        run: str,
        deliverable: DeliverableKey,
        task: str,
        principal: Reporter,
        sent: Annotated[CompleteBody, body(CompleteBody)],
        key: Key,
    ) -> Response:
        which = Which(run, deliverable, task, principal.scope(Permission.FOLLOWUP_COMPLETE))
        command, evidence = key_of(request, principal, key), sent.evidence()
        return recorded_response(request, await reports.complete(command, principal.subject, which, evidence))


def _add_coming_back(routes: APIRouter, reports: TaskReports) -> None:
    @routes.post(f"{TASKS}/{{task}}/reopen", summary="Take a report back", responses=told(TaskChangedAnswer))
    async def reopen(
        request: Request, run: str, deliverable: DeliverableKey, task: str, principal: Reporter, sent: Reason, key: Key
    ) -> Response:
        which = Which(run, deliverable, task, principal.scope(Permission.FOLLOWUP_COMPLETE))
        command, by = key_of(request, principal, key), principal.subject
        return recorded_response(request, await reports.take_back(command, by, which, Action.REOPEN, sent.reason))

    @routes.post(f"{TASKS}/{{task}}/return", summary="Give a report back", responses=told(TaskChangedAnswer))
    async def give_back(
        request: Request, run: str, deliverable: DeliverableKey, task: str, principal: Manager, sent: Reason, key: Key
    ) -> Response:
        which = Which(run, deliverable, task, principal.scope(Permission.FOLLOWUP_MANAGE))
        command, by = key_of(request, principal, key), principal.subject
        return recorded_response(request, await reports.take_back(command, by, which, Action.RETURN, sent.reason))
