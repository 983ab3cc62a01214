"""Posts over HTTP: who is in which, within the scope of those who keep them, and their import."""

from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, aclosing
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.enrolment.directory.domain.post_rows import Claim
from services.enrolment.directory.http.bodies import HoldingBody, LastDayBody
from services.enrolment.directory.http.post_answers import HoldingAnswer, PostsImported
from services.enrolment.directory.http.post_telling import PostTelling
from services.enrolment.directory.http.responses import holding_response
from services.enrolment.directory.http.uploading import SHEET_BODY, Confirmed, uploaded
from services.enrolment.directory.service.people_import import Wish
from services.enrolment.directory.service.posts import LINE, PostService
from services.enrolment.directory.service.posts_import import PostsImport, PostStep
from services.enrolment.directory.service.turns import Turns
from services.enrolment.directory.storage.posts import PostsWanted, holding_of
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.headers import idempotency_key
from shared.http import answer, key_of, recorded_response
from shared.lines import MEDIA_TYPE, LineAnswer, wants_lines, while_wanted
from shared.pages import PageRequest, page_request
from shared.rights import Permission, Principal, Scope
from shared.security import requires
from shared.values import Day, Line, Term

POSTS: Final = "/api/enrolment/posts"
SHEET: Final = """A row needs `unit` (key or name), `post` (code or name), `validFrom`, and `person`, `externalId` or
`citizenId`. It may have `inPost` (HOLDER, which it is without a word, or ACTING) and `validTo`, the last day, which is
included: empty keeps what is known, a hyphen removes it. An acting person is recorded for the days on which the holder
is away, or there is none. Good rows are stored, bad ones listed with line, column and reason. A row that would end the
time of a predecessor without a last day is not stored but listed in `questions`; `confirmed` names lines whose
predecessors leave on the day before. The same file again changes nothing. All else is as for an import of people."""
SHORT: Final = "A page may have fewer items than its limit, or none, and go on all the same: `next` says so."
Key = Annotated[str | None, Depends(idempotency_key)]
Keeper = Annotated[Principal, Depends(requires(Permission.POST_WRITE))]


def add_posts(
    routes: APIRouter, service: PostService, posts_import: PostsImport, turns: Turns, upload_seconds: float
) -> None:
    _add_reading(routes, service)
    _add_recording(routes, service)
    _add_changing(routes, service)
    _add_import(routes, posts_import, turns, upload_seconds)


def _listed(row: Any) -> dict[str, Any]:
    return holding_response(holding_of(row))


def _scope(principal: Principal) -> Scope:
    return principal.scope(Permission.POST_WRITE)


def _add_reading(routes: APIRouter, service: PostService) -> None:
    @routes.get(
        POSTS,
        summary="Who is or was in which post, by unit and post",
        description=SHORT,
        responses=told(PageOf[HoldingAnswer]),
    )
    async def read_posts(
        principal: Keeper,
        page: Annotated[PageRequest, Depends(page_request)],
        unit: Annotated[Term | None, Query(description="With what is below it.")] = None,
        post: Term | None = None,
        person: Term | None = None,
        on: Day | None = None,
    ) -> Response:
        wanted = PostsWanted(unit or None, post or None, person or None, on)
        after = page.after_key
        found = await service.posts.page(_scope(principal), wanted, after, page.limit)
        return answer(page.cut(found.rows, _listed, lambda row: (row["key"],), found.end))

    @routes.get(f"{POSTS}/{{holding}}", summary="One person in a post", responses=told(HoldingAnswer))
    async def read_post(holding: str, principal: Keeper) -> Response:
        return answer(holding_response(await service.one(holding, _scope(principal))))


def _add_recording(routes: APIRouter, service: PostService) -> None:
    @routes.post(
        POSTS,
        summary="Record who is in a post",
        status_code=201,
        responses={**told(HoldingAnswer, 201), **told(HoldingAnswer)},
    )
    async def record(
        request: Request, principal: Keeper, sent: Annotated[HoldingBody, body(HoldingBody)], key: Key
    ) -> Response:
        claim = Claim(
            LINE,
            await service.unit(sent.unit),
            sent.post,
            sent.in_post,
            sent.valid_from,
            sent.valid_to,
            keeps_end="valid_to" not in sent.model_fields_set,
            person=sent.person,
        )
        command = key_of(request, principal, key)
        done = await service.record(command, claim, _scope(principal), ends_predecessor=sent.ends_predecessor)
        return recorded_response(request, done)


def _add_changing(routes: APIRouter, service: PostService) -> None:
    @routes.patch(
        f"{POSTS}/{{holding}}", summary="Give somebody in a post another last day", responses=told(HoldingAnswer)
    )
    async def set_last_day(
        request: Request,
        holding: str,
        principal: Keeper,
        sent: Annotated[LastDayBody, body(LastDayBody)],
        key: Key,
    ) -> Response:
        last: date | None = sent.valid_to
        command = key_of(request, principal, key)
        return recorded_response(request, await service.set_last_day(command, holding, last, _scope(principal)))

    @routes.delete(
        f"{POSTS}/{{holding}}",
        summary="Take back what was recorded by mistake: the person never was in this post",
        responses=told(HoldingAnswer),
    )
    async def revoke(request: Request, holding: str, principal: Keeper, key: Key) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await service.revoke(command, holding, _scope(principal)))


def _add_import(routes: APIRouter, posts_import: PostsImport, turns: Turns, upload_seconds: float) -> None:
    answers: dict[int | str, dict[str, Any]] = {
        200: {"model": PostsImported, "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
    }

    @routes.post(
        "/api/enrolment/imports/posts",
        summary="Import who is in which post from a CSV or XLSX file; repeatable",
        description=SHEET,
        openapi_extra=SHEET_BODY,
        responses=answers,
    )
    async def import_posts(
        request: Request,
        principal: Keeper,
        confirmed: Confirmed = (),
        detail: Literal["full", "compact"] = "full",
        preview: bool = False,
        sheet: Line | None = None,
    ) -> Response:
        telling = PostTelling(request, compact=detail == "compact")
        wish = Wish(preview, frozenset(confirmed), sheet or "")
        turn = turns.of(principal.subject)
        made = _steps(request, posts_import, turn, wish, _scope(principal), upload_seconds)
        steps = while_wanted(request, made)
        if wants_lines(request):
            return LineAnswer(request, telling.lines(steps))
        async for step in steps:  # whoever goes away ends it here as well
            report = step.report
        return answer(telling.report(report))


async def _steps(
    request: Request,
    posts_import: PostsImport,
    turn: AbstractContextManager[None],
    wish: Wish,
    scope: Scope,
    upload_seconds: float,
) -> AsyncGenerator[PostStep, None]:
    with turn:  # before the file is received: it fills memory as well
        data = await uploaded(request, upload_seconds)
        async with aclosing(posts_import.steps(data, scope, wish)) as steps:
            async for step in steps:
                yield step
