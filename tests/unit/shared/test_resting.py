"""Partitions that take no events are left alone, longer each time, and each for itself."""

from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.resting import FIRST_SECONDS, MOST_SECONDS, Resting


def test_a_place_is_left_alone_and_then_due_and_no_other() -> None:
    resting = Resting()
    assert resting.failed("t/1", "no leader", 100.0)
    assert resting.places() == {"t/1"}
    assert resting.due(100.0 + FIRST_SECONDS - 0.01) == []
    assert resting.due(100.0 + FIRST_SECONDS) == ["t/1"]
    assert resting.trouble() == "1 partitions take no events, as t/1: no leader"


@given(failures=st.integers(1, 2_000))
def test_the_pause_doubles_up_to_a_limit(failures: int) -> None:
    resting = Resting()
    news = [resting.failed("t/1", "no leader", 0.0) for _ in range(failures)]
    assert news == [True] + [False] * (failures - 1)
    pause = min(FIRST_SECONDS * 2 ** min(failures - 1, 20), MOST_SECONDS)
    assert resting.due(pause) == ["t/1"]
    assert resting.due(pause * 0.99) == []


def test_a_place_that_recovers_begins_anew() -> None:
    resting = Resting()
    for _ in range(5):
        resting.failed("t/1", "no leader", 0.0)
    assert resting.recovered(["t/1", "t/2"]) == ["t/1"]
    assert (len(resting), resting.trouble()) == (0, None)
    resting.failed("t/1", "no leader", 0.0)
    assert resting.due(FIRST_SECONDS) == ["t/1"]
