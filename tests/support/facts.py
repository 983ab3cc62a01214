"""Facts to speak about when it does not matter which: people and seats of made-up runs."""

from collections.abc import Sequence
from datetime import UTC, datetime

from aiokafka import ConsumerRecord

from shared.events.enrolment import (
    ConfirmedBy,
    ContactChanged,
    ContactErased,
    PersonMoved,
    Place,
    Rank,
    SeatConfirmed,
)
from shared.events.envelope import Context, Event, Fact, attributes, body_of, headers_of
from shared.messaging.outbox import Numbered

SOURCE = "/pattana/enrolment"
MOMENT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
PLACE = Place(unit="PO-50", province="50", group="NORTH-1", region="NORTH")


def context_at(moment: datetime = MOMENT, traceparent: str | None = None) -> Context:
    return Context(SOURCE, moment, moment, correlation="c-1", traceparent=traceparent)


def moved(person: str, level: str = "K2") -> Fact:
    """The plainest fact: aggregate and key are the person."""
    return Fact(person, person, PersonMoved(person=person, unit="PO-50", level=level, post=None))


def seat_confirmed(bucket: str, nomination: str, *, unit: str = "PO-50") -> Fact:
    """A seat in `run:target:unit`; key is the run."""
    run = bucket.partition(":")[0]
    event = SeatConfirmed(
        programme="p-1",
        run=run,
        target="t-1",
        unit=unit,
        fiscal_year=2570,
        run_starts_at=MOMENT,
        nomination=nomination,
        person=f"person-of-{nomination}",
        rank=Rank.PRIMARY,
        place=PLACE,
        before=None,
        by=ConfirmedBy.NOMINATION,
    )
    return Fact(bucket, run, event)


def contact_changed(person: str, sealed: str) -> Fact:
    """On the state topic."""
    return Fact(f"contact:{person}", person, ContactChanged(person=person, key_id="k1", sealed=sealed))


def contact_erased(person: str) -> Fact:
    """A tombstone."""
    return Fact(f"contact:{person}", person, ContactErased(person=person), tombstone=True)


def history(fact_of: Sequence[Fact], first: int = 1) -> list[Numbered]:
    """Facts of one aggregate, numbered from `first`."""
    return [Numbered(fact, seq) for seq, fact in enumerate(fact_of, start=first)]


def wire(item: Numbered, context: Context | None = None) -> tuple[bytes | None, dict[str, bytes | None]]:
    """Value and headers of a record, as the relay sends them."""
    chosen = attributes(item.fact, item.seq, context or context_at())
    body = body_of(item.fact, chosen)
    headers: dict[str, bytes | None] = {k: v.encode() for k, v in headers_of(item.fact, chosen).items()}
    return None if body is None else body.encode(), headers


def record_at(
    place: tuple[str, int, int], value: bytes | None, headers: dict[str, bytes | None], key: bytes | None = None
) -> "ConsumerRecord[bytes, bytes]":
    """A record as the client gives it, at (topic, partition, offset)."""
    topic, partition, offset = place
    return ConsumerRecord(topic, partition, offset, 0, 0, key, value, None, 0, 0, tuple(headers.items()))


def types(*events: type[Event]) -> dict[str, type[Event]]:
    return {event.type: event for event in events}
