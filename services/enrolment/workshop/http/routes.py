"""Groups and ideas over HTTP; the routes of ideas and of the jury are added from beside."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from services.enrolment.workshop.domain.groups import MOST_GROUPS
from services.enrolment.workshop.http import answers, bodies
from services.enrolment.workshop.http.ideas import add_ideas
from services.enrolment.workshop.http.jury import add_jury
from services.enrolment.workshop.http.responses import group_rows, member_response, ungrouped_response
from services.enrolment.workshop.service.groups import Grouping, Making
from services.enrolment.workshop.service.ideas import IdeaService
from services.enrolment.workshop.service.judging import Judging
from services.enrolment.workshop.service.reading import Reading
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.events.envelope import Position
from shared.events.workshops import workshop_aggregate
from shared.headers import idempotency_key
from shared.http import answer, key_of, reached_header, recorded_response
from shared.pages import PageRequest, page_request
from shared.position_tokens import Reached
from shared.rights import Permission, Principal
from shared.security import requires

RUN: Final = "/api/enrolment/runs/{run}"
GROUPS: Final = f"{RUN}/groups"
Group = Annotated[int, Path(ge=1, le=MOST_GROUPS)]
Key = Annotated[str | None, Depends(idempotency_key)]
Page = Annotated[PageRequest, Depends(page_request)]
Reader = Annotated[Principal, Depends(requires(Permission.GROUP_READ))]
Manager = Annotated[Principal, Depends(requires(Permission.GROUP_MANAGE))]


def router(grouping: Grouping, reading: Reading, ideas: IdeaService, judging: Judging) -> APIRouter:
    """All routes of this feature."""
    routes = APIRouter()
    _add_making(routes, grouping)
    _add_groups(routes, reading)
    _add_members(routes, reading)
    _add_ungrouped(routes, reading)
    _add_putting(routes, grouping)
    _add_exchange(routes, grouping)
    _add_locks(routes, grouping)
    add_ideas(routes, ideas)
    add_jury(routes, judging)
    return routes


def _add_making(routes: APIRouter, grouping: Grouping) -> None:
    @routes.post(
        GROUPS,
        summary="Make groups of those who have a seat, or make them anew",
        status_code=201,
        responses=told(answers.GroupsAnswer, 201),
    )
    async def make_groups(
        request: Request,
        run: str,
        principal: Manager,
        sent: Annotated[bodies.GroupsBody, body(bodies.GroupsBody)],
        key: Key,
    ) -> Response:
        making = Making(sent.count, sent.size, sent.spread, by_rule=not sent.empty)
        return recorded_response(request, await grouping.make(key_of(request, principal, key), run, making))


def _add_groups(routes: APIRouter, reading: Reading) -> None:
    @routes.get(
        GROUPS,
        summary="The groups of a run; to the organiser with their sizes and the position of its events",
        responses=told(PageOf[answers.GroupAnswer]),
    )
    async def list_groups(request: Request, run: str, principal: Reader) -> Response:
        workshop, tells = await reading.workshop(run), principal.can(Permission.GROUP_MANAGE)
        # Where it stands counts everybody's comings and goings, so it is told where sizes are.
        stands = (Position(workshop_aggregate(run), workshop.seq),) if tells and workshop.seq else ()
        rows = group_rows(workshop, sizes=tells)  # so few that they are one page
        return answer({"items": rows, "next": None}, headers=reached_header(request, Reached(stands)))


def _add_members(routes: APIRouter, reading: Reading) -> None:
    @routes.get(f"{GROUPS}/members", summary="Who is in which group", responses=told(PageOf[answers.MemberAnswer]))
    async def list_members(run: str, principal: Reader, page: Page) -> Response:
        found = await reading.members(run, principal.scope(Permission.GROUP_READ), page.after_key or "", page.limit)
        return answer(page.cut(found, member_response, lambda one: (one.nomination,)))


def _add_ungrouped(routes: APIRouter, reading: Reading) -> None:
    @routes.get(
        f"{GROUPS}/ungrouped",
        summary="Who has a seat and no group",
        responses=told(PageOf[answers.UngroupedAnswer]),
    )
    async def list_ungrouped(run: str, principal: Manager, page: Page) -> Response:
        found, last = await reading.ungrouped(run, page.after_key or "", page.limit)
        return answer(page.body([ungrouped_response(one) for one in found], None if last is None else (last,)))


def _add_putting(routes: APIRouter, grouping: Grouping) -> None:
    @routes.post(
        f"{GROUPS}/{{group}}/members",
        summary="Put somebody into a group, out of any other",
        responses=told(answers.MemberAnswer),
    )
    async def put_into_group(
        request: Request,
        run: str,
        group: Group,
        principal: Manager,
        sent: Annotated[bodies.MemberBody, body(bodies.MemberBody)],
        key: Key,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await grouping.put(command, run, group, sent.nomination))


def _add_exchange(routes: APIRouter, grouping: Grouping) -> None:
    @routes.post(
        f"{GROUPS}/exchange",
        summary="Exchange two people of different groups",
        responses=told(answers.MembersAnswer),
    )
    async def exchange(
        request: Request,
        run: str,
        principal: Manager,
        sent: Annotated[bodies.ExchangeBody, body(bodies.ExchangeBody)],
        key: Key,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await grouping.exchange(command, run, sent.nomination, sent.other))


def _add_locks(routes: APIRouter, grouping: Grouping) -> None:
    Nothing = Annotated[bodies.EmptyBody, body(bodies.EmptyBody)]

    @routes.post(f"{GROUPS}/lock", summary="Nobody is put elsewhere any more", responses=told(answers.GroupsAnswer))
    async def lock(request: Request, run: str, principal: Manager, sent: Nothing, key: Key) -> Response:
        return recorded_response(request, await grouping.lock(key_of(request, principal, key), run, locked=True))

    @routes.post(f"{GROUPS}/unlock", summary="People may be put elsewhere", responses=told(answers.GroupsAnswer))
    async def unlock(request: Request, run: str, principal: Manager, sent: Nothing, key: Key) -> Response:
        return recorded_response(request, await grouping.lock(key_of(request, principal, key), run, locked=False))
