"""Looks through JSON Schemas, as pydantic and the API documents write them."""

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter

from shared.values import MOST_INTEGER, Day, Moment

MOMENT: str = TypeAdapter(Moment).json_schema()["description"]
DAY: str = TypeAdapter(Day).json_schema()["description"]


def unbounded(schema: Any, path: str = "") -> Iterator[str]:
    """Where a schema takes a text or a list of any length, any signs, any number or any moment."""
    if isinstance(schema, dict) and not {"enum", "const"} & schema.keys() and _is_open(schema):
        yield f"{path}: {schema}"
    parts = schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ()
    for name, part in parts:
        yield from unbounded(part, f"{path}.{name}")


def _is_open(schema: dict[str, Any]) -> bool:
    match schema.get("type"):
        case "string" if schema.get("format") == "date-time":
            return schema.get("description") != MOMENT
        case "string" if schema.get("format") == "date":
            return schema.get("description") != DAY
        case "string":
            return not {"maxLength", "pattern"} <= schema.keys()
        case "array":
            return "maxItems" not in schema
        case "integer" | "number":
            least, most = schema.get("minimum"), schema.get("maximum")
            return least is None or most is None or least < -MOST_INTEGER or most > MOST_INTEGER
    return False


def answer_of(document: dict[str, Any], route: str) -> list[dict[str, Any]]:
    """The schemas of what `METHOD /path` answers when it did what was asked; of a file there is none."""
    method, _, path = route.partition(" ")
    responses = document["paths"][path][method.lower()]["responses"]
    return [
        response["content"]["application/json"]["schema"]
        for status, response in responses.items()
        if status.startswith("2") and "application/json" in response["content"]
    ]


def fields_of(document: dict[str, Any], schema: Any, path: str = "") -> Iterator[str]:
    """The paths of all values, as in `pattana.disclosure`: `[]` every item of a list, `{}` every key that is data."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for choice in schema.get("anyOf", ()):
        yield from fields_of(document, choice, path)
    if "properties" in schema:
        for name, field in schema["properties"].items():
            yield from fields_of(document, field, f"{path}.{name}" if path else name)
    elif isinstance(schema.get("additionalProperties"), dict):
        yield from fields_of(document, schema["additionalProperties"], f"{path}.{{}}")
    elif "items" in schema:
        yield from fields_of(document, schema["items"], f"{path}[]")
    elif schema.get("type") not in (None, "null", "object", "array"):
        yield path
