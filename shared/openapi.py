"""Routes as they are seen from outside: the rights of each, and the OpenAPI document."""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from pydantic import BaseModel, TypeAdapter

from shared.bodies import JsonBody
from shared.direct_routes import DirectRoute
from shared.headers import DESCRIBED
from shared.public import Public
from shared.rights import Permission
from shared.security import Requires
from shared.values import LONGEST_ID, PRINTABLE

_REFERENCE: Final = "#/components/schemas/{model}"


def route_permissions(app: FastAPI) -> dict[tuple[str, str], Permission | None]:
    """(method, path) of every route and the permission it asks for; None is public. Raises ValueError when a route
    asks for several, because then nobody can say which it is."""
    found: dict[tuple[str, str], Permission | None] = {}
    for route in iter_route_contexts(app.routes):
        permissions = set(_permissions(route))
        if len(permissions) > 1:
            raise ValueError(f"{route.path} asks for {sorted(permissions)}")
        for method in sorted((route.methods or set()) - {"HEAD"}):
            found[(method, str(route.path))] = next(iter(permissions), None)
    return found


def bodies_of(route: RouteContext) -> list[type[BaseModel]]:
    """What a route takes: at most one."""
    direct = _direct(route)
    return [direct.model] if direct else [call.model for call in _calls(route) if isinstance(call, JsonBody)]


def _permissions(route: RouteContext) -> Iterator[Permission]:
    direct = _direct(route)
    if direct is not None:
        yield direct.permission
    for call in _calls(route):
        if isinstance(call, Requires):
            yield call.permission


def _direct(route: RouteContext) -> DirectRoute[Any] | None:
    endpoint = getattr(route.original_route, "endpoint", None)
    return endpoint if isinstance(endpoint, DirectRoute) else None


def _calls(route: RouteContext) -> Iterator[object]:
    """Every dependency of a FastAPI route, at any depth."""
    pending: list[Dependant] = [route.dependant] if getattr(route, "dependant", None) is not None else []
    while pending:
        dependant = pending.pop()
        yield dependant.call
        pending.extend(dependant.dependencies)


def describe(app: FastAPI) -> None:
    """Completes FastAPI's document with strict bodies, direct routes, rights and the form of problems."""
    original = app.openapi
    done: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not done:
            document = original()
            document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
            document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            for route in iter_route_contexts(app.routes):
                _describe_route(document, route)
            done.update(document)
        return done

    app.openapi = openapi  # type: ignore[method-assign]


def _describe_route(document: dict[str, Any], route: RouteContext) -> None:
    direct = _direct(route)
    paths = document["paths"]
    for method in route.methods or ():
        if direct is not None:
            operation = _direct_operation(document, route, direct)
            paths.setdefault(route.path_format, {})[method.lower()] = operation
        else:
            operation = paths.get(route.path_format, {}).get(method.lower())
        if operation is not None:
            _complete(document, operation, route)


def _complete(document: dict[str, Any], operation: dict[str, Any], route: RouteContext) -> None:
    for model in bodies_of(route):
        operation["requestBody"] = {"required": True, "content": _json(document, model)}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":  # nothing has a longer one
            parameter["schema"] |= {"minLength": 1, "maxLength": LONGEST_ID, "pattern": PRINTABLE}
    described = [DESCRIBED[call] for call in _calls(route) if callable(call) and call in DESCRIBED]
    if described:
        operation.setdefault("parameters", []).extend(described)
    for permission in _permissions(route):
        operation["security"] = [{"token": []}]
        operation["x-permission"] = permission.value
    if any(isinstance(call, Public) for call in _calls(route)):
        operation["security"] = []
        operation["x-public"] = True
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = {
        "description": "Refused; `code` says why.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _direct_operation(document: dict[str, Any], route: RouteContext, direct: DirectRoute[Any]) -> dict[str, Any]:
    names = getattr(route.original_route, "param_convertors", {})
    return {
        "summary": direct.summary,
        "parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names],
        "responses": {
            str(status): {"description": direct.summary, "content": _json(document, model)}
            for status, model in direct.answers.items()
        },
    }


def _json(document: dict[str, Any], model: type[Any]) -> dict[str, Any]:
    """`model` is a pydantic model or a TypedDict (that of typing_extensions: before 3.12 pydantic takes no other)."""
    schema = TypeAdapter(model).json_schema(ref_template=_REFERENCE)
    schemas = document["components"]["schemas"]
    schemas.update(schema.pop("$defs", {}))
    schemas[model.__name__] = schema
    return {"application/json": {"schema": {"$ref": _REFERENCE.format(model=model.__name__)}}}


_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:pattana:problem:forbidden"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "examples": ["forbidden"]},
        "detail": {"type": "string", "description": "A sentence for people, Thai or English by Accept-Language."},
        "correlationId": {"type": "string"},
    },
    "additionalProperties": True,
}
