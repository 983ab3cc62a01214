"""A service of nothing but HTTP, for the tests of what all services have in common."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, File, Query, Request, UploadFile
from starlette.responses import Response
from typing_extensions import TypedDict

from shared.bodies import Body, body
from shared.direct_routes import add_direct_route
from shared.errors import Refused, Unavailable, UnitOutOfScope
from shared.events.envelope import Position
from shared.events.seats import bucket_id
from shared.headers import idempotency_key
from shared.http import Awaited, after_positions, answer, create_api, key_of, reached_header, recorded_response
from shared.idempotency import Recorded
from shared.lines import LineAnswer, Lines, while_wanted
from shared.pages import PageRequest, page_request
from shared.position_tokens import Reached, Receipt
from shared.rights import Permission, Principal
from shared.runtime import Runtime
from shared.security import Verifier, requires
from shared.settings import Settings
from shared.telemetry import Tracing, correlation

RUN = "0192f0c1-2222-7000-8000-000000000001"
LARGE = tuple(Position(bucket_id(RUN, "OFFICES", f"PO-{number}"), 2) for number in range(2_000))  # of a whole run


class Nominate(Body):
    person_id: str
    rank: str = "PRIMARY"


class Nominated(TypedDict):
    """Answers are what they are; only bodies are validated."""

    id: str


class SeatTaken(
    Refused,
    code="seat-taken",
    status=409,
    th="ไม่มีที่นั่งว่างของ {unit}",
    en="No seat is free for {unit}.",
):
    pass


class Lost(Exception):
    """As a transaction that lost against another one."""


Approver = Annotated[Principal, Depends(requires(Permission.NOMINATION_APPROVE))]


def create_trial(settings: Settings, tracing: Tracing | None = None) -> FastAPI:
    runtime = Runtime("trial", settings, tracing=tracing)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with runtime.running():
            yield

    verifier = Verifier(settings)
    app = create_api("trial", settings, runtime=runtime, verifier=verifier, lifespan=lifespan, busy=[Lost])
    add_direct_route(
        app,
        "POST",
        "/api/trial/runs/{run}/nominations",
        nominate,
        permission=Permission.NOMINATION_WRITE,
        body=Nominate,
        summary="Nominate a person",
        answers={201: Nominated},
    )
    app.include_router(good_routes(), prefix="/api/trial")
    app.include_router(odd_routes(), prefix="/api/trial")
    return app


async def nominate(request: Request, principal: Principal, command: Nominate) -> Response:
    if not principal.scope(Permission.NOMINATION_WRITE).covers_unit("PO-50"):
        raise UnitOutOfScope(unit="PO-50")
    tracing: Tracing = request.app.state.runtime.tracing
    seen = {"run": request.path_params["run"], "person": command.person_id, "trace": tracing.inject()}
    return answer(seen, 201, reached_header(request, Reached((Position("b:1", 3), Position("c", 4)))))


def good_routes() -> APIRouter:
    router = APIRouter()

    @router.post("/nominations/{nomination}/approve")
    async def approve(nomination: str, principal: Approver, command: Annotated[Nominate, body(Nominate)]) -> Response:
        return answer({"id": nomination, "person": command.person_id, "by": principal.subject})

    @router.get("/list")
    async def page(
        principal: Approver,
        page: Annotated[PageRequest, Depends(page_request)],
        after: Annotated[Awaited, Depends(after_positions)],
        key: Annotated[str | None, Depends(idempotency_key)],
        year: Annotated[int, Query()] = 2569,
    ) -> Response:
        positions = [str(position) for position in after.reached.positions]
        seen = {"limit": page.limit, "cursor": page.after, "positions": positions, "key": key, "for": after.caller}
        return answer({**seen, "correlation": correlation.get()})

    @router.get("/years/{year}")
    async def year(year: int, principal: Approver) -> Response:
        return answer({"year": year})

    _add_command(router)
    return router


def _add_command(router: APIRouter) -> None:
    @router.post("/commands/{id}")
    async def carry_out(
        request: Request,
        id: str,
        principal: Approver,
        command: Annotated[Nominate, body(Nominate)],
        key: Annotated[str | None, Depends(idempotency_key)],
    ) -> Response:
        answered = f'{{"z": 1, "key": "{key_of(request, principal, key).id}"}}'
        positions = {"moved": (Position("b:1", 3),), "large": LARGE}.get(id, ())
        receipt = Receipt(RUN, 2 * len(LARGE)) if id == "large" else None
        return recorded_response(request, Recorded(201, answered, positions, receipt))


async def _lines(ends: Exception | None, begun: bool) -> Lines:
    if begun:
        yield {"line": 1}
    if ends is not None:
        raise ends
    yield {"line": 2}


def odd_routes() -> APIRouter:
    router = APIRouter()

    @router.get("/lines/{how}")
    async def lines(request: Request, how: str, principal: Approver, begun: bool = True) -> Response:
        ends = {"taken": SeatTaken(unit="PO-50"), "lost": Lost(), "broken": ValueError("somchai@example.go.th")}
        return LineAnswer(request, while_wanted(request, _lines(ends.get(how), begun)))

    @router.post("/upload")
    async def upload(principal: Approver, file: Annotated[UploadFile, File()]) -> Response:
        return answer({"size": len(await file.read())})

    @router.post("/fail/{how}")
    async def fail(how: str, principal: Approver) -> Response:
        errors: dict[str, Exception] = {
            "taken": SeatTaken(unit="PO-50"),
            "away": Unavailable("mongodb://secret"),
            "lost": Lost(),
            "broken": ValueError("somchai@example.go.th"),
        }
        raise errors[how]

    @router.post("/plain-fastapi")
    async def plain_fastapi(principal: Approver, content: dict[str, Any]) -> Response:
        return answer(content)

    return router
