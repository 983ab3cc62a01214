"""CloudEvents 1.0 around one event: structured JSON for the record's value, `ce_*` copies for its headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar

import orjson
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, core_schema

CONTENT_TYPE = "application/cloudevents+json"
SEQUENCE_DIGITS = 20
MOST_SUBJECT = 200
MOST_SEQUENCE = 2**63 - 1  # what the stores of consumers can count
SEPARATOR = "|"  # joins consumer, source and subject in ids, so neither of them may contain it


class EventModel(BaseModel):
    """A piece of an event's data. Names are camelCase on the wire; unknown ones are ignored, so that it may grow."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


@dataclass(frozen=True, slots=True)
class _OpenEnum:
    kind: type[StrEnum]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._known, core_schema.str_schema())

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "x-known-values": [member.value for member in self.kind]}

    def _known(self, value: str) -> str:
        return self.kind(value) if value in self.kind._value2member_map_ else value


def open_enum(kind: type[StrEnum]) -> Any:
    """`Annotated[Rank | str, open_enum(Rank)]`: a value that this release does not know is kept as it is. So a new one
    breaks no reader, and is no new major version; whoever counts it counts it as other."""
    return _OpenEnum(kind)


class Event(EventModel):
    """The data of one fact, as its domain makes it and as the world reads it.

    Its type names its owner: `<context>.<fact>.v<major>`. `key_field` is the field that orders it on its topic: the
    record's key. A tombstone has no data on its topic: only its key stands there. `aggregate_kind` says what it happens
    to, where that is not what orders it. Of a `quiet` kind there are as many aggregates as people, and hardly a reader:
    a consumer keeps positions of them only when it handles a type of that kind, so nobody is told to wait for one.
    """

    type: ClassVar[str]
    topic: ClassVar[str]
    key_field: ClassVar[str]
    aggregate_kind: ClassVar[str | None] = None
    quiet: ClassVar[bool] = False
    tombstone: ClassVar[bool] = False

    @property
    def key(self) -> str:
        """The record's key."""
        return str(getattr(self, self.key_field))

    @property
    def aggregate(self) -> str:
        """What it happened to: its history is numbered without gaps and read in order."""
        return self.key

    @classmethod
    def kind_of_aggregate(cls) -> str:
        return cls.aggregate_kind or cls.key_field

    @property
    def headers(self) -> Mapping[str, str]:
        """What stands in the record's headers beside the copies of the attributes."""
        return {}


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
        aggregate, _, digits = text.rpartition(":")
        seq = _number(digits)
        if seq is None or not aggregate or len(aggregate) > MOST_SUBJECT:
            raise ValueError(f"not a position: {text[:80]!r}")
        return cls(aggregate, seq)


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """An event on its way to its topic: its place in the history of its aggregate (from 1, without gaps), the service
    that publishes it, when it was recorded (system time) and happened (business time), and what it follows from.
    `receipt` (a UUID): readers count the events of a command that has more aggregates than its caller can be told."""

    event: Event
    aggregate: str
    sequence: int
    source: str
    recorded_at: datetime
    occurred_at: datetime
    correlation: str | None = None
    causation: str | None = None
    traceparent: str | None = None
    receipt: str | None = None

    @property
    def position(self) -> Position:
        return Position(self.aggregate, self.sequence)


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


def attributes(outgoing: OutgoingEvent) -> dict[str, str]:
    """The CloudEvents attributes of an event, without those that do not apply."""
    event, sequence = outgoing.event, outgoing.sequence
    chosen = {
        "specversion": "1.0",
        "id": f"{outgoing.aggregate}:{sequence}",
        "source": outgoing.source,
        "type": event.type,
        "subject": outgoing.aggregate,
        "time": outgoing.recorded_at.isoformat(),
        "datacontenttype": "application/json",
        "dataschema": f"urn:pattana:schema:{event.type}",
        "sequence": f"{sequence:0{SEQUENCE_DIGITS}d}",
        "partitionkey": event.key,
        "occurredat": outgoing.occurred_at.isoformat(),
    }
    if outgoing.correlation:
        chosen["correlationid"] = outgoing.correlation
    if outgoing.causation:
        chosen["causationid"] = outgoing.causation
    if outgoing.traceparent:
        chosen["traceparent"] = outgoing.traceparent
    if outgoing.receipt:
        chosen["receipt"] = outgoing.receipt
    return chosen


def body_of(event: Event, chosen: Mapping[str, str]) -> str | None:
    """The record's value: one JSON object with the attributes and `data`; None for a tombstone."""
    if event.tombstone:
        return None
    return orjson.dumps({**chosen, "data": orjson.Fragment(event.model_dump_json(by_alias=True))}).decode()


def headers_of(event: Event, chosen: Mapping[str, str]) -> dict[str, str]:
    """The record's headers: a copy of every attribute, so that a reader can route without opening the body."""
    return {"content-type": CONTENT_TYPE, **{f"ce_{name}": value for name, value in chosen.items()}, **event.headers}


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
    headers: Mapping[str, bytes | None],
    known: Mapping[str, type[Event]],
    handled: frozenset[str],
) -> Envelope:
    """Reads one record. A type that is not in `handled` is not opened, so its data need not be valid.

    Raises Undecodable for anything that is not a CloudEvent of the form of this module, for a handled type whose
    data does not fit, and for a major version that is newer than the one handled.
    """
    try:
        read = _from_headers(headers, known) if value is None else orjson.loads(value)
        return _envelope(read, _event(read["type"], read.get("data"), known, handled))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Undecodable(
            f"{type(error).__name__}: {error}"[:500],
            subject=_text(headers.get("ce_subject")),
            source=_text(headers.get("ce_source")),
            sequence=_number(_text(headers.get("ce_sequence"))),
        ) from error


def _text(raw: bytes | None) -> str | None:
    """None also for what could not be part of an id."""
    text = None if raw is None else raw.decode("utf-8", "replace")
    return None if text is None or SEPARATOR in text else text


def _number(text: str | None) -> int | None:
    """A sequence from 1 that every store can hold, or None."""
    if text is None or len(text) > SEQUENCE_DIGITS or not text.isascii() or not text.isdigit():
        return None
    return int(text) if 1 <= int(text) <= MOST_SEQUENCE else None


def _from_headers(headers: Mapping[str, bytes | None], known: Mapping[str, type[Event]]) -> dict[str, Any]:
    """A tombstone: attributes from the headers, data from the key."""
    read: dict[str, Any] = {
        name.removeprefix("ce_"): raw.decode()
        for name, raw in headers.items()
        if name.startswith("ce_") and raw is not None
    }
    event = known.get(read["type"])
    if event is not None and event.tombstone:
        read["data"] = {event.key_field: read["partitionkey"]}
    return read


def _envelope(read: Mapping[str, Any], event: Event | None) -> Envelope:
    if read["specversion"] != "1.0":
        raise ValueError("not CloudEvents 1.0")
    if (sequence := _number(read["sequence"])) is None:
        raise ValueError("sequence is not a number from 1")
    source, subject = _required(read, "source"), _required(read, "subject")
    if SEPARATOR in source or SEPARATOR in subject:
        raise ValueError(f"source or subject contains {SEPARATOR}")
    time = _moment(read["time"])
    occurred_at = read.get("occurredat")
    return Envelope(
        id=_required(read, "id"),
        source=source,
        type=read["type"],
        subject=subject,
        sequence=sequence,
        time=time,
        occurred_at=time if occurred_at is None else _moment(occurred_at),
        key=_required(read, "partitionkey"),
        correlation=_optional(read, "correlationid"),
        causation=_optional(read, "causationid"),
        traceparent=_optional(read, "traceparent"),
        event=event,
    )


def _required(read: Mapping[str, Any], name: str) -> str:
    value = read[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is not a text")
    return value


def _optional(read: Mapping[str, Any], name: str) -> str | None:
    return _required(read, name) if read.get(name) is not None else None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time has no offset")
    return moment


def _event(name: str, data: Any, known: Mapping[str, type[Event]], handled: frozenset[str]) -> Event | None:
    if name in handled:
        return known[name].model_validate(data)
    if (newest := _older_major(name, handled)) is not None:
        raise ValueError(f"{name} is newer than the version {newest} handled here")
    return None


@lru_cache(maxsize=1024)
def _older_major(name: str, handled: frozenset[str]) -> int | None:
    """The newest major of this fact that is handled, when `name` is of a newer one."""
    fact, _, major = name.rpartition(".v")
    majors = [int(t.rpartition(".v")[2]) for t in handled if t.rpartition(".v")[0] == fact]
    return max(majors) if majors and major.isascii() and major.isdigit() and int(major) > max(majors) else None
