"""Kafka records and held documents opened into what the planner works on."""

from collections.abc import Mapping

from aiokafka import ConsumerRecord

from shared.events.envelope import Event, Undecodable, decode
from shared.events.registry import EVENTS
from shared.events.topics import TOPICS
from shared.messaging.held import headers_of, origin_of, subject_of
from shared.messaging.sequence import Origin, Received, Subject
from shared.mongo import Document

UNREADABLE_SOURCE = "?"


class EventDecoder:
    """Opens records for one set of handled types."""

    def __init__(self, handled: Mapping[str, type[Event]], topic_prefix: str) -> None:
        self._handled = frozenset(handled)
        self._known = {**EVENTS, **handled}
        self._state_topics = {topic_prefix + topic.name for topic in TOPICS.values() if topic.state}

    def record(self, record: "ConsumerRecord[bytes, bytes]") -> Received:
        """A record as it came from the broker."""
        origin = Origin(record.topic, record.partition, record.offset)
        headers: dict[str, bytes | None] = dict(record.headers)
        state = record.topic in self._state_topics
        try:
            envelope = decode(record.value, headers, self._known, self._handled)
        except Undecodable as error:
            subject, seq = _address(error, origin)
            return Received(subject, seq, origin, record.value, headers, None, error.reason, state)
        subject = (envelope.source, envelope.subject)
        return Received(subject, envelope.sequence, origin, record.value, headers, envelope, None, state)

    def held(self, row: Document) -> Received:
        """A record from the held store, read again by the code of today."""
        value = None if row["value"] is None else bytes(row["value"])
        headers = headers_of(row)
        envelope, poison = None, None
        try:
            envelope = decode(value, headers, self._known, self._handled)
        except Undecodable as error:
            poison = error.reason
        return Received(
            subject=subject_of(row),
            seq=row["seq"],
            origin=origin_of(row),
            value=value,
            headers=headers,
            envelope=envelope,
            poison=poison,
            state=row["state"],
            stored=True,
        )


def _address(error: Undecodable, origin: Origin) -> tuple[Subject, int]:
    """Whose event it was, if its headers still tell; else it is a subject of its own and blocks nobody."""
    if error.subject and error.source and error.sequence:
        return (error.source, error.subject), error.sequence
    return (UNREADABLE_SOURCE, f"{origin.topic}/{origin.partition}/{origin.offset}"), 1
