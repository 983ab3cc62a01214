"""Whether a schema may take the place of the one that was published. Pure.

Events are kept for ever and read by others: within its major version an event may gain optional fields, and an open
enum values, nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """What a reader relies on: the shape of a value, whether it is always there, and the values it may tell apart."""

    shape: str
    required: bool
    known_values: tuple[str, ...] = ()


def breaches(published: Schema, current: Schema) -> list[str]:
    """What would break a reader of either the old or the new events; empty when the change only adds."""
    before, after = fields_of(published), fields_of(current)
    gone = [f"the field {path} is gone" for path in before if path not in after]
    retyped = [
        f"the field {path} was {field.shape} and is {after[path].shape}"
        for path, field in before.items()
        if path in after and after[path].shape != field.shape
    ]
    forgotten = [
        f"the field {path} no longer knows {value}"
        for path, field in before.items()
        if path in after
        for value in field.known_values
        if value not in after[path].known_values
    ]
    demanded = [
        f"the field {path} is required and was not"
        for path, field in after.items()
        if field.required and not (path in before and before[path].required)
    ]
    return gone + retyped + forgotten + demanded


def fields_of(schema: Schema) -> dict[str, Field]:
    """Every field by its path, through objects and lists."""
    return dict(_walk(schema, schema, ""))


def _walk(schema: Schema, whole: Schema, path: str) -> Iterator[tuple[str, Field]]:
    required = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        inner = f"{path}{name}"
        yield inner, Field(_shape(field, whole), name in required, tuple(_known_values(field, whole)))
        for part in _objects(field, whole):
            yield from _walk(part, whole, f"{inner}.")


def _resolved(schema: Schema, whole: Schema) -> Schema:
    reference = schema.get("$ref")
    return whole["$defs"][reference.rpartition("/")[2]] if reference else schema


def _alternatives(schema: Schema, whole: Schema) -> list[Schema]:
    resolved = _resolved(schema, whole)
    return [_resolved(alternative, whole) for alternative in resolved.get("anyOf", (resolved,))]


def _objects(schema: Schema, whole: Schema) -> Iterator[Schema]:
    """The objects that a value of this field may be or hold."""
    for alternative in _alternatives(schema, whole):
        if alternative.get("type") == "array":
            yield from _objects(alternative.get("items", {}), whole)
        elif "properties" in alternative:
            yield alternative


def _known_values(schema: Schema, whole: Schema) -> Iterator[str]:
    """Of an open enum; its shape is that of any text."""
    for alternative in _alternatives(schema, whole):
        if alternative.get("type") == "array":
            yield from _known_values(alternative.get("items", {}), whole)
        else:
            yield from alternative.get("x-known-values", ())


def _shape(schema: Schema, whole: Schema) -> str:
    shapes = []
    for alternative in _alternatives(schema, whole):
        kind = alternative.get("type", "any")
        if kind == "array":
            shapes.append(f"list of {_shape(alternative.get('items', {}), whole)}")
        elif "enum" in alternative:
            shapes.append(f"{alternative.get('type', 'string')} of {', '.join(map(str, alternative['enum']))}")
        else:
            shapes.append(" ".join(filter(None, (kind, alternative.get("format")))))
    return " or ".join(sorted(shapes))
