"""Plain routes: guarded like any other, but found and run without FastAPI, where every microsecond counts."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, compile_path
from starlette.types import Receive, Scope, Send

from shared.bodies import json_body
from shared.rights import Permission, Principal
from shared.security import principal_of

B = TypeVar("B", bound=BaseModel)
Endpoint = Callable[[Request, Principal, B], Awaitable[Response]]


@dataclass
class DirectRoute(Generic[B]):
    """A guarded route without FastAPI's dependency machinery; an ASGI application of its own."""

    endpoint: Endpoint[B]
    permission: Permission
    model: type[B]
    summary: str
    answers: Mapping[int, type[Any]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self.respond(Request(scope, receive, send))
        await response(scope, receive, send)

    async def respond(self, request: Request) -> Response:
        principal = await principal_of(request, self.permission)
        return await self.endpoint(request, principal, await json_body(request, self.model))


def add_direct_route(
    router: FastAPI | APIRouter,
    method: str,
    path: str,
    endpoint: Endpoint[B],
    *,
    permission: Permission,
    body: type[B],
    summary: str,
    answers: Mapping[int, type[Any]] | None = None,
) -> None:
    """For the few routes where every microsecond counts: `endpoint(request, principal, command)`. Path parameters are
    in request.path_params; errors, rights and the document are those of any other route."""
    route = DirectRoute(endpoint, permission, body, summary, answers or {})
    router.routes.append(Route(path, route, methods=[method], name=getattr(endpoint, "__name__", path)))


class DirectRoutes:
    """The direct routes of an application, found by one regular expression each."""

    def __init__(self, app: FastAPI) -> None:
        self._routes: list[tuple[str, re.Pattern[str], DirectRoute[Any]]] = []
        for route in iter_route_contexts(app.routes):
            direct = getattr(route.original_route, "endpoint", None)
            if isinstance(direct, DirectRoute):
                pattern, _, _ = compile_path(str(route.path))
                self._routes += [(method, pattern, direct) for method in route.methods or () if method != "HEAD"]

    def find(self, scope: Scope) -> DirectRoute[Any] | None:
        """The route for this request, which then has its path parameters (texts) and its endpoint."""
        for method, pattern, direct in self._routes:
            if method == scope["method"] and (match := pattern.match(scope["path"])) is not None:
                scope["path_params"] = match.groupdict()
                scope["endpoint"] = direct
                return direct
        return None


async def run_direct(direct: DirectRoute[Any], scope: Scope, receive: Receive, send: Send) -> None:
    """Answers, also what the application has a handler for."""
    request = Request(scope, receive, send)
    try:
        response = await direct.respond(request)
    except Exception as error:
        handlers = scope["app"].exception_handlers
        handler = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
        if handler is None:
            raise
        response = await handler(request, error)
    await response(scope, receive, send)
