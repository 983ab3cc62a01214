"""Every text and every list that comes in over HTTP is bounded before anything is done with it."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from shared.bodies import Body
from tests.unit.test_refusals import modules

BOUNDED = {"maxLength", "enum", "const"}


def bodies(root: type[Body] = Body) -> Iterator[type[Body]]:
    for kind in root.__subclasses__():
        if kind.__module__.startswith(("services.", "shared.")):
            yield kind
        yield from bodies(kind)


def unbounded(schema: Any, path: str = "") -> Iterator[str]:
    """Where a schema takes a text or a list of any length."""
    if isinstance(schema, dict):
        if schema.get("type") == "string" and not BOUNDED & schema.keys() and schema.get("format") != "date-time":
            yield path
        if schema.get("type") == "array" and "maxItems" not in schema:
            yield path
    parts = schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ()
    for name, part in parts:
        yield from unbounded(part, f"{path}.{name}")


def all_bodies() -> list[type[Body]]:
    for module in modules():
        importlib.import_module(module)
    return sorted(bodies(), key=lambda kind: (kind.__module__, kind.__qualname__))


@pytest.mark.parametrize("kind", all_bodies(), ids=lambda kind: kind.__qualname__)
def test_a_body_has_no_text_and_no_list_of_any_length(kind: type[Body]) -> None:
    assert list(unbounded(kind.model_json_schema())) == []
