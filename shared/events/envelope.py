"""CloudEvents 1.0 around one fact: structured JSON for the record's value, `ce_*` copies for its headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import orjson
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

CONTENT_TYPE = "application/cloudevents+json"
SEQUENCE_DIGITS = 20


class Part(BaseModel):
    """A piece of an event's data. Names are camelCase on the wire; unknown ones are ignored, so that facts may grow."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class Event(Part):
    """The data of one fact. Its type names its owner: `<context>.<fact>.v<major>`."""

    type: ClassVar[str]
    topic: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Fact:
    """What a domain hands to the outbox: an event of one aggregate. `key` orders it on its topic.

    `headers` go to the record beside the `ce_*` copies. A tombstone has no value on its topic.
    """

    aggregate: str
    key: str
    event: Event
    headers: Mapping[str, str] = field(default_factory=dict)
    tombstone: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the history of one aggregate; written `<aggregate>:<seq>`, which is also the id of that event."""

    aggregate: str
    seq: int

    def __str__(self) -> str:
        return f"{self.aggregate}:{self.seq}"

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Raises ValueError for anything else than `<aggregate>:<seq>` with seq from 1."""
        aggregate, _, seq = text.rpartition(":")
        if not aggregate or len(aggregate) > 200 or not seq.isascii() or not seq.isdigit() or int(seq) < 1:
            raise ValueError(f"not a position: {text[:80]!r}")
        return cls(aggregate, int(seq))


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds the facts of one command: whose they are, when, and what they follow from."""

    source: str
    recorded_at: datetime
    occurred_at: datetime
    correlation: str | None = None
    causation: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event as it was read from a topic. `event` is None for a type that this reader does not know."""

    id: str
    source: str
    type: str
    subject: str
    sequence: int
    time: datetime
    occurred_at: datetime
    key: str
    correlation: str | None
    causation: str | None
    traceparent: str | None
    event: Event | None


def attributes(fact: Fact, seq: int, context: Context) -> dict[str, str]:
    """The CloudEvents attributes of a fact, without those that do not apply."""
    chosen = {
        "specversion": "1.0",
        "id": f"{fact.aggregate}:{seq}",
        "source": context.source,
        "type": fact.event.type,
        "subject": fact.aggregate,
        "time": context.recorded_at.isoformat(),
        "datacontenttype": "application/json",
        "dataschema": f"urn:pattana:schema:{fact.event.type}",
        "sequence": f"{seq:0{SEQUENCE_DIGITS}d}",
        "partitionkey": fact.key,
        "occurredat": context.occurred_at.isoformat(),
    }
    if context.correlation:
        chosen["correlationid"] = context.correlation
    if context.causation:
        chosen["causationid"] = context.causation
    if context.traceparent:
        chosen["traceparent"] = context.traceparent
    return chosen


def body_of(fact: Fact, chosen: Mapping[str, str]) -> str | None:
    """The record's value: one JSON object with the attributes and `data`; None for a tombstone."""
    if fact.tombstone:
        return None
    data = orjson.Fragment(fact.event.model_dump_json(by_alias=True))
    return orjson.dumps({**chosen, "data": data}).decode()


def headers_of(fact: Fact, chosen: Mapping[str, str]) -> dict[str, str]:
    """The record's headers: a copy of every attribute, so that a reader can route without opening the body."""
    copied = {f"ce_{name}": value for name, value in chosen.items()}
    return {"content-type": CONTENT_TYPE, **copied, **fact.headers}


class Undecodable(Exception):
    """A record that is no event of ours. `subject`, `source` and `sequence` are what could still be read of it."""

    def __init__(self, reason: str, *, subject: str | None, source: str | None, sequence: int | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.subject = subject
        self.source = source
        self.sequence = sequence


def decode(
    value: bytes | None,
    headers: Mapping[str, bytes],
    known: Mapping[str, type[Event]],
    handled: frozenset[str],
) -> Envelope:
    """Reads one record. A type that is not in `handled` is not opened, so its data need not be valid.

    Raises Undecodable for anything that is not a CloudEvent of the form of this module, for a handled type whose
    data does not fit, and for a major version that is newer than the one handled.
    """
    told = {name: _text(headers.get(f"ce_{name}")) for name in ("subject", "source", "sequence")}
    try:
        read = _from_headers(headers) if value is None else orjson.loads(value)
        return _envelope(read, _event(read["type"], read.get("data"), known, handled))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Undecodable(
            f"{type(error).__name__}: {error}"[:500],
            subject=told["subject"],
            source=told["source"],
            sequence=_number(told["sequence"]),
        ) from error


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode("utf-8", "replace")


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def _from_headers(headers: Mapping[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = {k.removeprefix("ce_"): v.decode() for k, v in headers.items() if k.startswith("ce_")}
    found["data"] = {"person": found["partitionkey"]}
    return found


def _envelope(read: Mapping[str, Any], event: Event | None) -> Envelope:
    if read["specversion"] != "1.0":
        raise ValueError("not CloudEvents 1.0")
    sequence = _number(read["sequence"])
    if sequence is None or sequence < 1:
        raise ValueError("sequence is not a number from 1")
    return Envelope(
        id=read["id"],
        source=read["source"],
        type=read["type"],
        subject=read["subject"],
        sequence=sequence,
        time=datetime.fromisoformat(read["time"]),
        occurred_at=datetime.fromisoformat(read.get("occurredat", read["time"])),
        key=read["partitionkey"],
        correlation=read.get("correlationid"),
        causation=read.get("causationid"),
        traceparent=read.get("traceparent"),
        event=event,
    )


def _event(name: str, data: Any, known: Mapping[str, type[Event]], handled: frozenset[str]) -> Event | None:
    if name in handled:
        return known[name].model_validate(data)
    fact, _, major = name.rpartition(".v")
    newest = max((int(t.rpartition(".v")[2]) for t in handled if t.rpartition(".v")[0] == fact), default=None)
    if newest is not None and major.isdigit() and int(major) > newest:
        raise ValueError(f"{name} is newer than the version {newest} handled here")
    return None
