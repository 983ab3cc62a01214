"""The recorder: events of one command get their numbers, times and common attributes, and it knows where they end."""

from datetime import timedelta

import pytest

from shared.events.envelope import Position
from shared.messaging.recorder import EventRecorder
from shared.position_tokens import Reached, Receipt
from tests.support.events import MOMENT, SOURCE, clock_set, contact_changed, contact_erased, moved

RECEIPT = "0e3c1d6e-9d1a-4a53-8f0c-1f5a3f0f6b11"


@pytest.fixture
def recorder() -> EventRecorder:
    return EventRecorder(SOURCE, MOMENT, "c-1", "other:3", "00-1-2-01")


def test_numbers_go_on_without_a_gap(recorder: EventRecorder) -> None:
    events = [moved("p"), moved("p", "K3")]
    recorder.record(events, after=4)
    assert [(str(outgoing.position), outgoing.event) for outgoing in recorder.events] == [
        ("p:5", events[0]),
        ("p:6", events[1]),
    ]
    recorder.record([moved("p")], after=6)
    assert str(recorder.events[-1].position) == "p:7"


def test_the_aggregate_is_that_of_the_event(recorder: EventRecorder) -> None:
    recorder.record([clock_set("run-1")], after=0)
    recorder.record([contact_changed("p", "sealed"), contact_erased("p")], after=0)
    assert [str(outgoing.position) for outgoing in recorder.events] == ["run-1:1", "contact:p:1", "contact:p:2"]


def test_every_event_says_what_the_command_has_in_common(recorder: EventRecorder) -> None:
    recorder.record([moved("p"), moved("p")], after=0)
    for outgoing in recorder.events:
        assert (outgoing.source, outgoing.correlation, outgoing.causation) == (SOURCE, "c-1", "other:3")
        assert outgoing.traceparent == "00-1-2-01"
        assert outgoing.recorded_at == outgoing.occurred_at == MOMENT


@pytest.mark.parametrize("offset", [-196_000_000, 3_600])
def test_business_time_is_off_by_what_the_run_says(recorder: EventRecorder, offset: int) -> None:
    recorder.record([moved("p")], after=0, offset_seconds=offset)
    (outgoing,) = recorder.events
    assert outgoing.recorded_at == MOMENT
    assert outgoing.occurred_at == MOMENT + timedelta(seconds=offset)


def test_it_knows_the_last_position_of_each_aggregate(recorder: EventRecorder) -> None:
    assert not recorder.positions
    recorder.record([moved("a")], after=7)
    recorder.record([moved("b")], after=0)
    recorder.record([moved("a")], after=8)
    assert recorder.positions == (Position("a", 9), Position("b", 1))


def test_a_command_without_news_stands_where_it_stood(recorder: EventRecorder) -> None:
    recorder.stand_at("a", 7)
    recorder.stand_at("never", 0)
    assert recorder.positions == (Position("a", 7),)
    assert recorder.events == []
    recorder.record([moved("a")], after=7)
    assert recorder.positions == (Position("a", 8),)


def test_recording_nothing_changes_nothing(recorder: EventRecorder) -> None:
    recorder.record([], after=4)
    assert (recorder.events, recorder.positions) == ([], ())


def test_events_of_two_aggregates_cannot_have_one_count(recorder: EventRecorder) -> None:
    with pytest.raises(ValueError, match="b after a"):
        recorder.record([moved("a"), moved("b")], after=0)


def test_what_was_recorded_for_another_command_is_taken_over_in_order(recorder: EventRecorder) -> None:
    first, second = EventRecorder(SOURCE, MOMENT, "c-1"), EventRecorder(SOURCE, MOMENT, "c-2")
    first.record([moved("a")], after=0)
    second.record([moved("a"), moved("a")], after=1)
    second.stand_at("b", 3)
    recorder.adopt(first)
    recorder.adopt(second)
    assert [(str(e.position), e.correlation) for e in recorder.events] == [
        ("a:1", "c-1"),
        ("a:2", "c-2"),
        ("a:3", "c-2"),
    ]
    assert recorder.positions == (Position("a", 3), Position("b", 3))
    assert (len(first.events), first.positions) == (1, (Position("a", 1),))


def test_another_attempt_of_a_command_begins_with_nothing(recorder: EventRecorder) -> None:
    recorder.record([moved("a")], after=0)
    recorder.stand_at("b", 3)
    recorder.begin()
    assert not recorder.events
    assert not recorder.positions
    recorder.record([moved("a")], after=1)
    assert recorder.positions == (Position("a", 2),)
    assert recorder.events[0].correlation == "c-1"


def test_a_receipt_is_worked_out_only_where_a_token_cannot_name_all(recorder: EventRecorder) -> None:
    asked: list[str] = []

    def receipt() -> str:
        asked.append(RECEIPT)
        return RECEIPT

    recorder.record([clock_set("run-1")], after=0)
    assert recorder.reached(receipt) == Reached((Position("run-1", 1),))
    assert asked == []
    for number in range(2, 100):
        recorder.record([clock_set(f"run-{number}")], after=0)
    assert recorder.reached(receipt).receipts == (Receipt(RECEIPT, 99),)
    assert asked == [RECEIPT]
    assert {outgoing.receipt for outgoing in recorder.events} == {RECEIPT}


def test_nobody_is_told_to_wait_for_what_nobody_follows(recorder: EventRecorder) -> None:
    recorder.record([moved("p")], after=3)
    assert recorder.reached(lambda: RECEIPT) == Reached()
    recorder.record([clock_set("run-1")], after=0)
    assert recorder.reached(lambda: RECEIPT) == Reached((Position("run-1", 1),))


def test_a_list_is_marked_however_short_it_is(recorder: EventRecorder) -> None:
    recorder.record([clock_set("run-1")], after=0)
    assert recorder.marked(RECEIPT) == Reached((Position("run-1", 1),), (Receipt(RECEIPT, 1),))
