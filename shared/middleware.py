"""The one ASGI layer around every service: correlation, trace, body limits, metrics, and the last net for errors.

One layer instead of five because a command must cost little more than an empty request. Knows no service.
"""

import re
from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import Final

import structlog
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from opentelemetry.trace import Span
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.bodies import BODY_KEY, BodyTooDeep, BodyTooLarge, deeper_than
from shared.direct_routes import DirectRoutes, run_direct
from shared.errors import NotFound, Refused
from shared.ids import new_id
from shared.problems import LONGEST_ACCEPT_LANGUAGE, InternalError, preferred_language, problem_response
from shared.runtime import Runtime
from shared.security_log.entries import acting
from shared.settings import Settings
from shared.telemetry import correlation
from shared.values import LONGEST_PATH

HEADERS_KEY: Final = "pattana.headers"
NOT_ANSWERED: Final = 499  # the caller went away first; nginx counts it so as well
_ALWAYS: Final = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"x-content-type-options", b"nosniff"),
]
# A page for people says itself what it may do.
_OF_PAGES: Final = [header for header in _ALWAYS if header[0] != b"content-security-policy"]
_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS: Final = _BODILESS | {"POST", "PUT", "PATCH", "DELETE"}
_REFERENCE: Final = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_UPLOADS: Final = (
    b"multipart/form-data",
    b"text/csv",
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
_FILES: Final = "/imports/"  # what is sent below it is a file, whatever it is called
_JSON: Final = re.compile(rb"application/(?:[\w.-]+\+)?json[ \t]*(?:;.*)?", re.IGNORECASE)
_log = structlog.get_logger()


class Disconnected(Exception):
    """The caller went away while sending; there is nobody to answer."""


class RequestMiddleware:
    def __init__(self, app: ASGIApp, *, runtime: Runtime, settings: Settings) -> None:
        self._app = app
        self._metrics = runtime.metrics
        self._tracing = runtime.tracing
        self._limit = settings.body_limit_bytes
        self._upload_limit = settings.upload_limit_bytes
        self._depth = settings.body_depth_limit
        self._routes: dict[int, str] | None = None
        self._direct: DirectRoutes | None = None
        self._debug = settings.log_level == "debug"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        scope[HEADERS_KEY] = headers
        reference = _reference(headers)
        correlation.set(reference.decode())
        acting.set(None)
        answer = _Answer(send, reference)
        traceparent = headers.get(b"traceparent")
        with self._tracing.begin("http", None if traceparent is None else traceparent.decode("latin-1")) as span:
            try:
                await self._run(scope, headers, receive, answer)
            finally:
                self._tell(scope, answer.status, perf_counter() - started, span)

    async def _run(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, answer: "_Answer") -> None:
        try:
            body = await self._body(scope, headers, receive)
            if len(scope["path"]) > LONGEST_PATH or not scope["path"].isprintable():
                raise NotFound()  # no id is like that, and no store or log need see it
            if self._direct is None:  # at the first request, when all routes are there
                self._direct = DirectRoutes(scope["app"])
            direct = self._direct.find(scope)
            if direct is None:
                await self._app(scope, body, answer)
            else:
                await run_direct(direct, scope, body, answer)
        except Disconnected:
            pass
        except Refused as refused:
            await self._refuse(scope, receive, answer, refused)
        except Exception:
            _log.exception("request failed", method=scope["method"], route=self._route(scope))
            if answer.status != NOT_ANSWERED:
                raise  # half an answer is out: only breaking the connection says so
            await self._refuse(scope, receive, answer, InternalError(reference=correlation.get()))

    def _tell(self, scope: Scope, status: int, seconds: float, span: Span | None) -> None:
        route = self._route(scope)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self._metrics.answered(route, method, status, seconds)
        if span is not None:
            span.update_name(f"{method} {route}")
            span.set_attribute("http.response.status_code", status)
        if self._debug:
            _log.debug("request", method=method, route=route, status=status)
        if (access := acting.get()) is not None:
            scope["app"].state.accesses.answered(access, scope, route, status)

    def _route(self, scope: Scope) -> str:
        """The template of the path; a path itself holds whatever was typed."""
        if self._routes is None:  # at the first answer, when all routes are there
            self._routes = _templates(scope["app"])
        return self._routes.get(id(scope.get("endpoint")), "unmatched")

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, error: Refused) -> None:
        accepted = scope[HEADERS_KEY].get(b"accept-language", b"")[:LONGEST_ACCEPT_LANGUAGE]
        language = preferred_language(accepted.decode("latin-1"))
        # What is left of the body is not read: the connection cannot be used again.
        response = problem_response(error, language, {"connection": "close"})
        await response(scope, receive, send)

    async def _body(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Receive:
        """Reads a JSON body whole and within its limits, and hands it on for whoever still wants to receive it."""
        length = headers.get(b"content-length")
        if length == b"0" or (length is None and b"transfer-encoding" not in headers):
            scope[BODY_KEY] = b""
            return receive
        kind = headers.get(b"content-type", b"")
        is_file = _FILES in scope["path"]
        limit = self._upload_limit if is_file or kind.lower().startswith(_UPLOADS) else self._limit
        if length is not None and (not length.isdigit() or int(length) > limit):
            raise BodyTooLarge(limit=limit)
        if is_file or _JSON.fullmatch(kind) is None:
            return _limited(receive, limit)
        body = await _read(receive, limit)
        if deeper_than(body, self._depth):
            raise BodyTooDeep(limit=self._depth)
        scope[BODY_KEY] = body
        return _replayed(body, receive)


class _Answer:
    """`send` with our headers added; remembers the status."""

    __slots__ = ("_reference", "_send", "status")

    def __init__(self, send: Send, reference: bytes) -> None:
        self.status = NOT_ANSWERED
        self._send = send
        self._reference = reference

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            said = message["headers"]
            message["headers"] = [*said, (b"x-request-id", self._reference), *(_ALWAYS if _plain(said) else _OF_PAGES)]
        await self._send(message)


def _plain(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether an answer says nothing itself of what a browser may do with it."""
    return b"content-security-policy" not in dict(headers)


def _reference(headers: Mapping[bytes, bytes]) -> bytes:
    request_id = headers.get(b"x-request-id")
    if request_id is not None and _REFERENCE.fullmatch(request_id) is not None:
        return request_id
    return new_id().encode()


def _templates(app: FastAPI) -> dict[int, str]:
    """The path template of every endpoint: an included route itself does not know the whole of it."""
    return {id(route.endpoint): str(route.path) for route in iter_route_contexts(app.routes)}


async def _read(receive: Receive, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise BodyTooLarge(limit=limit)
        pieces.append(piece)
        if not message.get("more_body", False):
            return piece if len(pieces) == 1 else b"".join(pieces)


def _replayed(body: bytes, receive: Receive) -> Receive:
    replayed = False

    async def again() -> Message:
        nonlocal replayed
        if replayed:
            return await receive()
        replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _limited(receive: Receive, limit: int) -> Receive:
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise BodyTooLarge(limit=limit)
        return message

    return counted
