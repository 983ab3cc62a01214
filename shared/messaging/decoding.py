"""Kafka records and held documents opened into what the planner works on."""

from collections.abc import Mapping

from aiokafka import ConsumerRecord

from shared.events.envelope import Envelope, Event, Undecodable, decode
from shared.events.registry import EVENTS
from shared.events.topics import TOPICS
from shared.messaging.held import headers_of, origin_of, subject_of
from shared.messaging.sequence import ANY_TYPE, Origin, Received, Subject
from shared.mongo import Document

UNREADABLE_SOURCE = "?"
MOST_NAMES = 1_000  # of types that were met and are remembered; anybody could make up more


class EventDecoder:
    """Opens records for one set of handled types."""

    def __init__(self, handled: Mapping[str, type[Event]], topic_prefix: str) -> None:
        self._handled = frozenset(handled)
        self._known = {**EVENTS, **handled}
        self._state_topics = {topic_prefix + topic.name for topic in TOPICS.values() if topic.state}
        self._facts = {_fact(name): name for name in handled}
        kinds = {event.kind_of_aggregate() for event in handled.values()}
        self._followed = {
            _fact(name): not event.quiet or event.kind_of_aggregate() in kinds for name, event in self._known.items()
        }
        self._natures: dict[str, tuple[str, bool | None]] = {}

    def record(self, record: "ConsumerRecord[bytes, bytes]") -> Received:
        """A record as it came from the broker."""
        origin = Origin(record.topic, record.partition, record.offset)
        headers: dict[str, bytes | None] = dict(record.headers)
        state = record.topic in self._state_topics
        try:
            envelope = decode(record.value, headers, self._known, self._handled)
        except Undecodable as error:
            subject, seq = _address(error, origin)
            kind, followed = self._nature(_type_of(None, headers))
            begins = seq == 1 if followed is None else followed
            return Received(
                subject, seq, origin, record.value, headers, None, error.reason, state, type=kind, begins=begins
            )
        subject, seq = (envelope.source, envelope.subject), envelope.sequence
        kind, followed = self._nature(envelope.type)
        begins = seq == 1 if followed is None else followed
        return Received(subject, seq, origin, record.value, headers, envelope, None, state, type=kind, begins=begins)

    def _nature(self, name: str) -> tuple[str, bool | None]:
        """The handled type whose fate an event of this type shares, and whether its aggregate is of a kind that is
        followed here: None for a type that only a later release knows."""
        nature = self._natures.get(name)
        if nature is None:
            fact = _fact(name)
            nature = (self._facts.get(fact, ANY_TYPE), self._followed.get(fact))
            if len(self._natures) < MOST_NAMES:
                self._natures[name] = nature
        return nature

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
            type=self._nature(_type_of(envelope, headers))[0],
        )


def _fact(name: str) -> str:
    """The type without its major version: what happened."""
    return name.rpartition(".v")[0]


def _type_of(envelope: Envelope | None, headers: Mapping[str, bytes | None]) -> str:
    """As the body says, or, where it cannot be read, the headers."""
    raw = headers.get("ce_type")
    return envelope.type if envelope is not None else "" if raw is None else raw.decode("utf-8", "replace")


def _address(error: Undecodable, origin: Origin) -> tuple[Subject, int]:
    """Whose event it was, if its headers still tell; else it is a subject of its own and blocks nobody."""
    if error.subject and error.source and error.sequence:
        return (error.source, error.subject), error.sequence
    return (UNREADABLE_SOURCE, f"{origin.topic}/{origin.partition}/{origin.offset}"), 1
