"""Kafka records and held documents opened into what the planner works on."""

from collections.abc import Mapping

from aiokafka import ConsumerRecord

from shared.events.envelope import Envelope, Event, Undecodable, decode
from shared.events.registry import EVENTS
from shared.events.topics import TOPICS
from shared.messaging.held import origin_of
from shared.messaging.sequence import Origin, Received, Subject
from shared.mongo import Document

UNREADABLE_SOURCE = "?"


class Opener:
    """Opens records for one set of handled types."""

    def __init__(self, handled: Mapping[str, type[Event]], topic_prefix: str) -> None:
        self._handled = frozenset(handled)
        self._state_topics = {topic_prefix + topic.name for topic in TOPICS.values() if topic.state}

    def record(self, record: "ConsumerRecord[bytes, bytes]") -> Received:
        """A record as it came from the broker."""
        origin = Origin(record.topic, record.partition, record.offset)
        return self._open(origin, record.value, dict(record.headers), record.topic in self._state_topics)

    def held(self, row: Document) -> Received:
        """A record from the held store, read again by the code of today."""
        value = None if row["value"] is None else bytes(row["value"])
        headers = {name: bytes(raw) for name, raw in row["headers"].items()}
        opened = self._open(origin_of(row), value, headers, row["state"])
        return Received(
            subject=(row["source"], row["subject"]),
            seq=row["seq"],
            origin=opened.origin,
            value=value,
            headers=headers,
            envelope=opened.envelope,
            poison=opened.poison,
            state=row["state"],
            stored=True,
        )

    def _open(self, origin: Origin, value: bytes | None, headers: Mapping[str, bytes], state: bool) -> Received:
        envelope: Envelope | None = None
        poison: str | None = None
        try:
            envelope = decode(value, headers, EVENTS, self._handled)
            subject: Subject = (envelope.source, envelope.subject)
            seq = envelope.sequence
        except Undecodable as error:
            poison = error.reason
            subject, seq = _address(error, origin)
        return Received(subject, seq, origin, value, headers, envelope, poison, state)


def _address(error: Undecodable, origin: Origin) -> tuple[Subject, int]:
    """Whose event it was, if its headers still tell; else it is a subject of its own and blocks nobody."""
    if error.subject and error.source and error.sequence:
        return (error.source, error.subject), error.sequence
    return (UNREADABLE_SOURCE, f"{origin.topic}/{origin.partition}/{origin.offset}"), 1
