"""What every service's HTTP has in common: the application, its errors, headers and answers. Knows no service.

The single layer around it is shared/middleware.py; bodies, pages, problems and direct routes have modules of their own.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

import orjson
import structlog
from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from shared.bodies import (
    BodyTooLarge,
    UnsupportedMediaType,
    buddhist_date,
    raw_body,
    refusal_of,
)
from shared.conditions import etag
from shared.errors import NotFound, Refused, Unavailable
from shared.fresh_keys import parse_key_ring
from shared.idempotency import CommandKey, Recorded, command_key
from shared.middleware import RequestMiddleware
from shared.openapi import describe
from shared.position_tokens import LONGEST, TOKEN, PositionTokens, Reached, TooManyPositions, together
from shared.problems import Busy, field_errors, language_of, problem_response
from shared.rights import Principal
from shared.routes import add_routes
from shared.runtime import Runtime
from shared.security import SUBJECT_KEY, Verifier
from shared.security_log.accesses import Accesses
from shared.security_log.entries import acting
from shared.settings import Settings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
MOST_POSITIONS: Final = 20
POSITION: Final = "pattana-position"
_log = structlog.get_logger()


class MethodNotAllowed(
    Refused,
    code="method-not-allowed",
    status=405,
    th="ที่อยู่นี้ไม่รองรับการดำเนินการแบบ {method}",
    en="This address does not accept {method}.",
):
    """Details: method."""


class BadRequest(
    Refused,
    code="bad-request",
    status=400,
    th="ระบบไม่สามารถอ่านคำขอนี้ได้ กรุณาตรวจสอบแล้วส่งใหม่",
    en="This request could not be read. Please check it and send it again.",
):
    pass


class InvalidParameter(
    Refused,
    code="invalid-parameter",
    status=422,
    th="เงื่อนไขที่ระบุในคำขอไม่ถูกต้อง กรุณาตรวจสอบรายการที่ระบุไว้แล้วลองใหม่",
    en="A parameter of this request is not valid. Please check the ones listed and try again.",
):
    """Of the query or a header. Details: errors."""


def create_api(
    service: str,
    settings: Settings,
    *,
    runtime: Runtime,
    verifier: Verifier,
    lifespan: Lifespan,
    busy: Sequence[type[Exception]] = (),
) -> FastAPI:
    """The application with everything around it and no routes but the runtime's.

    `busy` are errors besides Unavailable that mean 503.
    """
    if not settings.edition:
        raise ValueError("PATTANA_EDITION must say which edition this is: embedded, compose or cluster")
    app = _Api(
        title=f"Pattana {service}",
        lifespan=lifespan,
        openapi_url=f"/api/{service}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.settings = settings
    app.state.runtime = runtime
    app.state.verifier = verifier
    app.state.accesses = Accesses(runtime.clock, runtime.metrics)
    app.state.position_tokens = PositionTokens(parse_key_ring(settings.position_keys))
    _Handlers().add_to(app, busy)
    app.around = partial(RequestMiddleware, runtime=runtime, settings=settings)
    add_routes(app, runtime.router())
    describe(app)
    return app


class _Api(FastAPI):
    """FastAPI inside our middleware: what that answers itself does not go through FastAPI's own layers."""

    around: Callable[[ASGIApp], ASGIApp]

    def build_middleware_stack(self) -> ASGIApp:
        stack = super().build_middleware_stack()
        # The middleware answers what nobody foresaw; Starlette's own last net would do so first, and in plain text.
        return self.around(stack.app if isinstance(stack, ServerErrorMiddleware) else stack)


class _Handlers:
    """What an exception that leaves a route is answered with."""

    def __init__(self) -> None:
        self._logged_at = float("-inf")

    def add_to(self, app: FastAPI, busy: Sequence[type[Exception]]) -> None:
        app.add_exception_handler(Refused, self.refused)
        app.add_exception_handler(HTTPException, self.http)
        app.add_exception_handler(RequestValidationError, self.validation)
        unavailable: tuple[type[Exception], ...] = (Unavailable, *busy)
        for error in unavailable:
            app.add_exception_handler(error, self.unavailable)

    async def refused(self, request: Request, error: Exception) -> Response:
        if (access := acting.get()) is not None:
            access.refused = cast(Refused, error)
        return problem_response(cast(Refused, error), language_of(request))

    async def unavailable(self, request: Request, error: Exception) -> Response:
        if time.monotonic() - self._logged_at >= 1:  # an outage is one thing to say, not one per request
            self._logged_at = time.monotonic()
            _log.warning("unavailable", kind=type(error).__name__, error=str(error))
        seconds = getattr(error, "retry_after_seconds", Unavailable.retry_after_seconds)
        return problem_response(Busy(), language_of(request), {"retry-after": str(seconds)})

    async def http(self, request: Request, error: Exception) -> Response:
        error = cast(HTTPException, error)
        refused = error.__cause__ if isinstance(error.__cause__, Refused) else _of_status(request, error.status_code)
        return problem_response(refused, language_of(request), error.headers)

    async def validation(self, request: Request, error: Exception) -> Response:
        return problem_response(_of_validation(cast(RequestValidationError, error).errors()), language_of(request))


def _of_status(request: Request, status: int) -> Refused:
    if status == 404:
        return NotFound()
    if status == 405:
        return MethodNotAllowed(method=request.method)
    if status == 413:
        return BodyTooLarge(limit=request.app.state.settings.body_limit_bytes)
    return BadRequest()


def _of_validation(errors: Sequence[Mapping[str, Any]]) -> Refused:
    places = {error["loc"][0] for error in errors}
    if "path" in places:  # no such thing can be there
        return NotFound()
    if "body" not in places:
        return buddhist_date(errors, skip=1) or InvalidParameter(errors=field_errors(errors, skip=1))
    if any(error["loc"] == ("body",) and isinstance(error.get("input"), bytes) for error in errors):
        return UnsupportedMediaType()
    return refusal_of(errors, skip=1)


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON."""
    return Response(orjson.dumps(body), status, headers, "application/json")


def recorded_response(request: Request, recorded: Recorded) -> Response:
    """The answer to a command as it was recorded, byte for byte."""
    headers = reached_header(request, recorded.reached)
    headers |= {} if recorded.version is None else etag(recorded.version)
    return Response(recorded.body, recorded.status, headers, "application/json")


def reached_header(request: Request, reached: Reached) -> dict[str, str]:
    """`Pattana-Position`, to be given back as `after=` to any service that reads."""
    return {POSITION: tokens_of(request).issue(reached)} if reached else {}


def tokens_of(request: Request) -> PositionTokens:
    """What makes tokens of positions, and positions of tokens."""
    tokens: PositionTokens = request.scope["app"].state.position_tokens
    return tokens


def key_of(request: Request, principal: Principal, key: str | None) -> CommandKey:
    """Which command this request is, so that its repetition is known again."""
    return command_key(principal.subject, request.method, request.scope["path"], key, raw_body(request))


@dataclass(frozen=True, slots=True)
class Awaited:
    """What must be visible before the answer, and who asks."""

    reached: Reached
    caller: str


async def after_positions(
    request: Request,
    after: list[str] = Query(
        [],
        description="Wait (up to 5 s) until this is visible: a value of `Pattana-Position`, at most 20 of them.",
        json_schema_extra={
            "maxItems": MOST_POSITIONS,
            "items": {"type": "string", "maxLength": LONGEST, "pattern": TOKEN.pattern},
        },
    ),
) -> Awaited:
    """Behind the guard of the route, which knows the caller. Raises TooManyPositions, InvalidPosition and
    ExpiredPosition."""
    if len(after) > MOST_POSITIONS:
        raise TooManyPositions(most=MOST_POSITIONS)
    tokens = tokens_of(request)
    return Awaited(together(tokens.read(token) for token in after), request.scope[SUBJECT_KEY])


def hung_up(request: Request) -> Callable[[], Awaitable[bool]]:
    """A question that may be asked later: whether the caller has closed the connection, as far as the server knows."""

    async def ask() -> bool:
        # The first thing to be received may still be the body, which has been read already.
        return await request.is_disconnected() or await request.is_disconnected()

    return ask
