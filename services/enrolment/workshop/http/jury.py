"""Routes of the jury."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.workshop.domain.idea_refusals import NotJudge
from services.enrolment.workshop.http import answers, bodies
from services.enrolment.workshop.http.responses import ranked_response, score_response, scoring_response
from services.enrolment.workshop.service.judging import Judging
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.headers import idempotency_key
from shared.http import answer, key_of, recorded_response
from shared.pages import PageRequest, page_request
from shared.rights import Permission, Principal
from shared.security import requires

RUN: Final = "/api/enrolment/runs/{run}"
SCORING: Final = f"{RUN}/scoring"
IDEA: Final = f"{RUN}/ideas/{{idea}}"
Key = Annotated[str | None, Depends(idempotency_key)]
Page = Annotated[PageRequest, Depends(page_request)]
Judge = Annotated[Principal, Depends(requires(Permission.IDEA_JUDGE))]
Manager = Annotated[Principal, Depends(requires(Permission.GROUP_MANAGE))]


def add_jury(routes: APIRouter, judging: Judging) -> None:
    _add_scoring(routes, judging)
    _add_closing(routes, judging)
    _add_score(routes, judging)
    _add_results(routes, judging)


def _add_scoring(routes: APIRouter, judging: Judging) -> None:
    @routes.post(SCORING, summary="Say by what is scored, and by whom", responses=told(answers.ScoringAnswer))
    async def set_up_scoring(
        request: Request,
        run: str,
        principal: Manager,
        sent: Annotated[bodies.ScoringBody, body(bodies.ScoringBody)],
        key: Key,
    ) -> Response:
        criteria = [one.criterion() for one in sent.criteria]
        command = key_of(request, principal, key)
        return recorded_response(request, await judging.set_up(command, run, criteria, sent.judges))

    @routes.get(SCORING, summary="By what is scored", responses=told(answers.ScoringAnswer))
    async def read_scoring(run: str, principal: Judge) -> Response:
        judges = principal.can(Permission.GROUP_MANAGE)
        return answer(scoring_response(await judging.scoring(run), judges=judges))


def _add_closing(routes: APIRouter, judging: Judging) -> None:
    @routes.post(f"{SCORING}/close", summary="End scoring, and rank the ideas", responses=told(answers.ScoringAnswer))
    async def close_scoring(
        request: Request,
        run: str,
        principal: Manager,
        sent: Annotated[bodies.ScoringEndBody, body(bodies.ScoringEndBody)],
        key: Key,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await judging.close(command, run, incomplete=sent.incomplete))


def _add_score(routes: APIRouter, judging: Judging) -> None:
    @routes.post(f"{IDEA}/score", summary="Score an idea, or score it anew", responses=told(answers.ScoreAnswer))
    async def score(
        request: Request,
        run: str,
        idea: str,
        principal: Judge,
        sent: Annotated[bodies.ScoreBody, body(bodies.ScoreBody)],
        key: Key,
    ) -> Response:
        judge = sent.judge or principal.subject
        if judge != principal.subject and not principal.can(Permission.GROUP_MANAGE):
            raise NotJudge()
        command = key_of(request, principal, key)
        return recorded_response(request, await judging.give(command, run, idea, judge, sent.points))


def _add_results(routes: APIRouter, judging: Judging) -> None:
    @routes.get(
        f"{IDEA}/scores", summary="What each judge gave to an idea", responses=told(PageOf[answers.ScoreAnswer])
    )
    async def list_scores(run: str, idea: str, principal: Manager, page: Page) -> Response:
        after = "" if page.after_key is None else f"{idea}:{page.after_key}"
        found = await judging.scores(run, idea, principal.subject, after, page.limit)
        return answer(page.cut(found, score_response, lambda one: (one.judge,)))

    @routes.get(
        f"{RUN}/ranking", summary="What the jury came to, the best first", responses=told(PageOf[answers.RankedAnswer])
    )
    async def read_ranking(run: str, principal: Judge) -> Response:
        ranked = await judging.ranking(run)
        # A run has so few that they are one page.
        return answer({"items": [ranked_response(one) for one in ranked], "next": None})
