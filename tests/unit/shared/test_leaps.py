"""What a value of a state topic may leave out, and that a sequence from nowhere keeps nothing true from applying."""

from dataclasses import replace

import pytest

from shared.events.envelope import MOST_SEQUENCE
from shared.messaging.sequence import Known, Origin, Received, Wait
from tests.unit.shared.test_sequence import STATE, Store, decide, received

FORGED = MOST_SEQUENCE


def value(seq: int, offset: int, *, stored: bool = False, undecodable: bool = False) -> Received:
    record = received(STATE, seq, undecodable=undecodable, stored=stored)
    return replace(record, origin=Origin("t", 0, offset))


@pytest.mark.parametrize(
    ("last", "seq", "offset", "applies"),
    [
        (0, 1, 0, True),
        (3, 5, 7, True),  # one was compacted away
        (0, 400, 0, True),  # the log was filled again with what is current
        (0, 10_001, 0, True),
        (0, 10_002, 0, False),
        (5, 10_006, 10, True),
        (5, 10_007, 10, False),
        (0, 50_001, 50_000, True),  # so many have stood before it
        (0, 50_002, 50_000, False),
        (3, FORGED, 10**9, False),
        (0, FORGED, 10**9, False),
    ],
)
def test_a_value_may_leave_out_what_can_have_been_there_and_no_more(
    last: int, seq: int, offset: int, applies: bool
) -> None:
    for undecodable in (False, True):
        record = value(seq, offset, undecodable=undecodable)
        decided = decide(record, known={STATE: Known(last=last)})
        assert bool(decided.apply) == (applies and not undecodable)
        assert [hold.wait for hold in decided.hold] == ([] if applies and not undecodable else [Wait.PARKED])
        assert decided.last[STATE] == (seq if decided.apply else last)


@pytest.mark.parametrize("undecodable", [False, True])
@pytest.mark.parametrize("then", ["retried", "discarded", "left"])
def test_a_forged_sequence_keeps_nothing_true_from_applying(then: str, undecodable: bool) -> None:
    store = Store(last={STATE: 2})
    store.process([value(FORGED, 5, undecodable=undecodable)], set())
    parked, _ = store.held[STATE][FORGED]
    if then == "discarded":
        store.discarded[STATE] = {FORGED}
    if then != "left":
        store.process([replace(parked, stored=True)], set())
    store.process([value(3, 6), value(4, 7)], set())
    assert store.applied[STATE] == [3, 4]
    assert store.last[STATE] == 4
    assert bool(store.held[STATE]) == (then != "discarded")


def test_a_forged_sequence_that_was_discarded_is_left_out_when_it_is_read_again() -> None:
    store = Store(last={STATE: 2}, discarded={STATE: {FORGED}})
    decided = store.process([value(FORGED, 5), value(3, 6)], set())
    assert (store.applied[STATE], decided.hold, decided.release) == ([3], [], [])
