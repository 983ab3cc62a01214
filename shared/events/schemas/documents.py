"""What the contract's files say: schemas, examples, the AsyncAPI document and a table for people."""

import json
from datetime import UTC, datetime
from typing import Any

from shared.events.envelope import CONTENT_TYPE, Context, Event, Fact, attributes, body_of
from shared.events.examples import EXAMPLES, STARTS
from shared.events.registry import EVENTS
from shared.events.schemas.published import FOLDER
from shared.events.topics import TOPICS

RECORDED = datetime(2020, 8, 3, 2, 15, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
# The field of its data that names the aggregate of an event, by topic; a bucket is named by three.
_SUBJECTS = {"enrolment.contacts": "contact:{person}", "enrolment.seats": "{run}:{target}:{unit}"}


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
    # As it is read, not as it is written: a field with a default may be absent in what was said before.
    schema = event.model_json_schema(by_alias=True, mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:pattana:schema:{event.type}",
        **schema,
    }


def example_of(event: Event) -> dict[str, Any]:
    """A complete CloudEvent, as it stands in a record's value."""
    data = json.loads(event.model_dump_json(by_alias=True))
    subject = _subject(event, data)
    fact = Fact(aggregate=subject, key=_key(event, data), event=event)
    context = Context(
        source=f"/pattana/{event.type.partition('.')[0]}",
        recorded_at=RECORDED,
        occurred_at=STARTS.replace(month=8, day=3, hour=2, minute=15),
        correlation="01992f6e-8c00-7000-8000-00000000000a",
        traceparent=TRACE,
    )
    example: dict[str, Any] = json.loads(body_of(fact, attributes(fact, 1, context)) or "null")
    return example


def _subject(event: Event, data: dict[str, Any]) -> str:
    pattern = _SUBJECTS.get(event.topic)
    if pattern is not None:
        return pattern.format(**data)
    if event.topic == "enrolment.catalogue":
        return str(data.get("run", data["programme"]))
    return _key(event, data)


def _key(event: Event, data: dict[str, Any]) -> str:
    names = {
        "enrolment.catalogue": ("programme",),
        "enrolment.seats": ("run",),
        "notification.messages": ("message",),
    }.get(event.topic, ("person", "unit"))
    return str(next(data[name] for name in names if name in data))


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0: the topics, and what is said on each."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Pattana events",
            "version": "1.0.0",
            "description": "Facts as CloudEvents 1.0 in structured JSON; order holds per subject.",
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
    ]
    for topic in TOPICS.values():
        lines += [f"## {topic.name}", "", f"Key: {topic.key}. {topic.partitions} partitions.", ""]
        lines += ["| event | says | schema | example |", "|---|---|---|---|"]
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
