"""Events to publish when it does not matter which: people and seats of made-up runs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from aiokafka import ConsumerRecord

from shared.events.catalogue import RunClockSet
from shared.events.directory import ContactChanged, ContactErased, PersonMoved
from shared.events.envelope import Event, OutgoingEvent, attributes, body_of, headers_of
from shared.events.seats import ConfirmedBy, Place, Rank, SeatConfirmed

SOURCE = "/pattana/enrolment"
MOMENT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
PLACE = Place(unit="PO-50", province="50", group="NORTH-1", region="NORTH")


def moved(person: str, level: str = "K2") -> PersonMoved:
    """The plainest event: aggregate and key are the person."""
    return PersonMoved(person=person, unit="PO-50", level=level, post=None)


def clock_set(run: str, programme: str = "p") -> RunClockSet:
    """The plainest event that callers may wait for: the aggregate is the run, the key its programme."""
    return RunClockSet(programme=programme, run=run, offset_seconds=60)


def seat_confirmed(bucket: str, nomination: str) -> SeatConfirmed:
    """A seat in `run:target:unit`; key is the run."""
    run, target, bucket_unit = bucket.split(":")
    return SeatConfirmed(
        programme="p-1",
        run=run,
        target=target,
        bucket_unit=bucket_unit,
        fiscal_year=2570,
        run_starts_at=MOMENT,
        nomination=nomination,
        person=f"person-of-{nomination}",
        rank=Rank.PRIMARY,
        place=PLACE,
        before=None,
        by=ConfirmedBy.NOMINATION,
    )


def contact_changed(person: str, sealed: str) -> ContactChanged:
    """On the state topic."""
    return ContactChanged(person=person, key_id="k1", sealed=sealed)


def contact_erased(person: str) -> ContactErased:
    """A tombstone."""
    return ContactErased(person=person)


def outgoing(
    event: Event,
    sequence: int = 1,
    *,
    recorded_at: datetime = MOMENT,
    occurred_at: datetime | None = None,
    correlation: str | None = "c-1",
    causation: str | None = None,
    traceparent: str | None = None,
) -> OutgoingEvent:
    """The event at this place in the history of its aggregate; it happened when it was recorded."""
    return OutgoingEvent(
        event,
        event.aggregate,
        sequence,
        SOURCE,
        recorded_at,
        occurred_at or recorded_at,
        correlation=correlation,
        causation=causation,
        traceparent=traceparent,
    )


def history(events: Sequence[Event], first: int = 1) -> list[OutgoingEvent]:
    """Events of one aggregate, numbered from `first`."""
    return [outgoing(event, sequence) for sequence, event in enumerate(events, start=first)]


def wire(event: OutgoingEvent) -> tuple[bytes | None, dict[str, bytes | None]]:
    """Value and headers of a record, as the relay sends them."""
    chosen = attributes(event)
    body = body_of(event.event, chosen)
    headers: dict[str, bytes | None] = {k: v.encode() for k, v in headers_of(event.event, chosen).items()}
    return None if body is None else body.encode(), headers


def record_at(
    place: tuple[str, int, int],
    value: bytes | None,
    headers: Mapping[str, bytes | None],
    key: bytes | None = None,
) -> "ConsumerRecord[bytes, bytes]":
    """A record as the client gives it, at (topic, partition, offset)."""
    topic, partition, offset = place
    return ConsumerRecord(topic, partition, offset, 0, 0, key, value, None, 0, 0, tuple(headers.items()))


def types(*events: type[Event]) -> dict[str, type[Event]]:
    return {event.type: event for event in events}
