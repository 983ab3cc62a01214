"""So many at once, then so many a second; what is forgotten begins anew."""

from hypothesis import given
from hypothesis import strategies as st

from shared.rates import Rates


def test_a_burst_and_then_a_trickle() -> None:
    rates = Rates(2.0, 3)
    assert [rates.take("a", 0.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert rates.take("a", 0.0) == 0.5
    assert rates.take("b", 0.0) == 0.0
    assert rates.take("a", 0.25) == 0.25
    assert rates.take("a", 0.5) == 0.0
    assert rates.take("a", 0.5) == 0.5
    assert [rates.take("a", 100.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_no_more_are_remembered_than_may_be() -> None:
    rates = Rates(1.0, 1, most=2)
    for caller in "abc":
        rates.take(caller, 0.0)
    assert rates.take("c", 0.0) > 0
    assert rates.take("a", 0.0) == 0.0


@given(st.lists(st.floats(0, 5), max_size=60))
def test_never_more_than_burst_and_rate_allow(gaps: list[float]) -> None:
    rates, now, taken = Rates(2.0, 5), 0.0, 0
    for gap in gaps:
        now += gap
        taken += rates.take("a", now) == 0
        assert taken <= 5 + 2.0 * now + 1e-6
