"""JSON bodies into strict models, and every way in which that fails into a code of its own. Knows no service."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from shared.errors import Refused
from shared.problems import field_errors

M = TypeVar("M", bound=BaseModel)
BODY_KEY: Final = "pattana.body"


class Body(BaseModel):
    """What comes in over HTTP: camelCase on the wire, no unknown fields, no coercion. Answers may use it as well."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, alias_generator=to_camel, hide_input_in_errors=True
    )


class MalformedJson(Refused):
    code = "malformed-json"


class BodyTooDeep(Refused):
    """Details: limit."""

    code = "body-too-deep"


class BodyTooLarge(Refused):
    """Details: limit."""

    code = "body-too-large"


class UnsupportedMediaType(Refused):
    code = "unsupported-media-type"


class InvalidBody(Refused):
    """Details: errors, a list of field, reason and limits."""

    code = "invalid-body"


class UnknownField(InvalidBody):
    """Nothing else is wrong than fields that are not known."""

    code = "unknown-field"


class OperatorInBody(InvalidBody):
    """A `$name` where a plain value belongs."""

    code = "operator-in-body"


def raw_body(request: Request) -> bytes:
    """The JSON text as it was sent; empty when there was none. Raises UnsupportedMediaType for another kind of body."""
    raw: bytes | None = request.scope.get(BODY_KEY)
    if raw is None:
        raise UnsupportedMediaType()
    return raw


async def json_body(request: Request, model: type[M]) -> M:
    """An empty body counts as {}: a command whose fields are all optional needs none."""
    try:
        return model.model_validate_json(raw_body(request) or b"{}")
    except ValidationError as error:
        raise refusal_of(error.errors(include_url=False)) from None


class JsonBody:
    """The dependency behind `body`; it holds the model for the OpenAPI document."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model

    async def __call__(self, request: Request) -> BaseModel:
        return await json_body(request, self.model)


def body(model: type[BaseModel]) -> Any:
    """`command: Annotated[Nominate, body(Nominate)]`: the strict way in, instead of FastAPI's own body parameters."""
    return Depends(JsonBody(model))


def refusal_of(errors: Sequence[Mapping[str, Any]], skip: int = 0) -> Refused:
    """The refusal for pydantic's errors; what was sent is looked at but never repeated."""
    if any(error["type"] == "json_invalid" for error in errors):
        return MalformedJson()
    found = field_errors(errors, skip)
    if any(_is_operator(error) for error in errors):
        return OperatorInBody(errors=found)
    if all(error["type"] == "extra_forbidden" for error in errors):
        return UnknownField(errors=found)
    return InvalidBody(errors=found)


def _is_operator(error: Mapping[str, Any]) -> bool:
    given = error.get("input")
    inside = isinstance(given, dict) and any(str(name).startswith("$") for name in given)
    return inside or str(error["loc"][-1] if error["loc"] else "").startswith("$")


# A string, or what is left of one that never ends: so each byte is looked at once.
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_SQUARE: Final = bytes.maketrans(b"{}", b"[]")
_OTHER: Final = bytes(set(range(256)) - set(b"[]{}"))


def deeper_than(text: bytes, limit: int) -> bool:
    """Whether JSON nests deeper than `limit`, without parsing it: most bodies have fewer brackets than that at all,
    of the others only the brackets are kept and taken away from the inside, one level a round."""
    if text.count(b"{") + text.count(b"[") <= limit:
        return False
    brackets = _STRING.sub(b"", text).translate(_SQUARE, _OTHER)
    for _ in range(limit):
        fewer = brackets.replace(b"[]", b"")
        if len(fewer) == len(brackets):
            return brackets.count(b"[") > limit  # what never closes is malformed, and may be deep as well
        brackets = fewer
    return bool(brackets)
