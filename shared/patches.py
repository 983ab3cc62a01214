"""PATCH: a body names what it changes, and all else stays as it is (JSON Merge Patch, RFC 7396). Knows no service.

What comes of it is checked as a whole body is, by the same model: a change is refused for the reasons for which the
same values would be refused otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends
from pydantic import BaseModel, Field, ValidationError, create_model
from pydantic.fields import FieldInfo
from starlette.requests import Request

from shared.bodies import Body, InvalidBody, JsonBody, MalformedJson, raw_body, refusal_of

M = TypeVar("M", bound=BaseModel)


def merged(present: Any, change: Any) -> Any:
    """null takes a field away; a list is replaced as a whole."""
    if not isinstance(change, dict):
        return change
    whole = dict(present) if isinstance(present, dict) else {}
    for name, value in change.items():
        if value is None:
            whole.pop(name, None)
        else:
            whole[name] = merged(whole.get(name), value)
    return whole


@dataclass(frozen=True)
class Changes(Generic[M]):
    """Some fields of a body of `model`, as they were sent."""

    model: type[M]
    named: Mapping[str, Any]

    def onto(self, present: Mapping[str, Any]) -> M:
        """`present` is what is there, as it would be sent. Raises the refusals of a body."""
        known = {field.alias for field in self.model.model_fields.values()}
        unknown = dict.fromkeys(self.named.keys() - known)  # also when they are only to be taken away
        try:
            return self.model.model_validate_json(orjson.dumps(merged(present, self.named) | unknown))
        except ValidationError as error:
            raise refusal_of(error.errors(include_url=False)) from None


def partial_of(model: type[BaseModel]) -> type[BaseModel]:
    """For the OpenAPI document: the same fields, none of which has to be there."""
    fields = {name: _optional(field) for name, field in model.model_fields.items()}
    return create_model(f"{model.__name__.removesuffix('Body')}Changes", __base__=Body, **fields)


def _optional(field: FieldInfo) -> Any:
    """What is said of a value stays with it: beside null nothing else has a pattern."""
    kind: Any = field.annotation
    said = Field(description=field.description, json_schema_extra=field.json_schema_extra)
    return Annotated[(kind, *field.metadata, said)] | None, None


class JsonPatch(JsonBody):
    """The dependency behind `changes`."""

    def __init__(self, whole: type[BaseModel]) -> None:
        super().__init__(partial_of(whole))
        self._whole = whole

    async def __call__(self, request: Request) -> Changes[Any]:
        try:
            named = orjson.loads(raw_body(request) or b"{}")
        except orjson.JSONDecodeError:
            raise MalformedJson() from None
        if not isinstance(named, dict):
            raise InvalidBody(errors=[{"field": "", "reason": "model_type", "limits": {}}])
        return Changes(self._whole, named)


def changes(model: type[BaseModel]) -> Any:
    """`sent: Annotated[Changes[RunBody], changes(RunBody)]`."""
    return Depends(JsonPatch(model))
