"""The envelope: what is written can be read, and what cannot be read says so and still says whose it was."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.directory import KEY_HEADER, ContactErased, PersonMoved
from shared.events.envelope import CONTENT_TYPE, Event, Position, Undecodable, decode
from shared.events.registry import EVENTS
from shared.events.seats import SeatConfirmed
from tests.support.events import SOURCE, contact_changed, contact_erased, moved, outgoing, seat_confirmed, types, wire

ALL = frozenset(EVENTS)
MOVED = frozenset({PersonMoved.type})


class PersonMoved2(Event):
    """The next major of an event."""

    type: ClassVar[str] = "enrolment.person-moved.v2"
    topic: ClassVar[str] = PersonMoved.topic
    key_field: ClassVar[str] = PersonMoved.key_field

    person: str


def body(**changes: Any) -> bytes:
    """A good body with some attributes replaced, or left out when None."""
    value, _ = wire(outgoing(moved("p-1"), 3))
    assert value is not None
    read = orjson.loads(value) | changes
    return orjson.dumps({name: attribute for name, attribute in read.items() if attribute is not None})


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="|"), min_size=1)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2500, 1, 1), timezones=st.just(UTC))


@given(person=texts, level=texts, seq=st.integers(1, 2**63 - 1), at=moments, occurred=moments, correlation=texts)
def test_what_is_written_is_read(
    person: str, level: str, seq: int, at: datetime, occurred: datetime, correlation: str
) -> None:
    event = moved(person, level)
    common = {"correlation": correlation, "causation": "x:1", "traceparent": "00-1-2-01"}
    value, headers = wire(outgoing(event, seq, recorded_at=at, occurred_at=occurred, **common))
    read = decode(value, headers, EVENTS, ALL)
    assert read.event == event
    assert (read.id, read.subject, read.sequence) == (f"{person}:{seq}", person, seq)
    assert (read.source, read.type, read.key) == (SOURCE, PersonMoved.type, person)
    assert (read.time, read.occurred_at) == (at, occurred)
    assert (read.correlation, read.causation, read.traceparent) == (correlation, "x:1", "00-1-2-01")


def test_every_attribute_is_copied_into_a_header() -> None:
    value, headers = wire(outgoing(seat_confirmed("r:t:PO-50", "n-1"), 7))
    assert value is not None
    read = orjson.loads(value)
    data = read.pop("data")
    assert {f"ce_{name}": attribute.encode() for name, attribute in read.items()} == {
        name: raw for name, raw in headers.items() if name.startswith("ce_")
    }
    assert headers["content-type"] == CONTENT_TYPE.encode()
    assert read["sequence"] == "00000000000000000007"
    assert not set(read) & set(data)


def test_a_tombstone_is_read_from_its_headers() -> None:
    value, headers = wire(outgoing(contact_erased("p-1"), 2))
    assert value is None
    read = decode(None, headers, EVENTS, ALL)
    assert read.event == ContactErased(person="p-1")
    assert (read.subject, read.sequence) == ("contact:p-1", 2)


class Marked(PersonMoved):
    """An event with a header of its own."""

    @property
    def headers(self) -> Mapping[str, str]:
        return {"colour": f"of-{self.person}"}


def test_headers_of_an_event_go_beside_the_copies() -> None:
    _, headers = wire(outgoing(Marked(person="p-1", unit="PO-50", level=None, post=None)))
    assert headers["colour"] == b"of-p-1"
    assert headers["ce_subject"] == b"p-1"


def test_the_key_of_a_contact_is_read_without_opening_the_body() -> None:
    _, headers = wire(outgoing(contact_changed("p-1", "sealed")))
    assert headers[KEY_HEADER] == b"k1"
    assert KEY_HEADER not in wire(outgoing(contact_erased("p-1")))[1]


def test_an_event_knows_its_key_and_its_aggregate() -> None:
    assert (moved("p-1").key, moved("p-1").aggregate) == ("p-1", "p-1")
    seat = seat_confirmed("r:t:PO-50", "n-1")
    assert (seat.key, seat.aggregate) == ("r", "r:t:PO-50")
    assert (contact_erased("p-1").key, contact_erased("p-1").aggregate) == ("p-1", "contact:p-1")


def test_fields_that_came_later_are_ignored() -> None:
    value = body(data={"person": "p-1", "unit": "PO-50", "level": None, "post": None, "shoeSize": 44}, fresh="x")
    assert decode(value, {}, EVENTS, ALL).event == PersonMoved(person="p-1", unit="PO-50", level=None, post=None)


def test_a_type_that_is_not_handled_is_not_opened() -> None:
    read = decode(body(data={"nonsense": True}), {}, EVENTS, frozenset({SeatConfirmed.type}))
    assert read.event is None
    assert (read.subject, read.sequence) == ("p-1", 3)


def test_a_type_that_nobody_here_knows_is_no_poison() -> None:
    assert decode(body(type="hr.person-promoted.v1", data=None), {}, EVENTS, ALL).event is None


def test_a_newer_major_of_a_handled_event_is_poison() -> None:
    with pytest.raises(Undecodable, match="newer than the version 1"):
        decode(body(type="enrolment.person-moved.v2"), {}, EVENTS, MOVED)


def test_an_older_major_beside_a_newer_one_is_left_alone() -> None:
    known = types(PersonMoved, PersonMoved2)
    assert decode(body(), {}, known, frozenset({PersonMoved2.type})).event is None
    newer = decode(body(type=PersonMoved2.type), {}, known, frozenset(known))
    assert newer.event == PersonMoved2(person="p-1")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe", id="bytes"),
        pytest.param(b"[1]", id="list"),
        pytest.param(b"7", id="number"),
        pytest.param(b"[" * 2000, id="deep"),
        pytest.param(body(specversion="0.3"), id="other-version"),
        pytest.param(body(specversion=None), id="no-version"),
        pytest.param(body(type=None), id="no-type"),
        pytest.param(body(type={"$gt": ""}), id="type-object"),
        pytest.param(body(id=None), id="no-id"),
        pytest.param(body(subject={"a": 1}), id="subject-object"),
        pytest.param(body(subject=""), id="empty-subject"),
        pytest.param(body(subject="a|b"), id="separator-in-subject"),
        pytest.param(body(source="/a|b"), id="separator-in-source"),
        pytest.param(body(source=["x"]), id="source-list"),
        pytest.param(body(partitionkey=5), id="key-number"),
        pytest.param(body(sequence="0"), id="sequence-zero"),
        pytest.param(body(sequence="-1"), id="sequence-negative"),
        pytest.param(body(sequence=3), id="sequence-number"),
        pytest.param(body(sequence="๓"), id="sequence-thai"),
        pytest.param(body(sequence="9" * 20), id="sequence-beyond-storage"),
        pytest.param(body(sequence="1" * 5000), id="sequence-very-long"),
        pytest.param(body(time="yesterday"), id="time-text"),
        pytest.param(body(time="2026-11-21T10:00:00"), id="time-without-offset"),
        pytest.param(body(time=1732154400), id="time-number"),
        pytest.param(body(occurredat="2026-11-21"), id="occurred-without-offset"),
        pytest.param(body(traceparent=17), id="traceparent-number"),
        pytest.param(body(correlationid=[]), id="correlation-list"),
        pytest.param(body(data=None), id="no-data"),
        pytest.param(body(data={"person": "p-1"}), id="data-incomplete"),
        pytest.param(body(data=[]), id="data-list"),
    ],
)
def test_what_is_no_event_says_whose_it_was(value: bytes) -> None:
    headers: dict[str, bytes | None] = {"ce_subject": b"p-1", "ce_source": b"/x", "ce_sequence": b"0003", "other": None}
    with pytest.raises(Undecodable) as caught:
        decode(value, headers, EVENTS, ALL)
    assert (caught.value.subject, caught.value.source, caught.value.sequence) == ("p-1", "/x", 3)
    assert caught.value.reason


@pytest.mark.parametrize(
    ("header", "raw"),
    [
        ("ce_sequence", b"1" * 5000),
        ("ce_sequence", b"0"),
        ("ce_sequence", b"18446744073709551616"),
        ("ce_sequence", b"\xff"),
        ("ce_sequence", None),
        ("ce_subject", b"a|b"),
        ("ce_subject", None),
        ("ce_source", b"|"),
    ],
)
def test_headers_that_tell_nothing_are_not_believed(header: str, raw: bytes | None) -> None:
    headers: dict[str, bytes | None] = {"ce_subject": b"s", "ce_source": b"/x", "ce_sequence": b"1", header: raw}
    with pytest.raises(Undecodable) as caught:
        decode(b"garbage", headers, EVENTS, ALL)
    told = {"subject": caught.value.subject, "source": caught.value.source, "sequence": caught.value.sequence}
    assert told[header.removeprefix("ce_")] is None


@pytest.mark.parametrize(
    "headers", [{}, {"ce_type": b"enrolment.person-moved.v1"}, {"ce_type": b"\xff"}, {"ce_type": None}]
)
def test_a_record_without_value_and_headers_is_no_event(headers: dict[str, bytes | None]) -> None:
    with pytest.raises(Undecodable):
        decode(None, headers, EVENTS, ALL)


@given(value=st.binary(max_size=60), headers=st.dictionaries(st.text(max_size=8), st.binary(max_size=20)))
def test_no_record_raises_anything_else(value: bytes, headers: dict[str, bytes | None]) -> None:
    with pytest.raises(Undecodable):
        decode(value, headers, EVENTS, ALL)


def test_times_keep_their_offset() -> None:
    bangkok = datetime(2026, 11, 21, 9, 0, tzinfo=timezone(timedelta(hours=7)))
    value, headers = wire(outgoing(moved("p-1"), recorded_at=bangkok))
    assert decode(value, headers, EVENTS, ALL).time == bangkok


@given(aggregate=texts.filter(lambda text: len(text) <= 200), seq=st.integers(1, 2**63 - 1))
def test_a_position_is_read_as_it_was_written(aggregate: str, seq: int) -> None:
    position = Position(aggregate, seq)
    assert Position.parse(str(position)) == position


@pytest.mark.parametrize(
    "text",
    ["", "a", "a:", ":1", "a:0", "a:-1", "a:1.0", "a:๓", "a:²", "a: 1", "a:1 ", "x" * 201 + ":1", "a:" + "9" * 5000],
)
def test_anything_else_is_no_position(text: str) -> None:
    with pytest.raises(ValueError, match="not a position"):
        Position.parse(text)
