"""Rebuilds over HTTP: `POST`, `GET` and `DELETE <base>/rebuild`, for operators; the same of every read model."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from shared.answers import Time, told
from shared.http import answer
from shared.messaging.rebuilding import GenerationProgress, Rebuilding, RebuildProgress
from shared.rights import Permission, Principal
from shared.rounding import percentage
from shared.security import requires
from shared.security_log.keeping import order

Operator = Annotated[Principal, Depends(requires(Permission.SYSTEM_OPERATE))]
Body = dict[str, Any]


class Generation(TypedDict):
    """How much of the log it has read; null until that was measured."""

    generation: int
    folds: int | None
    events: int | None
    eventsTotal: int | None
    percentage: float | None
    lag: float | None


class ActiveGeneration(Generation):
    since: Time


class NextGeneration(Generation):
    startedAt: Time | None
    trouble: str | None
    blocked: str | None


class RetiredGeneration(TypedDict):
    generation: int
    since: Time


class RebuildAnswer(TypedDict):
    """`next` is null when no rebuild is under way."""

    active: ActiveGeneration
    next: NextGeneration | None
    retired: list[RetiredGeneration]


def rebuild_router(base: str, rebuilding: Rebuilding, *, of: str) -> APIRouter:
    """`of` is what the security log calls it."""
    routes = APIRouter()

    @routes.post(
        f"{base}/rebuild",
        status_code=202,
        summary="Fills everything anew from the log, while answering",
        responses=told(RebuildAnswer, 202),
    )
    async def begin_rebuild(request: Request, principal: Operator) -> Response:
        await order(request, "rebuild", (of, None))
        return answer(rebuild_response(await rebuilding.begin()), 202)

    @routes.get(f"{base}/rebuild", summary="How far a rebuild is", responses=told(RebuildAnswer))
    async def read_rebuild(principal: Operator) -> Response:
        return answer(rebuild_response(await rebuilding.progress()))

    @routes.delete(
        f"{base}/rebuild",
        summary="Gives up the generation that is being filled; the active one goes on",
        responses=told(RebuildAnswer),
    )
    async def abandon_rebuild(request: Request, principal: Operator) -> Response:
        await order(request, "abandon-rebuild", (of, None))
        return answer(rebuild_response(await rebuilding.abandon()))

    return routes


def rebuild_response(progress: RebuildProgress) -> Body:
    """`next` is null when no rebuild is under way."""
    state, filling = progress.state, progress.next
    return {
        "active": {
            "generation": state.active,
            "since": state.since.isoformat(),
            "folds": state.fold.version,
            **_generation(progress.active),
        },
        "next": None
        if filling is None
        else {
            "generation": state.next,
            "folds": state.next_fold.version if state.next_fold else None,
            "startedAt": state.started_at.isoformat() if state.started_at else None,
            **_generation(filling),
            "trouble": filling.trouble,
            "blocked": filling.blocked,
        },
        "retired": [{"generation": old.generation, "since": old.at.isoformat()} for old in state.retired],
    }


def _generation(generation: GenerationProgress) -> Body:
    done, of = generation.events, generation.events_total
    return {
        "events": done,
        "eventsTotal": of,
        "percentage": None if done is None or of is None else percentage(done, of) if of else 100.0,
        "lag": generation.lag,
    }
