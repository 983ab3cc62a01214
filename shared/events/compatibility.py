"""Whether a schema may take the place of the one that was published. Pure.

Events are kept for ever and read by others: a fact may gain optional fields within its major version, nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """What a reader relies on: the shape of a value, and whether it is always there."""

    shape: str
    required: bool


def breaches(published: Schema, current: Schema) -> list[str]:
    """What would break a reader of either the old or the new events; empty when the change only adds."""
    before, after = fields_of(published), fields_of(current)
    gone = [f"the field {path} is gone" for path in before if path not in after]
    retyped = [
        f"the field {path} was {field.shape} and is {after[path].shape}"
        for path, field in before.items()
        if path in after and after[path].shape != field.shape
    ]
    demanded = [
        f"the field {path} is required and was not"
        for path, field in after.items()
        if field.required and not (path in before and before[path].required)
    ]
    return gone + retyped + demanded


def fields_of(schema: Schema) -> dict[str, Field]:
    """Every field by its path, through objects and lists."""
    return dict(_walk(schema, schema, ""))


def _walk(schema: Schema, whole: Schema, path: str) -> Iterator[tuple[str, Field]]:
    required = set(schema.get("required", ()))
    for name, given in schema.get("properties", {}).items():
        inner = f"{path}{name}"
        yield inner, Field(_shape(given, whole), name in required)
        for part in _objects(given, whole):
            yield from _walk(part, whole, f"{inner}.")


def _resolved(schema: Schema, whole: Schema) -> Schema:
    reference = schema.get("$ref")
    return whole["$defs"][reference.rpartition("/")[2]] if reference else schema


def _alternatives(schema: Schema, whole: Schema) -> list[Schema]:
    resolved = _resolved(schema, whole)
    return [_resolved(one, whole) for one in resolved.get("anyOf", (resolved,))]


def _objects(schema: Schema, whole: Schema) -> Iterator[Schema]:
    """The objects that a value of this field may be or hold."""
    for one in _alternatives(schema, whole):
        if one.get("type") == "array":
            yield from _objects(one.get("items", {}), whole)
        elif "properties" in one:
            yield one


def _shape(schema: Schema, whole: Schema) -> str:
    shapes = []
    for one in _alternatives(schema, whole):
        if one.get("type") == "array":
            shapes.append(f"list of {_shape(one.get('items', {}), whole)}")
        elif "enum" in one:
            shapes.append(f"{one.get('type', 'string')} of {', '.join(map(str, one['enum']))}")
        else:
            shapes.append(" ".join(filter(None, (one.get("type", "any"), one.get("format")))))
    return " or ".join(sorted(shapes))
