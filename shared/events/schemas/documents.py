"""The content of the contract's files: schemas, examples, the AsyncAPI document and a table for people."""

import json
from datetime import UTC, datetime
from typing import Any

from shared.events.envelope import CONTENT_TYPE, Event, OutgoingEvent, attributes, body_of
from shared.events.examples import EXAMPLES, STARTS
from shared.events.registry import EVENTS
from shared.events.schemas.published import FOLDER
from shared.events.topics import TOPICS

RECORDED = datetime(2020, 8, 3, 2, 15, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def contract() -> dict[str, str]:
    """Every file of the contract by its path in the repository."""
    files = {}
    for name, event in EVENTS.items():
        files[f"{FOLDER}/{name}.schema.json"] = _dumped(schema_of(event))
        files[f"{FOLDER}/{name}.example.json"] = _dumped(example_of(EXAMPLES[name]))
    files["docs/asyncapi.json"] = _dumped(asyncapi())
    files["docs/events.md"] = table()
    return files


def schema_of(event: type[Event]) -> dict[str, Any]:
    """The JSON Schema of the event's data."""
    # As it is read, not as it is written: a field with a default may be absent in what was published before.
    schema = event.model_json_schema(by_alias=True, mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:pattana:schema:{event.type}",
        **schema,
    }


def example_of(event: Event) -> dict[str, Any]:
    """A complete CloudEvent, as it stands in a record's value."""
    outgoing = OutgoingEvent(
        event,
        event.aggregate,
        1,
        source=f"/pattana/{event.type.partition('.')[0]}",
        recorded_at=RECORDED,
        occurred_at=STARTS.replace(month=8, day=3, hour=2, minute=15),
        correlation="01992f6e-8c00-7000-8000-00000000000a",
        traceparent=TRACE,
    )
    chosen = attributes(outgoing)
    data = event.model_dump(mode="json", by_alias=True)
    return {**chosen, "data": data} if event.tombstone else json.loads(body_of(event, chosen) or "null")


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0: the topics, and the events on each."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Pattana events",
            "version": "1.0.0",
            "description": "Events as CloudEvents 1.0 in structured JSON; order holds per subject.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {topic.name: _channel(topic.name) for topic in TOPICS.values()},
        "operations": {
            f"receive-{topic.name}": {"action": "receive", "channel": {"$ref": f"#/channels/{topic.name}"}}
            for topic in TOPICS.values()
        },
    }


def _channel(name: str) -> dict[str, Any]:
    topic = TOPICS[name]
    kept = "the last value of each key" if topic.state else "everything, for ever"
    return {
        "address": name,
        "description": f"Key: {topic.key}. Keeps {kept}.",
        "bindings": {"kafka": {"topic": name, "partitions": topic.partitions, "bindingVersion": "0.5.0"}},
        "messages": {
            event.type: {
                "name": event.type,
                "summary": _summary(event),
                "payload": {
                    "schemaFormat": "application/schema+json;version=draft-2020-12",
                    "schema": {"$ref": f"../{FOLDER}/{event.type}.schema.json"},
                },
            }
            for event in EVENTS.values()
            if event.topic == name
        },
    }


def table() -> str:
    """docs/events.md."""
    lines = [
        "# Events",
        "",
        "Written by `make schemas` from `shared/events`. Every event is a CloudEvent 1.0; order holds per subject.",
        "",
        "Where a schema lists `x-known-values`, later releases may add to them: keep a value that you do not know",
        "as it is, and count it as other. What else would break a reader is a new type with the next major version.",
        "",
    ]
    for topic in TOPICS.values():
        lines += [f"## {topic.name}", "", f"Key: {topic.key}. {topic.partitions} partitions.", ""]
        lines += ["| event | meaning | schema | example |", "|---|---|---|---|"]
        for event in EVENTS.values():
            if event.topic == topic.name:
                place = f"../{FOLDER}/{event.type}"
                links = f"[schema]({place}.schema.json) | [example]({place}.example.json)"
                lines.append(f"| `{event.type}` | {_summary(event)} | {links} |")
        lines.append("")
    return "\n".join(lines)


def _summary(event: type[Event]) -> str:
    if event.__doc__:
        return " ".join(event.__doc__.split())
    words = event.type.split(".")[1].replace("-", " ")
    return f"{words.capitalize()}."


def _dumped(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
