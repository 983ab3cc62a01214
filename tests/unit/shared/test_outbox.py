"""Rows of the outbox, and whose turn it is in a round of the relay."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.topics import DIRECTORY, SEATS, TOPICS
from shared.messaging.kafka import partition_of
from shared.messaging.outbox import EventTooLarge, Outbox
from shared.messaging.unpublished import stretches, take
from tests.support.events import MOMENT, contact_erased, moved, outgoing, seat_confirmed


@pytest.fixture
def outbox() -> Outbox:
    """Rows are made without a database."""
    return Outbox({"outbox": None}, lanes=16, topic_prefix="x.")  # type: ignore[arg-type]


def test_a_row_has_all_that_the_relay_sends(outbox: Outbox) -> None:
    row = outbox.row(outgoing(seat_confirmed("r1:t:PO-50", "n-1"), 7, traceparent="00-1-2-01"))
    assert row["_id"] == "r1:t:PO-50:7"
    assert (row["aggregate"], row["seq"], row["key"]) == ("r1:t:PO-50", 7, "r1")
    assert row["topic"] == f"x.{SEATS.name}"
    assert row["type"] == "enrolment.seat-confirmed.v1"
    assert row["headers"]["ce_traceparent"] == "00-1-2-01"
    assert row["recorded_at"] == MOMENT
    assert row["pending"] is True
    assert 0 <= row["lane"] < 16
    assert "published_at" not in row


def test_a_tombstone_has_no_body(outbox: Outbox) -> None:
    row = outbox.row(outgoing(contact_erased("p"), 2))
    assert row["body"] is None
    assert row["headers"]["ce_type"] == "enrolment.contact-erased.v1"


def test_an_aggregate_keeps_its_lane(outbox: Outbox) -> None:
    lanes = {outbox.row(outgoing(moved("p"), seq))["lane"] for seq in range(1, 20)}
    assert len(lanes) == 1


def test_lanes_and_partitions_are_used_evenly(outbox: Outbox) -> None:
    lanes = {outbox.row(outgoing(moved(f"p{n}")))["lane"] for n in range(200)}
    assert lanes == set(range(16))
    assert {partition_of(f"p{n}", DIRECTORY.partitions) for n in range(200)} == set(range(DIRECTORY.partitions))


def test_an_event_that_fits_into_no_record_is_refused(outbox: Outbox) -> None:
    with pytest.raises(EventTooLarge) as caught:
        outbox.row(outgoing(moved("p", level="ก" * 400_000)))
    assert caught.value.details == {"type": "enrolment.person-moved.v1", "limit": 900_000}


rows = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9)), unique=True).map(
    lambda pairs: [{"aggregate": aggregate, "seq": seq} for aggregate, seq in sorted(pairs)]
)


@given(rows=rows, most=st.integers(1, 4))
def test_a_round_takes_the_first_rows_of_each_aggregate(rows: list[dict[str, Any]], most: int) -> None:
    chosen = take(rows, most)
    for aggregate in "abc":
        there = [row["seq"] for row in rows if row["aggregate"] == aggregate]
        assert [row["seq"] for row in chosen if row["aggregate"] == aggregate] == there[:most]
    assert chosen == [row for row in rows if row in chosen]


places = st.sampled_from(["a/1", "a/10", "a/2", "b/1", "b-c/1"])


@given(without=st.frozensets(places), place=places)
def test_places_are_passed_over_by_ranges_that_leave_out_nothing_else(without: frozenset[str], place: str) -> None:
    assert sum(low < place < high for low, high in stretches(without)) == (place not in without)


def test_a_row_names_the_place_that_its_key_goes_to(outbox: Outbox) -> None:
    row = outbox.row(outgoing(seat_confirmed("r1:t:PO-50", "n-1")))
    assert row["place"] == f"x.{SEATS.name}/{partition_of('r1', SEATS.partitions)}"


@pytest.mark.parametrize("topic", TOPICS.values(), ids=str)
def test_a_topic_keeps_events_for_ever_and_of_states_the_last(topic: Any) -> None:
    if topic.state:
        assert topic.settings["cleanup.policy"] == "compact"
    else:
        assert topic.settings == {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
